"""A tongue for tests: the shipped words, three orders, two colleagues, a Tuesday in November."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from mailflow.core.message.model import Line
from mailflow.core.reading.words import Words, load_words
from mailflow.core.steering.parse import parse
from mailflow.core.steering.said import Said
from mailflow.core.steering.tokens import Tongue
from mailflow.core.steering.words import SteeringRules, fold, load_steering

RULES = Path(__file__).parents[3] / "rules"
TODAY = date(2026, 11, 24)
ORDERS = ("PO26-04871", "PO26-04872", "SO26-1100")
PEOPLE = {"amy": "amy@lanmei.example", "bob": "bob@lanmei.example", "bob@lanmei.example": "bob@lanmei.example"}
PARTIES = {"hengtai garment": "Hengtai Garment", "恒泰": "Hengtai Garment"}


@cache
def shipped_steering() -> SteeringRules:
    """Return the rules of steering that come with mailflow."""
    rules, problems = load_steering((RULES / "steering.yaml").read_text("utf-8"), "rules/steering.yaml")
    assert rules is not None, problems
    return rules


@cache
def shipped_words() -> Words:
    """Return the words of reading that come with mailflow."""
    return load_words({path.name: path.read_text("utf-8") for path in (RULES / "reading").glob("*.yaml")})


def orders(text: str) -> Sequence[str]:
    """Return the orders that a text may name: exactly, or by its last digits."""
    key = "".join(sign for sign in fold(text) if sign.isalnum())
    return [order for order in ORDERS if order.lower().replace("-", "").endswith(key) and len(key) >= 4]


def parties(text: str) -> Sequence[str]:
    """Return the party of this name."""
    return [PARTIES[fold(text)]] if fold(text) in PARTIES else []


def tongue(day_first: bool | None = None) -> Tongue:
    """Return the tongue of a merchandiser called Amy."""
    words = shipped_words()
    made = Tongue(shipped_steering(), words.folder, words.dates, orders, TODAY, day_first)
    return replace(made, parties=parties, people=PEOPLE, writer=("amy", "amy lin"))


def said(text: str, *, above: str = "", day_first: bool | None = None) -> Said:
    """Read some lines."""
    return parse([Line(line, above) for line in text.split("\n")], tongue(day_first))
