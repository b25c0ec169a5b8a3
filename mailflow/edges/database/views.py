"""Views as rows: read a part, move those that events touch, fold all of them again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, delete, select

from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Order
from mailflow.core.orders.state import (
    AddressState,
    Correspondence,
    LearnedState,
    OrderState,
    PartyState,
    PersonState,
    ReviewState,
)
from mailflow.core.playbook.looks import AWAKE, Awoken, Look
from mailflow.core.views.addresses import ADDRESSES
from mailflow.core.views.correspondence import CORRESPONDENCE
from mailflow.core.views.learned import LEARNED
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.parties import PARTIES
from mailflow.core.views.people import PEOPLE
from mailflow.core.views.registry import VIEWS
from mailflow.core.views.reviews import REVIEWS
from mailflow.core.views.view import View, fold
from mailflow.edges.database import looks
from mailflow.edges.database.events import read_events
from mailflow.edges.database.one_writer import OneWriter
from mailflow.edges.database.schema import ledger as t
from mailflow.edges.database.statements import Insert, chunks, dialect_of, insert_into
from mailflow.edges.database.types import stored_key

S = TypeVar("S")

_CHUNK = 2000


class DatabaseViews:
    """The folded states. What a writing transaction adds is folded when a state is wanted, and written at its end."""

    def __init__(self, connection: Connection, writer: OneWriter) -> None:
        self._connection = connection
        self._writer = writer
        self._forget()

    def _forget(self) -> None:
        self._new: list[Recorded] = []
        self._named: set[str] = set()  # orders that events named which were recorded since the last writing
        self._over: set[str] = set()  # those of letters that are over since then
        self._at = AWAKE  # when the last of them was
        self._states: dict[str, dict[str, Any]] = {view.name: {} for view in VIEWS}
        self._moved: dict[str, set[str]] = {view.name: set() for view in VIEWS}
        self._seen: dict[str, dict[str, Any]] = {view.name: {} for view in VIEWS}
        self._whole: dict[tuple[str, bool], dict[str, Any]] = {}

    def orders(self, numbers: Iterable[str] | None = None) -> dict[str, OrderState]:
        """Return these orders by number; without numbers all of them."""
        return self._all(ORDERS) if numbers is None else self._some(ORDERS, numbers)

    def linked(self, numbers: Iterable[str]) -> dict[str, OrderState]:
        """Return these orders, the sales orders that they serve, and the purchase orders that serve those."""
        self.flush()
        groups: set[str] = set()
        for some in chunks({stored_key(number) for number in numbers}):
            for groups_of in (_groups_of(), _more_groups_of()):
                groups.update(self._connection.execute(groups_of, {"view": ORDERS.name, "keys": some}).scalars())
        found: dict[str, OrderState] = {}
        for some in chunks(sorted(groups)):
            found |= self._read(ORDERS, _in_groups(), groups=some)
            found |= self._read(ORDERS, _in_more_groups(), groups=some)
        return found

    def awake(self, now: datetime, most: int) -> list[Awoken]:
        """Return so many of the orders that must be looked at by now, those that wait longest first.

        Nobody else wakes any until this transaction ends.
        """
        self._writer.hold()
        self.flush()
        return looks.awake(self._connection, now, most)

    def sleep(self, until: Mapping[str, Look]) -> None:
        """Keep when each of some orders must be looked at again, unless something happens to it before."""
        self.flush()
        looks.put_to_sleep(self._connection, until)

    def of_party(self, party: str) -> list[str]:
        """Return all orders of a party, closed ones too."""
        return looks.of_party(self._connection, party)

    def parties_by_urgency(self) -> list[str]:
        """Return the parties that have orders, first the one of which an order must be looked at soonest."""
        self.flush()
        return looks.parties_by_urgency(self._connection)

    def listed(self, day: date, parties: Iterable[str] | None = None) -> dict[str, OrderState]:
        """Return the orders (of some parties, where given) that may stand in a list on a day."""
        self.flush()
        if parties is None:
            return self._read(ORDERS, looks.listed(day))
        found: dict[str, OrderState] = {}
        for some in chunks(sorted(parties)):
            found |= self._read(ORDERS, looks.listed(day).where(t.view_row.c.party.in_(some)))
        return found

    def open_of(self, party: str, most: int) -> list[Order]:
        """Return the open orders of a party by number, at most so many."""
        self.flush()
        found = self._connection.execute(_open_of(), {"view": ORDERS.name, "party": stored_key(party), "most": most})
        return [ORDERS.load(row.data).order for row in found]

    def complaining(self) -> frozenset[str]:
        """Return the parties who have complained of an order, until a person has settled it."""
        self.flush()
        return looks.flagged_parties(self._connection)

    def parties(self) -> dict[str, PartyState]:
        """Return all parties by name."""
        return self._all(PARTIES)

    def addresses(self) -> dict[str, AddressState]:
        """Return the addresses that there is something to say of, by lower-case address."""
        return self._all(ADDRESSES)

    def reviews(self, *, decided: bool = False) -> dict[str, ReviewState]:
        """Return the open questions by item; with `decided` all of them."""
        return self._all(REVIEWS, only_open=not decided)

    def review(self, item: str) -> ReviewState | None:
        """Return a question, open or decided."""
        return self._some(REVIEWS, [item]).get(stored_key(item))

    def people(self) -> dict[str, PersonState]:
        """Return those of our own people that there is something to say of, by lower-case address."""
        return self._all(PEOPLE)

    def learned(self) -> dict[str, LearnedState]:
        """Return what people's answers taught and nobody has withdrawn, by its key."""
        return self._all(LEARNED, only_open=True)

    def unanswered(self) -> dict[str, Correspondence]:
        """Return the customers whose mails nobody has answered yet, by name."""
        return self._all(CORRESPONDENCE, only_open=True)

    def all_orders(self) -> Iterator[list[Order]]:
        """Yield every order, some thousands at a time: a whole book may not fit into memory."""
        self.flush()
        last = ""
        while True:
            found = self._connection.execute(_next_ones(), {"view": ORDERS.name, "last": last, "most": _CHUNK}).all()
            if not found:
                return
            last = found[-1].key
            yield [ORDERS.load(row.data).order for row in found]

    def move(self, events: Sequence[Recorded]) -> None:
        """Move the states that new events touch; the caller holds the lock under which the ledger grows."""
        self._new += events

    def flush(self) -> None:
        """Write the states that have moved."""
        self._fold_new()
        whom = {view.name: set(self._moved[view.name]) for view in VIEWS}
        self._named |= looks.served_by(self._states[ORDERS.name][key] for key in whom[ORDERS.name])
        for view in VIEWS:
            states, moved = self._states[view.name], self._moved[view.name]
            if moved:
                self._write(view, {key: states[key] for key in sorted(moved)})
                moved.clear()
        self._wake(whom[ORDERS.name], whom[PARTIES.name], whom[ADDRESSES.name])

    def _wake(self, orders: set[str], parties: set[str], addresses: set[str]) -> None:
        """Wake the orders to which, to whose party or to a letter about which something happened; those that were
        written are awake already."""
        named, self._named = {stored_key(order) for order in self._named}, set()
        looks.wake_orders(self._connection, named - orders)
        over, self._over = {stored_key(order) for order in self._over}, set()
        looks.wake_put_off(self._connection, over, self._at)
        if addresses:
            parties |= looks.parties_with(addresses, self._all(PARTIES))
        looks.wake_parties(self._connection, parties)

    def rebuild(self) -> None:
        """Fold every view again from the first event."""
        self._writer.hold()
        self._forget()
        last = 0
        while events := self._events_after(last):
            for view in VIEWS:
                self._moved[view.name] |= fold(view, self._states[view.name], events, stored_key)
            last = events[-1].id
        self._connection.execute(delete(t.view_row))
        self.flush()

    def _fold_new(self) -> None:
        events, self._new = self._new, []
        self._named |= looks.orders_in(events)
        self._over |= looks.orders_of_letters(events)
        self._at = max([self._at, *(recorded.at for recorded in events)])
        for view in VIEWS if events else ():
            states = self._states[view.name]
            keys = {stored_key(key) for recorded in events for key in view.keys(recorded.event)}
            states.update(dict.fromkeys(keys - states.keys()) | self._by_key(view, keys - states.keys()))
            moved = fold(view, states, events, stored_key)
            if moved:
                self._moved[view.name] |= moved
                for whole in [name for name in self._whole if name[0] == view.name]:
                    del self._whole[whole]

    def _events_after(self, last: int) -> list[Recorded]:
        found = select(t.event).where(t.event.c.id > last).order_by(t.event.c.id).limit(_CHUNK)
        return read_events(self._connection.execute(found))

    def _all(self, view: View[S], *, only_open: bool = False) -> dict[str, S]:
        """Return a whole view; asked for again, it isn't read again unless something has moved since."""
        self._fold_new()
        whole = self._whole.get((view.name, only_open))
        if whole is None:
            self.flush()
            whole = self._read(view, _open_ones() if only_open else _whole_view())
            self._whole[view.name, only_open] = whole
        return dict(whole)

    def _some(self, view: View[S], names: Iterable[str]) -> dict[str, S]:
        """Return states by key; asked for again, they aren't read again. (What is folded is read under the lock.)"""
        self._fold_new()
        keys = {stored_key(name) for name in names}
        known, seen = self._states[view.name], self._seen[view.name]
        unread = keys - known.keys() - seen.keys()
        seen.update(dict.fromkeys(unread) | self._by_key(view, unread))
        found = {key: known[key] if key in known else seen[key] for key in keys}
        return {key: state for key, state in found.items() if state is not None}

    def _by_key(self, view: View[S], keys: Iterable[str]) -> dict[str, S]:
        found: dict[str, S] = {}
        listed = sorted(keys)
        if len(listed) == 1:  # the usual case: a list costs a third more
            return self._read(view, _with_key(), key=listed[0])
        for some in chunks(listed):
            found |= self._read(view, _with_keys(), keys=some)
        return found

    def _read(self, view: View[S], rows: Select[str, str], **values: str | list[str]) -> dict[str, S]:
        found = self._connection.execute(rows, {"view": view.name, **values})
        return {key: view.load(data) for key, data in found}

    def _write(self, view: View[S], states: dict[str, S | None]) -> None:
        rows = [
            {
                "view": view.name,
                "key": key,
                "group_key": view.groups(state)[0],
                "is_open": view.is_open(state),
                "data": view.dump(state),
                "party": view.party(state),
                "flagged": view.flagged(state),
                "look_at": AWAKE,
            }
            for key, state in states.items()
            if state is not None
        ]
        if rows:
            self._connection.execute(_put(dialect_of(self._connection)), rows)
        more = [
            {"view": view.name, "key": key, "group_key": name}
            for key, state in states.items()
            if state is not None
            for name in view.groups(state)[1:]
        ]
        if more:
            self._connection.execute(_put_groups(dialect_of(self._connection)), more)
        for some in chunks(key for key, state in states.items() if state is None):
            gone = delete(t.view_row).where(t.view_row.c.view == view.name, t.view_row.c.key.in_(some))
            self._connection.execute(gone)


