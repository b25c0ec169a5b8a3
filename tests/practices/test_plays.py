"""Each practice is played from a mail's bytes, or from the order book, to a letter's bytes, with a clock that jumps."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.practices.acts import Course, Letter, Play
from tests.practices.house import CHINA, ORDERS, house, rules_with
from tests.practices.plays import PLAYS
from tests.servers.scripted_smtp import ScriptedSmtp


def play(one: Play, folder: Path, smtp: ScriptedSmtp) -> None:
    rules = rules_with(one.on, reports=one.reports)
    begins = datetime.fromisoformat(f"{one.begins}T08:00").replace(tzinfo=CHINA)
    with house(folder, smtp, rules, begins) as opened:
        opened.swap = one.parties
        book = {number: {**order, **one.cells.get(number, {})} for number, order in ORDERS.items()}
        opened.book(book)
        opened.go_live()
        Course(opened, book).play(one.acts)


@pytest.mark.parametrize("one", PLAYS, ids=[play.practice for play in PLAYS])
def test_a_practice_from_mail_to_letter(one: Play, tmp_path: Path, scripted_smtp: ScriptedSmtp) -> None:
    play(one, tmp_path, scripted_smtp)


def test_every_practice_is_played() -> None:
    assert [one.practice for one in PLAYS] == [f"P{number}" for number in range(1, 40)]
    assert all(any(isinstance(act, Letter) for act in one.acts) for one in PLAYS)
