"""The fold of an order: the last word of each milestone and part, and what follows from it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from mailflow.core.orders.events import (
    ApprovalGiven,
    Change,
    ChangeRequested,
    CustomerTold,
    DatePromised,
    Event,
    LetterSent,
    MailRead,
    MilestoneReached,
    OrderAcknowledged,
    OrderChanged,
    OrderVanished,
    PartyImported,
    Paused,
    PaymentClaimed,
    ProblemReported,
    QuestionAsked,
    Resumed,
)
from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.core.orders.state import Happening, Lot, OrderState
from mailflow.core.views.orders import ORDERS, keys
from tests.core.views.samples import IMPORTED, ORDER, PARTY, at, folded, proof

DEC_5, DEC_12 = date(2026, 12, 5), date(2026, 12, 12)
SHIP = Milestone.SHIP


def state(*events: Event) -> OrderState:
    """Return PO1 after its import and these events, which are numbered from 2."""
    found = folded(ORDERS, IMPORTED, *events)["PO1"]
    assert isinstance(found, OrderState)
    return found


def test_an_imported_order_is_as_the_book_has_it() -> None:
    assert state() == OrderState(ORDER, happenings=(Happening("new", at(1), 1),), last_event=1)


def test_a_promise_makes_a_lot_that_a_later_one_replaces() -> None:
    said = datetime(2026, 11, 2, 16, tzinfo=UTC)
    first = DatePromised("PO1", SHIP, DEC_5, quantity=Decimal(1200), basis=DateBasis.ETD, refs=("B/L 1",))
    second = DatePromised("PO1", SHIP, DEC_12, refs=("B/L 2", "B/L 1"), proof=proof(said_at=said))
    assert state(first, second).lots == (
        Lot(SHIP, "", DEC_12, at(3), 3, said, None, None, Decimal(1200), ("B/L 1", "B/L 2")),
    )


def test_parts_are_lots_of_their_own_in_the_order_of_their_coming() -> None:
    lots = state(
        DatePromised("PO1", SHIP, DEC_5, part="600", quantity=Decimal(600)),
        DatePromised("PO1", SHIP, DEC_12),
        MilestoneReached("PO1", SHIP, DEC_5, part="600"),
        DatePromised("PO1", Milestone.PRODUCTION, DEC_5),
    ).lots
    assert [(lot.milestone, lot.part, lot.promise, lot.actual) for lot in lots] == [
        (SHIP, "600", DEC_5, DEC_5),
        (SHIP, "", DEC_12, None),
        (Milestone.PRODUCTION, "", DEC_5, None),
    ]


def test_what_happened_keeps_what_was_promised() -> None:
    lot = state(DatePromised("PO1", SHIP, DEC_5), MilestoneReached("PO1", SHIP, DEC_12, refs=("MSKU1",))).lots[0]
    assert (lot.promise, lot.promise_event, lot.actual, lot.refs) == (DEC_5, 2, DEC_12, ("MSKU1",))


def test_the_first_acknowledgement_counts_and_a_day_that_was_named_more() -> None:
    assert state(OrderAcknowledged("PO1"), OrderAcknowledged("PO1")).acknowledged == at(2).date()
    reached = MilestoneReached("PO1", Milestone.ACKNOWLEDGED, DEC_5)
    assert state(OrderAcknowledged("PO1"), reached).acknowledged == DEC_5


@pytest.mark.parametrize(
    "fact",
    [
        OrderAcknowledged("PO1", proof()),
        DatePromised("PO1", SHIP, DEC_5, proof=proof()),
        MilestoneReached("PO1", SHIP, DEC_5, proof=proof()),
        ProblemReported("PO1", "material", proof()),
        ChangeRequested("PO1", "quantity", proof=proof()),
        QuestionAsked("PO1", "colour", proof()),
        ApprovalGiven("PO1", "sample", "approved", proof()),
        PaymentClaimed("PO1", proof=proof()),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_fact_from_a_mail_is_an_answer_and_a_persons_entry_is_none(fact: Event) -> None:
    assert state(fact).answered_at == at(2)
    assert state(replace(fact, proof=None)).answered_at is None  # type: ignore[call-arg]


def test_a_mail_without_a_fact_is_no_answer() -> None:
    read = MailRead(1, "<a@b>", "x@y.example", "PO1", "attention", ("PO1",), "Huada")
    assert keys(read) == ()
    assert state(read).answered_at is None


def test_problems_stand_until_a_date_answers_them() -> None:
    reported = (ProblemReported("PO1", "material", proof(1)), ProblemReported("PO1", "labour", proof(2)))
    assert state(*reported).problems == ("material", "labour")
    assert state(*reported, ProblemReported("PO1", "material", proof(3))).problems == ("labour", "material")
    assert state(*reported, DatePromised("PO1", SHIP, DEC_12, proof=proof(3))).problems == ()
    assert state(*reported, DatePromised("PO1", SHIP, DEC_12)).problems == ()


@pytest.mark.parametrize("promise_first", [True, False])
def test_the_reason_for_a_new_date_stays_with_it(promise_first: bool) -> None:
    late = ProblemReported("PO1", "material", proof(2))
    date_ = DatePromised("PO1", SHIP, DEC_12, proof=proof(2))
    old = ProblemReported("PO1", "labour", proof(1))
    assert state(old, *((date_, late) if promise_first else (late, date_))).problems == ("material",)


def test_told_is_what_was_last_agreed_with_the_customer() -> None:
    found = state(CustomerTold("PO1", DEC_5), CustomerTold("PO1", DEC_12, 7))
    assert (found.told, found.told_at) == (DEC_12, at(3))


def test_the_book_replaces_its_own_record_alone() -> None:
    changed = replace(ORDER, quantity=Decimal(900))
    found = state(DatePromised("PO1", SHIP, DEC_5), OrderChanged(changed, (Change("quantity", "", "900"),), "book"))
    assert found.order == changed
    assert found.lots[0].promise == DEC_5


def test_a_vanished_order_comes_back_with_what_is_known_of_it() -> None:
    assert state(OrderVanished("PO1", "book")).vanished
    found = state(DatePromised("PO1", SHIP, DEC_5), OrderVanished("PO1", "book"), IMPORTED)
    assert not found.vanished
    assert found.lots


def test_a_pause_holds_until_its_day_or_until_resumed() -> None:
    assert (state(Paused("PO1", DEC_5)).paused, state(Paused("PO1", DEC_5)).paused_until) == (True, DEC_5)
    resumed = state(Paused("PO1", DEC_5), Resumed("PO1"))
    assert (resumed.paused, resumed.paused_until) == (False, None)


def test_what_no_book_named_has_no_state() -> None:
    assert folded(ORDERS, DatePromised("PO9", SHIP, DEC_5), Paused("Huada"), OrderVanished("PO9", "book")) == {}


def test_other_events_are_none_of_its_business() -> None:
    assert keys(LetterSent(1, ("PO1",), "<a@b>")) == keys(PartyImported(PARTY, "x")) == ()


def test_linked_orders_share_a_group() -> None:
    sales = replace(ORDER, number="SO1", linked_order="")
    assert ORDERS.groups(OrderState(ORDER)) == ORDERS.groups(OrderState(sales)) == ("SO1",)
    both = replace(ORDER, linked_order="SO1, SO2")
    assert ORDERS.groups(OrderState(both)) == ("SO1", "SO2")
