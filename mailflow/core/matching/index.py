"""The index of identifiers: what an order may be called, found exactly, folded, one slip away, or by its tail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailflow.core.matching.identifiers import (
    SHORTEST_TAIL,
    confusable,
    endings,
    neighbourhood,
    normalise,
    one_slip,
    plain_identifier,
    shape,
)
from mailflow.core.orders.model import Order, OrderKind

MOST_TAILS = 60  # orders of one party that end alike; more cannot be told apart anyway
MOST_OF_A_PARTY = 80  # open orders of one party; among more of them their goods tell nothing


class Naming(StrEnum):
    """Whose name for the order an identifier is; `learned` is what a person's answer taught."""

    OWN = "own"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    STYLE = "style"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one order; `party` and `kind` are the order's."""

    key: str
    naming: Naming
    order: str
    party: str
    kind: OrderKind


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an order, learned from an answer, as people write it."""

    text: str
    order: str


class Lookup(Protocol):
    """Port: where names of orders are looked up, in memory or in the database."""

    def expect(self, texts: Iterable[str]) -> None:
        """Be told which texts will be read next, so that their numbers can be looked up together."""
        ...

    def exact(self, key: str) -> Sequence[Entry]:
        """Return the names with this very key."""
        ...

    def folded(self, key: str) -> Sequence[Entry]:
        """Return the names that look like this key (O0 I1 S5 B8)."""
        ...

    def near(self, key: str) -> Sequence[Entry]:
        """Return the names one typing slip away from this key; styles are left out."""
        ...

    def tail(self, party: str, digits: str) -> Sequence[Entry]:
        """Return names of a party's orders that end in these digits, at most `MOST_TAILS`."""
        ...

    def known_shape(self, key: str) -> bool:
        """Say whether any of our own numbers is built like this key."""
        ...

    def order(self, number: str) -> Order | None:
        """Return an order by our own number as the book writes it."""
        ...

    def of_party(self, party: str) -> Sequence[Order]:
        """Return a party's open orders by number; none where there are more than `MOST_OF_A_PARTY`."""
        ...


def names_of(order: Order) -> Iterator[tuple[Entry, str]]:
    """Yield the names of an order that the book gives, each with its folded text."""
    listed = (
        (Naming.OWN, order.number),
        (Naming.CUSTOMER, order.customer_ref),
        (Naming.SUPPLIER, order.supplier_ref),
        (Naming.STYLE, order.style),
    )
    for naming, text in listed:
        found = named(order, naming, text)
        if found is not None:
            yield found


def named(order: Order, naming: Naming, text: str) -> tuple[Entry, str] | None:
    """Return one name of an order with its folded text; None where it holds nothing to find it by."""
    plain = plain_identifier(text)
    key = normalise(plain)
    return (Entry(key, naming, order.number, order.party, order.kind), plain) if key else None


class IdentifierIndex:
    """The index in memory; building is linear in the orders, a question costs the same at any size."""

    def __init__(self, orders: Iterable[Order], aliases: Iterable[Alias] = ()) -> None:
        self._exact: dict[str, list[Entry]] = defaultdict(list)
        self._folded: dict[str, list[Entry]] = defaultdict(list)
        self._near: dict[int, list[Entry]] = defaultdict(list)
        self._tails: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._shapes: set[str] = set()
        self._orders: dict[str, Order] = {}
        self._open: dict[str, dict[str, Order]] = defaultdict(dict)
        for order in orders:
            self._orders[order.number] = order
            if order.status == "open":
                self._open[order.party][order.number] = order
            for entry, plain in names_of(order):
                self._add(entry, plain)
        for alias in aliases:
            known = self._orders.get(alias.order)
            found = named(known, Naming.LEARNED, alias.text) if known is not None else None
            if found is not None:
                self._add(*found)

    def _add(self, entry: Entry, plain: str) -> None:
        key = entry.key
        self._exact[key].append(entry)
        self._folded[confusable(key)].append(entry)
        if entry.naming is Naming.STYLE:
            return
        if entry.naming is Naming.OWN:
            self._shapes.add(shape(key))
        for neighbour in neighbourhood(key):
            self._near[neighbour].append(entry)
        for run in endings(plain):
            for start in range(len(run) - SHORTEST_TAIL + 1):
                ending = self._tails[entry.party, run[start:]]
                if entry not in ending[-1:] and len(ending) < MOST_TAILS:
                    ending.append(entry)

    def expect(self, texts: Iterable[str]) -> None:
        """Need no preparation."""

    def exact(self, key: str) -> Sequence[Entry]:
        """Return the names with this very key."""
        return self._exact.get(key, ())

    def folded(self, key: str) -> Sequence[Entry]:
        """Return the names that look like this key."""
        return self._folded.get(confusable(key), ())

    def near(self, key: str) -> Sequence[Entry]:
        """Return the names one typing slip away from this key; styles are left out."""
        pools = (self._near.get(neighbour, ()) for neighbour in neighbourhood(key))
        return tuple(dict.fromkeys(entry for pool in pools for entry in pool if one_slip(key, entry.key)))

    def tail(self, party: str, digits: str) -> Sequence[Entry]:
        """Return names of a party's orders that end in these digits."""
        return self._tails.get((party, digits), ())

    def known_shape(self, key: str) -> bool:
        """Say whether any of our own numbers is built like this key."""
        return shape(key) in self._shapes

    def order(self, number: str) -> Order | None:
        """Return an order by our own number as the book writes it."""
        return self._orders.get(number)

    def of_party(self, party: str) -> Sequence[Order]:
        """Return a party's open orders by number; none where there are very many."""
        found = self._open.get(party, {})
        return [found[number] for number in sorted(found)] if len(found) <= MOST_OF_A_PARTY else ()
