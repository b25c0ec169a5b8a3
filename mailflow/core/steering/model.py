"""What a digest and the answers to it hold, as data that templates put into words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

DIGEST = "digest"
REPLY = "steering_reply"
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

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell."""
        return not (self.items or self.late.rows or self.sent.rows or self.came.rows)


@dataclass(frozen=True, slots=True)
class SteeringReply:
    """What became of a person's mail (`mail`): done, not done and why, asked, told. `confirm`: a yes does it.

    `digest` is the letter whose numbers the mail answered.
    """

    mail: int = 0
    digest: int = 0
    done: tuple[SteerLine, ...] = ()
    not_done: tuple[SteerLine, ...] = ()
    told: tuple[SteerLine, ...] = ()
    confirm: tuple[SteerLine, ...] = ()
    undo: bool = False
