"""What a person's answer teaches: how a party calls an order, who writes for it, how it writes its dates."""

import re
from collections.abc import Callable
from datetime import date

from mailflow.core.matching.identifiers import normalise
from mailflow.core.orders.model import Order
from mailflow.core.orders.state import OrderState
from mailflow.core.steering.words import fold

_IDENTIFIER = re.compile(
    r"(?<![\w./-])(?=[\w/-]*\d[\w/-]*\d)([A-Za-z]{1,6}[-/]?\d[\w/-]*|\d+[-/]?[A-Za-z][\w/-]*)(?![\w/-])", re.ASCII
)
_TWO_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})[/.](\d{1,2})(?![\d/.-])")
_UNIT = re.compile(r"\d+(?:pcs?|sets?|ctns?|kgs?|g|m|cm|mm|cbm|doz|pairs?|days?|st|nd|rd|th|[a-z]{3})\Z", re.IGNORECASE)
SHORTEST = 4


def alias_of(words: str, order: Order, known: Callable[[str], OrderState | None]) -> str:
    """Return the one name in a mail's words that the order may have been called by, or nothing where that is unclear.

    What is a name of the order already, another order of ours, or a quantity is none.
    """
    own = {normalise(fold(name)) for name in (order.number, order.customer_ref, order.supplier_ref, order.style)}
    found: dict[str, str] = {}
    for hit in _IDENTIFIER.finditer(words):
        name = hit[1]
        key = normalise(fold(name))
        if len(key) < SHORTEST or _UNIT.match(name):
            continue
        if key in own or known(name) is not None or known(name.upper()) is not None:
            return ""  # the order was named by a name that we know
        found.setdefault(key, name)
    return next(iter(found.values())) if len(found) == 1 else ""


def other_reading(words: str, day: date) -> date | None:
    """Return the day that a date of two numbers in the words means when they are read the other way round."""
    for hit in _TWO_NUMBERS.finditer(words):
        pair = (int(hit[1]), int(hit[2]))
        if pair in ((day.day, day.month), (day.month, day.day)) and day.day <= 12 and day.day != day.month:
            return date(day.year, day.day, day.month)
    return None


def written_day_first(words: str, day: date) -> bool | None:
    """Return whether a date of two numbers in the words means this day with the day first; None where none does."""
    for hit in _TWO_NUMBERS.finditer(words):
        if (int(hit[1]), int(hit[2])) == (day.day, day.month) and day.day != day.month:
            return True
        if (int(hit[1]), int(hit[2])) == (day.month, day.day) and day.day != day.month:
            return False
    return None
