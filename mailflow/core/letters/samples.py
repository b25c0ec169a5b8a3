"""Made-up facts to try every template on when it is loaded, and to show all letters in a gallery."""

from dataclasses import replace
from datetime import date, timedelta

from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Account, Difference, Figure, LetterFacts, OrderLine, Point, ReviewLine
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Contact, House, Party, Role
from mailflow.core.reports.model import Chart, Mark, ReportFiles
from mailflow.core.steering.samples import sample_digest, sample_owed, sample_reply

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

FORWARDER = Party(
    name="Harbour Gate Logistics",
    role=Role.FORWARDER,
    short="Harbour Gate",
    language="en",
    country="CN",
    contacts=(Contact("Leo Tan", "leo.tan@harbourgate.example"),),
)

INSPECTOR = Party(
    name="Kestrel Inspection Services",
    role=Role.SUPPLIER,
    short="Kestrel",
    language="en",
    country="CN",
    contacts=(Contact("顾明", "gu.ming@kestrel-inspection.example"),),
)

_GOODS = OrderLine(
    number="",
    planned=date(2026, 12, 3),
    happened=date(2026, 12, 4),
    place="No. 18 Fuqing Road, Ningbo",
    cartons="60 ctns",
    gross_weight="840 kg",
    volume="5.6 CBM",
    container="1 x 20GP",
    freight_term="collect",
    vessel="EVER DAWN 042E",
    old_vessel="EVER DUSK 041E",
    inspected="125 pcs",
    rejected="3 pcs",
    result="pass",
)
_DIFFERENCES = (Difference("quantity", "1,200 pcs", "1,150 pcs"), Difference("date", "8 Dec 2026", "15 Dec 2026"))
_TERMS = "30 % deposit, balance against copy of B/L"

PURCHASE = replace(
    _GOODS,
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
    part="pre_production",
    documents=("packing_list", "invoice", "inspection_report"),
    differences=_DIFFERENCES,
    result="fail",
    remark="mixed sizes in carton 14",
    price="USD 6.20",
    amount="USD 7,440.00",
    payment_terms=_TERMS,
)

SALES = replace(
    _GOODS,
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
    part="pre_production",
    documents=("bill_of_lading", "packing_list", "invoice"),
    price="USD 9.80",
    amount="USD 11,760.00",
    incoterm="FOB Ningbo",
    payment_terms=_TERMS,
    invoice="INV-26-0311",
    pay_by=date(2026, 12, 15),
    remark="sewing is finished, packing begins on Monday",
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
    if side in (Side.FORWARDER, Side.INSPECTOR, Side.PARTNER):
        first = replace(first, price="", amount="", payment_terms="", their_ref="")
    owner = SUPPLIER.short if side in (Side.HOUSE, Side.INSPECTOR) else ""
    tail = 2 if first.their_ref else 0
    made = [
        replace(
            first,
            number=f"{first.number[:-4]}{int(first.number[-4:]) + n:04}",
            their_ref=f"{first.their_ref[:-2]}{(int(first.their_ref[-2:]) + 7 * n) % 100:02}" if tail else "",
            style=f"HD{5420 + 3 * n}",
            quantity=f"{1200 + 150 * (n % 9):,} pcs",
            due=_later(first.due, n // 3),
            promise=_later(first.promise, n // 2) if n % 3 else None,
            told=_later(first.told, n // 3),
            expected=_later(first.expected, n // 2),
            planned=_later(first.planned, n // 2),
            days_late=max(0, first.days_late - n // 10) if first.days_late else 0,
            port=_PLACES[n % 3],
            party=owner,
        )
        for n in range(1, count)
    ]
    return (replace(first, party=owner), *made)


def _later(day: date | None, days: int) -> date | None:
    return day + timedelta(days=days) if day else None


_CHANGES = (Difference("quantity", "1,200 pcs", "1,350 pcs"), Difference("due_date", "8 Dec 2026", "15 Dec 2026"))
_POINTS = (
    Point("size labels: 3 of 125 pieces with the wrong size", "QC", date(2026, 12, 11)),
    Point("loose threads at the pocket", "", date(2026, 12, 11)),
    Point("carton marks without the order number"),
)
_ACCOUNTS = (
    Account(date(2026, 11, 3), "INV-26-0287", "26-0017", "USD 8,400.00", "USD 8,400.00", "", date(2026, 12, 3)),
    Account(date(2026, 11, 21), "INV-26-0311", "26-0042", "USD 7,440.00", "USD 2,232.00", "USD 5,208.00", None),
)
_FIGURES = (
    Figure("on_time", "94 %", "91 %", "62 of 66"),
    Figure("reject_rate", "1.8 %", "2.4 %"),
    Figure("overdue", "7", "9"),
    Figure("questions", "3"),
)
_CHARTS = (
    Chart(
        "trend", "Orders executed on time", (Mark("2026-10", None), Mark("2026-11", 91, "60/66"), Mark("2026-12", 94))
    ),
    Chart("suppliers", "Suppliers' scores", (Mark("Hengtai Garment", 88, "A"), Mark("Sylhet Denim", 64, "C"))),
)


def facts(side: Side, count: int = 1) -> LetterFacts:
    """Return full facts about some orders."""
    outside = LetterFacts(
        lines(side, count),
        topic="material",
        old_date=date(2026, 12, 10),
        new_date=date(2026, 12, 17),
        rung=1,
        asked_before=1,
        points=_POINTS,
        accounts=_ACCOUNTS,
        total="USD 5,208.00",
        about="fleece hoodies for autumn",
        day=date(2026, 12, 9),
        until=date(2026, 12, 16),
        hour="14:00",
        place="meeting room 2",
        occasion="Spring Festival",
        person=Address("lin.yue@lanmei.example", "Lin Yue"),
        changes=_CHANGES,
    )
    if side is not Side.HOUSE:
        return outside
    return replace(
        outside,
        backlog=count,
        reviews=(_REVIEW,) * min(count, 3),
        alarm="The mailbox followup@lanmei.example refuses our login, so nothing is sent or received.",
        advice="Enter a new authorisation code in mailflow.yaml and restart the service.",
        figures=_FIGURES,
        waiting=lines(side, 1),
        digest=sample_digest(count),
        owed=sample_owed(count),
        steering=sample_reply(),
        files=ReportFiles("report-2026-12.xlsx", charts=_CHARTS),
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


_PARTIES = {
    Side.SUPPLIER: SUPPLIER,
    Side.CUSTOMER: CUSTOMER,
    Side.FORWARDER: FORWARDER,
    Side.INSPECTOR: INSPECTOR,
    Side.PARTNER: CUSTOMER,
}


def reader(side: Side) -> tuple[Address, Party | None]:
    """Return whom a made-up letter goes to, with the party that they belong to."""
    party = _PARTIES.get(side)
    if party is None:
        return Address("amy.lin@lanmei.example", "Amy Lin"), None
    contact = party.contacts[0]
    return Address(contact.email, contact.name), party
