"""What each side may learn of an order: its own side and nothing else. Every letter's lines are made here."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from mailflow.core.letters.model import OrderLine
from mailflow.core.orders.model import Milestone, Order
from mailflow.core.orders.state import OrderState

_FILE = re.compile(r"\.[A-Za-z]\w{1,4}$")
_DIGITS = 4
"""So many at least every carrier's number has."""


def line_for_supplier(state: OrderState, anchor: date | None, today: date) -> OrderLine:
    """Return what a supplier may read of a purchase order: never the customer, the sales price or the sales order."""
    order = state.order
    promise = _promise(state)
    return OrderLine(
        number=order.number,
        their_ref=order.supplier_ref,
        style=order.style,
        product=order.product or order.style,
        description=order.description,
        quantity=quantity_text(order.quantity, order.unit),
        due=order.due_date,
        basis=str(order.date_basis),
        promise=promise,
        days_late=_late(anchor, today),
        milestone=str(Milestone.SHIP),
        shipping_mark=order.shipping_mark,
        ship_date=promise or anchor,
        ship_mode=order.ship_mode,
        port=order.port,
        destination_port=order.destination_port,
        destination_country=order.destination_country,
        price=money_text(order.unit_price, order.currency),
        amount=_amount(order),
        incoterm=order.incoterm,
        payment_terms=order.payment_terms,
    )


def line_for_carrier(state: OrderState, anchor: date | None, today: date) -> OrderLine:
    """Return what a forwarder or an inspector may read of an order: the goods, never a price or a party's number."""
    line = line_for_supplier(state, anchor, today)
    return replace(line, their_ref="", price="", amount="", incoterm="", payment_terms="")


def line_for_customer(
    state: OrderState, expected: date | None = None, shipped: date | None = None, refs: Iterable[str] = ()
) -> OrderLine:
    """Return what a customer may read of a sales order: never a supplier, its number or a purchase order.

    `refs` are the carrier's numbers; whoever passes them has taken out everything else (`carriers_numbers`).
    """
    order = state.order
    stands = state.told or order.due_date
    return OrderLine(
        number=order.number,
        their_ref=order.customer_ref,
        style=order.style,
        product=order.product or order.style,
        description=order.description,
        quantity=quantity_text(order.quantity, order.unit),
        due=order.due_date,
        basis=str(order.date_basis),
        told=state.told,
        expected=expected,
        days_late=_late(stands, expected),
        milestone=str(Milestone.SHIP),
        shipping_mark=order.shipping_mark,
        ship_date=shipped,
        ship_mode=order.ship_mode,
        destination_port=order.destination_port,
        destination_country=order.destination_country,
        refs=tuple(refs),
        price=money_text(order.unit_price, order.currency),
        amount=_amount(order),
        incoterm=order.incoterm,
        payment_terms=order.payment_terms,
    )


def line_for_house(state: OrderState, party: str, anchor: date | None, today: date) -> OrderLine:
    """Return what our own people read of an order; `party` says whose it is."""
    order = state.order
    return OrderLine(
        number=order.number,
        their_ref=order.customer_ref or order.supplier_ref,
        style=order.style,
        product=order.product or order.style,
        description=order.description,
        quantity=quantity_text(order.quantity, order.unit),
        due=order.due_date,
        basis=str(order.date_basis),
        promise=_promise(state),
        told=state.told,
        days_late=_late(anchor, today),
        milestone=str(Milestone.SHIP),
        ship_mode=order.ship_mode,
        party=party,
    )


def carriers_numbers(purchases: Iterable[OrderState]) -> tuple[str, ...]:
    """Return the carrier's numbers under which purchase orders were shipped: containers, bills of lading, waybills.

    Whatever resembles a number of the purchase side (ours or the supplier's) is no carrier's number.
    """
    found: dict[str, None] = {}
    for state in purchases:
        secret = [key for text in _secrets(state.order) if len(key := _key(text)) > 2]
        for lot in state.lots:
            if lot.milestone in (Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE):
                found.update((ref, None) for ref in lot.refs if _carriers(ref, secret))
    return tuple(found)


def quantity_text(quantity: Decimal | None, unit: str) -> str:
    """Write a quantity for people: `1,200 pcs`."""
    if quantity is None:
        return ""
    number = f"{quantity:,f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{number} {unit}".strip()


def money_text(value: Decimal | None, currency: str) -> str:
    """Write an amount for people: `USD 1,200.00`."""
    return "" if value is None else f"{currency} {value:,.2f}".strip()


def _amount(order: Order) -> str:
    """Return what an order is worth between its party and us."""
    if order.unit_price is None or order.quantity is None:
        return ""
    return money_text(order.unit_price * order.quantity, order.currency)


def _carriers(ref: str, secret: list[str]) -> bool:
    key = _key(ref)
    if not 6 <= len(key) <= 30 or sum(sign.isdigit() for sign in key) < _DIGITS or _FILE.search(ref):
        return False
    return not any(word in key or key in word for word in secret)


def _secrets(order: Order) -> tuple[str, ...]:
    return (order.number, order.supplier_ref, order.party)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()


def _promise(state: OrderState) -> date | None:
    days = [lot.promise for lot in state.lots if lot.milestone == Milestone.SHIP and lot.promise and not lot.actual]
    return min(days, default=None)


def _late(stands: date | None, today: date | None) -> int:
    return max(0, (today - stands).days) if stands and today else 0
