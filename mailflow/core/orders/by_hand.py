"""Events that people's own words lead to: corrections, what was agreed by telephone, who is away, what was learned."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PromiseWithdrawn:
    """A promise was entered by mistake and there was none before it; `part` as in `DatePromised`."""

    order: str
    milestone: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneReopened:
    """A milestone was entered as happened by mistake."""

    order: str
    milestone: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class ToldWithdrawn:
    """The date agreed with the customer was entered by mistake and there was none before it."""

    order: str


@dataclass(frozen=True, slots=True)
class ProblemWithdrawn:
    order: str
    topic: str


@dataclass(frozen=True, slots=True)
class ReviewReopened:
    """A decision was taken back: the question waits for a person again."""

    item: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoke:
    """A person of ours spoke about the order with its party by telephone or chat (已电); nothing is asked again yet."""

    order: str
    words: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True)
class OrderClosed:
    """A person says that nothing more is to be followed up, whatever the order book says."""

    order: str


@dataclass(frozen=True, slots=True)
class OrderReopened:
    order: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An order now belongs to another merchandiser of ours (交接), an address; empty gives it back to the book's."""

    order: str
    merchandiser: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class WentAway:
    """A person of ours is away up to and with `until`; `delegate` gets their digest and decides for them."""

    person: str
    until: date
    delegate: str = ""


@dataclass(frozen=True, slots=True)
class CameBack:
    person: str


@dataclass(frozen=True, slots=True)
class AliasLearned:
    """A party calls our order by this number; learned from a person's answer about a mail."""

    alias: str
    order: str
    party: str
    mail: int | None = None


@dataclass(frozen=True, slots=True)
class ContactLearned:
    """Somebody writes for a party from an address that the order book doesn't list."""

    address: str
    party: str
    mail: int | None = None


@dataclass(frozen=True, slots=True)
class DateOrderLearned:
    """How a party writes dates of two numbers: `day_first` (5/12 is 5 December) or not."""

    party: str
    day_first: bool
    mail: int | None = None


@dataclass(frozen=True, slots=True)
class LearnedWithdrawn:
    """Something learned no longer holds; `key` names it as `mailflow learned` lists it."""

    key: str


@dataclass(frozen=True, slots=True)
class Steered:
    """A person's mail was obeyed; `done` are the ids of the events that it led to, `letter` what it answers."""

    mail: int
    person: str
    done: tuple[int, ...] = ()
    letter: int | None = None
    orders: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class SteeringUndone:
    """What a person's mail had led to was taken back by correcting events."""

    mail: int
    person: str
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SteeringRefused:
    """A mail wanted to steer and was not obeyed; `claims` is the person of ours that it spoke for, where known."""

    mail: int
    sender: str
    reason: str
    claims: str = ""


OfOneOrder = (
    PromiseWithdrawn
    | MilestoneReopened
    | ToldWithdrawn
    | ProblemWithdrawn
    | Spoke
    | OrderClosed
    | OrderReopened
    | HandedOver
)
ByHand = (
    OfOneOrder
    | ReviewReopened
    | WentAway
    | CameBack
    | AliasLearned
    | ContactLearned
    | DateOrderLearned
    | LearnedWithdrawn
    | Steered
    | SteeringUndone
    | SteeringRefused
)
