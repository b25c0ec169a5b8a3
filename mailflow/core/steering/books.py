"""An order book that one of our people mails: what of it is entered at once, and what waits for their yes."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailflow.core.order_book.compare import Comparison
from mailflow.core.order_book.mapping import BookRules
from mailflow.core.order_book.model import Book, OrderRow, Sheet
from mailflow.core.order_book.records import Columns, find_columns
from mailflow.core.order_book.settle import Settled
from mailflow.core.orders import events as e
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import Event
from mailflow.core.orders.model import Order
from mailflow.core.orders.state import OrderState
from mailflow.core.problems import Problem
from mailflow.core.steering.model import BookPart, SteerLine
from mailflow.core.steering.words import MailedBookRules

_WHOSE = frozenset({"party", "supplier", "customer"})
"""An order book says whose each order is; packing lists, invoices and a supplier's own schedule do not."""
_WEIGHTY = frozenset({"kind", "party", "quantity", "due_date", "status"})
_HANDFUL = 5  # of so few orders any share may change
Facts = e.OrderAcknowledged | e.MilestoneReached | e.DatePromised | e.CustomerTold


@dataclass(frozen=True, slots=True)
class MailedBook:
    """The order book that a mail brings along: its sheets, what they say, and why files could not be read."""

    file: str
    book: Book
    sheets: tuple[Sheet, ...] = ()
    unreadable: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A book beside what we have. `mine` says whether its sender decides about the order of a merchandiser."""

    settled: Settled
    comparison: Comparison
    orders: Mapping[str, OrderState]
    mine: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Group:
    """Events of one part of the answer; `waits`: for a yes."""

    part: BookPart
    events: tuple[Event, ...]
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a book comes to; `reasons` says why something waits, `notes` what else its sender should know."""

    groups: tuple[Group, ...]
    reasons: tuple[SteerLine, ...] = ()
    notes: tuple[SteerLine, ...] = ()

    def events(self, *, waits: bool) -> list[Event]:
        """Return what is entered at once, or what waits."""
        groups = (group for group in self.groups if group.waits is waits and group.part is not BookPart.NOT_YOURS)
        return [event for group in groups for event in group.events]

    def waiting(self, *reasons: SteerLine) -> "Plan":
        """Return the same with everything waiting, for some reasons more."""
        groups = tuple(one if one.part is BookPart.NOT_YOURS else replace(one, waits=True) for one in self.groups)
        return Plan(groups, (*reasons, *self.reasons), self.notes)

    def at_once(self) -> "Plan":
        """Return the same with nothing waiting: its sender has said yes."""
        return Plan(tuple(replace(one, waits=False) for one in self.groups), (), self.notes)


def order_sheets(
    sheets: Iterable[Sheet], rules: BookRules, least: int, is_ours: Callable[[Columns], bool]
) -> list[Sheet]:
    """Return the sheets that are an order book by their headings; `is_ours` knows lists of ours that came back."""
    found = [(sheet, columns) for sheet in sheets if (columns := find_columns(sheet, rules)) is not None]
    return [sheet for sheet, columns in found if _is_book(columns, least) and not is_ours(columns)]


def _is_book(columns: Columns, least: int) -> bool:
    said = set(columns.fields.values())
    if columns.kind == "orders":
        return columns.score >= least and bool(said & _WHOSE)
    return columns.score > least and "role" in said


def with_owner(book: Book, person: str, known: Mapping[str, OrderState]) -> Book:
    """Return the book with its sender as the merchandiser of new orders that name nobody."""
    return replace(book, orders=tuple(_owned(row, person, row.number in known) for row in book.orders))


def _owned(row: OrderRow, person: str, known: bool) -> OrderRow:
    if row.values.get("merchandiser"):
        return row
    values = {name: value for name, value in row.values.items() if name != "merchandiser"}
    return replace(row, values=values if known else {**values, "merchandiser": person})


