"""Neither side learns what is the other's: every letter, in every language, with its workbook and its headers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.manifest import Manifest, Side
from mailflow.core.letters.model import PlannedLetter
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Contact, Milestone, Order, OrderKind, Party, Role
from mailflow.core.orders.state import Lot, OrderState, PartyState
from mailflow.core.playbook.by_hand import Wanted, letter_by_hand
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Situation
from mailflow.edges.files.workbook import write_workbook
from tests.core.letters.contents import everything, found_in
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.situations import HOUSE, LONG_AGO, at, playbook_with, shipped_calendars

NOW = at("2026-12-08")
SENDER = Sender(Address("followup@lanmei.example", "Lanmei"), HOUSE, b"sesame")
PO, SO = "PO26-8801", "SO26-9901"
SELLERS = ("SELLERCANARY", "SELLERREF", PO, "71.13", "85,356", "SELLERTERMS", "SELLERMARKET", "SELLERFILE")
BUYERS = ("BUYERCANARY", "BUYERREF", SO, "93.17", "111,804", "BUYERTERMS", "BUYERMARKET", "BUYERFILE")
PRICES = ("71.13", "85,356", "SELLERTERMS", "93.17", "111,804", "BUYERTERMS")
SAID = {
    "day": "2026-12-09",
    "until": "2026-12-16",
    "person": "lin@lanmei.example",
    "points": "labels | QC | 2026-12-11",
    "changes": "quantity | 100 | 120",
    "differences": "quantity | 100 | 90",
    "expected": "2026-12-20",
    "cartons": "60",
    "gross_weight": "840 kg",
    "volume": "5.6 CBM",
    "freight_term": "collect",
    "place": "Ningbo",
    "result": "fail",
    "documents": "packing_list",
    "vessel": "EVER DAWN",
    "port": "Ningbo",
    "note": "Thank you",
    "shipping_mark": "LANMEI",
    "ship_date": "2026-12-20",
}


def party(name: str, role: Role) -> PartyState:
    people = (Contact(f"{name} Zheng", f"{name.lower().replace(' ', '.')}@{role}.example"),)
    someone = Party(name, role, language="zh", timezone="Asia/Shanghai", contacts=people)
    return PartyState(someone, live=True, live_at=LONG_AGO)


def order(number: str, kind: OrderKind, whose: str, price: str) -> Order:
    return Order(
        number,
        kind,
        f"{whose}CANARY",
        customer_ref="BUYERREF",
        supplier_ref="SELLERREF",
        style="HD5420",
        product="hoodie",
        description="fleece",
        quantity=Decimal(1200),
        unit="pcs",
        unit_price=Decimal(price),
        currency="USD",
        order_date=date(2026, 10, 1),
        due_date=date(2026, 12, 12),
        ship_mode="sea",
        port=f"{whose}MARKET" if kind is OrderKind.SALES else "Ningbo",
        destination_port="Hamburg",
        destination_country="DE",
        payment_terms=f"{whose}TERMS",
        linked_order=SO if kind is OrderKind.PURCHASE else "",
        merchandiser="amy@lanmei.example",
    )


def frame() -> Frame:
    refs = ("MSCU1234567", PO, "SELLERREF/2", "SELLERFILE.pdf")
    lots = (Lot(Milestone.SHIP, promise=date(2026, 12, 20), actual=date(2026, 12, 7), refs=refs),)
    bought = OrderState(order(PO, OrderKind.PURCHASE, "SELLER", "71.13"), lots)
    sold = OrderState(order(SO, OrderKind.SALES, "BUYER", "93.17"), told=date(2026, 12, 14))
    parties = [party("SELLERCANARY", Role.SUPPLIER), party("BUYERCANARY", Role.CUSTOMER)]
    parties += [party("Harbour Gate", Role.FORWARDER), party("Kestrel", Role.INSPECTOR)]
    book = Situation({PO: bought, SO: sold}, {one.party.name: one for one in parties}, HOUSE)
    return Frame(book, playbook_with(), shipped_calendars(), NOW)


def written(manifest: Manifest, number: str) -> PlannedLetter:
    needed = {need.removeprefix("line.") for need in manifest.needs}
    said = tuple((name, text) for name, text in SAID.items() if name in needed | {"day", "until", "person", "note"})
    return letter_by_hand(frame(), manifest, Wanted((number,), said=said, who="amy"), "main")


MANIFESTS = shipped_templates().manifests
OUTSIDE = [name for name, manifest in sorted(MANIFESTS.items()) if manifest.to is not Side.HOUSE]


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_letter_carries_a_word_of_the_other_side(name: str) -> None:
    manifest = MANIFESTS[name]
    sales = manifest.to is Side.CUSTOMER
    for number in (PO, SO) if manifest.to is Side.PARTNER else (SO,) if sales else (PO,):
        letter = written(manifest, number)
        hidden = SELLERS if number == SO else BUYERS
        if manifest.to in (Side.FORWARDER, Side.INSPECTOR):
            hidden = (*BUYERS, *PRICES)
        for language in ("en", "zh", "zh-TW"):
            mail = compose(
                shipped_templates(), replace(letter, language=language), SENDER, 57, NOW, write_workbook=write_workbook
            )
            assert found_in(everything(mail.raw), hidden) == [], language


def test_the_canaries_sing() -> None:
    """Each side does read its own: the test above could not fail otherwise."""
    for name, number, own in (("order_sent", PO, SELLERS[1:6]), ("sales_contract", SO, BUYERS[1:6])):
        mail = compose(shipped_templates(), written(MANIFESTS[name], number), SENDER, 57, NOW)
        assert [word for word in own if word not in everything(mail.raw)] == []
    mail = compose(
        shipped_templates(), written(MANIFESTS["weekly_list"], PO), SENDER, 57, NOW, write_workbook=write_workbook
    )
    assert everything(mail.raw).count(PO) > 4
