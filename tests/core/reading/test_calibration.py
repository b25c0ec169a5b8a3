"""The confidence of an entered update is a probability: what says 0.95 and more is right in 95 of 100."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mailflow.cli import build_app
from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from tests.core.reading.worlds import WORLDS, World, of_world, words

CORPUS = Path(__file__).parents[2] / "corpus"
SMALLEST = 50  # updates in a bin that says something
BINS = ((0.85, 0.9), (0.9, 0.95), (0.95, 1.01))


def _told(update: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(update.get(key) for key in ("order", "kind", "milestone", "date"))


@pytest.fixture(scope="module")
def entered() -> list[tuple[float, bool]]:
    """Return the confidence of each update entered in both corpora and in other worlds, and whether it is right."""
    found = []
    for name in ("dev", "second"):
        folder = CORPUS / name
        arguments = ["--orders", str(folder / "orders.csv"), "--parties", str(folder / "parties.yaml")]
        result = CliRunner().invoke(build_app(), ["read", *arguments, str(folder / "mail")])
        lines = (folder / "gold.jsonl").read_text("utf-8").splitlines()
        gold = {g["id"]: {_told(u) for u in g["updates"]} for g in map(json.loads, filter(str.strip, lines))}
        for mail in map(json.loads, result.stdout.splitlines()):
            found += [(u["confidence"], _told(u) in gold[mail["id"]]) for u in mail["updates"] if u.get("applied")]
    return found + [pair for world in WORLDS for pair in _entered_in(world)]


def _entered_in(world: World) -> Iterator[tuple[float, bool]]:
    """Yield the confidence of each update entered in another company's numbers, and whether it is right."""
    book, mails, lines = of_world(world)
    gold = {line["id"]: {_told(update) for update in line["updates"]} for line in lines}
    for name, message in mails:
        updates = report(name, message, read_message(message, book, words()))["updates"]
        yield from ((u["confidence"], _told(u) in gold[name]) for u in updates if u["applied"])


@pytest.mark.parametrize(("low", "high"), BINS)
def test_each_bin_is_as_right_as_it_says(entered: list[tuple[float, bool]], low: float, high: float) -> None:
    inside = [right for confidence, right in entered if low <= confidence < high]

    assert len(inside) < SMALLEST or sum(inside) >= low * len(inside)


def test_most_updates_are_in_the_surest_bin(entered: list[tuple[float, bool]]) -> None:
    assert sum(confidence >= BINS[-1][0] for confidence, _ in entered) >= SMALLEST
