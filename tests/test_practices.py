"""docs/practices.md names what is there: every practice, its steps, its letters, its tests."""

import ast
import re
from pathlib import Path

import pytest

from mailflow.core.playbook.loader import load_playbook
from tests.practices.acts import Letter
from tests.practices.plays import PLAYS

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "practices.md").read_text("utf-8").splitlines()
    if re.match(r"\| P\d", line)
]
LETTERS = {path.parent.name for path in (ROOT / "templates").glob("*/letter.yaml")}


def named(cell: str) -> list[str]:
    """Return what stands in code, commands apart (those are looked at in all documents)."""
    return [name for name in re.findall(r"`([^`]+)`", cell) if not name.startswith("mailflow ")]


def functions_of(path: str) -> set[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_practice_has_its_row() -> None:
    assert [row[0] for row in ROWS] == [f"P{number}" for number in range(1, 40)]
    assert all(len(row) == 5 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_row_names_is_there(row: list[str]) -> None:
    playbook, _ = load_playbook((ROOT / "rules" / "playbook.yaml").read_text("utf-8"), "playbook.yaml")
    assert playbook is not None
    assert set(named(row[2])) <= set(playbook.by_name)
    assert set(named(row[3])) <= LETTERS
    for name in named(row[4]):
        path, _, test = name.partition("::")
        assert test in functions_of(path), name
    assert named(row[4]), "no test plays it"
    written = {rung.letter for step in named(row[2]) for rung in playbook.by_name[step].ladder}
    assert written <= {*named(row[3]), "chase_material"}, "the letters of the row's steps stand beside them"


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_row_is_played_from_mail_to_letter(row: list[str]) -> None:
    (play,) = [one for one in PLAYS if one.practice == row[0]]
    played = {act.template for act in play.acts if isinstance(act, Letter)}
    assert played & set(named(row[3])), "none of the row's letters is written in its play"


def test_every_letter_and_every_step_serves_a_practice() -> None:
    playbook, _ = load_playbook((ROOT / "rules" / "playbook.yaml").read_text("utf-8"), "playbook.yaml")
    assert playbook is not None
    serving_no_practice = {"alarm", "backlog", "review_list", "steering_reply"}
    assert LETTERS - {name for row in ROWS for name in named(row[3])} == serving_no_practice
    assert set(playbook.by_name) - {name for row in ROWS for name in named(row[2])} == {"backlog"}
