"""What people's words do to the views: corrections, who is away, what was learned."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.views.learned import LEARNED, learned_key
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.people import PEOPLE
from mailflow.core.views.reviews import REVIEWS
from mailflow.core.views.view import View
from tests.core.views.samples import ORDER, at, folded

NUMBER = "PO26-1"
DAY = date(2026, 12, 12)


def state_of(view: View[Any], *events: e.Event) -> Any:
    """Return the one state that events come to."""
    return next(iter(folded(view, *events).values()), None)


def of_order(*events: e.Event) -> OrderState:
    state = state_of(ORDERS, e.OrderImported(replace(ORDER, number=NUMBER), "test"), *events)
    assert isinstance(state, OrderState)
    return state


@pytest.mark.parametrize(
    ("done", "taken_back"),
    [
        (e.DatePromised(NUMBER, Milestone.SHIP, DAY, "600"), h.PromiseWithdrawn(NUMBER, Milestone.SHIP, "600")),
        (e.MilestoneReached(NUMBER, Milestone.SHIP, DAY), h.MilestoneReopened(NUMBER, Milestone.SHIP)),
        (e.OrderAcknowledged(NUMBER), h.MilestoneReopened(NUMBER, Milestone.ACKNOWLEDGED)),
        (e.CustomerTold(NUMBER, DAY), h.ToldWithdrawn(NUMBER)),
        (e.ProblemReported(NUMBER, "quality"), h.ProblemWithdrawn(NUMBER, "quality")),
        (h.OrderClosed(NUMBER), h.OrderReopened(NUMBER)),
        (h.HandedOver(NUMBER, "bob@lanmei.example"), h.HandedOver(NUMBER, "", "bob@lanmei.example")),
    ],
)
def test_a_correction_leaves_the_order_as_it_was(done: e.Event, taken_back: e.Event) -> None:
    before, moved, after = of_order(), of_order(done), of_order(done, taken_back)
    assert moved != replace(before, last_event=moved.last_event)
    assert after == replace(before, last_event=after.last_event)


def test_a_promise_taken_back_leaves_what_happened_and_the_other_parts() -> None:
    events = (
        e.DatePromised(NUMBER, Milestone.SHIP, DAY, "600"),
        e.DatePromised(NUMBER, Milestone.SHIP, DAY, "400"),
        e.MilestoneReached(NUMBER, Milestone.SHIP, DAY, "600"),
        h.PromiseWithdrawn(NUMBER, Milestone.SHIP, "600"),
    )
    assert [(lot.part, lot.promise, lot.actual) for lot in of_order(*events).lots] == [
        ("600", None, DAY),
        ("400", DAY, None),
    ]


def test_who_was_spoken_to_has_answered() -> None:
    assert of_order().answered_at is None
    assert of_order(h.Spoke(NUMBER, "by telephone")).answered_at == at(2)


def test_the_owner_of_an_order_is_whom_it_was_handed_to() -> None:
    assert of_order().merchandiser == ORDER.merchandiser
    assert of_order(h.HandedOver(NUMBER, "bob@lanmei.example")).merchandiser == "bob@lanmei.example"


def test_a_decision_taken_back_opens_the_question() -> None:
    state = state_of(REVIEWS, e.ReviewOpened("R1.1", "?"), e.ReviewDecided("R1.1", "yes"), h.ReviewReopened("R1.1"))
    assert state is not None
    assert REVIEWS.is_open(state)


def test_who_went_away_is_away_until_they_come_back() -> None:
    gone = h.WentAway("amy@lanmei.example", DAY, "bob@lanmei.example")
    back = h.CameBack("amy@lanmei.example")
    away = state_of(PEOPLE, h.WentAway("Amy@lanmei.example", DAY, "Bob@lanmei.example"))
    assert away == state_of(PEOPLE, gone)
    assert away != state_of(PEOPLE, gone, back) == state_of(PEOPLE, back)


@pytest.mark.parametrize(
    "event",
    [
        h.AliasLearned("HT-8812", NUMBER, "Hengtai", 7),
        h.ContactLearned("Wang@hengtai.example", "Hengtai", 7),
        h.DateOrderLearned("Hengtai", day_first=True, mail=7),
    ],
)
def test_what_was_learned_can_be_withdrawn_and_learned_again(event: e.Event) -> None:
    forgotten = h.LearnedWithdrawn(learned_key(event))
    once, gone, again = (
        state_of(LEARNED, *events) for events in ((event,), (event, forgotten), (event, forgotten, event))
    )
    assert [LEARNED.is_open(state) for state in (once, gone, again)] == [True, False, True]
