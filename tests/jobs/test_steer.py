"""What people decide, enter and pause: each an event with who and why, and only where it makes sense."""

from datetime import date

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import (
    CustomerTold,
    DatePromised,
    Event,
    LetterWithdrawn,
    MilestoneReached,
    Paused,
    Resumed,
    ReviewDecided,
    ReviewOpened,
    WentLive,
    WritingStopped,
)
from mailflow.core.orders.model import Milestone
from mailflow.edges.database import DatabaseStore
from mailflow.jobs import steer
from mailflow.jobs.steer import CannotSteerError
from tests.jobs.house import NOW, PURCHASE, SALE, TradingHouse

AMY = "amy@lanmei.example"
DAY = date(2026, 12, 28)
OFFERED = DatePromised("PO26-9", Milestone.SHIP, DAY)


@pytest.fixture
def house(store: DatabaseStore) -> TradingHouse:
    house = TradingHouse(store)
    house.record(ReviewOpened("R1.1", "which order?", (PURCHASE,), mail=1, proposed=(encode_event(OFFERED),)))
    house.record(ReviewOpened("R2.1", "please read it", mail=2))
    return house


def decide(house: TradingHouse, item: str, choice: str) -> list[Event]:
    """Settle an item; return what was recorded, which must say who did it and why."""
    recorded = steer.decide(house.store, item, choice, who=AMY, why="asked by telephone", now=NOW)
    assert {(one.actor, one.why, one.at) for one in recorded} == {(AMY, "asked by telephone", NOW)}
    return [one.event for one in recorded]


def test_yes_enters_what_was_proposed(house: TradingHouse) -> None:
    assert decide(house, "R1.1", "yes") == [OFFERED, ReviewDecided("R1.1", "yes", (PURCHASE,))]
    assert list(house.questions()) == ["R2.1"]


@pytest.mark.parametrize("choice", ["no", "seen", "none"])
def test_no_enters_nothing(house: TradingHouse, choice: str) -> None:
    assert decide(house, "R1.1", choice) == [ReviewDecided("R1.1", choice, (PURCHASE,))]


def test_an_order_enters_it_there(house: TradingHouse) -> None:
    entered, _ = decide(house, "R1.1", PURCHASE)
    assert entered == DatePromised(PURCHASE, Milestone.SHIP, DAY)


@pytest.mark.parametrize(
    ("item", "choice", "said"),
    [
        ("R1.1", "PO26-404", "PO26-404 is no order in the book"),
        ("R2.1", "yes", "R2.1 proposes nothing to enter"),
        ("R9.9", "yes", "there is no question R9.9"),
        ("L99", "send", "there is no letter L99"),
    ],
)
def test_what_makes_no_sense_is_said_and_records_nothing(
    house: TradingHouse, item: str, choice: str, said: str
) -> None:
    before = len(house.events(object))
    with pytest.raises(CannotSteerError, match=said):
        decide(house, item, choice)
    assert len(house.events(object)) == before


def test_a_question_is_settled_once(house: TradingHouse) -> None:
    decide(house, "R1.1", "no")
    with pytest.raises(CannotSteerError, match=f"was settled already: no, by {AMY}"):
        decide(house, "R1.1", "yes")


# ── letters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def drafted(house: TradingHouse) -> int:
    house.promise("2026-12-28")
    house.follow_up()
    return house.draft("delay_notice")


def test_a_draft_may_be_sent(house: TradingHouse) -> None:
    number = drafted(house)
    assert decide(house, f"L{number}", "send") == [ReviewDecided(f"L{number}", "send", (SALE,))]
    letter = house.letter(number)
    assert (letter.state, letter.approved, letter.filed) == (LetterState.QUEUED, True, False)


def test_a_draft_may_be_declined_and_is_not_written_again(house: TradingHouse) -> None:
    number = drafted(house)
    assert LetterWithdrawn(number, (SALE,), "declined") in decide(house, f"l{number}", "decline")
    assert house.state(number) is LetterState.DECLINED
    assert house.planned() == []


def test_a_letter_that_is_settled_or_asked_something_else_is_refused(house: TradingHouse) -> None:
    number = drafted(house)
    with pytest.raises(CannotSteerError, match="takes `send` or `decline`, not 'maybe'"):
        decide(house, f"L{number}", "maybe")
    with pytest.raises(CannotSteerError, match=f"nothing is asked about L{number}"):
        decide(house, f"L{number}", "seen")
    decide(house, f"L{number}", "decline")
    with pytest.raises(CannotSteerError, match="it is declined"):
        decide(house, f"L{number}", "send")


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_dates_are_entered_for_what_they_are(house: TradingHouse) -> None:
    def enter(order: str, milestone: str, *, done: bool = False) -> Event:
        (recorded,) = steer.set_date(house.store, order, milestone, DAY, done=done, who=AMY, why="", now=NOW)
        return recorded.event

    assert enter(PURCHASE, "ship") == DatePromised(PURCHASE, Milestone.SHIP, DAY)
    assert enter(PURCHASE, "inspection", done=True) == MilestoneReached(PURCHASE, Milestone.INSPECTION, DAY)
    assert enter(SALE, "told") == CustomerTold(SALE, DAY)
    with pytest.raises(CannotSteerError, match="shipp is no milestone"):
        enter(PURCHASE, "shipp")
    with pytest.raises(CannotSteerError, match="PO26-404 is no order"):
        enter("PO26-404", "ship")


def test_a_pause_holds_back_and_resuming_lets_go(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    (paused,) = steer.pause(house.store, SALE, None, who=AMY, why="", now=NOW)
    assert paused.event == Paused(SALE)
    assert house.planned() == []
    (resumed,) = steer.resume(house.store, SALE, who=AMY, why="", now=NOW)
    assert resumed.event == Resumed(SALE)
    assert house.planned() == [("delay_notice", (SALE,))]
    with pytest.raises(CannotSteerError, match="Nobody is neither an order nor a party"):
        steer.pause(house.store, "Nobody", None, who=AMY, why="", now=NOW)


def test_who_asked_not_to_be_written_to_is_not(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    (stopped,) = steer.stop_writing(house.store, "Buyer@Bergmann.example", who=AMY, why="", now=NOW)
    assert stopped.event == WritingStopped("buyer@bergmann.example")
    report = house.follow_up()
    assert not report.planned
    assert [one.reason for one in report.held] == ["no address of Bergmann can be written to"]
    with pytest.raises(CannotSteerError, match="is no e-mail address"):
        steer.stop_writing(house.store, "Bergmann", who=AMY, why="", now=NOW)


def test_all_quiet_parties_go_live_and_live_ones_not_again(house: TradingHouse) -> None:
    assert steer.go_live(house.store, "all", who=AMY, why="", now=NOW) == []
    with pytest.raises(CannotSteerError, match="there is no party Nobody"):
        steer.go_live(house.store, "Nobody", who=AMY, why="", now=NOW)
    assert len(house.events(WentLive)) == 2
