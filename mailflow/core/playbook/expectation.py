"""When a sales order is expected by what is still open of the purchase orders that serve it."""

from dataclasses import dataclass
from datetime import date, timedelta

from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.playbook.standing import Standing, convert


@dataclass(frozen=True, slots=True)
class Expectation:
    """When a sales order is expected, in its own date basis; `purchase` is the order that decides it."""

    date: date
    purchase: OrderState
    standing: Standing
    endangered: bool  # a promise (not only a plan) lies after what stands with the customer
    promised: bool = False  # by promises alone, not by plans


def stands_with_customer(state: OrderState) -> date | None:
    """Return the date that the customer counts on: what they were told last, else the due date."""
    return state.told or state.order.due_date


def expected(frame: Frame, state: OrderState) -> Expectation | None:
    """Return when a sales order is expected by what is still open of the purchase orders that serve it."""
    stands = stands_with_customer(state)
    found: list[tuple[date, OrderState, Standing]] = []
    for purchase in frame.serving.get(state.order.number, ()):
        if not is_open(purchase) or frame.reached(purchase, Milestone.SHIP) is not None:
            continue
        now = frame.standing(purchase, Milestone.SHIP)
        if now.latest is not None:
            day = convert(frame.playbook, now.latest, now.basis, state.order.date_basis, state.order.ship_mode)
            found.append((day + timedelta(days=frame.playbook.delay.buffer_days), purchase, now))
    if not found:
        return None
    day, purchase, now = max(found, key=lambda one: (one[0], one[2].promised, one[1].order.number))
    least = timedelta(days=frame.playbook.delay.min_days)
    endangered = stands is not None and any(one[2].promised and one[0] >= stands + least for one in found)
    return Expectation(day, purchase, now, endangered, all(one[2].promised for one in found))
