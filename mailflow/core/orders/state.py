"""What the folds over the ledger yield: the present state of an order, a party, an address, an open question."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mailflow.core.orders.events import AnswerWanted, Change, ReviewOpened
from mailflow.core.orders.model import DateBasis, Order, Party


@dataclass(frozen=True, slots=True)
class Lot:
    """Promise and actual of one part of a milestone; `part` is empty for the whole order."""

    milestone: str
    part: str = ""
    promise: date | None = None
    promised_at: datetime | None = None
    promise_event: int = 0
    said_at: datetime | None = None  # Date of the mail that the promise or the actual rests on
    basis: DateBasis | None = None
    actual: date | None = None
    quantity: Decimal | None = None
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to an order and may ask for a letter; of each kind and topic the latest is kept.

    `kind`: new, changed, cancelled, closed, promised, problem, complaint, request, question, approved, rejected,
    claimed.
    """

    kind: str
    at: datetime
    event: int
    topic: str = ""  # of a change the field, of a promise the milestone
    day: date | None = None
    before: str = ""  # what stood before, as text
    by: str = ""  # the address of who said so in a mail
    said_at: datetime | None = None  # the mail's own Date


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of an order: a file of a stored mail; fields as in `DocumentFiled`.

    `released`: a person says that it is for the customer.
    """

    kind: str
    mail: int
    part: int
    name: str
    filed: date
    content_type: str = ""
    size: int = 0
    party: str = ""
    role: str = ""
    readable: bool = False
    names: str = ""
    released: bool = False


@dataclass(frozen=True, slots=True)
class OrderState:
    """Everything that is known of one order now; computed from its events alone."""

    order: Order
    lots: tuple[Lot, ...] = ()
    acknowledged: date | None = None
    told: date | None = None  # the date last agreed with the customer; sales orders only
    told_at: datetime | None = None
    problems: tuple[str, ...] = ()  # topics reported since the last promise or with it, newest last
    problem_mails: tuple[int, ...] = ()  # beside `problems`: the mail that reported each, 0 where none did
    answered_at: datetime | None = None  # last mail of the order's own party with a fact about it
    written_at: datetime | None = None  # last mail that one of ours wrote by hand to the order's own party about it
    paused: bool = False
    paused_until: date | None = None
    vanished: bool = False
    happenings: tuple[Happening, ...] = ()  # oldest first
    last_event: int = 0
    closed: bool = False  # by a person's word, whatever the book's status is
    differing: tuple[Change, ...] = ()  # where their confirmation is not what was ordered
    papers: tuple[Paper, ...] = ()  # documents that came by mail, oldest first
    owner: str = ""  # the merchandiser it was handed over to; empty: the book's

    @property
    def merchandiser(self) -> str:
        """Return the address of the person of ours whose order it is, where one is known."""
        return self.owner or self.order.merchandiser


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party, and whether we may write to it; not `live` means quiet: nothing is sent."""

    party: Party
    live: bool = False
    live_at: datetime | None = None
    paused: bool = False
    paused_until: date | None = None
    vanished: bool = False
    last_event: int = 0


@dataclass(frozen=True, slots=True)
class AddressState:
    """Whether an address takes our mail: a person said stop, it bounced for good, or its owner is away for now."""

    address: str
    stopped: bool = False
    failed: bool = False
    reply: str = ""
    away_until: date | None = None  # the day on which they are back, by their automatic answer
    delegates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A question to a person, open until `choice` is given."""

    opened: ReviewOpened
    opened_at: datetime
    choice: str | None = None
    decided_by: str = ""
    decided_at: datetime | None = field(default=None)


class LearnedKind(StrEnum):
    """What a person's answer can teach."""

    ALIAS = "alias"
    CONTACT = "contact"
    DATE_ORDER = "date_order"


@dataclass(frozen=True, slots=True)
class LearnedState:
    """Something learned from a person's answer: `value` is the order of an alias, `day_first` or `month_first`, or the
    party itself."""

    key: str
    kind: LearnedKind
    party: str
    name: str  # the alias, or the address; empty for a date order
    value: str
    learned_at: datetime
    by: str = ""
    mail: int | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PersonState:
    """One of our own people: away up to and with `away_until`, `delegate` decides meanwhile."""

    person: str
    away_until: date | None = None
    delegate: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that one of ours said to a party, or a letter of ours; `by_hand` where a person wrote it or let it go.

    `chain` holds the Message-IDs of the conversation that it goes on with.
    """

    at: datetime
    by_hand: bool
    orders: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A customer's mails that nobody has answered yet, oldest first, and what was said to them lately."""

    party: str
    owed: tuple[AnswerWanted, ...] = ()
    said: tuple[Answer, ...] = ()


COMPLAINT = "complaint"
"""The milestone by which a person settles what a customer has complained of."""


def complains(state: OrderState) -> bool:
    """Say whether the customer has complained about an order, and no person has closed the complaint since."""
    said = [one.at.date() for one in state.happenings if one.kind == "complaint"]
    settled = [lot.actual for lot in state.lots if lot.milestone == COMPLAINT and lot.actual is not None]
    return bool(said) and not state.vanished and (not settled or max(settled) < max(said))
