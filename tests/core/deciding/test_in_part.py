"""Of a mail that could not be read as a whole nothing is entered: what it goes on to say is not known."""

from datetime import UTC, date, datetime

import pytest

from mailflow.core.deciding.decide import MailInHand, decide
from mailflow.core.message.model import Address, Message, MessageKind
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import DatePromised, MailRead, ReviewOpened
from mailflow.core.orders.model import Milestone
from mailflow.core.reading.model import Disposition, Match, Reading, Update, UpdateKind

CUT = ("the mail is cut off",)
PROMISE = Update(
    "PO1", UpdateKind.FORECAST, "ships 24 Dec", 0.99, "exact", Milestone.SHIP, date(2026, 12, 24), applied=True
)


def mail(*updates: Update, problems: tuple[str, ...] = CUT, kind: MessageKind = MessageKind.PERSONAL) -> MailInHand:
    message = Message(
        message_id="<1@a.example>",
        sender=Address("chen@a.example"),
        to=(),
        date=datetime(2026, 11, 17, tzinfo=UTC),
        subject="PO1",
        kind=kind,
        text="",
        lines=(),
        problems=problems,
    )
    disposition = Disposition.UPDATE if updates else Disposition.IGNORE
    return MailInHand(1, message, Reading(disposition, updates, (Match("PO1", 0.99, "exact"),), party="A"))


def test_a_fact_is_asked_about_and_a_yes_would_enter_it() -> None:
    _, asked = (new.event for new in decide(mail(PROMISE), {}, {}))
    assert isinstance(asked, ReviewOpened)
    assert asked.question == "PO1: enter this forecast? The mail could not be read as a whole: the mail is cut off."
    (proposed,) = map(decode_event, asked.proposed)
    assert isinstance(proposed, DatePromised)
    assert proposed.date == date(2026, 12, 24)


def test_a_mail_that_seems_to_say_nothing_is_shown() -> None:
    _, asked = (new.event for new in decide(mail(), {}, {}))
    assert isinstance(asked, ReviewOpened)
    assert asked.question.startswith("chen@a.example wrote “PO1”. The mail could not be read as a whole")
    assert asked.orders == ("PO1",)


@pytest.mark.parametrize("kind", [MessageKind.BULK, MessageKind.AUTO_REPLY, MessageKind.BOUNCE])
def test_mails_of_programs_are_filed_all_the_same(kind: MessageKind) -> None:
    (read,) = (new.event for new in decide(mail(kind=kind), {}, {}))
    assert isinstance(read, MailRead)


def test_a_mail_without_problems_is_entered() -> None:
    _, promise = (new.event for new in decide(mail(PROMISE, problems=()), {}, {}))
    assert isinstance(promise, DatePromised)
