"""What a digest and the answers to it hold, as data that templates put into words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

DIGEST = "digest"
REPLY = "steering_reply"
BOOK_REPLY = "order_book_answer"
"""The template of a reply that tells of an order book."""
UNANSWERED = "unanswered"
"""The step (and template) of the list of customers' mails that nobody has answered."""
STEPS = frozenset({DIGEST, REPLY})
"""The steps (and templates) of letters by which our own people steer; their duties need no looking at again."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of our own people who may steer."""

    email: str
    name: str = ""
    language: str = "en"
    manager: bool = False


@dataclass(frozen=True, slots=True)
class SteerLine:
    """One thing told to a person: `kind` names a phrase of templates/_words (group `steering`), the rest fills it."""

    kind: str
    order: str = ""
    milestone: str = ""
    day: date | None = None
    number: int = 0
    party: str = ""
    person: str = ""
    text: str = ""
    words: str = ""  # quoted from the person's mail
    hour: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The mail that a line rests on: its words, who wrote it, and when."""

    words: str
    sender: str = ""
    said: datetime | None = None
    subject: str = ""


class Effect(StrEnum):
    """What choosing a candidate does."""

    ENTER = "enter"  # records its events
    SEND = "send"  # lets the letter go
    DECLINE = "decline"
    TEACH = "teach"  # records what is learned, and has the mail read again


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to decide an item: `key` is its letter, `link` a signed key that chooses just this, `why` its reason."""

    key: str
    line: SteerLine
    effect: Effect
    events: tuple[str, ...] = ()  # encoded
    why: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A numbered question; `item` is the question's (`R118.1`) or the letter's (`L42`) name, `as_of` the last event of
    its orders that was known when it was asked."""

    number: int
    item: str
    question: str
    orders: tuple[str, ...] = ()
    party: str = ""
    candidates: tuple[Candidate, ...] = ()
    quote: Quote | None = None
    line: SteerLine | None = None  # the question in the reader's language, where it is not quoted in `question`
    due: date | None = None
    as_of: int = 0


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A line of a list, with the mail that it rests on."""

    line: SteerLine
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class DigestList:
    """A list below the questions; `more` counts what is not shown."""

    rows: tuple[DigestRow, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """What one of our people gets in the morning; `until` is the last day on which it can be answered."""

    day: date
    until: date
    items: tuple[DigestItem, ...] = ()
    more: int = 0  # questions that are not listed
    late: DigestList = DigestList()
    sent: DigestList = DigestList()
    came: DigestList = DigestList()
    owed: DigestList = DigestList()  # customers' mails that nobody has answered, the most urgent first

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell."""
        return not (self.items or self.owed.rows or self.late.rows or self.sent.rows or self.came.rows)


class BookPart(StrEnum):
    """What a list of an order book's answer tells of."""

    NEW = "new"
    CHANGED = "changed"
    VANISHED = "vanished"
    PARTIES = "parties"
    NOT_YOURS = "not_yours"


@dataclass(frozen=True, slots=True)
class BookChange:
    """A field of an order or a party (or `promised.ship`, `actual.ship`, `told`) before and after, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BookRow:
    """An order (or a party, by its name) that a book tells of; `row` is where, 0 where it stands nowhere."""

    name: str
    party: str = ""
    goods: str = ""
    day: date | None = None
    row: int = 0
    changes: tuple[BookChange, ...] = ()


@dataclass(frozen=True, slots=True)
class BookList:
    """The orders of one part; they wait for a yes (`waits`) or were entered."""

    part: BookPart
    rows: tuple[BookRow, ...]
    waits: bool = False


@dataclass(frozen=True, slots=True)
class BookSaying:
    """A sentence about a fault: `kind` names a phrase of templates/_words (group `faults`) and `values` fill it; `text`
    is the sentence as the order book's own words have it."""

    text: str
    kind: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookFault:
    """What is wrong with a row or a cell and what to do; `refused`: the row was not taken."""

    what: BookSaying
    cure: BookSaying
    row: int = 0
    column: str = ""  # as a spreadsheet program names it: C
    heading: str = ""
    sheet: str = ""
    refused: bool = True


@dataclass(frozen=True, slots=True)
class BookRowCopy:
    """A row with faults as it stood in the sheet, the indexes of the cells at fault, and what is wrong with them."""

    row: int
    cells: tuple[str, ...]
    marked: tuple[int, ...]
    faults: tuple[BookFault, ...]


@dataclass(frozen=True, slots=True)
class BookSheet:
    """The rows of one sheet that have faults, under its headings."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[BookRowCopy, ...]


@dataclass(frozen=True, slots=True)
class BookAnswer:
    """What an order book that came by mail comes to. `shown` rows of each list stand in the letter, all in a workbook.

    `agreed` tells what a yes would enter, so that a yes is good for just that.
    """

    file: str
    lists: tuple[BookList, ...] = ()
    faults: tuple[BookFault, ...] = ()
    sheets: tuple[BookSheet, ...] = ()
    same: int = 0
    ignored: tuple[str, ...] = ()
    new: int = 0  # orders in the lists, of each part, entered or waiting
    changed: int = 0
    vanished: int = 0
    refused: int = 0  # faults that kept their row out
    shown: int = 15
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class SteeringReply:
    """What became of a person's mail (`mail`): done, not done and why, asked, told. `confirm`: a yes does it.

    `digest` is the letter whose numbers the mail answered, `book` what an order book in it came to.
    """

    mail: int = 0
    digest: int = 0
    done: tuple[SteerLine, ...] = ()
    not_done: tuple[SteerLine, ...] = ()
    told: tuple[SteerLine, ...] = ()
    confirm: tuple[SteerLine, ...] = ()
    undo: bool = False
    book: BookAnswer | None = None
