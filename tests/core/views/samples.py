"""A ledger in miniature: events at moments, folded into one state."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mailflow.core.orders.events import Event, OrderImported, PartyImported, Proof, Recorded
from mailflow.core.orders.model import Order, OrderKind, Party, Role
from mailflow.core.views.view import View, fold

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
ORDER = Order("PO1", OrderKind.PURCHASE, "Huada", linked_order="SO1")
PARTY = Party("Huada", Role.SUPPLIER)
IMPORTED = OrderImported(ORDER, "book.csv")
PARTY_IMPORTED = PartyImported(PARTY, "parties.yaml")


def at(number: int) -> datetime:
    """Return when the event with this number was recorded."""
    return START + timedelta(hours=number)


def recorded(number: int, event: Event, actor: str = "mailflow") -> Recorded:
    """Return an event as the ledger's `number`-th."""
    return Recorded(number, at(number), event, actor, "")


def folded(view: View[Any], *events: Event) -> dict[str, Any]:
    """Return the states that events come to, numbered from 1, without those that never came to be."""
    states: dict[str, Any] = {}
    fold(view, states, (recorded(number, event) for number, event in enumerate(events, 1)))
    return {key: state for key, state in states.items() if state is not None}


def proof(mail: int = 1, **more: Any) -> Proof:
    """Return a proof from a mail."""
    return Proof(mail, "we ship on 5 Dec", 0.97, "exact", **more)
