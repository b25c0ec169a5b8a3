"""What happened to an order lately that may ask for a letter: the latest of each kind and topic."""

from collections.abc import Iterator
from dataclasses import replace

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import OrderKind
from mailflow.core.orders.state import Happening, OrderState

_MOST = 16
_GOODS = frozenset({"quality", "other"})
"""Problems that a customer has with what they got; the others are ours or the carrier's."""
_VERDICTS = {"approved": "approved", "rejected": "rejected"}


def note(state: OrderState, recorded: Recorded, before: OrderState | None) -> OrderState:
    """Return the state that an event led to, with what happened noted; `before` is the one that it met."""
    state = _taken_back(state, recorded.event)
    proof: e.Proof | None = getattr(recorded.event, "proof", None)
    by, said = (proof.sender.lower(), proof.said_at) if proof else ("", None)
    found = [
        Happening(kind, recorded.at, recorded.id, topic, getattr(recorded.event, "date", None), old, by, said)
        for kind, topic, old in _happened(recorded.event, state, before)
    ]
    if not found:
        return state
    same = {(one.kind, one.topic) for one in found}
    kept = [one for one in state.happenings if (one.kind, one.topic) not in same]
    return replace(state, happenings=(*kept, *found)[-_MOST:])


def _taken_back(state: OrderState, event: e.Event) -> OrderState:
    """Return the state without what a correction takes back: no letter is written about it."""
    gone: tuple[tuple[str, str], ...] = ()
    match event:
        case h.PromiseWithdrawn(milestone=milestone):
            gone = (("promised", milestone),)
        case h.ProblemWithdrawn(topic=topic):
            gone = (("problem", topic), ("complaint", topic))
        case h.OrderReopened():
            gone = (("closed", ""),)
        case e.OrderAcknowledged() | e.OrderChanged():
            gone = (("differs", ""),)
    kept = tuple(one for one in state.happenings if (one.kind, one.topic) not in gone)
    return replace(state, happenings=kept) if len(kept) < len(state.happenings) else state


def _happened(event: e.Event, state: OrderState, before: OrderState | None) -> Iterator[tuple[str, str, str]]:
    """Yield kind, topic and what stood before."""
    match event:
        case e.OrderImported() if before is None:
            yield "new", "", ""
        case e.OrderImported() | e.OrderChanged() if before is not None and before.order.status != state.order.status:
            kind = {"cancelled": "cancelled", "closed": "closed"}.get(state.order.status)
            yield (kind, "", before.order.status) if kind else ("changed", "status", before.order.status)
        case e.OrderChanged():
            yield from (("changed", change.field, change.before) for change in event.changes)
        case e.DatePromised():
            yield "promised", event.milestone, _stood(before, event)
        case h.OrderClosed():
            yield "closed", "", state.order.status
        case e.ProblemReported():
            complaint = state.order.kind == OrderKind.SALES and event.topic in _GOODS
            yield "complaint" if complaint else "problem", event.topic, ""
        case e.ChangeRequested():
            yield "request", event.topic, ""
        case e.QuestionAsked():
            yield "question", event.topic, ""
        case e.ApprovalGiven() if event.verdict in _VERDICTS:
            yield _VERDICTS[event.verdict], event.topic, ""
        case e.PaymentClaimed():
            yield "claimed", "", ""
        case e.ConfirmationDiffers():
            yield "differs", "", ""


def _stood(before: OrderState | None, event: e.DatePromised) -> str:
    lots = before.lots if before else ()
    same = (lot.promise for lot in lots if (lot.milestone, lot.part) == (event.milestone, event.part))
    return str(next((day for day in same if day is not None), ""))
