"""The ledger: events are only ever added, and the views move with them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, func, insert, or_, select

from mailflow.core.orders.codec import EVENTS
from mailflow.core.orders.events import Event, NewEvent, Recorded
from mailflow.edges.database.events import event_row, read_events, recorded_event, shared_rows
from mailflow.edges.database.identifiers import DatabaseIdentifiers
from mailflow.edges.database.one_writer import OneWriter
from mailflow.edges.database.schema import ledger as t
from mailflow.edges.database.views import DatabaseViews


class DatabaseLedger:
    """Append-only events and the views folded from them."""

    def __init__(
        self, connection: Connection, views: DatabaseViews, identifiers: DatabaseIdentifiers, writer: OneWriter
    ) -> None:
        self._connection = connection
        self._views = views
        self._identifiers = identifiers
        self._writer = writer
        self._last: int | None = None

    def record(self, events: Sequence[NewEvent], at: datetime) -> list[Recorded]:
        """Add events, all at the same moment, and move the views; returns them as the ledger holds them."""
        if not events:
            return []
        self._writer.hold()
        first = self._last_id() + 1
        rows = [event_row(number, new, at) for number, new in enumerate(events, first)]
        # What is folded is what was written, so that a later rebuild cannot see anything else.
        recorded = [recorded_event(row) for row in rows]
        self._connection.execute(_insert_events(), rows)
        shared = [row for one in recorded for row in shared_rows(one)]
        if shared:
            self._connection.execute(_insert_orders(), shared)
        self._last = recorded[-1].id
        self._views.move(recorded)
        self._identifiers.move(recorded)
        return recorded

    def history(self, order: str) -> list[Recorded]:
        """Return every event that names an order, oldest first."""
        shared = select(t.event_order.c.event).where(t.event_order.c.order_number == order)
        return self._events(select(t.event).where(or_(t.event.c.order_number == order, t.event.c.id.in_(shared))))

    def of_mail(self, mail: int) -> list[Recorded]:
        """Return the events that rest on a mail, oldest first."""
        return self._events(select(t.event).where(t.event.c.mail == mail))

    def after(self, event: int, limit: int) -> list[Recorded]:
        """Return the events after one, oldest first."""
        return self._events(select(t.event).where(t.event.c.id > event).limit(limit))

    def last(self) -> int:
        """Return the id of the newest event, 0 in an empty ledger."""
        return self._last_id()

    def any_after(self, event: int, kinds: Collection[type[Event]]) -> bool:
        """Say whether an event of one of these kinds came after one."""
        names = [name for name, kind in EVENTS.items() if kind in kinds]
        found = select(t.event.c.id).where(t.event.c.id > event, t.event.c.type.in_(names)).limit(1)
        return self._connection.execute(found).first() is not None

    def _last_id(self) -> int:
        if self._last is None:
            self._last = self._connection.execute(select(func.max(t.event.c.id))).scalar_one() or 0
        return self._last

    def _events(self, found: Select[Any]) -> list[Recorded]:
        return read_events(self._connection.execute(found.order_by(t.event.c.id)))


@cache
def _insert_events() -> Insert:
    return insert(t.event)


@cache
def _insert_orders() -> Insert:
    return insert(t.event_order)
