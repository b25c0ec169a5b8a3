"""Which mails of a customer wait for an answer, and what counts as one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailflow.core.orders.by_hand import Spoke
from mailflow.core.orders.events import AnswerWanted, LetterSent, WrittenByHand
from mailflow.core.views.correspondence import ACKNOWLEDGEMENT, CORRESPONDENCE
from tests.core.views.samples import at, folded

ORDER, PARTY, KIM = "SO1", "Bergmann", "kim@bergmann.example"
ASKED = AnswerWanted(7, "<asked@bergmann.example>", PARTY, KIM, "Labels", at(1), (ORDER,))
STATUS = replace(ASKED, topic="status")
UNKNOWN = replace(ASKED, orders=())
HAND = WrittenByHand(8, "<hand@lanmei.example>", "amy@lanmei.example", PARTY, (KIM,), "Re: Labels", (ORDER,))
LETTER = LetterSent(3, (ORDER,), "<l3@lanmei.example>", "shipment_advice", (KIM,), party=PARTY)


def waits(*events: Any) -> list[int]:
    """Return which mails wait for an answer after these events, which are a day apart."""
    found = folded(CORRESPONDENCE, *events).get(PARTY)
    return [one.mail for one in found.owed] if found is not None else []


def test_a_mail_waits_until_somebody_answers() -> None:
    assert waits(ASKED) == [7]
    assert waits(ASKED, HAND) == []


@pytest.mark.parametrize(
    "answer",
    [
        replace(HAND, orders=(), answers=("<asked@bergmann.example>",), subject="x"),
        replace(HAND, subject="another subject", answers=()),
        Spoke(ORDER, "", PARTY),
        replace(LETTER, mail=9),
        replace(LETTER, approved=True),
    ],
    ids=["in its conversation", "about its order", "spoken about", "a draft sent by hand", "a letter let go"],
)
def test_what_a_person_says_answers(answer: Any) -> None:
    assert waits(ASKED, answer) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(HAND, orders=("SO2",), subject="x"),
        replace(HAND, party="Somebody else"),
        replace(HAND, at=at(1) - timedelta(minutes=1)),
        LETTER,
        replace(LETTER, template=ACKNOWLEDGEMENT, approved=True),
    ],
    ids=["another order", "another customer", "before it came", "a letter by itself", "an acknowledgement"],
)
def test_what_is_no_answer(other: Any) -> None:
    assert waits(ASKED, other) == [7]


def test_who_asks_where_an_order_stands_is_answered_by_any_letter_about_it() -> None:
    assert waits(STATUS, LETTER) == []
    assert waits(STATUS, replace(LETTER, template=ACKNOWLEDGEMENT)) == [7]
    assert waits(STATUS, replace(LETTER, orders=("SO2",))) == [7]


def test_about_no_order_the_subject_tells() -> None:
    assert waits(UNKNOWN, replace(HAND, orders=())) == []
    assert waits(UNKNOWN, replace(HAND, orders=(), subject="Re: Something else")) == [7]
    assert waits(UNKNOWN, replace(HAND, orders=(), to=("other@bergmann.example",))) == [7]


def test_an_answer_that_was_read_before_the_mail_counts() -> None:
    sent = at(2) + timedelta(hours=1)
    late = replace(ASKED, at=at(2))
    assert waits(replace(HAND, at=sent), late) == []
    assert waits(replace(HAND, at=at(1)), late) == [7]


def test_a_mail_that_nobody_ever_answers_is_forgotten() -> None:
    old = replace(ASKED, at=at(1) - timedelta(days=20))
    assert waits(old, replace(ASKED, mail=9)) == [9]
