"""Matching: identifiers, their neighbours, who has a say, look-alikes."""

import pytest

from mailflow.core.matching.identifiers import confusable, deletions, normalise, one_slip
from mailflow.core.matching.senders import SenderBook, looks_like
from mailflow.core.orders.model import Contact, House, Party, Role
from mailflow.core.reading.folding import Folder

FOLDER = Folder()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("PO 26 - 0487", "po260487"),
        ("ＰＯ２６－０４８７", "po260487"),
        ("po.26/0487", "po260487"),
        ("P\u200bO26-0487", "po260487"),
        ("РО26-0487", "po260487"),
        ("沪外贸2026-118", "2026118"),
    ],
)
def test_one_key_for_every_way_of_writing(typed: str, kept: str) -> None:
    assert normalise(FOLDER.plain(typed)) == kept


def test_letters_that_look_like_digits_are_folded() -> None:
    assert confusable("p026o4997") == confusable("po2604997")
    assert confusable("s0b1") == confusable("5o8i")


@pytest.mark.parametrize(
    ("a", "b", "slip"),
    [
        ("1234", "1243", True),
        ("1234", "124", True),
        ("1234", "12345", True),
        ("1234", "1284", True),
        ("1234", "1234", False),
        ("1234", "2143", False),
    ],
)
def test_one_slip(a: str, b: str, slip: bool) -> None:
    assert one_slip(a, b) is slip


def test_deletions_are_distinct() -> None:
    assert list(deletions("1123")) == ["123", "113", "112"]


@pytest.mark.parametrize(
    ("domain", "known", "fooled"),
    [
        ("nordvvald.example", "nordwald.example", True),
        ("nordwa1d.example", "nordwald.example", True),
        ("seabridge.example.docs.example", "seabridge.example", True),
        ("nordwald-finance.example", "nordwald.example", True),
        ("nordwald.example", "nordwald.example", False),
        ("mail.nordwald.example", "nordwald.example", False),
        ("ribalta.example", "nordwald.example", False),
    ],
)
def test_look_alike_domains(domain: str, known: str, fooled: bool) -> None:
    assert looks_like(domain, known) is fooled


def test_who_has_a_say() -> None:
    works = Party("Works", Role.SUPPLIER, domains=("works.example",), contacts=(Contact("A", "a@free.example"),))
    book = SenderBook([works], House("We", "orders@we.example", merchandisers=("jo@we.example",)))

    assert book.who("anybody@works.example").party is works
    assert book.who("A@Free.example").party is works
    assert book.who("b@free.example").party is None
    assert book.who("jo@we.example").internal
    assert book.who("x@w0rks.example").resembles == "works.example"
    assert book.who("").party is None
