"""Outgoing letters: what is to be written, why, and how far it has got."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailflow.core.message.model import Address
from mailflow.core.reports.model import ReportFiles
from mailflow.core.steering.model import Digest, DigestList, SteeringReply

BY_HAND = "by_hand"
"""The step of letters that a person orders; no rule withdraws them."""


class Mode(StrEnum):
    """Who lets a letter go: nobody need (`auto`), silence until a time (`veto`), a person (`draft`), never (`off`)."""

    AUTO = "auto"
    VETO = "veto"
    DRAFT = "draft"
    OFF = "off"


class LetterState(StrEnum):
    """Where a letter stands.

    queued → claimed (bytes and Message-ID frozen) → handed (committed before DATA) → sent, refused, or queued again;
    handed without a recorded reply → unknown → handed again with the same bytes. Mode draft: queued → claimed →
    drafted (lies in Drafts) → queued (approved) or declined. withdrawn: its reason was gone. held: wants a missing
    field or a person.
    """

    HELD = "held"
    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDED = "handed"
    UNKNOWN = "unknown"
    SENT = "sent"
    REFUSED = "refused"
    DRAFTED = "drafted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Duty:
    """Why a letter is written; unique for ever. `order` is `*` where a step is about no single order; `recipient` a
    lower-case address; `occasion` the anchored ISO date, or `event:ID` for notices. None is ever empty."""

    step: str
    order: str
    recipient: str
    occasion: str


@dataclass(frozen=True, slots=True)
class Told:
    """Sending the letter settles this date with the customer."""

    order: str
    date: date


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which what was confirmed is not what was ordered (五适); values as people write them."""

    field: str  # quantity | date | price | place | goods, or a field of an order
    ordered: str
    confirmed: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What a letter may say of one order; holds the recipient's own side only (DOMAIN.md, defaults)."""

    number: str
    their_ref: str = ""
    style: str = ""
    product: str = ""
    quantity: str = ""  # with its unit, formatted for people: "1,200 pcs"
    due: date | None = None
    basis: str = ""  # exw | etd | eta | delivered
    promise: date | None = None
    told: date | None = None
    expected: date | None = None
    days_late: int = 0
    milestone: str = ""
    shipping_mark: str = ""
    ship_date: date | None = None
    ship_mode: str = ""
    port: str = ""
    destination_port: str = ""
    destination_country: str = ""
    refs: tuple[str, ...] = ()
    remaining: str = ""  # of an order that goes in parts, what is still to come: "400 pcs"
    description: str = ""  # a few words about the goods (P12)
    party: str = ""  # whose order it is; only in letters inside the house and to inspectors
    part: str = ""  # of a milestone: deposit, balance, a lot, a kind of sample
    planned: date | None = None  # when the milestone in question is due by the plan
    happened: date | None = None  # when it happened
    called: str = ""  # what the playbook calls it, where it is none that all letters have words for
    place: str = ""  # where goods are inspected, collected or handed over
    documents: tuple[str, ...] = ()  # kinds of documents that are missing, attached or sent, as the letter says
    differences: tuple[Difference, ...] = ()
    price: str = ""  # of a piece, with its currency: "USD 12.40"; the reader's own side's
    amount: str = ""  # "USD 14,880.00"; the reader's own side's
    incoterm: str = ""
    payment_terms: str = ""
    invoice: str = ""
    pay_by: date | None = None
    cartons: str = ""
    gross_weight: str = ""  # with its unit: "840 kg"
    volume: str = ""  # "5.6 CBM"
    container: str = ""  # kind and count: "1 x 40HQ"
    freight_term: str = ""  # freight prepaid, freight collect
    vessel: str = ""
    old_vessel: str = ""
    inspected: str = ""  # quantities: "125 pcs"
    rejected: str = ""
    result: str = ""  # pass | fail | pending | concession
    remark: str = ""  # a person's own words to this reader


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """An open question as a letter inside the house lists it; `words` are quoted from the mail."""

    item: str
    question: str
    orders: tuple[str, ...] = ()
    party: str = ""
    words: str = ""
    opened: date | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a list: of an agenda, an action, a defect, a question; `who` sees to it until `due`."""

    text: str
    who: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A line of a statement; amounts with their currency: "USD 1,200.00"."""

    day: date | None
    document: str  # an invoice, a payment: its number
    order: str = ""
    amount: str = ""
    paid: str = ""
    open: str = ""
    pay_by: date | None = None
    party: str = ""  # whose it is; only in letters inside the house


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report, by its name in `words.figures`; values as people write them: "96 %"."""

    name: str
    value: str
    before: str = ""  # the same, one period earlier
    note: str = ""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a template may use beside the party, the contact and the house."""

    lines: tuple[OrderLine, ...]
    topic: str = ""  # reason of a delay as one of our own topics, never the supplier's words
    old_date: date | None = None
    new_date: date | None = None
    rung: int = 0
    asked_before: int = 0
    backlog: int = 0
    reviews: tuple[ReviewLine, ...] = ()  # letters inside the house alone
    alarm: str = ""  # what has stopped, in one sentence
    advice: str = ""  # what a person should do about it
    points: tuple[Point, ...] = ()
    accounts: tuple[Account, ...] = ()
    figures: tuple[Figure, ...] = ()
    total: str = ""  # what is open or paid in all: "USD 14,880.00"
    about: str = ""  # the reader's own subject or question that is answered, or of a meeting
    day: date | None = None  # of a meeting, an inspection, the first of a month or of a closure
    until: date | None = None  # the last day of a closure, or by when an answer is wanted
    hour: str = ""  # "14:00"
    place: str = ""
    occasion: str = ""  # a holiday's name in the letter's language
    person: Address | None = None  # who takes over, comes or is meant
    note: str = ""  # a person's own sentences to this reader
    changes: tuple[Difference, ...] = ()  # before (`ordered`) and after (`confirmed`)
    waiting: tuple[OrderLine, ...] = ()  # a second list: what is at risk, what else is open
    digest: Digest | None = None  # letters by which our own people steer
    steering: SteeringReply | None = None
    owed: DigestList | None = None  # customers' mails that nobody has answered
    files: ReportFiles | None = None  # of a report: the workbook and the charts


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A document that goes along with a letter: a file of a stored mail, under a name of ours.

    `file` and `size` tell it among the mail's attachments; `released`: a person says that its reader may see it.
    """

    name: str
    kind: str
    mail: int
    file: str
    size: int
    content_type: str = ""
    released: bool = False


@dataclass(frozen=True, slots=True)
class ThreadPlace:
    """Where a new letter continues a conversation: the last mail about an order with a party."""

    message_id: str
    references: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class PlannedLetter:
    """A letter that is to be written; `not_before` respects the recipient's send window (aware UTC)."""

    template: str
    step: str
    party: str  # empty for letters inside the house
    to: tuple[Address, ...]
    language: str
    mode: Mode
    duties: tuple[Duty, ...]
    orders: tuple[str, ...]
    facts: LetterFacts
    account: str
    not_before: datetime
    cc: tuple[Address, ...] = ()
    told: tuple[Told, ...] = ()
    urgent: bool = False
    missing: tuple[str, ...] = ()  # fields without which it may not go: the letter is held and a person asked
    why: str = ""
    enclosed: tuple[Enclosure, ...] = ()
    answers: ThreadPlace | None = None  # the mail that it answers, where that is no conversation about an order


@dataclass(frozen=True, slots=True)
class Envelope:
    """A letter ready for SMTP: the bytes never change once frozen."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class OutboxLetter:
    """A row of the outbox; `envelope` is there from `claimed` on. `repeated` counts identical bytes handed again."""

    id: int
    planned: PlannedLetter
    state: LetterState
    created_at: datetime
    next_try: datetime
    envelope: Envelope | None = None
    attempts: int = 0
    repeated: int = 0
    worker: str = ""
    reply: str = ""
    approved: bool = False  # a person said yes to a draft
    sent_at: datetime | None = None
    filed: bool = False  # the copy in Sent (or the draft in Drafts) is there
    refused: tuple[str, ...] = ()  # recipients refused for good
