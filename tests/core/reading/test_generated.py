"""Thousands of short mails whose truth is known by construction: what is entered is right, what is plain is entered."""

import importlib.util
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from tests.core.reading.generated import mails, world
from tests.core.reading.worlds import words

SCORE = Path(__file__).resolve().parents[2] / "corpus" / "score.py"
FLOOR = {"straight_through": 0.955, "order_recall": 0.95, "update_f1": 0.95}
CEILING = {"wrong_applied": 0.002, "dropped_silently": 0.01, "missed_attention": 0.025, "needless_attention": 0.04}
WEAKEST = 25  # families that a failure shows


@cache
def _score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _read() -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return what is read of each mail, and the gold; where either way of showing it is right, what was read is."""
    book, _ = world()
    read = {mail.name: report(mail.name, mail.message, read_message(mail.message, book, words())) for mail in mails()}
    gold = [
        mail.gold if mail.gold["disposition"] != "any" else {**mail.gold, "disposition": read[mail.name]["disposition"]}
        for mail in mails()
    ]
    return read, gold


def _weakest(misses: list[tuple[Any, ...]]) -> str:
    """Return a table of the families with the most misses, and each one's first mail."""
    families = {mail.name: mail.family for mail in mails()}
    sizes = Counter(families.values())
    counts = Counter(families[name] for _, name, _ in misses)
    first = {families[name]: (kind, name, what) for kind, name, what in reversed(misses)}
    rows = sorted(counts, key=lambda family: -counts[family] / sizes[family])[:WEAKEST]
    return "\n".join(f"{counts[f]:4} misses in {sizes[f]:4} mails  {f:40} {first[f]}" for f in rows)


def test_there_are_enough_mails_of_enough_sorts() -> None:
    assert len(mails()) >= 1500
    assert len({mail.family for mail in mails()}) >= 100
    assert len({mail.name for mail in mails()}) == len(mails())


def test_the_figures_over_all_families() -> None:
    read, gold = _read()

    figures, misses, _ = _score().score(gold, read)

    below = {key: figures[key] for key, floor in FLOOR.items() if figures[key] < floor}
    above = {key: figures[key] for key, most in CEILING.items() if figures[key] > most}
    assert (below, above) == ({}, {}), _weakest(misses)


@pytest.mark.parametrize("family", ["conditional", "dates of something else", "lots without a quantity", "doubts"])
def test_what_is_no_promise_is_never_entered(family: str) -> None:
    read, _ = _read()
    chosen = [mail for mail in mails() if mail.family.partition(" ")[2] == family]

    assert chosen
    assert [mail.message.new_text for mail in chosen if any(u["applied"] for u in read[mail.name]["updates"])] == []
