"""Documents of orders as people settle them: for the customer to see, or none of the order's after all."""

from datetime import datetime

from mailflow.core.orders.events import NewEvent, Recorded
from mailflow.core.orders.papers import DocumentReleased, DocumentWithdrawn
from mailflow.core.orders.state import OrderState, Paper
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.steer import CannotSteerError


def name_of(paper: Paper) -> str:
    """Return how people name a document: the mail, and the place of the file in it from 1 on (`118.1`)."""
    return f"{paper.mail}.{paper.part + 1}"


def release(store: Store, order: str, name: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Say that a document is for the customer; one that is known to name the other side is refused."""
    with store.begin() as tx:
        papers = _named(tx, order, name)
        if words := next((paper.names for paper in papers if paper.names), ""):
            raise CannotSteerError(
                f"{papers[0].name} names {words}, which the customer must not learn; have one made without it"
            )
        event = DocumentReleased(order, papers[0].mail, papers[0].part)
        return tx.ledger.record([NewEvent(event, who, why)], now)


def withdraw(store: Store, order: str, name: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Say that a file is no document of an order."""
    with store.begin() as tx:
        paper = _named(tx, order, name)[0]
        return tx.ledger.record([NewEvent(DocumentWithdrawn(order, paper.mail, paper.part), who, why)], now)


def _named(tx: Transaction, order: str, name: str) -> list[Paper]:
    state: OrderState | None = tx.views.orders([order]).get(order)
    papers = state.papers if state is not None else ()
    found = [paper for paper in papers if name_of(paper) == name]
    if not found:
        known = ", ".join(dict.fromkeys(map(name_of, papers))) or "there are none yet"
        raise CannotSteerError(f"{order} has no document {name}; its documents: {known}")
    return found
