"""Neither side learns what is the other's: canaries in every field of one, none of them in a letter to the other."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from mailflow.core.letters.model import OrderLine
from mailflow.core.orders.model import Milestone, Order, OrderKind
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.playbook.disclosure import (
    carriers_numbers,
    line_for_carrier,
    line_for_customer,
    line_for_supplier,
    quantity_text,
)
from mailflow.core.playbook.letters import plan_letters
from tests.core.playbook.situations import at, customer, happened, look, playbook_with, promised, supplier

BOUGHT = Order(
    "CANARYPO1",
    OrderKind.PURCHASE,
    "CANARYSUPPLIER",
    customer_ref="CUSTREF77",
    supplier_ref="CANARYSUPREF9",
    style="HD5420",
    quantity=Decimal(1200),
    unit="pcs",
    unit_price=Decimal("77.01"),
    due_date=date(2026, 12, 10),
    port="CANARYPORT",
    payment_terms="CANARYTERMS",
    linked_order="SOLD1",
    merchandiser="amy@lanmei.example",
)
SOLD = Order(
    "SOLD1",
    OrderKind.SALES,
    "CUSTCANARY",
    customer_ref="CUSTREF77",
    supplier_ref="CANARYSUPREF9",
    style="HD5420",
    quantity=Decimal(1200),
    unit="pcs",
    unit_price=Decimal("99.02"),
    due_date=date(2026, 12, 20),
    payment_terms="CUSTTERMS",
    merchandiser="amy@lanmei.example",
)
HIDDEN_FROM_CUSTOMER = ("CANARY", "77.01", "92,412.00", "Canary Zheng")
HIDDEN_FROM_SUPPLIER = ("CUSTCANARY", "CUSTREF77", "SOLD1", "99.02", "118,824.00", "CUSTTERMS")
REFS = (
    "MSCU1234567",
    "CANARYPO1",
    "CANARY-PO1",
    "CANARYSUPREF9/2",
    "COSU6123456780",
    "X1",
    "CANARYSUPPLIER1",
    "SUPREF9",
    "packing list 20261201.pdf",
    "HENGTAI26",
)


def test_a_supplier_reads_nothing_of_the_customer() -> None:
    line = line_for_supplier(OrderState(BOUGHT), date(2026, 12, 10), date(2026, 12, 12))
    assert not [word for word in HIDDEN_FROM_SUPPLIER if word in repr(line)]
    assert (line.number, line.their_ref, line.days_late) == ("CANARYPO1", "CANARYSUPREF9", 2)


def test_a_customer_reads_nothing_of_the_supplier() -> None:
    line = line_for_customer(OrderState(SOLD, told=date(2026, 12, 22)), date(2027, 1, 10))
    assert not [word for word in HIDDEN_FROM_CUSTOMER if word in repr(line)]
    assert (line.number, line.their_ref, line.days_late) == ("SOLD1", "CUSTREF77", 19)


def test_only_the_carriers_numbers_pass() -> None:
    state = OrderState(BOUGHT, (Lot(Milestone.SHIP, refs=REFS), Lot(Milestone.SAMPLE, refs=("SF1234567890",))))
    assert carriers_numbers([state]) == ("MSCU1234567", "COSU6123456780")


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-03", "2026-12-07", "2026-12-14", "2027-01-18"])
@pytest.mark.parametrize("shipped", [False, True])
def test_no_planned_letter_holds_the_other_sides_words(day: str, shipped: bool) -> None:
    seller = supplier("CANARYSUPPLIER")
    buyer = customer("CUSTCANARY")
    bought = OrderState(replace(BOUGHT, shipping_mark="MARK", destination_port="Hamburg", destination_country="DE"))
    late = promised(bought, "2027-01-10", "2026-11-20", "material")
    state = happened(late, day, refs=REFS) if shipped else late
    now = at(day, "17:00")
    planned = 0
    for book in (playbook_with(), None):
        seen = look(now, seller, buyer, state, OrderState(SOLD), playbook=book)
        for letter in plan_letters(seen.dues, seen.situation, seen.playbook):
            planned += 1
            hidden = HIDDEN_FROM_CUSTOMER if letter.party == "CUSTCANARY" else HIDDEN_FROM_SUPPLIER
            shown = repr((letter.facts, letter.to, letter.cc, letter.duties, letter.told, letter.orders))
            own = [word for word in hidden if word in shown]
            assert not own, (letter, own)
    assert planned


def test_every_field_of_a_line_is_decided_upon_for_each_side() -> None:
    """A new field of OrderLine is told to nobody until somebody has thought of it here."""
    both = {"number", "their_ref", "style", "product", "description", "quantity", "due", "basis", "days_late"}
    both |= {"milestone", "shipping_mark", "ship_date", "ship_mode", "destination_port", "destination_country"}
    both |= {"price", "amount", "incoterm", "payment_terms"}  # each side its own
    full = dict.fromkeys(("shipping_mark", "port", "destination_port", "destination_country", "ship_mode"), "X")
    full["incoterm"] = "FOB"
    order = replace(BOUGHT, product="p", description="d", **full)  # type: ignore[arg-type]  # text fields
    bought = OrderState(order, (Lot(Milestone.SHIP, promise=date(2026, 12, 1), refs=REFS),))
    sold = OrderState(replace(order, kind=OrderKind.SALES), told=date(2026, 11, 1))
    assert _filled(line_for_supplier(bought, date(2026, 12, 1), date(2026, 12, 9))) == both | {"promise", "port"}
    carrier = line_for_carrier(bought, date(2026, 12, 1), date(2026, 12, 9))
    money = {"price", "amount", "incoterm", "payment_terms"}
    assert _filled(carrier) == (both | {"promise", "port"}) - money - {"their_ref"}
    line = line_for_customer(sold, date(2026, 12, 5), date(2026, 12, 5), ("MSCU1234567",))
    assert _filled(line) == both | {"told", "expected", "refs"}


def _filled(line: OrderLine) -> set[str]:
    return {field.name for field in fields(line) if getattr(line, field.name)}


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [
        (Decimal("1200"), "pcs", "1,200 pcs"),
        (Decimal("1200.00"), "pcs", "1,200 pcs"),
        (Decimal("12.50"), "kg", "12.5 kg"),
        (Decimal("1E+3"), "m", "1,000 m"),
        (Decimal("5"), "", "5"),
        (None, "pcs", ""),
    ],
)
def test_quantities_are_written_for_people(quantity: Decimal | None, unit: str, text: str) -> None:
    assert quantity_text(quantity, unit) == text
