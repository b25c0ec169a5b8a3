"""Goods: which of a party's open orders a word for what is ordered names ("the mugs go on Friday")."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailflow.core.orders.model import Order
from mailflow.core.reading.folding import Folder

SHORTEST = 3  # letters of a word that may name goods
_LATIN = re.compile(r"[a-z]+(?:'s)?")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,}")
_WORD = re.compile(r"(?<![a-z0-9])[a-z]{2,}(?![a-z0-9])")
_BETWEEN = re.compile(r"[ -]")
_MOST_KNOWN = 20_000  # texts of orders
_LAST_CHARACTERS = 4  # of a run of characters that name a thing (遥控卡车: 卡车)


@dataclass(frozen=True)
class GoodsWords:
    """What one thing is called in several languages, by any of these words, and the words that name no order alone."""

    alike: Mapping[str, frozenset[str]] = field(default_factory=dict)
    vague: frozenset[str] = frozenset()
    known: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """What orders' texts were found to be called, so that the next mail of their party need not ask again."""


@dataclass(frozen=True, slots=True)
class GoodsHit:
    """A place that names goods, with the numbers of the orders whose goods they are."""

    start: int
    end: int
    orders: tuple[str, ...]


def singular(word: str) -> str:
    """Return a word of letters without the ending of its plural."""
    if len(word) <= SHORTEST or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes", "zes")) else word[:-1]


class PartyGoods:
    """The words by which a party's open orders can be told from each other."""

    def __init__(self, orders: Iterable[Order], words: GoodsWords, folder: Folder) -> None:
        self._vague = words.vague
        self._of: dict[str, set[str]] = defaultdict(set)
        for order in orders:
            for word in _remembered(order, words, folder):
                self._of[word].add(order.number)
        han = sorted((word for word in self._of if not word.isascii()), key=len, reverse=True)
        self._han = re.compile("|".join(map(re.escape, han)) or r"(?!)")

    def find(self, text: str) -> Iterator[GoodsHit]:
        """Yield the places of a folded text that name goods of one of the orders, or of several."""
        for words in self._runs(text):
            orders = set.intersection(*(self._of[singular(word.group())] for word in words))
            if orders and self._tells([singular(word.group()) for word in words]):
                yield GoodsHit(words[0].start(), words[-1].end(), tuple(sorted(orders)))
        for hit in self._han.finditer(text):
            if hit.group() not in self._vague:
                yield GoodsHit(*hit.span(), tuple(sorted(self._of[hit.group()])))

    def _runs(self, text: str) -> Iterator[list[re.Match[str]]]:
        """Yield the words of goods that stand side by side."""
        run: list[re.Match[str]] = []
        for word in _WORD.finditer(text):
            if singular(word.group()) not in self._of:
                continue
            if run and not _BETWEEN.fullmatch(text, run[-1].end(), word.start()):
                yield run
                run = []
            run.append(word)
        if run:
            yield run

    def _tells(self, words: Sequence[str]) -> bool:
        """Say whether words name a thing: one of them by itself, or two that only together are what it is called."""
        pairs = (" ".join(pair) for pair in pairwise(words))
        return any(word not in self._vague for word in words) or any(pair in self._of for pair in pairs)


def _remembered(order: Order, words: GoodsWords, folder: Folder) -> tuple[str, ...]:
    key = order.description, order.product, order.style
    found = words.known.get(key)
    if found is None:
        if len(words.known) >= _MOST_KNOWN:
            words.known.clear()
        found = words.known[key] = tuple(dict.fromkeys(_called(order, words, folder)))
    return found


def _called(order: Order, words: GoodsWords, folder: Folder) -> Iterator[str]:
    """Yield every word that an order's goods may be called by."""
    for text in (order.description, order.product):
        plain = folder.plain(text)
        spoken = [singular(hit.group().removesuffix("'s")) for hit in _LATIN.finditer(plain)]
        for word in (*spoken, *(" ".join(pair) for pair in pairwise(spoken))):
            if len(word) >= SHORTEST:
                yield word
                yield from words.alike.get(word, ())
        for run in _HAN.findall(plain):
            for length in range(2, min(len(run), _LAST_CHARACTERS) + 1):
                yield run[-length:]
                yield from words.alike.get(run[-length:], ())
    style = folder.plain(order.style)
    if style.isascii() and not any(char.isdigit() for char in style):
        yield from (word for word in _LATIN.findall(style) if len(word) >= SHORTEST)
