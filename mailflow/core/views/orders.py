"""Orders: the book's record, and by milestone and part what is promised and what has happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders import papers as p
from mailflow.core.orders.events import Event, Proof, Recorded
from mailflow.core.orders.model import Milestone, linked
from mailflow.core.orders.state import Lot, OrderState, complains
from mailflow.core.views.happenings import note
from mailflow.core.views.papers import with_paper
from mailflow.core.views.view import View

_Fact = (
    e.OrderAcknowledged
    | e.ConfirmationDiffers
    | e.DatePromised
    | e.MilestoneReached
    | e.ProblemReported
    | e.ChangeRequested
    | e.QuestionAsked
    | e.ApprovalGiven
    | e.PaymentClaimed
)


_EVER = datetime.min.replace(tzinfo=UTC)


def keys(event: Event) -> tuple[str, ...]:
    """Return the order that an event moves; the subject of a pause may turn out to be a party."""
    match event:
        case e.OrderImported(order) | e.OrderChanged(order):
            return (order.number,)
        case e.OrderVanished(number) | e.CustomerTold(number) | e.Paused(number) | e.Resumed(number):
            return (number,)
        case _ if isinstance(event, _Fact | h.OfOneOrder | p.OfDocuments):
            return (event.order,)
        case e.WrittenByHand(orders=orders):
            return orders
    return ()


def apply(state: OrderState | None, recorded: Recorded) -> OrderState | None:
    """Move one order; what is said of an order that no book ever named moves nothing."""
    after = _moved(state, recorded)
    return None if after is None else note(after, recorded, state)


def _moved(state: OrderState | None, recorded: Recorded) -> OrderState | None:
    event = recorded.event
    if isinstance(event, e.OrderImported | e.OrderChanged):
        known = state or OrderState(event.order)
        return replace(known, order=event.order, vanished=False, differing=(), last_event=recorded.id)
    if state is None:
        return None
    state = replace(state, last_event=recorded.id)
    if isinstance(event, _Fact):
        if event.proof is not None:
            state = replace(state, answered_at=recorded.at)
        return _with_fact(state, event, recorded)
    match event:
        case e.OrderVanished():
            return replace(state, vanished=True)
        case e.CustomerTold(date=told):
            return replace(state, told=told, told_at=recorded.at)
        case e.WrittenByHand(party=party, at=at) if party == state.order.party:
            return replace(state, written_at=max(state.written_at or _EVER, at or recorded.at))
        case e.Paused(until=until):
            return replace(state, paused=True, paused_until=until)
        case e.Resumed():
            return replace(state, paused=False, paused_until=None)
        case _ if isinstance(event, h.OfOneOrder):
            return _by_hand(state, event, recorded)
        case _ if isinstance(event, p.OfDocuments):
            return replace(state, papers=with_paper(state.papers, event, recorded.at.date()))
    return state


def _by_hand(state: OrderState, event: h.OfOneOrder, recorded: Recorded) -> OrderState:
    match event:
        case h.Spoke():
            return replace(state, answered_at=recorded.at)
        case h.OrderClosed():
            return replace(state, closed=True)
        case h.OrderReopened():
            return replace(state, closed=False)
        case h.HandedOver(merchandiser=owner):
            return replace(state, owner=owner)
        case h.ToldWithdrawn():
            return replace(state, told=None, told_at=None)
        case h.ProblemWithdrawn(topic=topic):
            return _of_problems(state, [pair for pair in _problems(state) if pair[0] != topic])
        case h.PromiseWithdrawn(milestone=milestone, part=part):
            return _without(state, milestone, part, promise=None, promised_at=None, promise_event=0, basis=None)
        case h.MilestoneReopened(milestone=milestone, part=part):
            if milestone == Milestone.ACKNOWLEDGED:
                state = replace(state, acknowledged=None)
            return _without(state, milestone, part, actual=None)


def _without(state: OrderState, milestone: str, part: str, **changes: Any) -> OrderState:
    """Return the state with something taken from one lot; a lot of which nothing is known any more goes."""
    lots = (replace(lot, **changes) if (lot.milestone, lot.part) == (milestone, part) else lot for lot in state.lots)
    return replace(state, lots=tuple(lot for lot in lots if lot.promise is not None or lot.actual is not None))


def _with_fact(state: OrderState, event: _Fact, recorded: Recorded) -> OrderState:
    match event:
        case e.OrderAcknowledged():
            return replace(state, acknowledged=state.acknowledged or recorded.at.date(), differing=())
        case e.ConfirmationDiffers():
            return replace(state, differing=event.changes)
        case e.DatePromised():
            return _promised(state, event, recorded)
        case e.MilestoneReached():
            return _reached(state, event)
        case e.ProblemReported():
            return _with_problem(state, event)
    return state


def _promised(state: OrderState, event: e.DatePromised, recorded: Recorded) -> OrderState:
    def moved(lot: Lot) -> Lot:
        return replace(
            lot,
            promise=event.date,
            promised_at=recorded.at,
            promise_event=recorded.id,
            said_at=_said_at(event.proof),
            basis=event.basis,
            quantity=lot.quantity if event.quantity is None else event.quantity,
            refs=_joined(lot.refs, event.refs),
        )

    return _without_problems(_with_lot(state, event.milestone, event.part, moved), event.proof)


def _reached(state: OrderState, event: e.MilestoneReached) -> OrderState:
    def moved(lot: Lot) -> Lot:
        return replace(
            lot,
            actual=event.date,
            said_at=_said_at(event.proof),
            quantity=lot.quantity if event.quantity is None else event.quantity,
            refs=_joined(lot.refs, event.refs),
        )

    state = _with_lot(state, event.milestone, event.part, moved)
    return replace(state, acknowledged=event.date) if event.milestone == Milestone.ACKNOWLEDGED else state


def _with_lot(state: OrderState, milestone: str, part: str, moved: Callable[[Lot], Lot]) -> OrderState:
    """Return the state with one lot moved in its place, or a new one at the end."""
    if any((lot.milestone, lot.part) == (milestone, part) for lot in state.lots):
        lots = tuple(moved(lot) if (lot.milestone, lot.part) == (milestone, part) else lot for lot in state.lots)
        return replace(state, lots=lots)
    return replace(state, lots=(*state.lots, moved(Lot(milestone, part))))


def _with_problem(state: OrderState, event: e.ProblemReported) -> OrderState:
    kept = [pair for pair in _problems(state) if pair[0] != event.topic]
    return _of_problems(state, [*kept, (event.topic, event.proof.mail if event.proof else 0)])


def _without_problems(state: OrderState, proof: Proof | None) -> OrderState:
    """A new date answers the problems before it, but not the one that it was given for: the same mail says why."""
    return _of_problems(state, [pair for pair in _problems(state) if proof is not None and pair[1] == proof.mail])


def _problems(state: OrderState) -> list[tuple[str, int]]:
    return list(zip(state.problems, chain(state.problem_mails, repeat(0)), strict=False))


def _of_problems(state: OrderState, problems: list[tuple[str, int]]) -> OrderState:
    return replace(
        state, problems=tuple(topic for topic, _ in problems), problem_mails=tuple(mail for _, mail in problems)
    )


def _said_at(proof: Proof | None) -> datetime | None:
    return proof.said_at if proof else None


def _joined(known: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *new)))


def groups(state: OrderState) -> tuple[str, ...]:
    """Return the sales orders that an order serves, or itself, so that linked orders are found together."""
    return linked(state.order) or (state.order.number,)


def _party(state: OrderState) -> str:
    return state.order.party


def _is_open(state: OrderState) -> bool:
    return state.order.status == "open" and not state.vanished


ORDERS = View("orders", OrderState, keys, apply, _is_open, groups, _party, complains)
