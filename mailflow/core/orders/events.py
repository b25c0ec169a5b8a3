"""The ledger's language: what happened, as small immutable records in the past tense.

An event never changes and is never deleted; a correction is a new event. Dates are calendar days, `at` of a recorded
event is timezone-aware UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mailflow.core.orders.by_hand import ByHand
from mailflow.core.orders.model import DateBasis, Order, Party
from mailflow.core.orders.papers import OfDocuments

Day = date  # a field named `date` with a default would hide the type from its own annotation


@dataclass(frozen=True, slots=True)
class Proof:
    """Which words of which mail a fact rests on; `mail` is the id of the stored mail."""

    mail: int
    words: str
    confidence: float
    how: str  # how the order was told: exact, folded, one_slip, own_reference, …
    sender: str = ""
    message_id: str = ""
    said_at: datetime | None = None  # the mail's own Date


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an order or a party that differs from the book we had; values as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OrderImported:
    order: Order
    source: str


@dataclass(frozen=True, slots=True)
class OrderChanged:
    order: Order
    changes: tuple[Change, ...]
    source: str


@dataclass(frozen=True, slots=True)
class OrderVanished:
    number: str
    source: str


@dataclass(frozen=True, slots=True)
class PartyImported:
    party: Party
    source: str


@dataclass(frozen=True, slots=True)
class PartyChanged:
    party: Party
    changes: tuple[Change, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PartyVanished:
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class MailRead:
    """A mail was read; `orders` are the orders that it is about, most certain first."""

    mail: int
    message_id: str
    sender: str
    subject: str
    disposition: str
    orders: tuple[str, ...] = ()
    party: str = ""


@dataclass(frozen=True, slots=True)
class MailSetAside:
    mail: int
    reason: str


@dataclass(frozen=True, slots=True)
class OrderAcknowledged:
    order: str
    proof: Proof | None = None
    source: str = ""  # where the order book says so; empty for a mail


@dataclass(frozen=True, slots=True)
class ConfirmationDiffers:
    """What they confirm is not what was ordered; `before` of a change is the order's, `after` theirs."""

    order: str
    changes: tuple[Change, ...]
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class DatePromised:
    """A milestone is now expected on `date` (承诺); `part` tells lots of one milestone apart."""

    order: str
    milestone: str
    date: date
    part: str = ""
    quantity: Decimal | None = None
    basis: DateBasis | None = None
    refs: tuple[str, ...] = ()
    proof: Proof | None = None
    source: str = ""  # where the order book says so; empty for a mail


@dataclass(frozen=True, slots=True)
class MilestoneReached:
    """A milestone has happened on `date` (实际)."""

    order: str
    milestone: str
    date: date
    part: str = ""
    quantity: Decimal | None = None
    refs: tuple[str, ...] = ()
    proof: Proof | None = None
    source: str = ""  # where the order book says so; empty for a mail


@dataclass(frozen=True, slots=True)
class ProblemReported:
    order: str
    topic: str
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class ChangeRequested:
    order: str
    topic: str
    date: Day | None = None
    quantity: Decimal | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    order: str
    topic: str
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    order: str
    topic: str
    verdict: str
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class PaymentClaimed:
    """The other side says that money was sent; only accounts make a payment actual (P15)."""

    order: str
    date: Day | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class ReviewOpened:
    """Only a person can decide this; `item` is what `mailflow decide` takes."""

    item: str
    question: str
    orders: tuple[str, ...] = ()
    mail: int | None = None
    candidates: tuple[str, ...] = ()  # orders that could be meant, most likely first
    proposed: tuple[str, ...] = ()  # encoded events that a "yes" would record
    words: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True)
class ReviewDecided:
    item: str
    choice: str
    orders: tuple[str, ...] = ()  # those that the question or the letter was about


@dataclass(frozen=True, slots=True)
class LetterQueued:
    letter: int
    template: str
    party: str
    to: tuple[str, ...]
    orders: tuple[str, ...]
    mode: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LetterDrafted:
    """The letter lies in Drafts and waits for a person."""

    letter: int
    orders: tuple[str, ...]
    message_id: str


