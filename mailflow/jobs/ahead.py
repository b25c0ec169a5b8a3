"""Readings made ahead of the transaction that records them: what they rest on, so that it can be seen whether they
still hold."""

from dataclasses import dataclass
from datetime import date

from mailflow.core.message.model import Message
from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.model import Milestone
from mailflow.core.reading.book import Thread
from mailflow.core.reading.model import Reading

CHANGES_THE_SENDERS = (
    *(e.PartyImported, e.PartyChanged, e.PartyVanished),
    *(h.ContactLearned, h.DateOrderLearned, h.LearnedWithdrawn),
)
CHANGES_THE_BOOK = (*CHANGES_THE_SENDERS, e.OrderImported, e.OrderChanged, e.OrderVanished, h.AliasLearned)
"""After one of these any mail may read otherwise; what else is recorded moves promises and conversations alone."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The latest promise that a reading looked at; None where there was none."""

    order: str
    milestone: Milestone
    day: date | None


@dataclass(frozen=True, slots=True)
class Grounded:
    """A reading, and what it rests on besides names and senders."""

    reading: Reading
    thread: Thread
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeAhead:
    """What was made of a stored mail: `message`, or why nobody should try to read it; `seen` is the newest event that
    the reading could know."""

    mail: int
    message: Message | str
    grounded: Grounded | None = None
    seen: int = 0
