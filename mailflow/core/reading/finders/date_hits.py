"""Date expressions that were found, and the day that each means seen from the mail's own."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from mailflow.core.reading.finders import calendar as days
from mailflow.core.reading.finders.calendar import DayContext, Mode


class DateKind(StrEnum):
    """How a date was written."""

    FULL = "full"
    DAY_MONTH = "day_month"
    NUMBERS = "numbers"  # two numbers, either of which may be the month
    DAY = "day"
    PART = "part"
    WEEK = "week"
    WEEK_OF = "week_of"  # a weekday (or the Friday) of the week so many weeks from now
    WEEKDAY = "weekday"
    RELATIVE = "relative"
    SPAN = "span"  # so many days or weeks, no day yet


class DateHit(NamedTuple):  # each is made anew when its place is known, and when ranges are joined
    """A date expression: where it stands and what it says; `a` and `b` are its numbers by kind."""

    start: int
    end: int
    kind: DateKind
    a: int = 0
    b: int = 0
    year: int | None = None
    unit: str = "day"
    weak: bool = False  # could as well be a decimal number
    friday: bool = False  # names the week that the day is in ("w/c 7 Dec")
    shift: int = 0

    def resolve(self, context: DayContext, mode: Mode, beside: date | None = None) -> date | None:
        """Return the day that is meant, or None."""
        found = _RESOLVERS[self.kind](self, context, mode, beside)
        if found is not None and self.friday:
            return days.weekday_in_week(found, 0, days.FRIDAY)
        return found

    def span_from(self, base: date, sign: int) -> date:
        """Return the day this span after (`sign` 1) or before (-1) a day."""
        return _advance(base, self.a * sign, self.unit)


def _advance(base: date, count: int, unit: str) -> date:
    if unit == "working_day":
        return days.add_working_days(base, count)
    if unit == "month":
        return days.add_months(base, count)
    return base + timedelta(days=count * (7 if unit == "week" else 1))


_WEEK = timedelta(days=7)

Resolver = Callable[[DateHit, DayContext, Mode, date | None], date | None]


def _full(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    year = hit.year or 0
    if hit.unit != "numbers":
        return days.make(year, hit.a, hit.b)
    return days.make(year, *_ordered(hit, context))


def _ordered(hit: DateHit, context: DayContext) -> tuple[int, int]:
    """Return month and day of two numbers: by custom, unless only one reading is a date."""
    first, second = hit.a, hit.b
    if context.month_first:
        return (first, second) if first <= 12 else (second, first)
    return (second, first) if second <= 12 else (first, second)


def _day_month(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.day_and_month(hit.a, hit.b, context.today, mode) if context.today else None


def _numbers(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.day_and_month(*_ordered(hit, context), context.today, mode) if context.today else None


def _day(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    if context.today is None:
        return None
    if hit.unit == "month":
        index = context.today.year * 12 + context.today.month - 1 + hit.b
        return days.make(index // 12, index % 12 + 1, hit.a)
    return days.bare_day(hit.a, context.today, mode, beside)


def _part(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    if hit.year is not None and hit.a:
        return days.last_of_month(hit.year, hit.a) if not hit.b else days.make(hit.year, hit.a, hit.b)
    if context.today is None:
        return None
    return days.part_of_month(hit.a or None, hit.shift, hit.b or None, context.today, mode)


def _week(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    if hit.year is not None:
        return days.week_of_year(hit.year, hit.a)
    return days.iso_week(hit.a, context.today) if context.today else None


def _week_of(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.weekday_in_week(context.today, hit.shift, hit.a or days.FRIDAY) if context.today else None


def _weekday(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    mode = Mode.BEHIND if hit.shift < 0 else mode
    day = days.nearest_weekday(context.today, hit.a, mode) if context.today else None
    if day is not None and beside is not None and mode is Mode.AHEAD and day < beside <= day + _WEEK:
        return day + _WEEK  # "packing on Wednesday, loading on Thursday": the one behind it
    return day


def _relative(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return _advance(context.today, hit.a, hit.unit) if context.today else None


def _span(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return None


_RESOLVERS: dict[DateKind, Resolver] = {
    DateKind.FULL: _full,
    DateKind.DAY_MONTH: _day_month,
    DateKind.NUMBERS: _numbers,
    DateKind.DAY: _day,
    DateKind.PART: _part,
    DateKind.WEEK: _week,
    DateKind.WEEK_OF: _week_of,
    DateKind.WEEKDAY: _weekday,
    DateKind.RELATIVE: _relative,
    DateKind.SPAN: _span,
}