@cache
def _whole_view() -> Select[str, str]:
    rows = select(t.view_row.c.key, t.view_row.c.data).where(t.view_row.c.view == bindparam("view"))
    return rows.order_by(t.view_row.c.key)


@cache
def _next_ones() -> Select[str, str]:
    return _whole_view().where(t.view_row.c.key > bindparam("last")).limit(bindparam("most"))


@cache
def _open_ones() -> Select[str, str]:
    return _whole_view().where(t.view_row.c.is_open)


@cache
def _open_of() -> Select[str, str]:
    return _open_ones().where(t.view_row.c.party == bindparam("party")).limit(bindparam("most"))


@cache
def _with_key() -> Select[str, str]:
    return _whole_view().where(t.view_row.c.key == bindparam("key"))


@cache
def _with_keys() -> Select[str, str]:
    return _whole_view().where(t.view_row.c.key.in_(bindparam("keys", expanding=True)))


@cache
def _in_groups() -> Select[str, str]:
    return _whole_view().where(t.view_row.c.group_key.in_(bindparam("groups", expanding=True)))


@cache
def _groups_of() -> Select[str]:
    of_view = select(t.view_row.c.group_key).where(t.view_row.c.view == bindparam("view"))
    return of_view.where(t.view_row.c.key.in_(bindparam("keys", expanding=True)))


@cache
def _more_groups_of() -> Select[str]:
    of_view = select(t.view_group.c.group_key).where(t.view_group.c.view == bindparam("view"))
    return of_view.where(t.view_group.c.key.in_(bindparam("keys", expanding=True)))


@cache
def _in_more_groups() -> Select[str, str]:
    groups = t.view_group.c.group_key.in_(bindparam("groups", expanding=True))
    keys = select(t.view_group.c.key).where(t.view_group.c.view == bindparam("view"), groups)
    return _whole_view().where(t.view_row.c.key.in_(keys))


@cache
def _put_groups(dialect: str) -> Insert:
    return insert_into(t.view_group, dialect).on_conflict_do_nothing()


@cache
def _put(dialect: str) -> Insert:
    insert = insert_into(t.view_row, dialect)
    new = {name: insert.excluded[name] for name in ("group_key", "is_open", "data", "party", "flagged", "look_at")}
    return insert.on_conflict_do_update(index_elements=["view", "key"], set_=new)
