"""When a step has its turn: `5 working days before ship`, `on order changed`, `monthly on day 3 at 09:00`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import PlainValidator

from mailflow.core.calendars.rules import WEEKDAYS
from mailflow.core.playbook.phrases import COUNT, STAGE, Offset, clock_time, counted, fault, text_like
from mailflow.core.yaml_source import nearest, propose


class Side(StrEnum):
    """Which date of a milestone: `standing` is the promise where there is one, else the plan."""

    STANDING = "standing"
    PLAN = "plan"
    PROMISE = "promise"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment relative to a milestone's date; without a milestone to the day of the order."""

    offset: Offset
    milestone: str | None
    side: Side = Side.STANDING
    at: time = time()

    @property
    def ahead(self) -> bool:
        """Say whether the moment lies before the date."""
        return self.offset.days < 0

    @property
    def reach(self) -> int:
        """Return how many days away a date may be at most for its moment to have come; generous, for a first look."""
        return 90 - 3 * self.offset.days if self.ahead else 1


NOW = Offset(0)


@dataclass(frozen=True, slots=True)
class Happened:
    """A moment after something happened to an order; an empty `topic` stands for any."""

    kind: str
    offset: Offset = NOW
    topic: str = ""
    at: time = time()


@dataclass(frozen=True, slots=True)
class Closure:
    """A moment before a party's next long closure, or (`offset` not negative) after it has reopened."""

    offset: Offset
    at: time = time()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A moment after a draft was put before a person who has not decided yet."""

    offset: Offset
    at: time = time()


@dataclass(frozen=True, slots=True)
class Mailed:
    """So many of a customer's working hours after a mail of theirs that nobody has answered."""

    hours: int


@dataclass(frozen=True, slots=True)
class Daily:
    """A moment of every working day, in the recipient's own time."""

    at: time


@dataclass(frozen=True, slots=True)
class Weekly:
    """A moment of every week, in the recipient's own time."""

    weekday: int  # Monday is 0
    at: time


@dataclass(frozen=True, slots=True)
class Monthly:
    """A moment of every month, on that day or the working day that follows, in the recipient's own time."""

    day: int  # 1 … 28; negative: counted in working days from the first
    at: time
    working: bool = False


@dataclass(frozen=True, slots=True)
class Endangered:
    """The moment a linked purchase order's new date endangers the date that stands with the customer."""


@dataclass(frozen=True, slots=True)
class Improved:
    """The moment everything that serves a sales order is promised earlier than the customer was told."""


@dataclass(frozen=True, slots=True)
class Slipped:
    """The moment (and `offset` later) a supplier promised a later date than was agreed."""

    offset: Offset = NOW


@dataclass(frozen=True, slots=True)
class QuietBacklog:
    """Every week while a party is quiet: what is overdue with it."""


Periodic = Daily | Weekly | Monthly
OfOrder = Dated | Happened | Endangered | Improved | Slipped
Moment = OfOrder | Periodic | Closure | Waiting | QuietBacklog | Mailed

HAPPENINGS: dict[str, str] = {
    "order new": "new",
    "order changed": "changed",
    "order cancelled": "cancelled",
    "order closed": "closed",
    "new date": "promised",
    "problem": "problem",
    "complaint": "complaint",
    "change request": "request",
    "question": "question",
    "approval": "approved",
    "rejection": "rejected",
    "payment claimed": "claimed",
    "confirmation differs": "differs",
}
"""What may happen to an order, in the words of the playbook; behind it may stand the topic (of a change the field)."""

