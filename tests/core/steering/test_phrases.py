"""Whatever our own people are told has a phrase, in every language, that takes what it is given."""

import ast
import re
from pathlib import Path

import pytest

from mailflow.core.letters.words import load_words
from mailflow.core.steering.model import SteerLine

ROOT = Path(__file__).parents[3]
CODE = [*(ROOT / "mailflow/core/steering").glob("*.py"), *(ROOT / "mailflow/jobs").glob("steering*.py")]
TELLERS = {"SteerLine": 0, "fail": 0, "_line": 0, "NotUnderstoodError": 0, "Unclear": 1, "_entering": 1}
"""Calls by which something is told, and which of their arguments names the phrase."""
OTHERS = {
    *("not_understood", "needs_subject", "needs_milestone", "needs_day", "needs_person", "ask_doubt", "ask_proof"),
    *("expired", "not_yours", "known_alias", "known_contact", "known_day_first", "known_month_first"),
    *("letter_gone", "item_gone", "settled", "moved_since"),
}
"""Kinds that the code puts together, or hands on."""


def names_in(node: ast.AST) -> set[str]:
    """Return the texts that an argument may be."""
    choices = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return {one.value for one in choices if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def kinds() -> set[str]:
    found = set(OTHERS)
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                place = TELLERS.get(called, len(node.args))
                found |= names_in(node.args[place]) if place < len(node.args) else set()
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("kind", "why"):
                found |= names_in(node.value)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_kind_has_a_phrase_whose_blanks_can_be_filled(language: str) -> None:
    texts = {f"_words/{path.name}": path.read_text("utf-8") for path in (ROOT / "templates/_words").glob("*.yaml")}
    words, problems = load_words(texts, "templates/")
    assert not problems
    phrases = words[language]["steering"]
    assert isinstance(phrases, dict)
    told = kinds()
    assert len(told) > 80
    assert sorted(told - set(phrases)) == []
    for name, phrase in phrases.items():
        assert isinstance(phrase, str)
        assert set(re.findall(r"\{(\w+)\}", phrase)) <= set(SteerLine.__slots__), name
