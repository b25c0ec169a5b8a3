"""The time of the demo."""

from datetime import UTC, datetime, timedelta, timezone

from mailflow.demo.clock import DemoClock

MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=timezone(timedelta(hours=8)))


def test_it_stands_where_it_was_set_and_never_goes_back() -> None:
    clock = DemoClock(MONDAY)
    assert clock.now() == clock.now() == MONDAY
    assert clock.now().tzinfo is UTC
    clock.set(MONDAY + timedelta(hours=1))
    clock.set(MONDAY)
    assert clock.now() == MONDAY + timedelta(hours=1)


def test_it_runs_on_from_where_it_stood() -> None:
    clock = DemoClock(MONDAY)
    clock.go_on()
    clock.go_on()
    first = clock.now()
    assert first >= MONDAY
    while clock.now() == first:
        pass
    assert clock.now() > first
    assert clock.now() - MONDAY < timedelta(minutes=1)
