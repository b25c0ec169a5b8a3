"""Properties: noise never changes an exact match, a quoted chase never changes the facts, nothing raises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.message.model import Address, Line, Message, MessageKind
from mailflow.core.orders.model import Contact, Order, OrderKind, Party, Role
from mailflow.core.reading.book import Book, build_book
from mailflow.core.reading.model import Disposition, Reading
from mailflow.core.reading.reader import read_message
from tests.core.reading.worlds import words

SUPPLIER = Party("Works Ltd", Role.SUPPLIER, country="IN", contacts=(Contact("A", "a@works.example"),))
OTHER = Party("Mill Ltd", Role.SUPPLIER, country="IN", contacts=(Contact("B", "b@mill.example"),))


def _order(number: str, party: Party, style: str) -> Order:
    return Order(
        number,
        OrderKind.PURCHASE,
        party.name,
        style=style,
        quantity=Decimal(500),
        unit="pcs",
        due_date=date(2027, 4, 1),
    )


def book() -> Book:
    """Return a small book of two suppliers with consecutive numbers."""
    orders = [_order(f"KX/2027/{n}", SUPPLIER if n % 2 else OTHER, f"ST-{n * 7}") for n in range(1180, 1220)]
    return build_book(orders, [SUPPLIER, OTHER], None)


BOOK = book()


def message(lines: Sequence[str], subject: str = "", quoted: str = "", sender: str = "a@works.example") -> Message:
    """Return a mail of the supplier's."""
    return Message(
        "<1@works.example>",
        Address(sender),
        (),
        datetime(2027, 3, 10, 9, tzinfo=UTC),
        subject,
        MessageKind.PERSONAL,
        "\n".join(lines),
        tuple(Line(line) for line in lines),
        quoted,
    )


def read(mail: Message) -> Reading:
    """Read a mail against the small book."""
    return read_message(mail, BOOK, words())


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(
    digit=st.integers(590, 609).map(lambda n: 2 * n + 1),
    joint=st.sampled_from(["/", "-", " ", ".", "", " / ", "_", "\u200b"]),
    upper=st.booleans(),
    wide=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_formatting_noise_never_changes_an_exact_match(digit: int, joint: str, upper: bool, wide: bool) -> None:
    number = joint.join(("KX", "2027", str(digit)))
    number = number if upper else number.lower()
    text = f"{_wide(number) if wide else number} ships 15 April."

    reading = read(message([text]))

    assert [(u.order, u.date, u.applied) for u in reading.updates] == [(f"KX/2027/{digit}", date(2027, 4, 15), True)]
    assert reading.orders[0].how == "exact"


@given(st.integers(590, 609).map(lambda n: 2 * n + 1), st.dates(date(2027, 1, 1), date(2028, 1, 1)))
@settings(max_examples=40, deadline=None)
def test_a_quoted_chase_never_changes_the_facts(other: int, due: date) -> None:
    mail = message(["KX/2027/1187 will ship on 15 April.", "Fabric arrived 3 March."])
    chase = f"Please confirm the shipping date of KX/2027/{other} / 900 pcs / contract date {due}. Shipped? Delayed?"

    assert read(replace(mail, quoted=chase)).updates == read(mail).updates


@given(st.text(max_size=300), st.text(max_size=60), st.sampled_from(["a@works.example", "x@y.example", "", "@"]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str, subject: str, sender: str) -> None:
    reading = read(message(text.split("\n"), subject, sender=sender))

    assert isinstance(reading.disposition, Disposition)


TRADE = (
    "KX/2027/1187",
    "KX/2027/1189",
    "ship",
    "shipped",
    "15 April",
    "12/5",
    "500 pcs",
    "if",
    "not",
    "?",
    "月底",
    "出货",
    "没",
    "延",
    "一周",
    ",",
    ".",
    "\n",
    "delay",
    "please",
)


@given(st.lists(st.sampled_from(TRADE), max_size=25))
@settings(max_examples=200, deadline=None)
def test_any_words_of_the_trade_are_read_alike_twice(pieces: list[str]) -> None:
    mail = message(" ".join(pieces).split("\n"))

    first = read(mail)

    assert first == read(mail)
    assert all(u.evidence for u in first.updates)
    assert {u.order for u in first.updates} <= {"KX/2027/1187", "KX/2027/1189"}


@given(st.integers(590, 609).map(lambda n: 2 * n))
@settings(max_examples=20, deadline=None)
def test_a_number_alone_never_moves_anothers_order(digit: int) -> None:
    reading = read(message([f"KX/2027/{digit} will ship on 15 April."]))

    assert reading.updates == ()
    assert reading.disposition is Disposition.ATTENTION
