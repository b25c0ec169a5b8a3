"""What each status of an order rests on: the event that made it so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailflow.cli.wording import problem_text
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Event, Recorded
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import Lot, OrderState


@dataclass(frozen=True, slots=True)
class Reason:
    """A status, the event that made it so, and the promises that it took the place of, oldest first."""

    status: str
    rests_on: Recorded | None = None
    before: tuple[Recorded, ...] = ()


def reasons(state: OrderState, history: Sequence[Recorded]) -> list[Reason]:
    """Return every status of an order with what it rests on."""
    found = [Reason(f"due {state.order.due_date or 'on no day'}", _last(_of(history, e.OrderImported, e.OrderChanged)))]
    if state.acknowledged:
        found.append(Reason(f"acknowledged {state.acknowledged}", _acknowledgement(history)))
    for lot in state.lots:
        if lot.milestone != Milestone.ACKNOWLEDGED:
            found += _of_lot(lot, history)
    for topic in state.problems:
        reported = [one for one in _of(history, e.ProblemReported) if getattr(one.event, "topic", "") == topic]
        found.append(Reason(problem_text(topic), _last(reported)))
    if state.told:
        told = _of(history, e.CustomerTold)
        found.append(Reason(f"the customer has been told {state.told}", _last(told), tuple(told[:-1])))
    if state.paused:
        found.append(Reason("paused", _last(_of(history, e.Paused))))
    return found


def _of(history: Iterable[Recorded], *kinds: type[Event]) -> list[Recorded]:
    return [one for one in history if isinstance(one.event, kinds)]


def _last(events: Sequence[Recorded]) -> Recorded | None:
    return events[-1] if events else None


def _acknowledgement(history: Sequence[Recorded]) -> Recorded | None:
    """A day that somebody entered counts before the first word of acknowledgement."""
    entered = [one for one in _of(history, e.MilestoneReached) if _place(one.event) == (Milestone.ACKNOWLEDGED, "")]
    return _last(entered) or _last(_of(history, e.OrderAcknowledged)[:1])


def _of_lot(lot: Lot, history: Sequence[Recorded]) -> list[Reason]:
    name = f"{lot.milestone} of {lot.part}" if lot.part else lot.milestone
    own = [one for one in history if _place(one.event) == (lot.milestone, lot.part)]
    promised, reached = _of(own, e.DatePromised), _of(own, e.MilestoneReached)
    found = []
    if lot.promise:
        found.append(Reason(f"{name} promised for {lot.promise}", _last(promised), tuple(promised[:-1])))
    if lot.actual:
        found.append(Reason(f"{name} done on {lot.actual}", _last(reached), tuple(reached[:-1])))
    return found


def _place(event: Event) -> tuple[str, str]:
    return getattr(event, "milestone", ""), getattr(event, "part", "")
