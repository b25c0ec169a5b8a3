"""Which order is meant: the settled cases in many companies' number formats; a number alone never settles it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailflow.core.matching.index import Alias, IdentifierIndex
from mailflow.core.matching.senders import SenderBook
from mailflow.core.message.parse import parse_message
from mailflow.core.orders.model import Order, OrderKind, Party, Role
from mailflow.core.reading.book import Book
from mailflow.core.reading.model import Disposition, Reading
from mailflow.core.reading.reader import read_message
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import phrases, words

FORMATS: dict[str, Callable[[str], str]] = {
    "letters": lambda n: f"QT-{n}",
    "slashes": lambda n: f"MB/26/{n}",
    "a date inside": lambda n: f"20261103-{n}",
    "five digits": lambda n: f"5{n}",
    "eight digits": lambda n: f"4071{n}",
    "ten digits": lambda n: f"450071{n}",
    "twelve digits": lambda n: f"88004571{n}",
    "letters between": lambda n: f"R26K{n}",
    "points": lambda n: f"74.{n}.02",
    "letters behind": lambda n: f"{n}-26V",
}
MINE, OTHER, TWIN, TWIN_TOO, CLOSE = "0837", "2461", "5512", "5518", "7304"  # the works' own
MILLS, MILLS_CLOSE = "9093", "7384"  # the mill's; the second is one slip from an order of the works'
SLIPPED, BETWEEN_TWINS, NOBODYS = "0847", "5515", "3690"
STYLES = {MINE: "AB-7001", OTHER: "CD-7102", TWIN: "EF-7203", TWIN_TOO: "EF-7203", CLOSE: "GH-7304", MILLS: "IJ-7405"}
QUANTITIES = {MINE: 1200, OTHER: 1450, TWIN: 300, TWIN_TOO: 410, CLOSE: 5200, MILLS: 640, MILLS_CLOSE: 880}


@dataclass(frozen=True)
class World:
    """A company: how it writes its numbers, and its book."""

    number: Callable[[str], str]
    book: Book


@cache
def world(name: str) -> World:
    """Return a company by its format."""
    number = FORMATS[name]
    orders = [
        Order(
            number(n),
            OrderKind.PURCHASE,
            "Mill" if n in (MILLS, MILLS_CLOSE) else "Works",
            customer_ref=f"KD-{n}-X" if n == OTHER else "",
            supplier_ref=f"WF#{n}77" if n == MINE else "",
            style=STYLES.get(n, "KL-7506"),
            quantity=Decimal(QUANTITIES[n]),
            unit="pcs",
            due_date=date(2026, 12, 18),
        )
        for n in QUANTITIES
    ]
    parties = [
        Party("Works", Role.SUPPLIER, domains=("works.example",)),
        Party("Mill", Role.SUPPLIER, domains=("mill.example",)),
    ]
    aliases = [Alias("Los 88-17", number(OTHER)), Alias("Los 88-18", number(MILLS))]
    return World(number, Book(IdentifierIndex(orders, aliases), SenderBook(parties, None)))


def read(company: World, text: str, subject: str = "shipment") -> Reading:
    """Read a mail of the works'."""
    raw = (
        f"Date: Tue, 24 Nov 2026 10:00:00 +0800\nFrom: a@works.example\nTo: b@we.example\nSubject: {subject}\n"
        "Message-ID: <1@works.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{text}\n"
    ).encode()
    return read_message(parse_message(raw, open_attachment, phrases()), company.book, words())


def entered(reading: Reading) -> tuple[str, list[str]]:
    """Return the disposition, and the orders of what is entered."""
    return reading.disposition.value, sorted({update.order for update in reading.updates if update.applied})


@pytest.fixture(params=FORMATS)
def company(request: pytest.FixtureRequest) -> World:
    return world(request.param)


@pytest.mark.parametrize(
    "text", ["{} will be shipped on 12 December 2026.", "{}的货12月12日出货。", "PO {}: ETD 12 Dec 2026"]
)
def test_exact(company: World, text: str) -> None:
    number = company.number(MINE)

    assert entered(read(company, text.format(number))) == ("update", [number])


NOISE = {" ": "", "-": " - ", "/": " / ", ".": ". "}


@pytest.mark.parametrize(
    "noisy",
    [
        str.lower,
        lambda number: number.translate({ord(a): b for a, b in NOISE.items()}),
        lambda number: number.replace("-", "").replace("/", "").replace(".", ""),
        lambda number: "".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in number),
        lambda number: number[:3] + "\u200b" + number[3:],
    ],
    ids=["small", "blanks", "joined", "full width", "zero width"],
)
def test_formatting_changes_nothing(company: World, noisy: Callable[[str], str]) -> None:
    number = company.number(MINE)

    assert entered(read(company, f"PO {noisy(number)} will be shipped on 12 December 2026.")) == ("update", [number])


def test_letters_for_digits(company: World) -> None:
    number = company.number(CLOSE)
    typed = number.replace("0", "O") if not number.isdigit() else number[:-4] + "73O4"

    assert entered(read(company, f"{typed} will be shipped on 12 December 2026.")) == ("update", [number])


def test_one_slip_from_one_order(company: World) -> None:
    typed = company.number(SLIPPED)

    assert entered(read(company, f"PO {typed} will be shipped on 12 December 2026.")) == (
        "update",
        [company.number(MINE)],
    )