def planned(compared: Compared, file: str, rules: MailedBookRules) -> Plan:
    """Sort what a book changes into what is entered at once and what is asked about first."""
    new, changed, parties, others = _sorted(compared)
    gone, notes = _gone(compared, file)
    reasons: list[SteerLine] = []
    many_new = len(_numbers(new)) > rules.new
    if many_new:
        reasons.append(SteerLine("book_many_new", number=len(_numbers(new))))
    about_changed = _why_asked(changed, compared, rules)
    reasons += about_changed
    if gone:
        reasons.append(SteerLine("book_vanished", number=len(gone)))
    if parties:
        reasons.append(SteerLine("book_parties", number=len(parties)))
    groups = (
        Group(BookPart.PARTIES, tuple(parties), bool(parties)),
        Group(BookPart.NEW, tuple(new), many_new),
        Group(BookPart.CHANGED, tuple(changed), bool(about_changed)),
        Group(BookPart.VANISHED, tuple(gone), bool(gone)),
        Group(BookPart.NOT_YOURS, tuple(others)),
    )
    return Plan(tuple(group for group in groups if group.events), tuple(reasons), tuple(notes))


def _sorted(compared: Compared) -> tuple[list[Event], list[Event], list[Event], list[Event]]:
    """Return the events about new orders, about known ones, about parties, and about orders of colleagues."""
    new: list[Event] = []
    changed: list[Event] = []
    parties: list[Event] = []
    others: list[Event] = []
    for event in compared.comparison.events:
        state = compared.orders.get(order_of(event))
        if isinstance(event, e.PartyImported | e.PartyChanged):
            parties.append(event)
        elif state is None:
            new.append(event)
        elif state.merchandiser and not compared.mine(state.merchandiser):
            others.append(event)
        else:
            changed.append(event)
    return new, changed, parties, others


def order_of(event: Event) -> str:
    """Return the number of the order that an event of a book is about; nothing where it is about a party."""
    if isinstance(event, e.OrderImported | e.OrderChanged):
        return event.order.number
    if isinstance(event, e.OrderVanished):
        return event.number
    return event.order if isinstance(event, Facts) else ""


def _numbers(events: Iterable[Event]) -> set[str]:
    return {order_of(event) for event in events}


def _why_asked(changed: Sequence[Event], compared: Compared, rules: MailedBookRules) -> list[SteerLine]:
    numbers = _numbers(changed)
    weighty = [
        event
        for event in changed
        if isinstance(event, e.OrderChanged) and not _WEIGHTY.isdisjoint(one.field for one in event.changes)
    ]
    named = sum(order.number in compared.orders for _, order in compared.settled.orders)
    reasons = []
    if len(weighty) > rules.weighty:
        reasons.append(SteerLine("book_weighty", number=len(weighty)))
    share = len(numbers) * 100 > named * rules.changed_percent and len(numbers) > _HANDFUL
    if len(numbers) > rules.changed or share:
        reasons.append(SteerLine("book_many_changed", number=len(numbers), text=str(named)))
    return reasons


def _gone(compared: Compared, file: str) -> tuple[list[Event], list[SteerLine]]:
    """Return the running orders that a book no longer names, of the kinds and merchandisers that it is about.

    A book that lacks more than half of them is taken for a part of one: it says nothing of the others.
    """
    settled = compared.settled
    there = {order.number for _, order in settled.orders} | settled.spoilt
    about = {_desk(order, compared.orders.get(order.number)) for _, order in settled.orders}
    running = [
        state
        for state in compared.orders.values()
        if state.order.status == "open"
        and not state.vanished
        and not state.closed
        and _desk(state.order, state) in about
        and (not state.merchandiser or compared.mine(state.merchandiser))
    ]
    lacking = [state.order.number for state in running if state.order.number not in there]
    if not lacking:
        return [], []
    if "" in settled.spoilt:
        return [], [SteerLine("book_unclear")]
    if len(lacking) * 2 > len(running):
        return [], [SteerLine("book_is_part", number=len(lacking))]
    return [e.OrderVanished(number, file) for number in sorted(lacking)], []


def _desk(order: Order, state: OrderState | None) -> tuple[str, str]:
    return str(order.kind), state.merchandiser if state is not None else order.merchandiser


def agreement(events: Iterable[Event]) -> str:
    """Return a mark of just these events: where anything that they rest on has moved, it is another."""
    whole = hashlib.sha256()
    for event in events:
        whole.update(encode_event(event).encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()[:32]
