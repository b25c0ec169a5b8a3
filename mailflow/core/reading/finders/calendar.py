"""Reckoning with days: which day a date expression means, seen from the mail's own day."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

BACK = timedelta(days=60)  # a day and month this far back still counts as this year's
FRIDAY = 5


class Mode(StrEnum):
    """Whether a date without a year is looked for ahead (a promise) or behind (a fact)."""

    AHEAD = "ahead"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class DayContext:
    """What a date expression is seen from: the mail's day, which of two numbers is the month."""

    today: date | None
    month_first: bool = False


def make(year: int, month: int, day: int) -> date | None:
    """Return the day, or None where there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and 1990 <= year <= 2200):
        return None
    if day > calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def last_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def day_and_month(month: int, day: int, today: date, mode: Mode) -> date | None:
    """Return the day that a day and month with no year means."""
    found = [d for year in range(today.year - 1, today.year + 2) if (d := make(year, month, day)) is not None]
    if mode is Mode.BEHIND:
        return max((d for d in found if d <= today), default=None)
    return min((d for d in found if d >= today - BACK), default=None)


def bare_day(day: int, today: date, mode: Mode, beside: date | None) -> date | None:
    """Return the day that a mere day of a month means; `beside` is another date of the same sentence."""
    if beside is not None:
        found = make(beside.year, beside.month, day)
        if found is not None and not (mode is Mode.AHEAD and found < today):
            return found
    step = 1 if mode is Mode.AHEAD else -1
    year, month = today.year, today.month
    for _ in range(4):
        found = make(year, month, day)
        if found is not None and (found >= today if mode is Mode.AHEAD else found <= today):
            return found
        month += step
        if not 1 <= month <= 12:
            year, month = year + step, 12 if step < 0 else 1
    return None


def part_of_month(month: int | None, shift: int, day: int | None, today: date, mode: Mode) -> date | None:
    """Return the day that a part of a month ends on (`day` None: its last); `shift` counts months from now."""
    if month is None:
        index = today.year * 12 + today.month - 1 + shift
        year, month = index // 12, index % 12 + 1
    else:
        found = day_and_month(month, 1, today, mode)
        first = date(today.year, today.month, 1)
        if mode is Mode.AHEAD and month == today.month:
            found = first
        if found is None:
            return None
        year = found.year
    return last_of_month(year, month) if day is None else make(year, month, day)


def iso_week(number: int, today: date) -> date | None:
    """Return the Friday of an ISO week: the one nearest ahead, where eight weeks back still count."""
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            friday = date.fromisocalendar(year, number, FRIDAY)
        except ValueError:
            continue
        if friday >= today - BACK:
            return friday
    return None


def week_of_year(year: int, number: int) -> date | None:
    """Return the Friday of an ISO week of a year, or None where that year has no such week."""
    try:
        return date.fromisocalendar(year, number, FRIDAY)
    except ValueError:
        return None


def weekday_in_week(today: date, weeks: int, weekday: int) -> date:
    """Return a weekday of the ISO week `weeks` from this one."""
    monday = today - timedelta(days=today.isoweekday() - 1)
    return monday + timedelta(days=7 * weeks + weekday - 1)


def nearest_weekday(today: date, weekday: int, mode: Mode) -> date:
    """Return the next such weekday for a promise (today counts), the last such one for a fact."""
    ahead = (weekday - today.isoweekday()) % 7
    if mode is Mode.AHEAD:
        return today + timedelta(days=ahead)
    return today - timedelta(days=(today.isoweekday() - weekday) % 7)


def add_working_days(day: date, count: int) -> date:
    """Return the day `count` days of Monday to Friday later."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.isoweekday() < 6
    return day


def add_months(day: date, count: int) -> date:
    """Return the same day some months later, or that month's last."""
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
