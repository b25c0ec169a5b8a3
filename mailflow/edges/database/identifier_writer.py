"""Writes the index of identifiers: what changes as it changes, or all of it anew."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from mailflow.core.matching.identifiers import (
    confusable,
    endings,
    hashed,
    neighbourhood,
    normalise,
    shape,
)
from mailflow.core.matching.index import Entry, Naming, named, names_of
from mailflow.core.matching.learned import also_called
from mailflow.core.orders.by_hand import AliasLearned, LearnedWithdrawn
from mailflow.core.orders.events import OrderChanged, OrderImported, Recorded
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.orders.state import LearnedState, OrderState
from mailflow.edges.database.schema import identifiers as t
from mailflow.edges.database.statements import chunks, dialect_of, insert_into
from mailflow.edges.database.types import storable, stored_key

_AT_ONCE = 10_000
_FEW = 20_000
"""Up to so many neighbours are put into their table one by one; more are sorted first, which is many times faster."""

_Name = tuple[str, str, str, str, str]  # plain, naming, order, party, kind


class Named(Protocol):
    """The views that names are taken from."""

    def all_orders(self) -> Iterator[list[Order]]: ...
    def orders(self, numbers: Iterable[str]) -> dict[str, OrderState]: ...
    def learned(self) -> dict[str, LearnedState]: ...
    def open_of(self, party: str, most: int) -> list[Order]: ...


class IdentifierWriter:
    """Keeps the names that have changed until they are written."""

    def __init__(self, connection: Connection, views: Named) -> None:
        self._connection = connection
        self._views = views
        self._orders: dict[str, Order] = {}
        self._taught = False

    def move(self, events: Sequence[Recorded]) -> bool:
        """Take note of the names that events give, change and withdraw; return whether there is anything to write."""
        for recorded in events:
            match recorded.event:
                case OrderImported(order) | OrderChanged(order):
                    self._orders[order.number] = order
                case AliasLearned() | LearnedWithdrawn():
                    self._taught = True
        return bool(self._orders) or self._taught

    def flush(self) -> None:
        """Write what has changed."""
        orders, taught = self._orders, self._taught
        self._orders, self._taught = {}, False
        if not orders and not taught:
            return
        sorter = _Sorter(self._connection)
        changed = False
        for some in chunks(orders):
            known = self._known(t.identifier.c.order_number.in_([stored_key(number) for number in some]))
            listed = {name: i for name, i in known.items() if name[1] != Naming.LEARNED}
            changed |= self._replace(sorter, listed, (row for number in some for row in names_of(orders[number])))
        if taught or (changed and self._views.learned()):
            self._replace(sorter, self._known(t.identifier.c.naming == Naming.LEARNED.value), self._learned())
        sorter.put()

    def rebuild(self, told: Callable[[int], None]) -> None:
        """Write all names anew; the orders are read in parts, so that any book fits into memory."""
        for table in (t.identifier, t.identifier_near, t.identifier_ending, t.identifier_shape):
            self._connection.execute(delete(table))
        self._orders, self._taught = {}, False
        sorter = _Sorter(self._connection)
        done, number = 0, 0
        for orders in self._views.all_orders():
            number = self._add(sorter, (row for order in orders for row in names_of(order)), number)
            done += len(orders)
            told(done)
        self._add(sorter, self._learned(), number)
        sorter.put()

    def _learned(self) -> Iterator[tuple[Entry, str]]:
        """Yield what answers taught, as the names of orders that there are."""
        aliases = also_called(self._views.learned().values())
        states = self._views.orders({alias.order for alias in aliases}) if aliases else {}
        for alias in aliases:
            state = states.get(stored_key(alias.order))
            found = named(state.order, Naming.LEARNED, alias.text) if state is not None else None
            if found is not None:
                yield found

    def _known(self, condition: Any) -> dict[_Name, int]:
        c = t.identifier.c
        rows = self._connection.execute(
            select(c.id, c.plain, c.naming, c.order_number, c.party, c.kind).where(condition)
        )
        return {(row.plain, row.naming, row.order_number, row.party, row.kind): row.id for row in rows}

    def _replace(self, sorter: "_Sorter", known: dict[_Name, int], names: Iterable[tuple[Entry, str]]) -> bool:
        """Delete the names that no longer hold and add new ones; return whether there was any."""
        wanted = {_name(entry, plain): (entry, plain) for entry, plain in names}
        gone = {name: i for name, i in known.items() if name not in wanted}
        self._delete(gone)
        fresh = [row for name, row in wanted.items() if name not in known]
        if fresh:
            last = self._connection.execute(select(func.max(t.identifier.c.id))).scalar_one()
            self._add(sorter, fresh, last or 0)
        return bool(gone or fresh)

    def _add(self, sorter: "_Sorter", names: Iterable[tuple[Entry, str]], last: int) -> int:
        """Add names with the ids behind the last one; return the last one given."""
        rest = iter(names)
        while some := list(islice(rest, _AT_ONCE)):
            rows = []
            for last, (entry, plain) in enumerate(some, last + 1):  # noqa: B020 - goes on where the part before ended
                rows.append({"id": last, "folded": hashed(confusable(entry.key))} | _columns(_name(entry, plain)))
                if entry.naming is not Naming.STYLE:
                    sorter.add(last, entry, plain)
            self._connection.execute(insert(t.identifier), rows)
            sorter.part()
        return last

    def _delete(self, names: dict[_Name, int]) -> None:
        for name, number in names.items():
            plain, naming, _, party, _ = name
            self._connection.execute(_without_name(), {"number": number})
            if naming == Naming.STYLE:
                continue
            near = [{"near": each, "number": number} for each in neighbourhood(normalise(plain))]
            ends = [{"party_hash": hashed(party), "ending": run[::-1], "number": number} for run in endings(plain)]
            if near:
                self._connection.execute(_without_neighbour(), near)
            if ends:
                self._connection.execute(_without_ending(), ends)


class _Sorter:
    """Puts neighbours and endings into their tables in the order of these, through a table of this session's own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._mark = "?" if dialect_of(connection) == "sqlite" else "%s"
        self._near: list[tuple[int, int]] = []
        self._ends: list[tuple[int, str, int]] = []
        self._shapes: set[str] = set()
        self._staged = False

    def add(self, number: int, entry: Entry, plain: str) -> None:
        """Add what a name is found by."""
        self._near += [(each, number) for each in neighbourhood(entry.key)]
        self._ends += [(hashed(stored_key(entry.party)), run[::-1], number) for run in endings(plain)]
        if entry.naming is Naming.OWN:
            self._shapes.add(shape(entry.key))

    def part(self) -> None:
        """Put aside what has been added, where it is much."""
        if len(self._near) <= _FEW:
            return
        if not self._staged:
            self._run("CREATE TEMPORARY TABLE staged_near (hash INTEGER NOT NULL, identifier INTEGER NOT NULL)")
            self._staged = True
        self._many("staged_near", 2, self._near)
        self._near = []

    def put(self) -> None:
        """Write everything."""
        if self._staged:
            self._many("staged_near", 2, self._near)
            self._run("INSERT INTO identifier_near SELECT hash, identifier FROM staged_near ORDER BY hash, identifier")
            self._run("DROP TABLE staged_near")
        else:
            self._many("identifier_near", 2, sorted(self._near))
        self._many("identifier_ending", 3, sorted(self._ends))
        if self._shapes:
            rows = [{"shape": stored_key(built)} for built in sorted(self._shapes)]
            self._connection.execute(_new_shapes(dialect_of(self._connection)), rows)

    def _many(self, table: str, columns: int, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows by the driver's own means: millions of them are made, and nothing in them is anybody's words."""
        marks = ", ".join([self._mark] * columns)
        for some in chunks(rows, _AT_ONCE):
            self._connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", some)  # noqa: S608 - names of ours

    def _run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)


def _name(entry: Entry, plain: str) -> _Name:
    number, party = stored_key(entry.order), stored_key(entry.party)
    return storable(plain), entry.naming.value, number, party, OrderKind(entry.kind).value


def _columns(name: _Name) -> dict[str, Any]:
    return dict(zip(("plain", "naming", "order_number", "party", "kind"), name, strict=True))


@cache
def _without_name() -> Any:
    return delete(t.identifier).where(t.identifier.c.id == bindparam("number"))


@cache
def _without_neighbour() -> Any:
    near = t.identifier_near
    return delete(near).where(near.c.hash == bindparam("near"), near.c.identifier == bindparam("number"))


@cache
def _without_ending() -> Any:
    end = t.identifier_ending
    found = end.c.party == bindparam("party_hash"), end.c.reversed == bindparam("ending")
    return delete(end).where(*found, end.c.identifier == bindparam("number"))


@cache
def _new_shapes(dialect: str) -> Any:
    return insert_into(t.identifier_shape, dialect).on_conflict_do_nothing()
