"""Answers to numbered items in the shapes that people use; a line is obeyed as a whole or not at all."""

from datetime import date

import pytest

from mailflow.core.steering.said import Answer, Choice
from tests.core.steering.tongues import said

PO = "PO26-04871"


def shown(answer: Answer) -> str:
    """Return an answer as short text."""
    what = {
        Choice.LETTER: answer.letter,
        Choice.ORDER: answer.order,
        Choice.DATE: f"{answer.milestone}{' done' if answer.done else ''} {answer.day}".strip(),
    }.get(answer.choice, answer.choice.value)
    without = f" but {','.join(map(str, answer.without))}" if answer.without else ""
    return f"{answer.number or 'all'}{without}: {what}"


def read(text: str, above: str = "") -> list[str]:
    found = said(text, above=above)
    assert not found.commands
    assert not found.unclear, found.unclear
    return [shown(answer) for answer in found.answers]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("1A", ["1: A"]),
        ("1a", ["1: A"]),
        ("1 a", ["1: A"]),
        ("1. A", ["1: A"]),
        ("1) b", ["1: B"]),
        ("1: A", ["1: A"]),
        ("1=A", ["1: A"]),
        ("１Ａ", ["1: A"]),
        ("１、Ｂ", ["1: B"]),
        ("1A 2B 3 none", ["1: A", "2: B", "3: none"]),
        ("1A, 2B, 3C", ["1: A", "2: B", "3: C"]),
        ("1a2b3c", ["1: A", "2: B", "3: C"]),
        ("3 none\n1A\n2 B", ["3: none", "1: A", "2: B"]),
        ("all A", ["all: A"]),
        ("all of them A", ["all: A"]),
        ("A for all", None),
        ("ok 1-8", [f"{n}: yes" for n in range(1, 9)]),
        ("1-3 ok", ["1: yes", "2: yes", "3: yes"]),
        ("yes to 2", None),
        ("yes 1, 2 and 5", ["1: yes", "2: yes", "5: yes"]),
        ("1 yes 2 no", ["1: yes", "2: none"]),
        ("1,2,3 A", ["1: A", "2: A", "3: A"]),
        ("all A except 3", ["all but 3: A"]),
        ("ok all but not 2", ["all but 2: yes"]),
        ("all A\n3B", ["all but 3: A", "3: B"]),
        ("1 PO26-04871", [f"1: {PO}"]),
        ("1 po26 04871", [f"1: {PO}"]),
        ("1 = 4871", [f"1: {PO}"]),
        ("2 ship 12 Dec", ["2: ship 2026-12-12"]),
        ("2 ship Dec 12, 2026", ["2: ship 2026-12-12"]),
        ("2 shipped 20 Nov", ["2: done 2026-11-20"]),
        ("4 date 15 Dec", ["4: 2026-12-15"]),
        ("4 date is 2026-12-15", ["4: 2026-12-15"]),
        ("4 15/12", ["4: 2026-12-15"]),
        ("4 12月15日", ["4: 2026-12-15"]),
        ("4 改为12月15日", ["4: 2026-12-15"]),
        ("2 出货 12月5日", ["2: ship 2026-12-05"]),
        ("send 4", ["4: send"]),
        ("stop 5", ["5: stop"]),
        ("send 4 stop 5", ["4: send", "5: stop"]),
        ("send 4, 6 and 7; stop 5", ["4: send", "6: send", "7: send", "5: stop"]),
        ("don't send 4", ["4: stop"]),
        ("发4", ["4: send"]),
        ("停5", ["5: stop"]),
        ("发4，停5", ["4: send", "5: stop"]),
        ("4发 5停", ["4: send", "5: stop"]),
        ("不发4", ["4: stop"]),
        ("1选A，2选B，3都不是", ["1: A", "2: B", "3: none"]),
        ("第1条A；第2条B", ["1: A", "2: B"]),
        ("1号A", ["1: A"]),
        ("全部A", ["all: A"]),
        ("全部同意", ["all: yes"]),
        ("同意1到3", ["1: yes", "2: yes", "3: yes"]),
        ("好的 1", ["1: yes"]),
        ("Hi,\n1A please\nThanks\nAmy", ["1: A"]),
        ("您好，1A，谢谢", ["1: A"]),
        ("Item 2: B", ["2: B"]),
        ("#2 B", ["2: B"]),
        ("yes", ["all: yes"]),
        ("1A\n1A", ["1: A"]),
    ],
)
def test_shapes_of_answers(text: str, answers: list[str] | None) -> None:
    if answers is None:
        found = said(text)
        assert not found.answers
        assert found.unclear
    else:
        assert read(text) == answers


@pytest.mark.parametrize(
    ("text", "above", "answers"),
    [
        ("A", "1. PO26-04871 Hengtai: ship 12 Dec?", ["1: A"]),
        ("none", "> 3. PO26-04872", ["3: none"]),
        ("ok", "2) PO26-04872", ["2: yes"]),
        ("B please", "   7B another day", ["7: B"]),
        ("PO26-04872", "12. which order?", ["12: PO26-04872"]),
        ("2B", "1. PO26-04871", ["2: B"]),
        ("ship 12 Dec", "4. PO26-04871", ["4: ship 2026-12-12"]),
    ],
)
def test_an_answer_between_the_lines_is_for_the_item_above(text: str, above: str, answers: list[str]) -> None:
    assert read(text, above) == answers


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1A?", "not_understood"),
        ("1A or B", "not_understood"),
        ("1A if Chen agrees", "not_understood"),
        ("not 1A", "not_understood"),
        ("1 A but wait with 2", "not_understood"),
        ("send 4 after lunch", "not_understood"),
        ("send 1 2 stop", "not_understood"),
        ("A", "not_understood"),
        ("1", "not_understood"),
        ("1 PO26-99999", "unknown_order"),
        ("2 5/12", "unsure_date"),
        ("1A 1B", "twice"),
        ("yes 1 2 no", "not_understood"),
        ("1G", "not_understood"),
        ("1A 2B maybe", "not_understood"),
        ("1 2A", "not_understood"),
        ("1A 2", "not_understood"),
    ],
)
def test_what_is_not_wholly_understood_is_not_obeyed(text: str, why: str) -> None:
    found = said(text)
    assert found.answers == ()
    assert [one.why for one in found.unclear] == [why]


def test_one_line_that_is_not_understood_leaves_the_others() -> None:
    found = said("1A\nthe weather is fine here")
    assert [shown(answer) for answer in found.answers] == ["1: A"]
    assert not found.doubtful


@pytest.mark.parametrize("line", ["wait, not yet", "forget that", "先不要", "sorry, wrong digest", "但是要等客户"])
def test_a_line_that_may_take_the_others_back_makes_all_doubtful(line: str) -> None:
    assert said(f"1A 2B\n{line}").doubtful


@pytest.mark.parametrize(("day_first", "day"), [(True, date(2026, 12, 5)), (False, date(2027, 5, 12))])
def test_a_date_of_two_numbers_is_read_as_its_writer_does(day_first: bool, day: date) -> None:
    (answer,) = said("2 ship 5/12", day_first=day_first).answers
    assert answer.day == day


def test_the_words_of_an_answer_are_kept_as_they_stand() -> None:
    (answer,) = said("２  Ship 12 Dec, please").answers
    assert answer.words == "２ Ship 12 Dec, please"
