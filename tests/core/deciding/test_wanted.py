"""Which mails of customers want an answer, and to which a machine may say that they have come."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailflow.core.deciding.wanted import answer_wanted
from mailflow.core.message.model import Address, Line, Message, MessageKind
from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.model import Party, Role
from mailflow.core.reading.model import Disposition, Match, Reading, Update, UpdateKind
from tests.core.playbook.situations import playbook_with

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
OURS = "followup@lanmei.example"
CUSTOMER = Party("Bergmann", Role.CUSTOMER)
QUERY = Update("SO1", UpdateKind.QUERY, "where is it", 0.95, "exact", topic="status")
ATTENTION = Reading(Disposition.ATTENTION, orders=(Match("SO1", 0.99, "exact"), Match("SO2", 0.4, "style")))
STATUS = replace(ATTENTION, updates=(QUERY,))
DELICATE = playbook_with().customers.delicate


def mail(text: str = "Please see to it.", **changes: object) -> Message:
    words = Message(
        "<m@bergmann.example>",
        Address("Kim@bergmann.example", "Kim"),
        (Address(OURS),),
        AT,
        "Labels",
        MessageKind.PERSONAL,
        text,
        tuple(Line(line) for line in text.splitlines()),
        references=("<root@bergmann.example>",),
    )
    return replace(words, **changes)  # type: ignore[arg-type]  # the names are those of Message


def wanted(message: Message, reading: Reading = ATTENTION, party: Party | None = CUSTOMER) -> AnswerWanted | None:
    return answer_wanted(7, AT, message, reading, party, lambda email: email == OURS, DELICATE)


def topic(message: Message, reading: Reading = ATTENTION) -> str:
    found = wanted(message, reading)
    assert found is not None
    return found.topic


def test_what_is_kept_of_it() -> None:
    found = wanted(mail())
    assert found is not None
    assert (found.sender, found.orders, found.chain) == ("kim@bergmann.example", ("SO1",), ("<root@bergmann.example>",))
    assert (found.words, found.at, found.copied) == ("Please see to it.", AT, False)


def test_where_an_order_stands_is_a_question_of_its_own() -> None:
    assert topic(mail(), STATUS) == "status"
    assert topic(mail(), replace(STATUS, updates=(QUERY, replace(QUERY, topic="document")))) == "other"
    assert topic(mail()) == "other"


@pytest.mark.parametrize(
    "text",
    [
        "The zips are broken on 40 pieces, we file a claim.",
        "这批货有质量问题,请处理。",
        "What would be your best PRICE for 5,000 more?",
        "单价能不能再降一点?",
    ],
)
def test_complaints_and_prices_are_for_people(text: str) -> None:
    assert topic(mail(text), STATUS) == "delicate"


def test_so_is_what_the_reader_takes_for_a_problem_or_a_price() -> None:
    for kind, about in ((UpdateKind.PROBLEM, "quality"), (UpdateKind.CHANGE_REQUEST, "price")):
        said = replace(ATTENTION, updates=(replace(QUERY, kind=kind, topic=about),))
        assert topic(mail(), said) == "delicate"


def test_a_forged_sender_never_gets_a_letter_of_a_machine() -> None:
    assert topic(mail(unproven="dmarc=fail"), STATUS) == "delicate"


def test_where_we_stand_in_copy() -> None:
    found = wanted(mail(to=(Address("kurt@bergmann.example"),), cc=(Address(OURS),)))
    assert found is not None
    assert found.copied


def test_thanks_news_and_programs_want_none() -> None:
    thanks = Reading(Disposition.IGNORE)
    assert wanted(mail("Thank you very much!"), thanks) is None
    assert wanted(mail("The sample is approved."), Reading(Disposition.UPDATE)) is None
    assert wanted(mail(kind=MessageKind.AUTO_REPLY)) is None
    assert wanted(mail(kind=MessageKind.BOUNCE)) is None


def test_a_question_is_one_whatever_was_read() -> None:
    assert wanted(mail("Can we speak tomorrow?"), Reading(Disposition.IGNORE)) is not None
    assert wanted(mail("明天方便通话吗"), Reading(Disposition.IGNORE)) is not None


def test_only_customers_are_owed_one() -> None:
    assert wanted(mail(), party=None) is None
    assert wanted(mail(), party=Party("Hengtai", Role.SUPPLIER)) is None
