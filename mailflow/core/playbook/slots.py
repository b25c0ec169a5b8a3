"""The days of lists: this week's, this month's, today's slot of somebody, and when the next one comes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.calendars.working_days import Days
from mailflow.core.orders.model import Party
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.moments import Monthly, Periodic, Weekly

_PERIODS = 8
"""So many periods ahead a slot is looked for; after that a calendar is closed for good."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One list's turn: `about` names the period, `day` is its day, `at` the moment (aware UTC)."""

    about: str
    day: date
    at: datetime


def slot_of(frame: Frame, when: Periodic, party: Party | None, day: date) -> Slot:
    """Return the slot of the week, month or day that a day lies in; it moves to the next working day."""
    days = frame.days(party) if party else frame.house_days
    nominal = _nominal(when, day)
    moved = _moved(when, nominal, days)
    return Slot(nominal.isoformat(), moved, start_of(moved, frame.zone(party), when.at))


def next_slot(frame: Frame, when: Periodic, party: Party | None) -> datetime:
    """Return when the next slot comes that has not begun."""
    day = frame.today(party)
    for _ in range(_PERIODS):
        slot = slot_of(frame, when, party, day)
        if slot.at > frame.now:
            return slot.at
        day = _next_period(when, day)
    return start_of(day, frame.zone(party))


def period_start(when: Periodic, day: date) -> date:
    """Return the first day of the period before the one that a day lies in."""
    if isinstance(when, Weekly):
        return day - timedelta(days=day.weekday() + 7)
    if isinstance(when, Monthly):
        return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    return day - timedelta(days=1)


def _nominal(when: Periodic, day: date) -> date:
    if isinstance(when, Weekly):
        return day - timedelta(days=day.weekday()) + timedelta(days=when.weekday)
    if isinstance(when, Monthly):
        return day.replace(day=1) if when.working else day.replace(day=when.day)
    return day


def _moved(when: Periodic, nominal: date, days: Days) -> date:
    if isinstance(when, Monthly) and when.working:
        return days.add(nominal - timedelta(days=1), when.day)
    return days.add(nominal, 0)


def _next_period(when: Periodic, day: date) -> date:
    if isinstance(when, Weekly):
        return day - timedelta(days=day.weekday()) + timedelta(days=7)
    if isinstance(when, Monthly):
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=1)
