"""When a letter may go: in the recipient's working hours, in their own time zone, spread over the morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailflow.core.calendars.working_days import FARTHEST, Days


@dataclass(frozen=True, slots=True)
class Window:
    """The hours in which letters go; nothing goes in the lunch break, the first of a day are spread over `spread`."""

    opens: time = time(8, 30)
    closes: time = time(18)
    lunch: tuple[time, time] | None = (time(12), time(13, 30))
    spread: timedelta = timedelta(hours=2, minutes=30)


@cache
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def next_opening(
    window: Window, days: Days, tz: ZoneInfo, moment: datetime, who: str, urgent: bool = False
) -> datetime:
    """Return the first moment from `moment` on at which a letter to `who` may go, in UTC.

    Whoever is written to has the same place in the morning every day. Urgent letters heed the hours, not holidays.
    """
    local = moment.astimezone(tz)
    share = crc32(who.encode()) / 0xFFFFFFFF
    for ahead in range(FARTHEST):
        day = local.date() + timedelta(days=ahead)
        if not (urgent or days.sendable(day)):
            continue
        slot = _at(day, window.opens, tz) + (timedelta() if urgent else window.spread * share)
        candidate = _out_of_lunch(window, max(local, slot), tz, share)
        if candidate.date() == day and candidate.time() < window.closes:
            return candidate.astimezone(UTC)
    return moment.astimezone(UTC)


def evening(window: Window, days: Days, tz: ZoneInfo, moment: datetime) -> datetime:
    """Return when the working day ends in which a moment lies, or the next one where it lies in none, in UTC."""
    local = moment.astimezone(tz)
    late = 1 if local.time() >= window.closes else 0
    return start_of(days.add(local.date() + timedelta(days=late), 0), tz, window.closes)


def later(window: Window, days: Days, tz: ZoneInfo, moment: datetime, hours: int) -> datetime:
    """Return the moment so many working hours after another, in UTC."""
    left = timedelta(hours=hours)
    local = moment.astimezone(tz)
    for _ in range(FARTHEST):
        if days.working(local.date()):
            begins = max(local, _at(local.date(), window.opens, tz))
            rest = _at(local.date(), window.closes, tz) - begins
            if rest >= left:
                return (begins + left).astimezone(UTC)
            left -= max(rest, timedelta())
        local = _at(local.date() + timedelta(days=1), time(), tz)
    return moment.astimezone(UTC)


def start_of(day: date, tz: ZoneInfo, at: time = time()) -> datetime:
    """Return when a day begins (or its hour `at` comes) in a time zone, in UTC."""
    return _at(day, at, tz).astimezone(UTC)


def _at(day: date, at: time, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tz)


def _out_of_lunch(window: Window, moment: datetime, tz: ZoneInfo, share: float) -> datetime:
    if window.lunch is None or not window.lunch[0] <= moment.time() < window.lunch[1]:
        return moment
    return _at(moment.date(), window.lunch[1], tz) + timedelta(minutes=20) * share
