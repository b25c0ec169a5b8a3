"""Rules, not habits: the same mails in other companies' numbers are read nearly as well."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from mailflow.core.reading.reader import read_message
from mailflow.core.reading.report import report
from tests.core.reading.worlds import WORLDS, World, of_world, words

SCORE = Path(__file__).resolve().parents[2] / "corpus" / "score.py"


@cache
def _score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", SCORE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_another_company(world: World) -> None:
    book, mails, gold = of_world(world)
    read = {name: report(name, message, read_message(message, book, words())) for name, message in mails}

    figures, misses, _ = _score().score(gold, read)

    told = "\n".join(str(miss) for miss in misses)
    assert figures["straight_through"] >= 0.95, told
    assert figures["wrong_applied"] <= 0.012, told
    assert figures["missed_attention"] <= 0.02, told
    assert figures["order_recall"] >= 0.96, told
