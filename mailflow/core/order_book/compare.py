"""What a book changes: new, changed and vanished orders and parties, and what it says has happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from mailflow.core.order_book.model import Book, Fact, OrderRow
from mailflow.core.order_book.settle import Settled, settle
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Change, Event
from mailflow.core.orders.model import Contact, Order, OrderKind, Party
from mailflow.core.orders.state import Lot, OrderState, PartyState
from mailflow.core.problems import Problem

_FEW = 5  # so many may vanish at once without a second word, however small the book


@dataclass(frozen=True, slots=True)
class Comparison:
    """The events that make what we have what the book says, and what is wrong with the book."""

    events: tuple[Event, ...]
    problems: tuple[Problem, ...]
    same: int  # orders and parties that the book leaves as they are

    def of(self, *kinds: type[Event]) -> list[Event]:
        """Return the events of some kinds."""
        return [event for event in self.events if isinstance(event, kinds)]


def settle_on(book: Book, orders: Mapping[str, OrderState], parties: Mapping[str, PartyState]) -> Settled:
    """Complete the book with what the ledger knows."""
    return settle(
        book,
        {number: state.order for number, state in orders.items()},
        {name: state.party for name, state in parties.items()},
    )


def compare(
    settled: Settled,
    orders: Mapping[str, OrderState],
    parties: Mapping[str, PartyState],
    said: Mapping[str, Sequence[Event]],
    today: date,
) -> Comparison:
    """Return what is new and what has changed; `said` holds what earlier books said of the `disputed` orders."""
    events: list[Event] = []
    problems: list[Problem] = list(settled.problems)
    same = 0
    for row, party in settled.parties:
        found = _party_event(party, parties.get(party.name), row.source)
        same += found is None
        events += [found] if found else []
    for order_row, order in settled.orders:
        state = orders.get(order.number)
        changed = _order_event(order, state, order_row.source)
        happened = _facts(order_row, order, state, said.get(order.number, ()), today, problems)
        same += changed is None and not happened
        events += ([changed] if changed else []) + happened
    return Comparison(tuple(events), tuple(problems), same)


def disputed(settled: Settled, orders: Mapping[str, OrderState]) -> list[str]:
    """Return the orders of which the book says something else than we have; only their history matters."""
    return [
        order.number
        for row, order in settled.orders
        if (state := orders.get(order.number)) and any(not _stands(fact, state) for fact in row.facts)
    ]


def vanished(
    settled: Settled,
    orders: Mapping[str, OrderState],
    parties: Mapping[str, PartyState],
    file: str,
    sure: bool,
) -> tuple[list[Event], list[Problem]]:
    """Return what a whole book no longer names; nothing, with the reason, where that looks like a mistake."""
    gone: list[Event] = []
    running = [n for n, state in orders.items() if state.order.status == "open" and not state.vanished]
    if settled.orders:
        there = {order.number for _, order in settled.orders} | settled.spoilt
        gone += [e.OrderVanished(number, file) for number in running if number not in there]
    present = [name for name, state in parties.items() if not state.vanished]
    if settled.parties:
        known = {party.name for _, party in settled.parties} | settled.spoilt
        gone += [e.PartyVanished(name, file) for name in present if name not in known]
    if gone and "" in settled.spoilt:
        what = "some rows could not be told apart, so that what vanished cannot be known"
        return [], [Problem(file, 0, what, "mend the rows and import again")]
    lost = sum(isinstance(event, e.OrderVanished) for event in gone)
    if not sure and lost > _FEW and lost * 2 > len(running):
        what = f"{lost} of {len(running)} running orders are not in this book, and were left as they are"
        return [], [Problem(file, 0, what, "is it the whole book? Then import it with --whole --sure")]
    return gone, []


def _party_event(party: Party, state: PartyState | None, source: str) -> Event | None:
    if state is None:
        return e.PartyImported(party, source)
    changes = changes_of(state.party, party) + _reappeared(state.vanished)
    return e.PartyChanged(party, changes, source) if changes else None


def _order_event(order: Order, state: OrderState | None, source: str) -> Event | None:
    if state is None:
        return e.OrderImported(order, source)
    changes = changes_of(state.order, order) + _reappeared(state.vanished)
    return e.OrderChanged(order, changes, source) if changes else None


def _reappeared(vanished: bool) -> tuple[Change, ...]:
    return (Change("vanished", "yes", "no"),) if vanished else ()


def changes_of(before: Order | Party, after: Order | Party) -> tuple[Change, ...]:
    """Return the fields that differ, as text."""
    return tuple(
        Change(field.name, shown(old), shown(new))
        for field in fields(after)
        if (old := getattr(before, field.name)) != (new := getattr(after, field.name))
    )


def shown(value: object) -> str:
    """Return a value of an order or a party the way a person would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Contact):
        role = f" ({value.role})" if value.role else ""
        return f"{value.name} <{value.email}>{role}".strip()
    if isinstance(value, tuple):
        pairs = ("=".join(item) if isinstance(item, tuple) else shown(item) for item in value)
        return ", ".join(pairs)
    return str(value)


