"""What the playbook looks at and what it yields: the situation, and the letters that are due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailflow.core.letters.model import Duty, Enclosure, LetterFacts, Mode, ThreadPlace, Told
from mailflow.core.message.model import Address
from mailflow.core.orders.model import House
from mailflow.core.orders.state import AddressState, Correspondence, OrderState, PartyState, ReviewState


@dataclass(frozen=True, slots=True)
class Done:
    """A duty that the outbox holds already; `open` while its letter is neither sent nor withdrawn. `at` aware UTC."""

    duty: Duty
    at: datetime
    open: bool = False


@dataclass(frozen=True, slots=True)
class Waits:
    """A draft of ours that no person has decided yet; `since` aware UTC."""

    letter: int
    template: str
    party: str
    orders: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decides what is due, beside the playbook, the calendars and the time."""

    orders: Mapping[str, OrderState]
    parties: Mapping[str, PartyState]
    house: House
    addresses: Mapping[str, AddressState] = field(default_factory=dict)
    reviews: Mapping[str, ReviewState] = field(default_factory=dict)  # open ones
    done: tuple[Done, ...] = ()
    outside: Mode = Mode.AUTO  # the most that a letter leaving the house may do; a new installation says draft
    drafts: tuple[Waits, ...] = ()
    complaining: frozenset[str] = frozenset()  # parties with an open complaint, about these orders or others
    unanswered: Mapping[str, Correspondence] = field(default_factory=dict)  # by customer


@dataclass(frozen=True, slots=True)
class Due:
    """One duty that is due, before letters to the same address are made one.

    `due_at`: when the rule made it due; `not_before`: when the recipient's send window next opens; both aware UTC.
    """

    duty: Duty
    step: str
    template: str
    mode: Mode
    party: str  # empty inside the house
    to: tuple[Address, ...]
    language: str
    facts: LetterFacts
    due_at: datetime
    not_before: datetime
    orders: tuple[str, ...] = ()
    cc: tuple[Address, ...] = ()
    told: tuple[Told, ...] = ()
    merge: str = ""  # dues with the same key to the same address become one letter, one a day; empty: never merged
    together: str = ""  # like `merge`, but as many a day as there are
    urgent: bool = False
    missing: tuple[str, ...] = ()
    enclosed: tuple[Enclosure, ...] = ()
    why: str = ""
    answers: ThreadPlace | None = None  # the mail that it answers, where that is no conversation about an order


@dataclass(frozen=True, slots=True)
class Held:
    """Something that would be due but is not written, and why: paused, quiet, no address, open question, …"""

    duty: Duty
    reason: str
    until: datetime | None = None  # nothing changes before then, unless something happens; None: nobody knows


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing is due, nor will be before `at` (aware UTC) unless something happens."""

    at: datetime


Outcome = Due | Held | Later | None
"""What a step comes to for an order; None: nothing, until something happens."""
