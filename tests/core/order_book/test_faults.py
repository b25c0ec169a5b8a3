"""Whatever an order book is faulted for has a kind and a phrase in every language, so that clerks read their own."""

import ast
import re
from pathlib import Path

import pytest

from mailflow.core.letters.words import load_words
from mailflow.core.order_book.faults import FAULTS, fault_of, place_of

ROOT = Path(__file__).parents[3]
CODE = [
    path
    for path in (ROOT / "mailflow/core/order_book").glob("*.py")
    if path.stem not in ("mapping", "documents", "faults")  # rules and YAML are the administrator's
]
CODE.append(ROOT / "mailflow/edges/files/spreadsheet.py")
TELLERS = {"Problem": (2, 3), "BadValueError": (0, 1), "SpreadsheetError": (0, 1), "CellError": (), "doubt": (1, 2)}
OF_ADMINISTRATORS = ("--whole", "could not be told apart", "running orders are not in this book")
"""Sentences of `mailflow import` alone."""
PUT_TOGETHER = {"x1: x1", "x1x1", "'x1' can be x1, and was left out"}
"""A place with what is said of it, and two days joined by `or`; both are tried below."""


def sentence(node: ast.AST) -> str:
    """Return a text as it may be, with made-up words where it is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(sentence(one) if isinstance(one, ast.Constant) else "x1" for one in node.values)
    return ""


def sentences() -> set[str]:
    found: set[str] = set()
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLERS:
                found |= {sentence(node.args[n]) for n in TELLERS[node.func.id] if n < len(node.args)}
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("what", "cure", "_SAVE_AGAIN"):
                found |= {sentence(one) for one in _choices(node.value)}
    return {one for one in found if one and not any(words in one for words in OF_ADMINISTRATORS)} - PUT_TOGETHER


def _choices(node: ast.AST) -> tuple[ast.AST, ...]:
    return (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)


def test_each_sentence_has_its_kind() -> None:
    told = sentences()
    assert len(told) > 70
    assert sorted(one for one in told if not fault_of(bare(one))[0]) == []


def bare(told: str) -> str:
    """Return a sentence without the place that it may begin with, as `place_of` does."""
    return re.sub(r"^x1 (?=is no heading|and )", "", told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_kind_has_a_phrase_with_as_many_blanks_or_fewer(language: str) -> None:
    texts = {f"_words/{path.name}": path.read_text("utf-8") for path in (ROOT / "templates/_words").glob("*.yaml")}
    words, problems = load_words(texts, "templates/")
    assert not problems
    phrases = words[language]["faults"]
    assert isinstance(phrases, dict)
    assert set(phrases) == set(FAULTS)
    for kind, phrase in phrases.items():
        assert str(phrase).count("{}") <= len(set(re.findall(r"\{\d\}", FAULTS[kind]))), kind


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("column C (Qty): '12a' is no number", ("C", "Qty", "'12a' is no number")),
        ("column AB (Qty (pcs)): is empty", ("AB", "Qty (pcs)", "is empty")),
        ("column B (Qtty) is no heading that is known", ("B", "Qtty", "is no heading that is known")),
        ("order P1 names no party", ("", "", "order P1 names no party")),
    ],
)
def test_a_place_is_told_from_what_is_said_of_it(told: str, expected: tuple[str, str, str]) -> None:
    assert place_of(told) == expected


@pytest.mark.parametrize(
    ("told", "kind", "values"),
    [
        ("'12/5' can be 2026-05-12 or 2026-12-05, and was left out", "two_days", ("12/5", "2026-05-12", "2026-12-05")),
        ("'3.000' can be 3000 or 3.000", "two_numbers", ("3.000", "3000", "3.000")),
        ("'it's' is no day", "no_day", ("it's",)),
        ("order P1 stands at a.xlsx:3 already", "stands_already", ("P1", "a.xlsx:3")),
        (
            "order P1 stands at a.xlsx:3 already with another due_date",
            "contradicts",
            ("P1", "a.xlsx:3", "due_date"),
        ),
        ("something new", "", ()),
    ],
)
def test_a_sentence_is_known_by_its_words(told: str, kind: str, values: tuple[str, ...]) -> None:
    assert fault_of(told) == (kind, values)
