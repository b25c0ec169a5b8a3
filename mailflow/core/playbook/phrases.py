"""The short phrases of the playbook: `5 working days before ship`, `ship - 30 days`, `weekly on tuesday at 09:00`."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mailflow.core.calendars.rules import WEEKDAYS
from mailflow.core.calendars.working_days import Days
from mailflow.core.orders.model import Milestone
from mailflow.core.yaml_source import propose


class Side(StrEnum):
    """Which date of a milestone: `standing` is the promise where there is one, else the plan."""

    STANDING = "standing"
    PLAN = "plan"
    PROMISE = "promise"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class Offset:
    """So many days, or working days, later (earlier where negative)."""

    days: int
    working: bool = False

    def apply(self, day: date, calendar: Days) -> date:
        """Return the day that lies this far from another."""
        return calendar.add(day, self.days) if self.working and self.days else day + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment relative to a milestone's date; without a milestone to the day of the order."""

    offset: Offset
    milestone: Milestone | None
    side: Side = Side.STANDING

    @property
    def ahead(self) -> bool:
        """Say whether the moment lies before the date."""
        return self.offset.days < 0

    @property
    def reach(self) -> int:
        """Return how many days away a date may be at most for its moment to have come; generous, for a first look."""
        return 90 - 3 * self.offset.days if self.ahead else 1


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment of every week, in the recipient's own time."""

    weekday: int  # Monday is 0
    at: time


@dataclass(frozen=True, slots=True)
class Endangered:
    """The moment a linked purchase order's new date endangers the date that stands with the customer."""


@dataclass(frozen=True, slots=True)
class QuietBacklog:
    """Every week while a party is quiet: what is overdue with it."""


Moment = Dated | Weekly | Endangered | QuietBacklog


@dataclass(frozen=True, slots=True)
class Formula:
    """When a milestone is planned: relative to `due`, to the day of the `order`, or to another milestone."""

    base: str
    offset: Offset


NAMES = [str(milestone) for milestone in Milestone]
_COUNT = r"(?P<count>\d{1,3})\s+(?P<working>working\s+)?days?"
_DATED = re.compile(rf"{_COUNT}\s+(?P<way>before|after)\s+(?P<what>\w+)(?:\s+(?P<side>\w+))?", re.I)
_ON = re.compile(r"on\s+(?P<what>\w+)(?:\s+(?P<side>\w+))?", re.I)
_WEEKLY = re.compile(r"weekly\s+on\s+(?P<day>\w+)\s+at\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})", re.I)
_AFTER = re.compile(_COUNT, re.I)
_FORMULA = re.compile(rf"(?P<base>\w+)(?:\s*(?P<sign>[+-])\s*{_COUNT})?", re.I)
_HOURS = re.compile(r"(\d{1,2}):(\d{2})")


def parse_moment(text: object) -> Moment:
    """Read the `when` of a step."""
    words = " ".join(str(text).split())
    fixed: dict[str, Moment] = {"customer date endangered": Endangered(), "weekly while quiet": QuietBacklog()}
    if words.lower() in fixed:
        return fixed[words.lower()]
    if found := _WEEKLY.fullmatch(words):
        day = found["day"].lower()
        if day not in WEEKDAYS:
            raise _fault(f"'{found['day']}' is no weekday", propose(day, list(WEEKDAYS)))
        return Weekly(WEEKDAYS.index(day), _time(found["hour"], found["minute"]))
    found = _DATED.fullmatch(words) or _ON.fullmatch(words)
    if found is None:
        raise _fault(
            f"cannot read when: '{words}'",
            "write '5 working days before ship', '1 day after ship actual', 'on ship actual', "
            "'weekly on tuesday at 09:00', 'customer date endangered' or 'weekly while quiet'",
        )
    groups = found.groupdict()
    offset = _offset(groups, -1 if (groups.get("way") or "").lower() == "before" else 1)
    return Dated(offset, _milestone(found["what"]), _side(found["side"]))


def parse_formula(text: object) -> Formula:
    """Read the plan of a milestone."""
    words = " ".join(str(text).split())
    found = _FORMULA.fullmatch(words)
    if found is None:
        raise _fault(f"cannot read the plan '{words}'", "write 'due', 'ship - 3 working days' or 'order + 7 days'")
    base = found["base"].lower()
    if base not in ("due", "order", *NAMES):
        raise _fault(f"'{base}' is no date to plan from", propose(base, ["due", "order", *NAMES]))
    return Formula(base, _offset(found.groupdict(), -1 if found["sign"] == "-" else 1))


def parse_offset(text: object) -> Offset:
    """Read a length of time: `3 working days`."""
    found = _AFTER.fullmatch(" ".join(str(text).split()))
    if found is None:
        raise _fault(f"cannot read '{text}' as a number of days", "write '3 working days' or '10 days'")
    return _offset(found.groupdict(), 1)


def parse_hour(text: object) -> time:
    """Read an hour of the day: `08:30`."""
    found = _HOURS.fullmatch(str(text).strip())
    if found is None:
        raise _fault(f"cannot read '{text}' as an hour", 'write it as "08:30", in quotation marks')
    return _time(found[1], found[2])


def parse_span(text: object) -> tuple[time, time] | None:
    """Read a stretch of hours: `12:00-13:30`; `none` for no stretch at all."""
    if str(text).strip().lower() == "none":
        return None
    first, dash, last = str(text).partition("-")
    if not dash:
        raise _fault(f"cannot read '{text}' as two hours", 'write "12:00-13:30", or none')
    return parse_hour(first), parse_hour(last)


def _offset(groups: dict[str, str | None], sign: int) -> Offset:
    count = int(groups.get("count") or 0)
    return Offset(sign * count if count else 0, bool(groups.get("working")))


def _milestone(word: str) -> Milestone | None:
    name = word.lower()
    if name == "order":
        return None
    if name not in NAMES:
        raise _fault(f"'{word}' is no milestone", propose(name, [*NAMES, "order"]))
    return Milestone(name)


def _side(word: str | None) -> Side:
    if word is None:
        return Side.STANDING
    known = [str(side) for side in Side]
    if word.lower() not in known:
        raise _fault(f"'{word}' is no date of a milestone", propose(word, known))
    return Side(word.lower())


def _time(hour: str, minute: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise _fault(f"{hour}:{minute} is no time of the day", "write hours from 00:00 to 23:59")
    return time(int(hour), int(minute))


def _fault(what: str, cure: str) -> PydanticCustomError:
    return PydanticCustomError("mailflow", "phrase", {"what": what, "cure": cure})


def _text(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


MomentText = Annotated[Moment, PlainValidator(parse_moment), _text("5 working days before ship")]
FormulaText = Annotated[Formula, PlainValidator(parse_formula), _text("ship - 3 working days")]
OffsetText = Annotated[Offset, PlainValidator(parse_offset), _text("3 working days")]
HourText = Annotated[time, PlainValidator(parse_hour), _text("08:30")]
SpanText = Annotated[tuple[time, time] | None, PlainValidator(parse_span), _text("12:00-13:30")]
