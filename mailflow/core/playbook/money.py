"""What is owed for an order, as lines of a statement. Nothing is reckoned that the record does not hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from mailflow.core.letters.model import Account, LetterFacts
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.disclosure import money_text
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.moments import Monthly
from mailflow.core.playbook.steps import Step


def worth_of(state: OrderState) -> Decimal | None:
    """Return what an order is worth between its party and us; None where the book holds no price."""
    order = state.order
    return None if order.unit_price is None or order.quantity is None else order.unit_price * order.quantity


def unpaid_since(frame: Frame, step: Step, state: OrderState) -> date | None:
    """Return from which day on an order stands in a list of what is owed: shipped, priced, and not wholly paid.

    A list of the month tells of what had shipped by the end of the month before.
    """
    shipped = frame.reached(state, Milestone.SHIP)
    if shipped is None or worth_of(state) is None or frame.reached(state, Milestone.PAYMENT) is not None:
        return None
    return (shipped.replace(day=1) + timedelta(days=32)).replace(day=1) if isinstance(step.when, Monthly) else shipped


def account_of(frame: Frame, state: OrderState, *, language: str, inside: bool = False) -> Account:
    """Return an order as a line of a statement; only accounts' own word makes it paid.

    How much of it a part (a deposit) is, the record does not say: it is named with its day, and what is open is left to
    a person.
    """
    order, whole = state.order, worth_of(state)
    amount = "" if whole is None else money_text(whole, order.currency)
    paid, still = "", amount
    if frame.reached(state, Milestone.PAYMENT) is not None:
        paid, still = amount, ""
    elif parts := [lot for lot in state.lots if lot.milestone == Milestone.PAYMENT and lot.part and lot.actual]:
        named = (f"{frame.playbook.called(f'payment.{lot.part}', language) or lot.part} {lot.actual}" for lot in parts)
        paid, still = ", ".join(named), ""
    day = frame.reached(state, Milestone.SHIP) or order.order_date
    return Account(day, order.number, order.number, amount, paid, still, party=order.party if inside else "")


def with_accounts(
    frame: Frame, step: Step, states: Sequence[OrderState], facts: LetterFacts, *, language: str
) -> LetterFacts:
    """Return the facts of a letter with what is owed for its orders, and what that is in all where it can be told."""
    lines = tuple(account_of(frame, state, language=language, inside=step.inside) for state in states)
    day = facts.day
    if isinstance(step.when, Monthly):
        day = frame.house_today.replace(day=1) - timedelta(days=1)
    return replace(facts, accounts=lines, total=_total(frame, states), day=day)


def _total(frame: Frame, states: Sequence[OrderState]) -> str:
    """Return the sum of what is open (or, where all is paid, of what was paid); nothing where a part is paid."""
    partly = any(
        lot.milestone == Milestone.PAYMENT
        and lot.part
        and lot.actual
        and frame.reached(state, Milestone.PAYMENT) is None
        for state in states
        for lot in state.lots
    )
    values = [worth_of(state) for state in states]
    known = [value for value in values if value is not None]
    paid = {frame.reached(state, Milestone.PAYMENT) is not None for state in states}
    if partly or len(known) < len(values) or len({state.order.currency for state in states}) != 1 or len(paid) != 1:
        return ""
    return money_text(sum(known, Decimal(0)), states[0].order.currency)
