"""The index of identifiers: what an order may be called, found exactly, folded, one slip away, or by its tail."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailflow.core.matching.identifiers import confusable, deletions, last_digits, normalise, one_slip, shape
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.reading.folding import Folder

_RUNS = re.compile(r"\d+")
SHORTEST_SLIP = 5  # keys shorter than this have too many neighbours to be told apart by a slip
SHORTEST_TAIL = 3


class Naming(StrEnum):
    """Whose name for the order an identifier is."""

    OWN = "own"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one order."""

    key: str
    naming: Naming
    order: Order


class Lookup(Protocol):
    """Port: where names of orders are looked up, in memory or in the database."""

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
        """Return the names of a party's orders that end in these digits."""
        ...

    def known_shape(self, key: str) -> bool:
        """Say whether any of our own numbers is built like this key."""
        ...

    def order(self, number: str) -> Order | None:
        """Return an order by our own number as the book writes it."""
        ...


class IdentifierIndex:
    """The index in memory; building is linear in the orders, a question costs the same at any size."""

    def __init__(
        self, orders: Iterable[Order], folder: Folder, aliases: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._exact: dict[str, list[Entry]] = defaultdict(list)
        self._folded: dict[str, list[Entry]] = defaultdict(list)
        self._near: dict[str, list[Entry]] = defaultdict(list)
        self._tails: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._shapes: set[str] = set()
        self._orders: dict[str, Order] = {}
        for order in orders:
            self._orders[order.number] = order
            for naming, text in (*_names(order), *_learned(order, aliases or {})):
                plain = folder.plain(text)
                key = normalise(plain)
                if key:
                    self._add(Entry(key, naming, order), plain)

    def _add(self, entry: Entry, plain: str) -> None:
        key = entry.key
        self._exact[key].append(entry)
        self._folded[confusable(key)].append(entry)
        if entry.naming is Naming.STYLE:
            return
        if entry.naming is Naming.OWN:
            self._shapes.add(shape(key))
        if len(key) >= SHORTEST_SLIP:
            for neighbour in deletions(key):
                self._near[neighbour].append(entry)
        for tail in {run[start:] for run in (*_RUNS.findall(plain), last_digits(key)) for start in range(len(run))}:
            if len(tail) >= SHORTEST_TAIL:
                self._tails[entry.order.party, tail].append(entry)

    def exact(self, key: str) -> Sequence[Entry]:
        """Return the names with this very key."""
        return self._exact.get(key, ())

    def folded(self, key: str) -> Sequence[Entry]:
        """Return the names that look like this key."""
        return self._folded.get(confusable(key), ())

    def near(self, key: str) -> Sequence[Entry]:
        """Return the names one typing slip away from this key; styles are left out."""
        if len(key) < SHORTEST_SLIP:
            return ()
        found: dict[tuple[str, str], Entry] = {}
        pools = [self._near.get(key, ()), *(self._near.get(k, ()) for k in deletions(key))]
        pools += [self._named(k) for k in deletions(key)]
        for pool in pools:
            for entry in pool:
                if (entry.key, entry.order.number) not in found and one_slip(key, entry.key):
                    found[entry.key, entry.order.number] = entry
        return tuple(found.values())

    def _named(self, key: str) -> list[Entry]:
        return [entry for entry in self._exact.get(key, ()) if entry.naming is not Naming.STYLE]

    def tail(self, party: str, digits: str) -> Sequence[Entry]:
        """Return the names of a party's orders that end in these digits."""
        return self._tails.get((party, digits), ())

    def known_shape(self, key: str) -> bool:
        """Say whether any of our own numbers is built like this key."""
        return shape(key) in self._shapes

    def order(self, number: str) -> Order | None:
        """Return an order by our own number as the book writes it."""
        return self._orders.get(number)


def _learned(order: Order, aliases: Mapping[str, Sequence[str]]) -> list[tuple[Naming, str]]:
    """Return what an order's own party calls it, as people's answers have taught."""
    theirs = Naming.CUSTOMER if order.kind is OrderKind.SALES else Naming.SUPPLIER
    return [(theirs, name) for name in aliases.get(order.number, ())]


def _names(order: Order) -> tuple[tuple[Naming, str], ...]:
    return (
        (Naming.OWN, order.number),
        (Naming.CUSTOMER, order.customer_ref),
        (Naming.SUPPLIER, order.supplier_ref),
        (Naming.STYLE, order.style),
    )
