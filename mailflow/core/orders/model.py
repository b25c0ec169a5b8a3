"""Orders and parties as the order book gives them."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class OrderKind(StrEnum):
    """Which way the goods go: we buy (`purchase`) or we sell (`sales`)."""

    PURCHASE = "purchase"
    SALES = "sales"


class Role(StrEnum):
    """What a party is to us."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    FORWARDER = "forwarder"
    INSPECTOR = "inspector"
    INTERNAL = "internal"  # our own departments: their contacts' roles say who is engineering, accounts, quality …


class Milestone(StrEnum):
    """The milestones (节点) that mails are read for, in the order in which they usually happen.

    The playbook may name others; everywhere a milestone is a plain word, and these nine are words, too.
    """

    ACKNOWLEDGED = "acknowledged"
    MATERIAL = "material"
    SAMPLE = "sample"
    PRODUCTION = "production"
    INSPECTION = "inspection"
    SHIP = "ship"
    ARRIVE = "arrive"
    RECEIVE = "receive"
    PAYMENT = "payment"


def place(stage: str) -> tuple[str, str]:
    """Return the milestone and the part that a stage names: `payment.deposit` is the deposit of the payment."""
    name, _, part = stage.partition(".")
    return name, part


DOCUMENTS = "documents"
"""The milestone whose parts are the documents that an order asks for."""


def document_stage(name: str) -> str:
    """Return the stage of a document of an order: that of the `Packing List` is `documents.packing_list`."""
    return f"{DOCUMENTS}." + re.sub(r"[\W_]+", "_", name.strip().casefold()).strip("_")


class DateBasis(StrEnum):
    """What a delivery date (交期) means; dates of different bases are never compared directly."""

    EXW = "exw"
    ETD = "etd"
    ETA = "eta"
    DELIVERED = "delivered"


class Handling(StrEnum):
    """How far we go with a party: `gentle` never gets beyond the first rung, `never` gets no mail."""

    NORMAL = "normal"
    GENTLE = "gentle"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a party; `role` is free text such as `sales`, `manager`, `qc`, `documents`."""

    name: str
    email: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A supplier, customer or forwarder; `language` is a BCP 47 tag, `country` ISO 3166-1 alpha-2."""

    name: str
    role: Role
    short: str = ""
    language: str = "en"
    country: str = ""
    timezone: str = "UTC"
    domains: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    trusted: bool = False
    handling: Handling = Handling.NORMAL
    modes: tuple[tuple[str, str], ...] = ()  # letter or step name → auto|veto|draft|off, for this party alone
    date_order: str = ""  # how they write 5/12, where it is known: day_first | month_first


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order (we → supplier) or a sales order (customer → us), as the order book has it."""

    number: str
    kind: OrderKind
    party: str
    customer_ref: str = ""
    supplier_ref: str = ""
    style: str = ""
    description: str = ""
    product: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    currency: str = ""
    order_date: date | None = None
    due_date: date | None = None
    date_basis: DateBasis = DateBasis.EXW
    ship_mode: str = ""
    port: str = ""
    destination_port: str = ""
    destination_country: str = ""
    incoterm: str = ""
    shipping_mark: str = ""
    payment_terms: str = ""
    order_type: str = "standard"
    required_documents: tuple[str, ...] = ()
    linked_order: str = ""  # a purchase order names the sales order that it serves
    forwarder: str = ""  # the names of the parties who ship and who inspect it, where not the only ones of their sort
    inspector: str = ""
    merchandiser: str = ""
    status: str = "open"  # open | closed | cancelled


def linked(order: Order) -> tuple[str, ...]:
    """Return the sales orders that a purchase order serves; the book may name several in one cell."""
    return tuple(name for part in re.split(r"[,;，；、]", order.linked_order) if (name := part.strip()))


@dataclass(frozen=True, slots=True)
class House:
    """Who we are: `mailbox` and `merchandisers` are addresses, `timezone` is an IANA name.

    `languages` are those of our own people who want another than the house's, by address.
    """

    company: str
    mailbox: str
    timezone: str = "UTC"
    merchandisers: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()

    def speaks(self, email: str) -> str:
        """Return the language that one of ours wants; nothing where it is the house's."""
        return dict(self.languages).get(email, "")