_AT = r"(?:\s+at\s+(?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
_DATED = re.compile(rf"{COUNT}\s+(?P<way>before|after)\s+(?P<what>{STAGE})(?:\s+(?P<side>[a-z]+))?{_AT}")
_ON_DATED = re.compile(rf"on\s+(?P<what>{STAGE})(?:\s+(?P<side>plan|promise|actual|standing))?{_AT}")
_KINDS = "|".join(name.replace(" ", r"\s+") for name in HAPPENINGS)
_HAPPENED = re.compile(rf"(?:on|{COUNT}\s+after)\s+(?P<kind>{_KINDS})(?:\s+(?:of|in)?\s*(?P<topic>[a-z_]+))?{_AT}")
_CLOSURE = re.compile(rf"{COUNT}\s+(?P<way>before|after)\s+closure{_AT}")
_DRAFT = re.compile(rf"draft\s+waits\s+{COUNT}{_AT}")
_MAILED = re.compile(r"(?P<hours>\d{1,2})\s+(?:working\s+)?hours?\s+after\s+customer\s+mail")
_DAILY = re.compile(r"daily\s+at\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_WEEKLY = re.compile(r"weekly\s+on\s+(?P<day>\w+)\s+at\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_MONTHLY = re.compile(
    r"monthly\s+on\s+(?P<working>working\s+)?day\s+(?P<day>\d{1,2})\s+at\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_SLIPPED = re.compile(rf"(?:{COUNT}\s+after\s+)?date\s+slipped")
_FIXED: dict[str, Moment] = {
    "customer date endangered": Endangered(),
    "customer date improved": Improved(),
    "weekly while quiet": QuietBacklog(),
}
_EXAMPLES = (
    "5 working days before ship",
    "1 day after ship actual",
    "on ship actual",
    "on order changed",
    "2 working days after problem quality",
    "date slipped",
    "45 days before closure",
    "draft waits 1 working day",
    "2 working hours after customer mail",
    "daily at 09:00",
    "weekly on tuesday at 09:00",
    "monthly on working day 3 at 09:00",
    *_FIXED,
)


def parse_moment(text: object) -> Moment:
    """Read the `when` of a step; the names of milestones are looked at when all of the playbook is known."""
    words = " ".join(str(text).split()).lower()
    if words in _FIXED:
        return _FIXED[words]
    for pattern, make in _READERS:
        if found := pattern.fullmatch(words):
            return make(found)
    guess = nearest(words, list(_EXAMPLES))
    cure = f"did you mean '{guess}'? " if guess else ""
    raise fault(f"cannot read when: '{words}'", f"{cure}write it like one of: {'; '.join(_EXAMPLES)}")


def _dated(found: re.Match[str]) -> Moment:
    stage = None if found["what"] == "order" else found["what"]
    return Dated(_signed(found), stage, _side(found["side"]), _at(found))


def _on(found: re.Match[str]) -> Moment:
    return Dated(Offset(0), None if found["what"] == "order" else found["what"], _side(found["side"]), _at(found))


def _happened(found: re.Match[str]) -> Moment:
    return Happened(HAPPENINGS[" ".join(found["kind"].split())], counted(found, 1), found["topic"] or "", _at(found))


def _weekly(found: re.Match[str]) -> Moment:
    day = found["day"]
    if day not in WEEKDAYS:
        raise fault(f"'{day}' is no weekday", propose(day, list(WEEKDAYS)))
    return Weekly(WEEKDAYS.index(day), _at(found))


def _monthly(found: re.Match[str]) -> Moment:
    day, working = int(found["day"]), bool(found["working"])
    if not 1 <= day <= (20 if working else 28):
        raise fault(f"not every month has a day {day}", "write a day from 1 to 28, or a working day from 1 to 20")
    return Monthly(day, _at(found), working)


def _signed(found: re.Match[str]) -> Offset:
    return counted(found, -1 if found["way"] == "before" else 1)


def _at(found: re.Match[str]) -> time:
    return clock_time(found["hour"], found["minute"]) if found["hour"] else time()


def _side(word: str | None) -> Side:
    if word is None:
        return Side.STANDING
    known = [str(side) for side in Side]
    if word not in known:
        raise fault(f"'{word}' is no date of a milestone", propose(word, known))
    return Side(word)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Moment]], ...] = (
    (_HAPPENED, _happened),
    (_SLIPPED, lambda found: Slipped(counted(found, 1))),
    (_CLOSURE, lambda found: Closure(_signed(found), _at(found))),
    (_DRAFT, lambda found: Waiting(counted(found, 1), _at(found))),
    (_MAILED, lambda found: Mailed(int(found["hours"]))),
    (_DAILY, lambda found: Daily(_at(found))),
    (_WEEKLY, _weekly),
    (_MONTHLY, _monthly),
    (_DATED, _dated),
    (_ON_DATED, _on),
)

MomentText = Annotated[Moment, PlainValidator(parse_moment), text_like("5 working days before ship")]
