"""A topic: what a sentence says beside the dates of milestones, and what it stands in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.orders.model import Role
from mailflow.core.reading.finders.calendar import DayContext
from mailflow.core.reading.model import UpdateKind
from mailflow.core.reading.text import Sentence


@dataclass(frozen=True, slots=True)
class Topic:
    """What a sentence says beside the dates of milestones."""

    kind: UpdateKind
    start: int
    end: int
    topic: str = ""
    verdict: str = ""
    quantity: Decimal | None = None
    more: bool = False  # `quantity` is to be added to the order's
    day: date | None = None
    asked: bool = False  # with a question mark


@dataclass(frozen=True)
class Circumstances:
    """What the sentence stands in: who writes, when, and what subject and history are about."""

    role: Role | None
    context: DayContext
    about: frozenset[str] = frozenset()  # concepts of the subject
    quoted: Callable[[], frozenset[str]] = frozenset  # concepts of the quoted history; few mails need them
    before: frozenset[str] = frozenset()  # concepts of the sentence before
    files: bool = False  # the text is an attachment's


def span_of(sentence: Sentence) -> tuple[int, int]:
    return sentence.start, sentence.end


def pleads(sentence: Sentence) -> bool:
    return asks(sentence) or bool(sentence.concepts & {"please", "request", "need"})


def asks(sentence: Sentence) -> bool:
    return sentence.asked or bool(sentence.concepts & {"appeal"})


def conditional(sentence: Sentence) -> bool:
    return any(c.has("condition") and not c.has("polite_condition") for c in sentence.clauses)
