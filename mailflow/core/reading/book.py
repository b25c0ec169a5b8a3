"""The book that a reading is made against: orders and their names, parties, the house, and what was promised last."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from mailflow.core.matching.goods import PartyGoods
from mailflow.core.matching.index import IdentifierIndex, Lookup
from mailflow.core.matching.senders import SenderBook
from mailflow.core.orders.model import House, Milestone, Order, Party


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail of ours that is answered was about: its orders, and what it asked for."""

    orders: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


ThreadLookup = Callable[[Sequence[str]], Thread]
"""Port: the ids that a mail answers → what we wrote under them."""

Standing = Callable[[str, Milestone], date | None]
"""Port: (order, milestone) → the latest promise, None where there is none."""


def no_threads(ids: Sequence[str]) -> Thread:
    """Know nothing of what we wrote."""
    return Thread()


def no_promises(order: str, milestone: Milestone) -> date | None:
    """Know no promise, so that the due date stands."""
    return None


Speaks = Callable[[Sequence[str]], str]
"""Port: the orders that a mail is about → the language of who is asked about them."""


def in_english(orders: Sequence[str]) -> str:
    """Ask in English."""
    return "en"


@dataclass(frozen=True)
class Book:
    """Orders by their names, who has a say, and the dates that stand."""

    lookup: Lookup
    senders: SenderBook
    house: House | None = None
    standing: Standing = field(default=no_promises)
    speaks: Speaks = field(default=in_english)
    goods: dict[str, PartyGoods | None] = field(default_factory=dict)
    """By party, what its open orders' goods are called, as far as that was looked up; holds while the orders do."""

    def date_that_stands(self, order: str, milestone: Milestone) -> date | None:
        """Return the date from which "a week later" counts: the latest promise, else the order's due date."""
        promised = self.standing(order, milestone)
        if promised is not None:
            return promised
        known = self.lookup.order(order)
        return known.due_date if known else None


def build_book(
    orders: Iterable[Order],
    parties: Iterable[Party],
    house: House | None,
    standing: Standing = no_promises,
) -> Book:
    """Index the orders and the parties once, for any number of mails."""
    return Book(IdentifierIndex(orders), SenderBook(parties, house), house, standing)
