"""Golden pairs: NAME.eml and what a careful clerk takes from it, NAME.json, against one shared book."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.eml"))
FIELDS = ("order", "kind", "milestone", "date", "quantity", "refs", "topic", "verdict")
ENTERED = ("acknowledged", "forecast", "done")

Read = Callable[[str, bytes], dict[str, Any]]


def _plain(update: dict[str, Any]) -> dict[str, Any]:
    return {key: update[key] for key in FIELDS if key in update}


def _sorted(updates: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(_plain(update), sort_keys=True, ensure_ascii=False) for update in updates)


def test_every_mail_has_its_expectation_and_the_reverse() -> None:
    assert len(NAMES) >= 80
    assert sorted(path.stem for path in HERE.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, read_mail: Read) -> None:
    expected = json.loads((HERE / f"{name}.json").read_text("utf-8"))

    found = read_mail(name, (HERE / f"{name}.eml").read_bytes())

    assert _sorted(found["updates"]) == _sorted(expected["updates"])
    assert found["disposition"] == expected["disposition"]
    if expected["disposition"] == "update":
        assert all(u["applied"] for u in found["updates"] if u["kind"] in ENTERED)
    text = "".join((found["text"] + "\0" + found["subject"]).split())
    for update in found["updates"]:
        assert 0 < len(update["evidence"]) <= 300
        assert "".join(update["evidence"].split()) in text or found["attachments"]  # a file's words stand in the file


@pytest.mark.parametrize("name", NAMES[::9])
def test_reading_twice_gives_the_same(name: str, read_mail: Read) -> None:
    raw = (HERE / f"{name}.eml").read_bytes()

    assert json.dumps(read_mail(name, raw)) == json.dumps(read_mail(name, raw))
