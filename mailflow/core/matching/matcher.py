"""The matcher: which order a name means, seen from who writes and from what else is said beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mailflow.core.matching.identifiers import normalise
from mailflow.core.matching.index import Entry, Lookup, Naming
from mailflow.core.matching.senders import Sender
from mailflow.core.orders.model import Order, OrderKind, Role
from mailflow.core.reading.folding import Folder


class State(StrEnum):
    """How a name of an order came out."""

    SURE = "sure"
    AMBIGUOUS = "ambiguous"  # several orders of the sender's could be meant
    FOREIGN = "foreign"  # an order in which the sender has no say
    UNKNOWN = "unknown"  # in nobody's book
    CONFLICT = "conflict"  # the order is the sender's, but what is said beside it belongs to another


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names an order; `orders` are the candidates, most likely first."""

    start: int
    end: int
    state: State
    orders: tuple[str, ...]
    how: str
    confidence: float
    runner_up: float = 0.0
    why: str = ""

    @property
    def order(self) -> str:
        """Return the order that is meant, or nothing."""
        return self.orders[0] if self.state is State.SURE else ""


@dataclass(frozen=True)
class Beside:
    """What stands beside a name: styles, quantities, days, and orders that the quoted history names."""

    styles: frozenset[str] = frozenset()
    quantities: frozenset[Decimal] = frozenset()
    whole: bool = False  # the quantity is spoken of as the whole order's
    days: frozenset[date] = frozenset()
    quoted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matcher:
    """Tells orders for one sender."""

    lookup: Lookup
    sender: Sender
    folder: Folder
    confidence: dict[str, float] = field(default_factory=dict)

    def reaches(self, order: Order) -> bool:
        """Say whether the sender has a say in an order at all."""
        return self._has_say(order.party, order.kind)

    def _may_mean(self, entry: Entry) -> bool:
        return self._has_say(entry.party, entry.kind)

    def _has_say(self, whose: str, kind: OrderKind) -> bool:
        party = self.sender.party
        if party is None:
            return False
        if party.role is Role.FORWARDER:
            return True
        wanted = OrderKind.PURCHASE if party.role is Role.SUPPLIER else OrderKind.SALES
        return whose == party.name and kind is wanted

    def style_mention(self, start: int, end: int, entries: Sequence[Entry], beside: Beside) -> Mention:
        """Tell an order by its style alone."""
        own = self._own(entries)
        if self.sender.role is Role.FORWARDER:
            own = []
        if len(own) == 1:
            return self._sure(start, end, own[0], "style", "the only order of the sender's with this style")
        narrowed = [o for o in own if o.number in beside.quoted or o.quantity in beside.quantities]
        if len(narrowed) == 1:
            return self._sure(start, end, narrowed[0], "style", "style, with quantity or our quoted question")
        state = State.AMBIGUOUS if own else State.FOREIGN
        orders = _numbers(own) if own else _names(entries)
        return Mention(start, end, state, orders, "style", 0.3, why="several orders have this style")

    def mention(self, start: int, end: int, key: str, how: str, entries: Sequence[Entry], beside: Beside) -> Mention:
        """Tell an order by a number."""
        if how == "exact" or how == "folded":
            return self._named(start, end, key, how, entries, beside)
        if how == "tail":
            return self._tail(start, end, key, entries, beside)
        return self._slipped(start, end, key, entries, beside)

    def _own(self, entries: Iterable[Entry]) -> list[Order]:
        found: dict[str, Order] = {}
        for entry in entries:
            if entry.order not in found and self._may_mean(entry):
                order = self.lookup.order(entry.order)
                if order is not None:
                    found[order.number] = order
        return list(found.values())

    def _named(self, start: int, end: int, key: str, how: str, entries: Sequence[Entry], beside: Beside) -> Mention:
        reachable = [entry for entry in entries if self._may_mean(entry)]
        if not reachable:
            return self._foreign(start, end, key, entries, beside)
        best = [e for e in reachable if e.naming is Naming.OWN] or reachable
        if self.sender.role is Role.FORWARDER and len({e.order for e in best}) > 1:
            best = [e for e in best if e.kind is OrderKind.SALES] or best
        orders = self._own(best)
        if len(orders) == 1:
            way = how if best[0].naming is Naming.OWN else self._reference(best[0])
            return self._checked(start, end, key, orders[0], way, beside)
        narrowed = self._narrow(orders, beside)
        if len(narrowed) == 1:
            return self._sure(
                start,
                end,
                narrowed[0],
                self._reference(best[0]),
                "several orders have this number; style, quantity or day settles it",
            )
        return Mention(
            start,
            end,
            State.AMBIGUOUS,
            _numbers(orders),
            self._reference(best[0]),
            0.4,
            0.4,
            "several orders have this number",
        )

    def _reference(self, entry: Entry) -> str:
        if entry.naming is Naming.OWN:
            return "exact"
        own = entry.naming is Naming.LEARNED or (entry.naming is Naming.SUPPLIER) == (self.sender.role is Role.SUPPLIER)
        return "own_reference" if own else "customer_reference"

    def _checked(self, start: int, end: int, key: str, order: Order, how: str, beside: Beside) -> Mention:
        """A number of the sender's own is believed unless what stands beside it belongs to another of their orders."""
        if beside.styles and self._key(order.style) not in beside.styles and order.style:
            others = self._by_style(beside)
            if others or self.sender.role is not Role.FORWARDER:
                return self._conflict(start, end, order, others, how, "the style beside the number is another's")
        if order.quantity is not None and beside.quantities and order.quantity not in beside.quantities:
            others = [o for o in self._own(self.lookup.near(key)) if o.quantity in beside.quantities]
            too_many = all(q > order.quantity for q in beside.quantities)
            if beside.whole and (others or too_many):
                return self._conflict(start, end, order, others, how, "the quantity beside the number is another's")
        return self._sure(start, end, order, how, f"the number, {how.replace('_', ' ')}, in the sender's own orders")

    def _conflict(self, start: int, end: int, order: Order, others: Sequence[Order], how: str, why: str) -> Mention:
        return Mention(start, end, State.CONFLICT, _numbers([order, *others]), how, 0.5, 0.3, why)

    def _foreign(self, start: int, end: int, key: str, entries: Sequence[Entry], beside: Beside) -> Mention:
        """Another's number: a slip only where the rest of the mail says so."""
        slips = self._own(self.lookup.near(key))
        narrowed = self._narrow(slips, beside)
        if len(narrowed) == 1:
            return self._sure(
                start, end, narrowed[0], "one_slip", "another's number, one slip from an order that the rest fits"
            )
        return Mention(
            start,
            end,
            State.FOREIGN,
            tuple(dict.fromkeys((*_names(entries), *_numbers(slips)))),
            "exact",
            0.6,
            why="the number is another party's order",
        )

    def _slipped(self, start: int, end: int, key: str, entries: Sequence[Entry], beside: Beside) -> Mention:
        orders = self._own(entries)
        if len(orders) == 1 and not self._contradicts(orders[0], beside):
            return self._sure(start, end, orders[0], "one_slip", "one slip from this order of the sender's alone")
        narrowed = self._narrow(orders, beside)
        if len(narrowed) == 1:
            return self._sure(start, end, narrowed[0], "one_slip", "one slip away; style, quantity or day settles it")
        if len(orders) > 1:
            return Mention(
                start, end, State.AMBIGUOUS, _numbers(orders), "one_slip", 0.4, 0.4, "one slip from several orders"
            )
        by_style = self._by_style(beside)
        if len(by_style) == 1:
            return self._sure(
                start, end, by_style[0], "style", "the number is nobody's; the style is of one order alone"
            )
        others = _names(entries)
        state = State.FOREIGN if others and not orders else State.UNKNOWN
        return Mention(
            start,
            end,
            state,
            tuple(dict.fromkeys((*_numbers(orders), *others))),
            "one_slip",
            0.2,
            why="the number is in nobody's book",
        )

    def _tail(self, start: int, end: int, key: str, entries: Sequence[Entry], beside: Beside) -> Mention:
        for naming in (Naming.OWN, Naming.SUPPLIER, Naming.CUSTOMER, Naming.LEARNED):
            orders = self._own(entry for entry in entries if entry.naming is naming)
            narrowed = orders if len(orders) == 1 else self._narrow(orders, beside)
            if len(narrowed) == 1 and not self._contradicts(narrowed[0], beside):
                return self._sure(start, end, narrowed[0], "tail", "the last digits of one order of the sender's alone")
            if orders:
                return Mention(start, end, State.AMBIGUOUS, _numbers(orders), "tail", 0.4, 0.4, "several orders end so")
        return Mention(start, end, State.FOREIGN, _names(entries), "tail", 0.3, why="another's number ends so")

    def _contradicts(self, order: Order, beside: Beside) -> bool:
        if beside.styles and order.style and self._key(order.style) not in beside.styles:
            return True
        return bool(beside.whole and beside.quantities and order.quantity and order.quantity not in beside.quantities)

    def _by_style(self, beside: Beside) -> list[Order]:
        return self._own(e for s in beside.styles for e in self.lookup.exact(s) if e.naming is Naming.STYLE)

    def _narrow(self, orders: Sequence[Order], beside: Beside) -> list[Order]:
        """Keep the orders that what stands beside the number fits, and none that it contradicts."""
        kept = []
        for order in orders:
            fits = (
                self._key(order.style) in beside.styles
                or order.quantity in beside.quantities
                or order.due_date in beside.days
                or order.number in beside.quoted
            )
            if fits and not (beside.styles and order.style and self._key(order.style) not in beside.styles):
                kept.append(order)
        return kept

    def _key(self, text: str) -> str:
        return normalise(self.folder.plain(text))

    def _sure(self, start: int, end: int, order: Order, how: str, why: str) -> Mention:
        confidence = self.confidence.get(how, 0.9)
        return Mention(start, end, State.SURE, (order.number,), how, confidence, round((1 - confidence) / 2, 3), why)


def _names(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.order for entry in entries))


def _numbers(orders: Iterable[Order]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order.number for order in orders))
