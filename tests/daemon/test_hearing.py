"""Nothing goes outside while a mailbox may hold answers that nobody has read."""

from datetime import UTC, datetime, timedelta

import pytest

from mailflow.daemon.hearing import SILENCE, Hearing

NOW = datetime(2026, 11, 17, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Notes:
    """What workers leave each other in the database."""

    def __init__(self) -> None:
        self.kept: dict[str, datetime] = {}
        self.written = 0

    def put(self, account: str, at: datetime) -> None:
        self.kept[account] = at
        self.written += 1


@pytest.fixture
def notes() -> Notes:
    return Notes()


def hearing(notes: Notes, **polls: float) -> Hearing:
    return Hearing(polls or {"orders": 60.0, "sales": 60.0}, notes.kept.get, notes.put)


def test_nothing_is_decided_before_every_mailbox_was_tried(notes: Notes) -> None:
    ears = hearing(notes)
    assert ears.now(NOW).untried == ("orders", "sales")
    ears.heard("orders", NOW)
    assert ears.now(NOW).untried == ("sales",)
    ears.heard("sales", NOW)
    assert not ears.now(NOW).untried
    assert not ears.now(NOW).reason


def test_a_mailbox_that_fails_from_the_start_is_silent_at_once(notes: Notes) -> None:
    ears = hearing(notes)
    notes.put("sales", NOW - MINUTE)  # an earlier run heard it; what came since then lies unread
    ears.heard("orders", NOW)
    ears.failed("sales")
    assert ears.now(NOW).reason == "nothing new is written outside: not heard is the mailbox sales yet"


def test_a_short_fault_is_forgiven_and_a_long_one_is_not(notes: Notes) -> None:
    ears = hearing(notes, orders=60.0)
    ears.heard("orders", NOW)
    ears.failed("orders")
    assert not ears.now(NOW + SILENCE).reason
    assert "orders since 2026-11-17 03:00 UTC" in ears.now(NOW + SILENCE + MINUTE).reason
    ears.heard("orders", NOW + SILENCE + MINUTE)
    assert not ears.now(NOW + SILENCE + MINUTE).reason


def test_a_mailbox_that_is_asked_seldom_may_be_silent_for_longer(notes: Notes) -> None:
    ears = hearing(notes, orders=3600.0)
    ears.heard("orders", NOW)
    assert not ears.now(NOW + 2 * SILENCE).reason
    assert ears.now(NOW + timedelta(hours=2, minutes=1)).reason


def test_of_a_mailbox_elsewhere_the_other_worker_tells(notes: Notes) -> None:
    ears = hearing(notes, orders=60.0)
    ears.elsewhere("orders")
    assert "orders yet" in ears.now(NOW).reason
    notes.put("orders", NOW)
    assert not ears.now(NOW).reason
    assert ears.now(NOW + SILENCE + MINUTE).reason


def test_a_mailbox_taken_over_must_be_heard_by_the_one_who_took_it(notes: Notes) -> None:
    ears = hearing(notes, orders=60.0)
    notes.put("orders", NOW)
    ears.elsewhere("orders")
    ears.failed("orders")
    assert ears.now(NOW).reason


def test_after_a_lost_session_all_is_heard_anew(notes: Notes) -> None:
    ears = hearing(notes, orders=60.0)
    ears.heard("orders", NOW)
    ears.forget()
    assert ears.now(NOW).untried == ("orders",)


def test_the_note_for_the_others_is_not_written_at_every_mail(notes: Notes) -> None:
    ears = hearing(notes, orders=60.0)
    for second in range(120):
        ears.heard("orders", NOW + timedelta(seconds=second))
    assert notes.written == 2
