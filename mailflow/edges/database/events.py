"""Events as rows of their table, and back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mailflow.core.orders.about import about
from mailflow.core.orders.codec import dump_event, load_event
from mailflow.core.orders.events import NewEvent, Recorded
from mailflow.edges.database.types import storable, utc


def event_row(number: int, new: NewEvent, at: datetime) -> dict[str, Any]:
    """Return an event as a row of the table of events."""
    name, data = dump_event(new.event)
    names = about(new.event)
    return {
        "id": number,
        "at": utc(at),
        "type": name,
        "order_number": names.orders[0] if len(names.orders) == 1 else None,
        "party": names.party or None,
        "mail": names.mail,
        "item": names.item or None,
        "letter": names.letter,
        "actor": storable(new.actor),
        "why": storable(new.why),
        "data": data,
    }


def shared_rows(recorded: Recorded) -> list[dict[str, Any]]:
    """Return the orders of an event that names several, as rows of their table."""
    orders = about(recorded.event).orders
    if len(orders) < 2:
        return []
    return [{"event": recorded.id, "order_number": order} for order in dict.fromkeys(orders)]


def recorded_event(row: dict[str, Any]) -> Recorded:
    """Return what a row will give when it is read again."""
    return Recorded(row["id"], row["at"], load_event(row["type"], row["data"]), row["actor"], row["why"])


def read_events(rows: Iterable[Row[Any]]) -> list[Recorded]:
    """Return rows of the table of events as events."""
    return [Recorded(row.id, row.at, load_event(row.type, row.data), row.actor, row.why) for row in rows]
