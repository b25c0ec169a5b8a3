"""Mails, orders and letters that the database keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mailflow.core.letters.model import Duty, Envelope, LetterFacts, Mode, OrderLine, PlannedLetter
from mailflow.core.mails import MailKey, NewMail
from mailflow.core.message.model import Address
from mailflow.core.orders.events import DatePromised, NewEvent, OrderImported, Proof
from mailflow.core.orders.model import Milestone, Order, OrderKind

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def mail(uid: int = 1, raw: bytes = b"Subject: PO1\r\n\r\nwe ship on 5 Dec\r\n", **key: Any) -> NewMail:
    """Return a fetched mail."""
    place = replace(MailKey("follow-up", "INBOX", 7, uid), **key)
    return NewMail(place, NOW, len(raw), raw)


def imported(number: str = "PO1", linked: str = "") -> NewEvent:
    """Return the event of an order's import."""
    return NewEvent(OrderImported(Order(number, OrderKind.PURCHASE, "Huada", linked_order=linked), "book.csv"))


def promised(order: str = "PO1", day: int = 5, mail: int = 1) -> NewEvent:
    """Return the event of a promise in December."""
    proof = Proof(mail, f"we ship on {day} Dec", 0.97, "exact", "li@huada.example")
    return NewEvent(DatePromised(order, Milestone.SHIP, date(2026, 12, day), proof=proof))


def duty(order: str = "PO1", step: str = "ask_ship_date", occasion: str = "2026-12-05") -> Duty:
    """Return a duty towards one supplier's contact."""
    return Duty(step, order, "li@huada.example", occasion)


def planned(*duties: Duty, **other: Any) -> PlannedLetter:
    """Return a letter for these duties (or one usual one) that may go at once."""
    duties = duties or (duty(),)
    orders = tuple(d.order for d in duties)
    usual = PlannedLetter(
        template="ask_ship_date",
        step="ask_ship_date",
        party="Huada",
        to=(Address("Li@huada.example", "李"),),
        language="zh",
        mode=Mode.AUTO,
        duties=duties,
        orders=orders,
        facts=LetterFacts(tuple(OrderLine(order) for order in orders)),
        account="follow-up",
        not_before=NOW,
    )
    return replace(usual, **other)


def envelope(number: int = 1, body: str = "when do you ship?") -> Envelope:
    """Return the bytes of a letter."""
    raw = f"Message-ID: <{number}@ours.example>\r\n\r\n{body}\r\n".encode()
    return Envelope(f"<{number}@ours.example>", "follow-up@ours.example", ("Li@huada.example",), raw)
