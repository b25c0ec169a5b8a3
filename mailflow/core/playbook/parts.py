"""Orders that go in parts: how much has shipped since the customer was advised last. Quantities count, not lots."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from mailflow.core.orders.model import Milestone, linked
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.steps import Step

_OCCASION = re.compile(r"\d{4}-\d{2}-\d{2}\+(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class PartShipped:
    """What has shipped of a sales order and was not advised: `quantity` on `day`, `remaining` is still to come.

    `about` is the occasion of the advice; `purchases` the orders that serve it with the lots of this part alone;
    `since`: when the customer was advised of the part before, None for the first.
    """

    about: str
    day: date
    quantity: Decimal
    remaining: Decimal
    purchases: tuple[OrderState, ...]
    since: datetime | None = None


def part_shipped(frame: Frame, step: Step, state: OrderState) -> PartShipped | None:
    """Return the part of a sales order that has shipped since the last advice; None where parts cannot be told.

    They can where what serves the order serves no other, in its unit, and adds up to its quantity.
    """
    serving = frame.serving.get(state.order.number, ())
    total = _total(state, serving)
    if total is None:
        return None
    gone = sum((_quantity(frame, one) for one in serving), Decimal(0))
    whole = frame.reached(state, Milestone.SHIP)
    written = frame.was_done(step.name, state.order.number)
    found = _gap(
        [_span(done.duty.occasion, total) for done in written], total if whole is not None else min(gone, total)
    )
    if found is None or (whole is not None and found == (Decimal(0), total)):
        return None  # all at once is advised as a whole
    begin, end = found
    fresh = _between(serving, begin, end)
    days = [lot.actual for one in fresh for lot in one.lots if lot.actual is not None]
    if not days:
        return None
    last = max((done.at for done in written if _span(done.duty.occasion, total)[1] <= begin), default=None)
    about = f"{max(days)}+{begin.normalize():f}-{end.normalize():f}"
    return PartShipped(about, max(days), end - begin, total - end, fresh, last)


def advised_of_parts(frame: Frame, step: Step, state: OrderState) -> bool:
    """Say whether a customer was advised of a part of an order before."""
    return any(_OCCASION.match(done.duty.occasion) for done in frame.was_done(step.name, state.order.number))


def _total(state: OrderState, serving: Sequence[OrderState]) -> Decimal | None:
    order = state.order
    alone = all(linked(one.order) == (order.number,) and one.order.unit == order.unit for one in serving)
    bought = [one.order.quantity for one in serving]
    if order.quantity is None or not serving or not alone or None in bought:
        return None
    return order.quantity if sum((one for one in bought if one), Decimal(0)) == order.quantity else None


def _shipped(state: OrderState) -> list[Lot]:
    return [lot for lot in state.lots if lot.milestone == Milestone.SHIP and lot.actual is not None]


def _quantity(frame: Frame, state: OrderState) -> Decimal:
    """Return how much of a purchase order has shipped."""
    if frame.reached(state, Milestone.SHIP) is not None:
        return state.order.quantity or Decimal(0)
    return sum((lot.quantity or Decimal(0) for lot in _shipped(state)), Decimal(0))


Span = tuple[Decimal, Decimal]


def _span(occasion: str, total: Decimal) -> Span:
    """Return from which quantity to which an advice told; one about the whole order leaves nothing over."""
    found = _OCCASION.match(occasion)
    return (Decimal(found[1]), Decimal(found[2])) if found else (Decimal(0), total)


def _gap(told: Sequence[Span], gone: Decimal) -> Span | None:
    """Return the first stretch of what has gone that no advice told; one that waits as a draft tells its own."""
    reached = Decimal(0)
    for begin, end in sorted(told):
        if begin > reached:
            break
        reached = max(reached, end)
    later = min((begin for begin, _ in told if begin > reached), default=gone)
    return (reached, min(later, gone)) if reached < gone else None


def _between(serving: Sequence[OrderState], begin: Decimal, end: Decimal) -> tuple[OrderState, ...]:
    """Return purchase orders with those lots alone that lie in a stretch, counted by their days."""
    every = [(lot.actual, one.order.number, lot.part, lot, one) for one in serving for lot in _shipped(one)]
    kept: dict[str, list[Lot]] = {}
    so_far = Decimal(0)
    for _, number, _, lot, one in sorted(every, key=lambda each: each[:3]):
        before, so_far = so_far, so_far + (lot.quantity or one.order.quantity or Decimal(0))
        if so_far > begin and before < end:
            kept.setdefault(number, []).append(lot)
    return tuple(replace(one, lots=tuple(kept.get(one.order.number, ()))) for one in serving)
