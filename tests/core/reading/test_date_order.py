"""12/8 is asked about where one reading is far from the order's date and the other near; else it is taken."""

from datetime import date

import pytest

from mailflow.core.message.parse import parse_message
from mailflow.core.orders.model import Contact, Order, OrderKind, Party, Role
from mailflow.core.reading.book import build_book
from mailflow.core.reading.model import Reading
from mailflow.core.reading.reader import read_message
from mailflow.edges.files.attachments import open_attachment
from tests.core.reading.worlds import phrases, words

MAIL = """From: jan@mill.example
To: followup@lanmei.example
Subject: 552-71/B
Date: Tue, 17 Nov 2026 10:00:00 +0100

552-71/B will be shipped on {}.
"""


def read(said: str, due: str) -> Reading:
    order = Order("552-71/B", OrderKind.PURCHASE, "Mill", due_date=date.fromisoformat(due))
    party = Party("Mill", Role.SUPPLIER, country="DE", contacts=(Contact("Jan", "jan@mill.example"),))
    book = build_book([order], [party], None)
    return read_message(parse_message(MAIL.format(said).encode(), open_attachment, phrases()), book, words())


def test_the_other_reading_is_asked_about() -> None:
    reading = read("12/8", "2026-12-04")
    assert not [update for update in reading.updates if update.applied]
    (question,) = reading.questions
    assert [str(update.date) for update in question.updates] == ["2026-12-08", "2027-08-12"]


@pytest.mark.parametrize(
    ("said", "due", "day"),
    [
        pytest.param("8/12", "2026-12-04", "2026-12-08", id="the reading that is taken fits"),
        pytest.param("12/8", "2027-07-20", "2027-08-12", id="far from today, near the due date"),
        pytest.param("12/03", "2026-12-04", "2027-03-12", id="late, but not strange"),
        pytest.param("12 August 2027", "2026-12-04", "2027-08-12", id="the month is written out"),
        pytest.param("24/8", "2026-12-04", "2027-08-24", id="there is no other reading"),
    ],
)
def test_what_is_plain_or_fits_is_taken(said: str, due: str, day: str) -> None:
    assert [str(update.date) for update in read(said, due).updates if update.applied] == [day]
