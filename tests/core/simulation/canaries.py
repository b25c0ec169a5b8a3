"""An order book in which every name, number, price, term and file is a canary: it sings where it should not be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from mailflow.core.letters.model import PlannedLetter
from mailflow.core.orders.events import Change as Changed
from mailflow.core.orders.events import DatePromised, Event, MilestoneReached, OrderChanged, OrderImported
from mailflow.core.orders.model import Contact, Milestone, Order, OrderKind, Party, Role

WHERE = (("zh", "CN", "Asia/Shanghai"), ("en", "IN", "Asia/Kolkata"), ("en", "DE", "Europe/Berlin"))
SELLERS = ("SELLERCANARYA", "SELLERCANARYB", "SELLERCANARYC")
BUYERS = ("BUYERCANARYA", "BUYERCANARYB")
PRICES = {SELLERS[0]: "71.13", SELLERS[1]: "72.17", SELLERS[2]: "73.19", BUYERS[0]: "93.17", BUYERS[1]: "94.31"}
CARRIER, INSPECTOR, OURS = "Harbour Gate", "Kestrel", "Own"
PIECES = Decimal(1200)
TERMS = "30% deposit, balance against copy of B/L"


def party(name: str, role: Role, where: tuple[str, str, str] = WHERE[0], job: str = "") -> Party:
    """Return a party whose people and addresses bear its name; every letter to it may go by itself."""
    language, country, zone = where
    key = name.lower().replace(" ", "")
    people = tuple(Contact(f"{name} {n}", f"{n}@{key}.example", job) for n in ("one", "two"))
    boss = Contact(f"{name} boss", f"boss@{key}.example", "manager")
    return Party(name, role, language=language, country=country, timezone=zone, contacts=(*people, boss))


PARTIES = (
    *(party(name, Role.SUPPLIER, WHERE[n % 2]) for n, name in enumerate(SELLERS)),
    *(party(name, Role.CUSTOMER, WHERE[2 - n]) for n, name in enumerate(BUYERS)),
    party(CARRIER, Role.FORWARDER),
    party(INSPECTOR, Role.INSPECTOR),
    party(OURS, Role.INTERNAL, job="sales, engineering, accounts"),
)
BY_NAME = {one.name: one for one in PARTIES}


def sold(number: int, buyer: str, due: date) -> Order:
    """Return a customer's order; its own words are canaries for every supplier."""
    return Order(
        f"SO-SING{number}",
        OrderKind.SALES,
        buyer,
        customer_ref=f"BUYERREF{number}",
        supplier_ref=f"SELLERREF{number}",
        style="HD5420",
        product="hoodie",
        description="fleece",
        quantity=PIECES,
        unit="pcs",
        unit_price=Decimal(PRICES[buyer]),
        currency="USD",
        order_date=due - timedelta(days=60),
        due_date=due,
        ship_mode="sea",
        port="Ningbo",
        destination_port="Hamburg",
        destination_country="DE",
        incoterm="FOB",
        payment_terms=f"{TERMS}, BUYERTERMS{number}",
        required_documents=(f"BUYERFILE{number}",),
    )


def bought(number: int, seller: str, serves: Order) -> Order:
    """Return the purchase order that serves a customer's order, with its own canaries and the customer's reference."""
    return replace(
        serves,
        number=f"PO-SING{number}",
        kind=OrderKind.PURCHASE,
        party=seller,
        supplier_ref=f"SELLERREF{number}",
        unit_price=Decimal(PRICES[seller]),
        payment_terms=f"{TERMS}, SELLERTERMS{number}",
        required_documents=(f"SELLERFILE{number}",),
        shipping_mark="LANMEI",
        linked_order=serves.number,
        forwarder=CARRIER,
        inspector=INSPECTOR,
    )


def happened(order: Order, today: date, *, shipped: bool, changed: bool) -> Iterator[Event]:
    """Yield what happened to an order before the quarter: papers, numbers and files of the other side among it."""
    yield OrderImported(order, "book")
    number = order.number.removeprefix("PO-SING").removeprefix("SO-SING")
    if changed:
        change = Changed("quantity", "1100", f"{PIECES}")
        yield OrderChanged(order, (change,), "book")
    if order.kind is OrderKind.SALES:
        yield DatePromised(order.number, Milestone.ARRIVE, today + timedelta(days=20))
        yield MilestoneReached(order.number, Milestone.SAMPLE, today - timedelta(days=9))
        return
    refs = ("MSCU1234567", order.number, f"SELLERREF{number}/2", f"SELLERFILE{number}.pdf", order.party)
    if shipped:
        ship = MilestoneReached(order.number, Milestone.SHIP, today - timedelta(days=2), "600", Decimal(600), refs=refs)
        yield ship
    yield DatePromised(order.number, Milestone.SAMPLE, today + timedelta(days=4), refs=refs)
    yield MilestoneReached(order.number, "documents.invoice", today, refs=refs)


def hidden(reader: Party, orders: list[Order]) -> tuple[str, ...]:
    """Return the words that must not reach a party: what is any other party's."""
    words: list[str] = []
    partner = reader.role in (Role.FORWARDER, Role.INSPECTOR)
    for name in (*SELLERS, *BUYERS):
        if name != reader.name and not (partner and name in SELLERS):
            words += [name, *((PRICES[name], amount(name)) if not partner else ())]
    if partner:
        words += [text for name in PRICES for text in (PRICES[name], amount(name))]
    for order in orders:
        words += _of_order(order, reader, partner=partner)
    return tuple(words)


def _of_order(order: Order, reader: Party, *, partner: bool) -> list[str]:
    """Return the words of one order that a party may not read."""
    number = order.number[7:]
    sales = order.kind is OrderKind.SALES
    terms = ["BUYERTERMS" if sales else "SELLERTERMS"]
    if partner:
        return [f"{terms[0]}{number}", *([f"BUYERREF{number}", f"BUYERFILE{number}"] if sales else ())]
    if order.party == reader.name:
        return []
    files = ("BUYERREF", "BUYERFILE") if sales else ("SELLERREF", "SELLERFILE")
    return [order.number, *(f"{word}{number}" for word in (*terms, *files))]


def amount(name: str) -> str:
    """Return what an order is worth to a party, as letters write it."""
    return f"{Decimal(PRICES[name]) * PIECES:,.2f}"


def strangers(letter: PlannedLetter) -> list[str]:
    """Return the addresses of a letter to a party that are neither its own nor ours."""
    own = {contact.email for name in (letter.party, OURS) for contact in BY_NAME[name].contacts}
    return [
        person.email
        for person in (*letter.to, *letter.cc)
        if person.email not in own and not person.email.endswith("@lanmei.example")
    ]