@dataclass(frozen=True, slots=True)
class LetterSent:
    letter: int
    orders: tuple[str, ...]
    message_id: str
    template: str = ""
    to: tuple[str, ...] = ()
    repeated: int = 0  # how often identical bytes were handed over again after a lost reply
    mail: int | None = None  # the mail as a person sent it from Drafts; its bytes are the text that went out
    edited: bool = False  # the person changed the text before sending it
    party: str = ""
    approved: bool = False  # a person said that it may go


@dataclass(frozen=True, slots=True)
class LetterRefused:
    letter: int
    orders: tuple[str, ...]
    recipient: str
    permanent: bool
    reply: str


@dataclass(frozen=True, slots=True)
class LetterWithdrawn:
    letter: int
    orders: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CustomerTold:
    """The date now agreed with the customer (已告知), settled by what was really sent or said."""

    order: str
    date: date
    letter: int | None = None
    source: str = ""  # where the order book says so; empty for a mail
    proof: Proof | None = None  # what one of ours wrote to them


@dataclass(frozen=True, slots=True)
class WrittenByHand:
    """One of ours wrote to a party themselves, found in Sent; `orders` are those that it is about, surest first."""

    mail: int
    message_id: str
    sender: str
    party: str
    to: tuple[str, ...]
    subject: str
    orders: tuple[str, ...] = ()
    words: str = ""
    at: datetime | None = None  # when it was sent
    answers: tuple[str, ...] = ()  # the Message-IDs of the conversation that it goes on with


@dataclass(frozen=True, slots=True)
class AnswerWanted:
    """A customer's mail that somebody must answer the same day; `orders` are those that it certainly is about.

    `topic`: status (where an order stands), delicate (a complaint, a price: never a machine's to acknowledge), other.
    """

    mail: int
    message_id: str
    party: str
    sender: str
    subject: str
    at: datetime  # when it arrived, aware UTC
    orders: tuple[str, ...] = ()
    topic: str = "other"
    copied: bool = False  # it is addressed to others, ours stand in copy
    name: str = ""  # the sender's
    words: str = ""
    chain: tuple[str, ...] = ()  # the conversation up to it, oldest first


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing is chased for an order or a party (`subject`) until `until`, or until resumed."""

    subject: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    subject: str


@dataclass(frozen=True, slots=True)
class WritingStopped:
    address: str


@dataclass(frozen=True, slots=True)
class AddressFailed:
    address: str
    permanent: bool
    mail: int | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class ContactAway:
    """Somebody's automatic answer says that they are away up to and with `until`, and who stands in."""

    address: str
    until: date
    delegates: tuple[str, ...] = ()
    mail: int | None = None


@dataclass(frozen=True, slots=True)
class WentLive:
    party: str


Event = (
    OrderImported
    | OrderChanged
    | OrderVanished
    | PartyImported
    | PartyChanged
    | PartyVanished
    | MailRead
    | MailSetAside
    | OrderAcknowledged
    | ConfirmationDiffers
    | DatePromised
    | MilestoneReached
    | ProblemReported
    | ChangeRequested
    | QuestionAsked
    | ApprovalGiven
    | PaymentClaimed
    | ReviewOpened
    | ReviewDecided
    | LetterQueued
    | LetterDrafted
    | LetterSent
    | LetterRefused
    | LetterWithdrawn
    | CustomerTold
    | WrittenByHand
    | AnswerWanted
    | Paused
    | Resumed
    | WritingStopped
    | AddressFailed
    | ContactAway
    | WentLive
    | ByHand
    | OfDocuments
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event about to be recorded, with who made it so and why; `actor` is `mailflow` or a person's address."""

    event: Event
    actor: str = "mailflow"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the ledger holds it; ids rise in the order of recording."""

    id: int
    at: datetime
    event: Event
    actor: str
    why: str
