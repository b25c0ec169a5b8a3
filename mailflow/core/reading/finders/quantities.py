"""Finds quantities: a number with a unit, in the ways that the world writes thousands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mailflow.core.reading.lexicon import trie_pattern


@dataclass(frozen=True, slots=True)
class QuantityHit:
    """A quantity and where it stands; `unit` is empty where none is written."""

    start: int
    end: int
    value: Decimal
    unit: str


@dataclass(frozen=True)
class QuantityGrammar:
    """The pattern of quantities with their units."""

    pattern: re.Pattern[str]
    units: Mapping[str, str]


_NUMBER = r"\d{1,3}(?:[,.'’ ]\d{3})+(?!\d)|\d+(?:\.\d{1,3})?"
_NO_QUANTITY = re.compile(r"(?:[$€£¥]|usd|eur|rmb|cny|gbp|aql|level|no\.?|#|gsm|hall|ver)[ :]*$")


def build_quantities(units: Mapping[str, str]) -> QuantityGrammar:
    """Compile the units (a word → its name)."""
    latin = trie_pattern([u for u in units if u[0].isascii()])
    others = trie_pattern([u for u in units if not u[0].isascii()])
    return QuantityGrammar(
        re.compile(
            rf"(?<![a-z0-9./-])(?P<n>{_NUMBER})(?:(?P<wan>万)|(?P<k>k)(?![a-z]))?"
            rf"(?:[ -]?(?:(?P<u>{latin})(?![a-z0-9])|(?P<c>{others})(?!月|工作日|小时|货代|星期|礼拜))"
            rf"|(?![a-z0-9/%-]|[.:]\d|,\d{{3}}(?!\d)))"
        ),
        units,
    )


def number(text: str) -> Decimal:
    """Return a number written with blanks, commas, points or apostrophes between thousands."""
    grouped = re.fullmatch(r"\d{1,3}(?:[,.'’ ]\d{3})+", text)
    return Decimal(re.sub(r"\D", "", text)) if grouped else Decimal(text)


def find_quantities(text: str, grammar: QuantityGrammar, taken: Sequence[tuple[int, int]] = ()) -> list[QuantityHit]:
    """Return the numbers of a folded text that may be quantities, outside the places already `taken`."""
    found = []
    for hit in grammar.pattern.finditer(text):
        start, end = hit.span()
        if any(start < b and a < end for a, b in taken) or _NO_QUANTITY.search(text, max(0, start - 8), start):
            continue
        value = number(hit["n"])
        if hit["wan"]:
            value *= 10000
        if hit["k"]:
            value *= 1000
        word = hit["u"] or hit["c"]
        if value > 0:
            found.append(QuantityHit(start, end, value, grammar.units[word] if word else ""))
    return found
