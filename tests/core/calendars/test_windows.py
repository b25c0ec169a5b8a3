from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.calendars.windows import Window, next_opening, start_of, zone
from mailflow.core.calendars.working_days import Days, load_calendars
from mailflow.core.orders.model import Party, Role

CHINA = ZoneInfo("Asia/Shanghai")
AT_ONCE = Window(spread=timedelta())


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20T07:00", "2026-11-20T08:30"),
        ("2026-11-20T10:15", "2026-11-20T10:15"),
        ("2026-11-20T12:10", "2026-11-20T13:30"),
        ("2026-11-20T18:00", "2026-11-23T08:30"),  # Friday evening
        ("2026-11-21T10:00", "2026-11-23T08:30"),
        ("2026-09-30T19:00", "2026-10-08T08:30"),  # over the holiday week
    ],
)
def test_a_letter_waits_for_the_recipients_hours(moment: str, opens: str) -> None:
    found = next_opening(AT_ONCE, Days("CN"), CHINA, china(moment), "x")
    assert abs(found - china(opens)) <= timedelta(minutes=20)
    assert found >= china(opens)


def test_an_urgent_letter_heeds_the_hours_but_not_the_holiday() -> None:
    found = next_opening(Window(), Days("CN"), CHINA, china("2026-10-02T03:00"), "x", urgent=True)
    assert found == china("2026-10-02T08:30")


def test_letters_are_spread_over_the_morning_and_each_party_keeps_its_place() -> None:
    early = china("2026-11-20T00:00")
    places = {f"party {n}": next_opening(Window(), Days("CN"), CHINA, early, f"party {n}") for n in range(40)}
    assert len({place.replace(second=0, microsecond=0) for place in places.values()}) > 20
    assert min(places.values()) >= china("2026-11-20T08:30")
    assert max(places.values()) <= china("2026-11-20T11:00")
    monday = next_opening(Window(), Days("CN"), CHINA, china("2026-11-23T00:00"), "party 7")
    assert monday - places["party 7"] == timedelta(days=3)


def test_without_lunch_letters_go_at_noon() -> None:
    found = next_opening(Window(lunch=None, spread=timedelta()), Days("CN"), CHINA, china("2026-11-20T12:10"), "x")
    assert found == china("2026-11-20T12:10")


def test_nothing_goes_in_a_silent_stretch() -> None:
    calendars, _ = load_calendars({"CN.yaml": "country: CN\nsilent: [{from: 2027-01-27, to: 2027-02-20}]"})
    assert calendars is not None
    days = calendars.of(Party("x", Role.SUPPLIER, country="CN"))
    found = next_opening(AT_ONCE, days, CHINA, china("2027-01-28T10:00"), "x")
    assert found == china("2027-02-22T08:30")


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert zone("Asia/Nowhere") == ZoneInfo("UTC")
    assert zone("../../etc/passwd") == ZoneInfo("UTC")


def test_a_day_starts_at_its_own_midnight() -> None:
    assert start_of(date(2026, 11, 20), CHINA) == china("2026-11-20T00:00")
    assert start_of(date(2026, 11, 20), CHINA, time(9)) == china("2026-11-20T09:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001  # the zone is added below
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]),
    st.sampled_from(["CN", "DE", "US", "IN", "BD", ""]),
    st.text(max_size=8),
)
def test_no_letter_goes_at_night_at_lunch_or_on_a_holiday(moment: datetime, tz: str, country: str, who: str) -> None:
    days, here = Days(country), ZoneInfo(tz)
    found = next_opening(Window(), days, here, moment.replace(tzinfo=here), who)
    local = found.astimezone(here)
    assert found >= moment.replace(tzinfo=here)
    assert time(8, 30) <= local.time() < time(18)
    assert not time(12) <= local.time() < time(13, 30)
    assert days.sendable(local.date())
    assert next_opening(Window(), days, here, found, who) == found
