"""Mails that clerks of many trades write, with dates that belong to something else: what is entered of them is right.

A block of traps.txt is the sender (and the subject behind a bar), the mail, and behind `=>` what may be entered of it,
with days as month and day or year, month and day; {A}, {B} and {C} stand for three orders of the sender's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import Phrases, phrases_from
from mailflow.core.orders.model import Contact, Milestone, Order, OrderKind, Party, Role
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.model import Disposition, Reading, Update, UpdateKind
from mailflow.core.reading.reader import read_message
from mailflow.core.yaml_source import read_yaml
from mailflow.edges.files.attachments import open_attachment
from mailflow.edges.files.defaults import default_rules
from tests.core.reading.worlds import words

TODAY = datetime(2026, 11, 18, 9, tzinfo=UTC)
ENTERED = (UpdateKind.ACKNOWLEDGED, UpdateKind.FORECAST, UpdateKind.DONE)
QUANTITIES = (1200, 800, 600)
# sender: role, country, and the goods of three orders
SENDERS = {
    "zh": (Role.SUPPLIER, "CN", ("角磨机", "电锯", "水泵")),
    "en": (Role.SUPPLIER, "VN", ("teak bench", "garden table", "parasol")),
    "in": (Role.SUPPLIER, "IN", ("kitchen towel", "bath mat", "apron")),
    "de": (Role.SUPPLIER, "DE", ("Scharnier", "Griff", "Riegel")),
    "fr": (Role.SUPPLIER, "FR", ("lampe", "miroir", "vase")),
    "es": (Role.SUPPLIER, "ES", ("azulejo", "mosaico", "zócalo")),
    "tr": (Role.SUPPLIER, "TR", ("havlu", "bornoz", "perde")),
    "vi": (Role.SUPPLIER, "VN", ("tôm đông lạnh", "cá tra", "mực")),
    "pt": (Role.SUPPLIER, "PT", ("cadeira", "mesa", "banco")),
    "it": (Role.SUPPLIER, "IT", ("rubinetto", "doccia", "valvola")),
    "pl": (Role.SUPPLIER, "PL", ("krzesło", "stół", "szafka")),
    "ja": (Role.SUPPLIER, "JP", ("ヒンジ", "ハンドル", "ねじ")),
    "cu": (Role.CUSTOMER, "DK", ("floor lamp", "wool rug", "side table")),
    "us": (Role.CUSTOMER, "US", ("socket set", "tool box", "pliers")),
    "fw": (Role.FORWARDER, "HK", ()),
    "fz": (Role.FORWARDER, "CN", ()),
}
BLOCKS = [b for b in (Path(__file__).parent / "traps.txt").read_text("utf-8").split("---\n") if b[0] != "#"]


def _party(sender: str) -> Party:
    role, country, _ = SENDERS[sender]
    return Party(f"house {sender}", role, country=country, contacts=(Contact("Writer", f"{sender}@writes.example"),))


def _orders(sender: str) -> Iterator[Order]:
    role, _, goods = SENDERS[sender]
    turn = list(SENDERS).index(sender)
    for index, name in enumerate(goods):
        yield Order(
            f"V26{turn:02d}{index * 37 + 114}" if role is Role.CUSTOMER else f"7{turn:02d}{index * 41 + 203}",
            OrderKind.SALES if role is Role.CUSTOMER else OrderKind.PURCHASE,
            _party(sender).name,
            style=f"Q{turn}{index}X",
            quantity=Decimal(QUANTITIES[index]),
            unit="pcs",
            order_date=date(2026, 9, 20),
            due_date=date(2026, 12, 18) + timedelta(days=index * 5),
            description=name,
        )


@cache
def _setting() -> tuple[Phrases, Book, dict[str, list[Order]]]:
    source, _ = read_yaml((default_rules() / "reading" / "quoting.yaml").read_text("utf-8"), "quoting.yaml")
    assert source is not None
    orders = {sender: list(_orders(sender)) for sender in SENDERS}
    orders["fw"] = orders["fz"] = [orders["en"][0], orders["zh"][1], orders["in"][2]]
    every = {order.number: order for own in orders.values() for order in own}
    return phrases_from(source.data), build_book(every.values(), [_party(sender) for sender in SENDERS], None), orders


def read(sender: str, text: str, subject: str = "Re: status") -> Reading:
    """Read a mail of a sender's, the orders' numbers filled in."""
    phrases, book, orders = _setting()
    for letter, order in zip("ABC", orders[sender], strict=True):
        text, subject = (said.replace(f"{{{letter}}}", order.number) for said in (text, subject))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{sender}@writes.example", "orders@house.example", subject
    mail["Date"], mail["Message-ID"] = TODAY, "<1@writes.example>"
    mail.set_content(text, subtype="html" if text.startswith("<") else "plain")
    return read_message(parse_message(mail.as_bytes(), open_attachment, phrases), book, words())


def _told(update: Update, sender: str) -> str:
    orders = {order.number: letter for letter, order in zip("ABC", _setting()[2][sender], strict=True)}
    year = update.date is not None and update.date.year != TODAY.year
    day = f"{update.date:{'%y%m%d' if year else '%m%d'}}" if update.date else "-"
    what = update.milestone.value if isinstance(update.milestone, Milestone) else "-"
    amount = f" q={update.quantity}" if update.quantity is not None else ""
    return f"{orders.get(update.order, update.order)} {update.kind.value} {what} {day}{amount}"


def test_there_are_many_traps() -> None:
    assert len(BLOCKS) >= 400


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_entered_is_right_and_the_rest_is_asked(block: str) -> None:
    head, _, rest = block.partition("\n")
    text, _, may = rest.rpartition("=>")
    sender, _, subject = head.partition("|")
    reading = read(sender.strip(), text.rstrip("\n"), subject.strip() or "Re: status")

    right = [" ".join(told.split()) for told in may.split(";") if told.strip()]
    entered = [_told(update, sender.strip()) for update in reading.updates if update.applied]
    assert [told for told in entered if told not in right] == []
    due = [told for told in right if told.split()[1] in ENTERED]
    assert reading.disposition is Disposition.ATTENTION or [told for told in due if told not in entered] == []
