"""What a person's mail says to us: answers to numbered items, commands, and what was not understood."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailflow.core.steering.words import Verb

ALL = 0
"""The number that stands for every item of a digest."""


class Choice(StrEnum):
    """How an item is decided."""

    LETTER = "letter"
    YES = "yes"
    NONE = "none"
    ORDER = "order"
    DATE = "date"
    SEND = "send"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision about one item (or `ALL` but for `without`), with the words that say so."""

    number: int
    choice: Choice
    words: str
    letter: str = ""
    order: str = ""
    milestone: str = ""  # empty: the one that the item is about
    day: date | None = None
    done: bool = False
    without: tuple[int, ...] = ()
    implied: bool = False  # `ALL` only because no number was named


@dataclass(frozen=True, slots=True)
class Command:
    """Something ordered, with the words that say so. `subject` is an order, or a party where the verb takes one."""

    verb: Verb
    words: str
    subjects: tuple[str, ...] = ()
    milestone: str = ""
    day: date | None = None
    done: bool = False
    person: str = ""  # an address of ours
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """A line that is not obeyed: `why` is the name of a phrase that tells so, `about` what it is about."""

    words: str
    why: str = "not_understood"
    about: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """All that a mail says to us; where `doubtful`, a line that was not understood may take the others back."""

    answers: tuple[Answer, ...] = ()
    commands: tuple[Command, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    doubtful: bool = False
