"""The short phrases of the playbook: `3 working days`, `ship - 30 days`, `12:00-13:30`."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mailflow.core.calendars.working_days import Days


@dataclass(frozen=True, slots=True)
class Offset:
    """So many days, or working days, later (earlier where negative)."""

    days: int
    working: bool = False

    def apply(self, day: date, calendar: Days) -> date:
        """Return the day that lies this far from another."""
        return calendar.add(day, self.days) if self.working and self.days else day + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Formula:
    """When a milestone is planned: relative to `due`, to the day of the `order`, or to another milestone."""

    base: str
    offset: Offset


COUNT = r"(?P<count>\d{1,3})\s+(?P<working>working\s+)?days?"
STAGE = r"[a-z_]\w*(?:\.[a-z_]\w*)?"
"""A milestone, or a part of one: `ship`, `payment.deposit`."""
_AFTER = re.compile(COUNT)
_FORMULA = re.compile(rf"(?P<base>{STAGE})(?:\s*(?P<sign>[+-])\s*{COUNT})?")
_STAGE = re.compile(STAGE)
_HOURS = re.compile(r"(\d{1,2}):(\d{2})")


def parse_formula(text: object) -> Formula:
    """Read the plan of a milestone."""
    found = _FORMULA.fullmatch(_words(text))
    if found is None:
        raise fault(f"cannot read the plan '{text}'", "write 'due', 'ship - 3 working days' or 'order + 7 days'")
    return Formula(found["base"], counted(found, -1 if found["sign"] == "-" else 1))


def parse_offset(text: object) -> Offset:
    """Read a length of time: `3 working days`."""
    found = _AFTER.fullmatch(_words(text))
    if found is None:
        raise fault(f"cannot read '{text}' as a number of days", "write '3 working days' or '10 days'")
    return counted(found, 1)


def parse_stage(text: object) -> str:
    """Read the name of a milestone or of a part of one."""
    if not isinstance(text, str) or not _STAGE.fullmatch(text):
        raise fault(
            f"'{text}' is no name of a milestone", "write small letters and _, such as draft_bl, payment.deposit"
        )
    return text


def parse_hour(text: object) -> time:
    """Read an hour of the day: `08:30`."""
    found = _HOURS.fullmatch(str(text).strip())
    if found is None:
        raise fault(f"cannot read '{text}' as an hour", 'write it as "08:30", in quotation marks')
    return clock_time(found[1], found[2])


def parse_span(text: object) -> tuple[time, time] | None:
    """Read a stretch of hours: `12:00-13:30`; `none` for no stretch at all."""
    if str(text).strip().lower() == "none":
        return None
    first, dash, last = str(text).partition("-")
    if not dash:
        raise fault(f"cannot read '{text}' as two hours", 'write "12:00-13:30", or none')
    return parse_hour(first), parse_hour(last)


def counted(found: re.Match[str], sign: int) -> Offset:
    """Return the number of days that a pattern with COUNT has found; none where it found none."""
    count = int(found["count"] or 0)
    return Offset(sign * count if count else 0, bool(found["working"]))


def clock_time(hour: str, minute: str) -> time:
    """Return an hour of the day."""
    if int(hour) > 23 or int(minute) > 59:
        raise fault(f"{hour}:{minute} is no time of the day", "write hours from 00:00 to 23:59")
    return time(int(hour), int(minute))


def fault(what: str, cure: str) -> PydanticCustomError:
    """Return an error that says what is wrong in a phrase, and what to do about it."""
    return PydanticCustomError("mailflow", "phrase", {"what": what, "cure": cure})


def text_like(example: str) -> WithJsonSchema:
    """Return what an editor is told of a phrase."""
    return WithJsonSchema({"type": "string", "examples": [example]})


def _words(text: object) -> str:
    return " ".join(str(text).split()).lower()


FormulaText = Annotated[Formula, PlainValidator(parse_formula), text_like("ship - 3 working days")]
OffsetText = Annotated[Offset, PlainValidator(parse_offset), text_like("3 working days")]
StageText = Annotated[str, PlainValidator(parse_stage), text_like("ship")]
HourText = Annotated[time, PlainValidator(parse_hour), text_like("08:30")]
SpanText = Annotated[tuple[time, time] | None, PlainValidator(parse_span), text_like("12:00-13:30")]
