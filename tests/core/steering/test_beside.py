"""What a mail says where nobody sees it: hidden words, the other form, the quote."""

import pytest

from mailflow.core.message.model import Line
from mailflow.core.steering.beside import QUOTED, UNSEEN, said_in_quote, said_unseen
from mailflow.core.steering.parse import parse
from mailflow.core.steering.said import Said
from tests.core.steering.test_authority import message
from tests.core.steering.tongues import tongue

OURS = "1) PO26-04871\n1A  send it\n\nBest regards"


def read(lines: list[Line]) -> Said:
    return parse(lines, tongue())


@pytest.mark.parametrize(
    ("shown", "beside", "reason"),
    [
        ("thanks", "1A 2B", UNSEEN),
        ("1A", "1A", ""),
        ("1A", "all A", UNSEEN),
        ("1A", "Sent from my phone", ""),
        ("1A", "", ""),
    ],
)
def test_words_that_are_not_shown_decide_nothing(shown: str, beside: str, reason: str) -> None:
    assert said_unseen(message(beside=beside), read([Line(shown)]), read) == reason


@pytest.mark.parametrize(
    ("quoted", "reason"),
    [
        ("> 1) PO26-04871\n> 1A  send it\n>\n> Best regards", ""),
        ("> 1) PO26-04871\n> 1A\n> 1A  send it", QUOTED),
        ("1) PO26-04871\nstop 1\n1A  send it", QUOTED),
        ("> 1A  send it\n> > 1A\n>> 2B", ""),
    ],
    ids=["as we wrote it", "with a line of another's", "without marks", "what was said before that"],
)
def test_an_answer_in_the_quote_is_ours_or_in_doubt(quoted: str, reason: str) -> None:
    assert said_in_quote(message(quoted=quoted), read, OURS) == reason
