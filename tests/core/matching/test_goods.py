"""Goods: a word names an order where only one open order of the party is called by it."""

from decimal import Decimal

import pytest

from mailflow.core.matching.goods import GoodsWords, PartyGoods, singular
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.reading.folding import Folder

WORDS = GoodsWords(
    {"chair": frozenset(("椅子", "silla")), "桌子": frozenset(("table",))}, frozenset(("white", "gift", "box", "oak"))
)


def _orders(*descriptions: str) -> list[Order]:
    return [
        Order(f"K{i}", OrderKind.PURCHASE, "Works", description=text, quantity=Decimal(1))
        for i, text in enumerate(descriptions, 1)
    ]


GOODS = PartyGoods(
    _orders("oak chair", "white polo shirt", "navy polo shirt", "gift box", "遥控卡车", "餐桌 white"), WORDS, Folder()
)


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("the chairs go on friday", [("K1",)]),
        ("las sillas salen hoy", [("K1",)]),
        ("椅子今天发", [("K1",)]),
        ("polos are ready", [("K2", "K3")]),
        ("white polos are ready", [("K2",)]),
        ("navy polo and the gift boxes", [("K3",), ("K4",)]),
        ("the white ones, in a box", []),
        ("the oak is late", []),
        ("a gift for you", []),
        ("卡车和控卡车", [("K5",), ("K5",)]),
        ("车来了", []),
        ("no goods at all", []),
    ],
)
def test_words_of_goods_tell_orders(text: str, orders: list[tuple[str, ...]]) -> None:
    assert [hit.orders for hit in GOODS.find(text)] == orders


def test_places_are_those_of_the_words() -> None:
    (hit,) = GOODS.find("our white polos go")

    assert (hit.start, hit.end) == (4, 15)


@pytest.mark.parametrize(
    ("word", "alone"),
    [("chairs", "chair"), ("boxes", "box"), ("dishes", "dish"), ("glass", "glass"), ("bus", "bus"), ("ties", "ty")],
)
def test_plurals(word: str, alone: str) -> None:
    assert singular(word) == alone