def _lot(state: OrderState | None, milestone: str, part: str) -> Lot:
    lots = state.lots if state else ()
    return next((lot for lot in lots if (lot.milestone, lot.part) == (milestone, part)), Lot(milestone, part))


def _stands(fact: Fact, state: OrderState | None) -> bool:
    """Tell whether a fact is what we have already."""
    if state is None:
        return False
    if fact.kind == "told":
        return state.told == fact.date
    if fact.date is None:
        return state.acknowledged is not None
    lot = _lot(state, fact.milestone, fact.part)
    return (lot.actual if fact.kind == "actual" else lot.promise) == fact.date and set(fact.refs) <= set(lot.refs)


def _facts(
    row: OrderRow,
    order: Order,
    state: OrderState | None,
    said: Sequence[Event],
    today: date,
    problems: list[Problem],
) -> list[Event]:
    """Return what the book newly says has happened; what it said before, and mails have since overtaken, is no news."""
    found: list[Event] = []
    for fact in row.facts:
        if fact.kind == "actual" and fact.date and fact.date > today:
            what = f"'{fact.milestone}' of order {order.number} has happened on {fact.date}, which is yet to come"
            cure = "put it in the column of promised dates; it was left out"
            problems.append(Problem(row.file, row.line, what, cure, warning=True))
        elif fact.kind == "told" and order.kind is not OrderKind.SALES:
            what = f"order {order.number} is no sales order: no customer was told a date of it"
            problems.append(
                Problem(row.file, row.line, what, "put it at the sales order; it was left out", warning=True)
            )
        elif not _stands(fact, state) and not _said_before(fact, said):
            found.append(_fact_event(fact, order.number, row.source))
    return found


def _said_before(fact: Fact, said: Sequence[Event]) -> bool:
    """Tell whether the last book that spoke of this stage said the same."""
    wanted = _fact_event(fact, "", "")
    stage = _stage(wanted)
    same_kind = [event for event in said if type(event) is type(wanted) and _stage(event) == stage]
    if not same_kind:
        return False
    last = same_kind[-1]
    same_day: bool = getattr(last, "date", None) == fact.date
    return same_day and set(fact.refs) <= set(getattr(last, "refs", ()))


def _stage(event: Event) -> tuple[object, object]:
    return getattr(event, "milestone", None), getattr(event, "part", "")


def _fact_event(fact: Fact, number: str, source: str) -> Event:
    if fact.date is None:
        return e.OrderAcknowledged(number, source=source)
    if fact.kind == "told":
        return e.CustomerTold(number, fact.date, source=source)
    if fact.kind == "promised":
        return e.DatePromised(number, fact.milestone, fact.date, fact.part, refs=fact.refs, source=source)
    return e.MilestoneReached(number, fact.milestone, fact.date, fact.part, refs=fact.refs, source=source)


def imported_facts(history: Iterable[Event]) -> list[Event]:
    """Return what earlier books said has happened, oldest first."""
    return [event for event in history if getattr(event, "source", "") and not isinstance(event, _BOOK_EVENTS)]


_BOOK_EVENTS = (e.OrderImported, e.OrderChanged, e.OrderVanished, e.PartyImported, e.PartyChanged, e.PartyVanished)
