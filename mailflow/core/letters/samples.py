"""Made-up facts to try every template on when it is loaded, and to show all letters in a gallery."""

from dataclasses import replace
from datetime import date, timedelta

from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import LetterFacts, OrderLine, ReviewLine
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Contact, House, Party, Role

HOUSE = House(
    company="Lanmei Trading Co., Ltd. (蓝湄贸易)",
    mailbox="followup@lanmei.example",
    timezone="Asia/Shanghai",
    merchandisers=("amy.lin@lanmei.example",),
    managers=("chen.bo@lanmei.example",),
)

SUPPLIER = Party(
    name="宁波恒泰制衣有限公司",
    role=Role.SUPPLIER,
    short="Hengtai Garment",
    language="zh",
    country="CN",
    contacts=(Contact("郑洁", "zheng.jie@hengtai-garment.example"),),
)

CUSTOMER = Party(
    name="Northwind Outfitters",
    role=Role.CUSTOMER,
    short="Northwind",
    language="en",
    country="US",
    contacts=(Contact("Karen Whitfield", "karen.whitfield@northwind.example"),),
)

PURCHASE = OrderLine(
    number="PO26-0042",
    their_ref="HT-8812",
    style="HD5420",
    product="women's fleece hoodie",
    quantity="1,200 pcs",
    due=date(2026, 12, 8),
    basis="exw",
    promise=date(2026, 12, 12),
    days_late=3,
    milestone="ship",
    shipping_mark="LANMEI\nPO26-0042\nLOS ANGELES\nC/NO. 1-60\nMADE IN CHINA",
    ship_date=date(2026, 12, 12),
    ship_mode="sea",
    port="Ningbo",
    destination_port="Los Angeles",
    destination_country="United States",
    description="60% cotton 40% polyester, brushed inside, with zip and kangaroo pocket",
)

SALES = OrderLine(
    number="SO26-1100",
    their_ref="4500005619",
    style="HD5420",
    product="women's fleece hoodie",
    quantity="1,200 pcs",
    due=date(2026, 12, 10),
    basis="etd",
    told=date(2026, 12, 10),
    expected=date(2026, 12, 17),
    milestone="ship",
    ship_date=date(2026, 12, 12),
    ship_mode="sea",
    port="Ningbo",
    destination_port="Los Angeles",
    destination_country="United States",
    refs=("TCLU4711223", "COSU6263748590"),
)

_REVIEW = ReviewLine(
    item="R118",
    question="Hengtai Garment may ship only part of PO26-0042: enter 12 Dec 2026 for 800 pcs?",
    orders=("PO26-0042",),
    party="Hengtai Garment",
    words="面料还差一批,先出800件,剩下的下周再看",
    opened=date(2026, 12, 7),
)

_PLACES = ("Ningbo", "Shanghai", "Yantian")


def lines(side: Side, count: int) -> tuple[OrderLine, ...]:
    """Return made-up orders as readers on one side see them, none quite like the other."""
    first = SALES if side is Side.CUSTOMER else PURCHASE
    owner = SUPPLIER.short if side is Side.HOUSE else ""
    made = [
        replace(
            first,
            number=f"{first.number[:-4]}{int(first.number[-4:]) + n:04}",
            their_ref=f"{first.their_ref[:-2]}{(int(first.their_ref[-2:]) + 7 * n) % 100:02}",
            style=f"HD{5420 + 3 * n}",
            quantity=f"{1200 + 150 * (n % 9):,} pcs",
            due=first.due + timedelta(days=n // 3) if first.due else None,
            promise=first.promise + timedelta(days=n // 2) if first.promise and n % 3 else None,
            told=first.told + timedelta(days=n // 3) if first.told else None,
            expected=first.expected + timedelta(days=n // 2) if first.expected else None,
            days_late=max(0, first.days_late - n // 10) if first.days_late else 0,
            port=_PLACES[n % 3],
            party=owner,
        )
        for n in range(1, count)
    ]
    return (replace(first, party=owner), *made)


def facts(side: Side, count: int = 1) -> LetterFacts:
    """Return full facts about some orders."""
    outside = LetterFacts(
        lines(side, count),
        topic="material",
        old_date=date(2026, 12, 10),
        new_date=date(2026, 12, 17),
        rung=1,
        asked_before=1,
    )
    if side is not Side.HOUSE:
        return outside
    return replace(
        outside,
        backlog=count,
        reviews=(_REVIEW,) * min(count, 3),
        alarm="The mailbox followup@lanmei.example refuses our login, so nothing is sent or received.",
        advice="Enter a new authorisation code in mailflow.yaml and restart the service.",
    )


def bare(side: Side, needs: tuple[str, ...] = ()) -> LetterFacts:
    """Return facts of which all is missing that a letter can do without."""
    full = facts(side)
    kept = {
        need.removeprefix("line."): getattr(full.lines[0], need.removeprefix("line.")) for need in needs if "." in need
    }
    line = OrderLine(number=full.lines[0].number)
    own = {need: getattr(full, need) for need in needs if "." not in need and need != "lines"}
    return replace(LetterFacts((replace(line, **kept),)), **own)


def reader(side: Side) -> tuple[Address, Party | None]:
    """Return whom a made-up letter goes to, with the party that they belong to."""
    if side is Side.HOUSE:
        return Address("amy.lin@lanmei.example", "Amy Lin"), None
    party = SUPPLIER if side is Side.SUPPLIER else CUSTOMER
    contact = party.contacts[0]
    return Address(contact.email, contact.name), party