def test_one_slip_from_two_orders(company: World) -> None:
    typed = company.number(BETWEEN_TWINS)

    assert entered(read(company, f"PO {typed} will be shipped on 12 December 2026.")) == ("attention", [])


def test_one_slip_from_two_orders_and_the_quantity_of_one(company: World) -> None:
    typed = company.number(BETWEEN_TWINS)

    found = entered(read(company, f"PO {typed}, 410 pcs, will be shipped on 12 December 2026."))

    assert found == ("update", [company.number(TWIN_TOO)])


@pytest.mark.parametrize("whose", [MILLS, MILLS_CLOSE])
def test_anothers_number(company: World, whose: str) -> None:
    typed = company.number(whose)

    assert entered(read(company, f"PO {typed} will be shipped on 12 December 2026.")) == ("attention", [])


def test_anothers_number_that_everything_else_says_is_a_slip(company: World) -> None:
    typed = company.number(MILLS_CLOSE)

    found = entered(read(company, f"PO {typed}, style GH-7304, 5200 pcs, will be shipped on 12 December 2026."))

    assert found == ("update", [company.number(CLOSE)])


def test_the_own_number_with_anothers_style(company: World) -> None:
    number = company.number(MINE)

    assert entered(read(company, f"PO {number}, style CD-7102, ships on 12 December 2026.")) == ("attention", [])


def test_the_own_number_with_anothers_quantity(company: World) -> None:
    number = company.number(MINE)

    assert entered(read(company, f"PO {number}, 1450 pcs, ships on 12 December 2026.")) == ("attention", [])


def test_a_number_of_nobodys(company: World) -> None:
    typed = company.number(NOBODYS)

    assert entered(read(company, f"PO {typed} will be shipped on 12 December 2026.")) == ("attention", [])


def test_a_number_of_nobodys_with_the_style_of_one(company: World) -> None:
    typed = company.number(NOBODYS)

    found = entered(read(company, f"PO {typed}, style CD-7102, will be shipped on 12 December 2026."))

    assert found == ("update", [company.number(OTHER)])


@pytest.mark.parametrize(
    "text", ["{} 那单 12月12日出货。", "order {} will be shipped on 12 December 2026.", "尾号{}的单12月12日出货"]
)
def test_the_last_digits(company: World, text: str) -> None:
    assert entered(read(company, text.format(OTHER))) == ("update", [company.number(OTHER)])


def test_the_last_digits_of_anothers(company: World) -> None:
    assert entered(read(company, f"order {MILLS} will be shipped on 12 December 2026."))[1] == []


def test_a_style_of_one_order(company: World) -> None:
    assert entered(read(company, "AB-7001 will be shipped on 12 December 2026.")) == ("update", [company.number(MINE)])


def test_a_style_of_two_orders(company: World) -> None:
    assert entered(read(company, "EF-7203 will be shipped on 12 December 2026.")) == ("attention", [])


def test_the_suppliers_own_number(company: World) -> None:
    assert entered(read(company, "WF#083777 ships on 12 December 2026.")) == ("update", [company.number(MINE)])


def test_the_customers_number(company: World) -> None:
    assert entered(read(company, "KD-2461-X ships on 12 December 2026.")) == ("update", [company.number(OTHER)])


def test_a_name_that_an_answer_taught(company: World) -> None:
    assert entered(read(company, "Los 88-17 ships on 12 December 2026.")) == ("update", [company.number(OTHER)])


def test_a_name_that_an_answer_taught_of_anothers_order(company: World) -> None:
    assert entered(read(company, "Los 88-18 ships on 12 December 2026.")) == ("attention", [])


def test_two_orders_with_a_day_each(company: World) -> None:
    mine, other = company.number(MINE), company.number(OTHER)

    found = read(company, f"{mine} ships on 12 December 2026.\n{other} ships on 19 December 2026.")

    assert {(update.order, update.date) for update in found.updates} == {
        (mine, date(2026, 12, 12)),
        (other, date(2026, 12, 19)),
    }


def test_numbers_of_other_things_name_no_order(company: World) -> None:
    mine, other = company.number(MINE), company.number(OTHER)
    text = f"{mine} ships on 12 December 2026.\n\nTel. {other}\nVAT no. {other}\nHS code {OTHER}\nUSD {OTHER}.00"

    assert entered(read(company, text)) == ("update", [mine])


_SIGNS = st.sampled_from(["", " ", "-", " - ", "\u200b", "\u2060", "－", "\u00a0"])


@given(name=st.sampled_from(list(FORMATS)), data=st.data())
def test_noise_never_changes_an_exact_match(name: str, data: st.DataObject) -> None:
    company = world(name)
    number = company.number(MINE)
    typed = ""
    for char in number:
        if char.isalnum():
            shown = data.draw(st.sampled_from([char, char.lower(), chr(ord(char) + 0xFEE0)]))
            typed += shown + data.draw(st.sampled_from(["", "", "", "\u200b", "\u2060"]))
        else:
            typed += data.draw(_SIGNS)

    assert entered(read(company, f"PO {typed} will be shipped on 12 December 2026.")) == ("update", [number])


def test_a_reading_says_that_a_person_is_asked_by_its_disposition(company: World) -> None:
    found = read(company, f"PO {company.number(BETWEEN_TWINS)} will be shipped on 12 December 2026.")

    assert found.disposition is Disposition.ATTENTION
    assert {m.order for m in found.orders} >= {company.number(TWIN), company.number(TWIN_TOO)}
