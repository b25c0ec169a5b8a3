"""What is entered and what is asked: the order's own history has its say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from mailflow.core.deciding.decide import MailInHand, decide
from mailflow.core.message.model import Address, Failure, Message, MessageKind
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import (
    AddressFailed,
    ContactAway,
    DatePromised,
    Event,
    MailRead,
    MilestoneReached,
    OrderAcknowledged,
    PaymentClaimed,
    ReviewOpened,
)
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.reading.model import Absence, Disposition, Match, Question, Reading, Update, UpdateKind
from tests.core.playbook.situations import happened, promised, purchase, supplier

SAID = datetime(2026, 11, 24, 2, tzinfo=UTC)
SHIPS = Update(
    "PO1", UpdateKind.FORECAST, "ships 24 Dec", 0.99, "exact", Milestone.SHIP, date(2026, 12, 24), applied=True
)
SHIPPED = replace(SHIPS, kind=UpdateKind.DONE, evidence="shipped today", date=date(2026, 11, 24))


def mail(
    *updates: Update,
    said: datetime | None = SAID,
    disposition: Disposition = Disposition.UPDATE,
    questions: tuple[Question, ...] = (),
    failure: Failure | None = None,
) -> MailInHand:
    message = Message(
        message_id="<1@a.example>",
        sender=Address("chen@a.example"),
        to=(),
        date=said,
        subject="PO1",
        kind=MessageKind.PERSONAL,
        text="",
        lines=(),
        failure=failure,
    )
    return MailInHand(1, message, Reading(disposition, updates, (Match("PO1", 0.99, "exact"),), questions, party="A"))


def decided(here: MailInHand, state: OrderState | None = None) -> list[Event]:
    """Return the events beside the one that says that the mail was read."""
    read, *rest = (new.event for new in decide(here, {"PO1": state} if state else {}, {"A": supplier()}))
    assert isinstance(read, MailRead)
    assert (read.mail, read.orders, read.party) == (1, ("PO1",), "A")
    return rest


def question(events: list[Event]) -> ReviewOpened:
    """Return the one question that was asked, where nothing was entered."""
    (asked,) = events
    assert isinstance(asked, ReviewOpened)
    return asked


def test_what_may_be_entered_is_entered_with_its_proof() -> None:
    (event,) = decided(mail(SHIPS), purchase("PO1", "2026-12-15"))
    assert isinstance(event, DatePromised)
    assert (event.milestone, event.date, event.part) == (Milestone.SHIP, date(2026, 12, 24), "")
    assert event.proof is not None
    assert (event.proof.mail, event.proof.words, event.proof.said_at) == (1, "ships 24 Dec", SAID)


@pytest.mark.parametrize("update", [SHIPS, SHIPPED, replace(SHIPS, kind=UpdateKind.ACKNOWLEDGED)])
def test_what_is_not_certain_is_asked_and_a_yes_would_enter_it(update: Update) -> None:
    asked = question(decided(mail(replace(update, applied=False)), purchase("PO1", "2026-12-15")))
    assert asked.item == "R1.1"
    assert "not certain" in asked.question
    (proposed,) = map(decode_event, asked.proposed)
    assert isinstance(proposed, DatePromised | MilestoneReached | OrderAcknowledged)


def test_a_milestone_without_a_day_is_asked_and_proposes_nothing() -> None:
    asked = question(decided(mail(replace(SHIPS, date=None)), purchase("PO1", "2026-12-15")))
    assert "no day is given" in asked.question
    assert asked.proposed == ()


# ── an older mail ────────────────────────────────────────────────────────────────────────────────────────────────────


def standing(day: str = "2026-12-20", said: datetime = SAID) -> OrderState:
    """Return an order whose ship date was promised in a mail of some moment."""
    state = promised(purchase("PO1", "2026-12-15"), day)
    return replace(state, lots=tuple(replace(lot, said_at=said) for lot in state.lots))


def test_a_mail_older_than_the_standing_promise_is_asked_about() -> None:
    asked = question(decided(mail(SHIPS, said=SAID - timedelta(hours=1)), standing()))
    assert "older than the one that promised 2026-12-20" in asked.question


@pytest.mark.parametrize(
    ("said", "day"),
    [
        pytest.param(SAID + timedelta(hours=1), "2026-12-20", id="newer"),
        pytest.param(SAID, "2026-12-20", id="of the same moment"),
        pytest.param(SAID - timedelta(hours=1), "2026-12-24", id="older, saying the same"),
        pytest.param(None, "2026-12-20", id="without a date nothing says that it is older"),
    ],
)
def test_any_other_mail_moves_the_promise(said: datetime | None, day: str) -> None:
    (event,) = decided(mail(SHIPS, said=said), standing(day))
    assert isinstance(event, DatePromised)


def test_a_forecast_of_what_has_happened_is_asked_about() -> None:
    asked = question(decided(mail(SHIPS), happened(purchase("PO1", "2026-12-15"), "2026-11-20")))
    assert "recorded as done on 2026-11-20" in asked.question


# ── lots ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_lots() -> OrderState:
    """Return an order of 1,200 pieces of which 500 are promised apart."""
    return promised(purchase("PO1", "2026-12-15"), "2026-12-10", part="500", quantity=Decimal(500))


def test_a_date_for_the_whole_of_an_order_in_lots_is_asked_about() -> None:
    assert "goes in lots" in question(decided(mail(SHIPS), in_lots())).question


def test_a_quantity_names_its_lot() -> None:
    (event,) = decided(mail(replace(SHIPS, quantity=Decimal("700.0"))), in_lots())
    assert isinstance(event, DatePromised)
    assert (event.part, event.quantity) == ("700", Decimal(700))


def test_the_whole_quantity_is_no_lot() -> None:
    (event,) = decided(mail(replace(SHIPPED, quantity=Decimal(1200))), purchase("PO1", "2026-12-15"))
    assert isinstance(event, MilestoneReached)
    assert event.part == ""


def test_when_the_lots_have_gone_a_date_is_about_the_rest() -> None:
    state = happened(purchase("PO1", "2026-12-15"), "2026-11-20", part="500", quantity=Decimal(500))
    (event,) = decided(mail(SHIPS), state)
    assert isinstance(event, DatePromised)


# ── bounces, claims, and what needs a person ─────────────────────────────────────────────────────────────────────────


def test_a_bounce_marks_only_addresses_that_are_listed() -> None:
    failure = Failure(("sales@hengtai.example", "somebody@else.example"), permanent=True)
    events = decided(mail(disposition=Disposition.BOUNCE, failure=failure))
    assert events[0] == AddressFailed("sales@hengtai.example", permanent=True, mail=1, reply="PO1")
    assert "sales@hengtai.example of Hengtai came back for good" in question(events[1:]).question


def test_a_failure_for_now_is_nobody_s_business() -> None:
    failure = Failure(("sales@hengtai.example",), permanent=False)
    events = decided(mail(disposition=Disposition.BOUNCE, failure=failure))
    assert events == [AddressFailed("sales@hengtai.example", permanent=False, mail=1, reply="PO1")]


def test_only_a_listed_contact_is_away_and_only_listed_people_stand_in() -> None:
    back = date(2026, 12, 14)
    away = mail(disposition=Disposition.AUTO_REPLY)
    reading = replace(away.reading, absence=Absence(back, ("mallory@else.example",)))
    away = replace(away, reading=reading, message=replace(away.message, sender=Address("sales@hengtai.example")))
    assert decided(away) == [ContactAway("sales@hengtai.example", back, (), 1)]
    stranger = replace(away, message=replace(away.message, sender=Address("x@else.example")))
    assert decided(stranger) == []


def test_a_bounce_that_names_nobody_marks_nobody() -> None:
    assert decided(mail(disposition=Disposition.BOUNCE)) == []


def test_money_said_to_be_sent_is_a_claim() -> None:
    (event,) = decided(mail(replace(SHIPS, kind=UpdateKind.PAYMENT, applied=False)))
    assert isinstance(event, PaymentClaimed)


def test_a_mail_that_needs_a_person_asks_at_least_to_be_read() -> None:
    asked = question(decided(mail(disposition=Disposition.ATTENTION)))
    assert asked.question == "chen@a.example wrote “PO1”: please read and answer it."
    assert asked.orders == ("PO1",)


def test_questions_of_one_mail_are_numbered() -> None:
    two = (Question("which order?", ("PO1", "PO2")), Question("which date?"))
    events = decided(mail(disposition=Disposition.ATTENTION, questions=two))
    assert [event.item for event in events if isinstance(event, ReviewOpened)] == ["R1.1", "R1.2"]
