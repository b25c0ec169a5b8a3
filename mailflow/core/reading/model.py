"""What a mail says: updates of orders with the words that prove them, and the questions that remain."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mailflow.core.orders.model import DateBasis, Milestone

Day = date  # a field named `date` with a default would hide the type from its own annotation


SURE = 0.9
"""From this confidence on a mail about an order is part of that order's conversation."""


class Disposition(StrEnum):
    """What becomes of a mail: enter, show to a person, or file."""

    UPDATE = "update"
    ATTENTION = "attention"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    IGNORE = "ignore"


class UpdateKind(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    FORECAST = "forecast"
    DONE = "done"
    PROBLEM = "problem"
    CHANGE_REQUEST = "change_request"
    QUERY = "query"
    APPROVAL = "approval"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number that names a consignment; `type`: container, bill_of_lading, air_waybill, courier, postal."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Quantity:
    value: Decimal
    unit: str  # pcs, sets, pairs, doz, ctns, m, kg, …


@dataclass(frozen=True, slots=True)
class Match:
    """An order that the mail is about; `how`: exact, folded, one_slip, own_reference, customer_reference, style,
    tail, thread, quoted. `runner_up` is the score of the next best order."""

    order: str
    confidence: float
    how: str
    runner_up: float = 0.0


@dataclass(frozen=True, slots=True)
class Update:
    """One fact about one order. `confidence`: the probability that all fields are right; `evidence`: the mail's own
    words, at most 300 characters; `applied`: may be entered without asking a person."""

    order: str
    kind: UpdateKind
    evidence: str
    confidence: float
    why: str
    milestone: Milestone | None = None
    date: Day | None = None
    quantity: Decimal | None = None
    basis: DateBasis | None = None
    refs: tuple[str, ...] = ()
    topic: str = ""
    verdict: str = ""
    applied: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a person would be asked; `candidates` are orders, most likely first; `updates` what a yes would enter."""

    text: str
    candidates: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Every date, reference and quantity in the new words and the subject, whether or not it became an update."""

    dates: tuple[date, ...] = ()
    refs: tuple[Reference, ...] = ()
    quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """What an out-of-office answer says; `delegates` are the addresses of those who stand in.

    `until` is the last day that it names, be it the last one away or the first one back; None where it names none.
    """

    until: Day | None = None
    delegates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says; `trace` tells rule by rule what hit and what missed; `party` is the sender's, or empty."""

    disposition: Disposition
    updates: tuple[Update, ...] = ()
    orders: tuple[Match, ...] = ()
    questions: tuple[Question, ...] = ()
    mentions: Mentions = Mentions()
    party: str = ""
    trace: tuple[str, ...] = ()
    absence: Absence | None = None
