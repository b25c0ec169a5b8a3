"""Letters that wait for a person are looked at again: withdrawn once their reason is gone, queued once all is there."""

from dataclasses import replace

import pytest

from mailflow.core.letters.model import LetterState, Mode
from mailflow.core.orders.events import LetterWithdrawn, OrderChanged, Paused, ReviewDecided, ReviewOpened
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.look_again import LookReport
from mailflow.jobs.steer import decide
from tests.jobs.house import NOW, PURCHASE, SALE, TradingHouse


@pytest.fixture
def house(store: DatabaseStore) -> TradingHouse:
    return TradingHouse(store)


def drafted_notice(house: TradingHouse) -> int:
    """A delay notice lies in Drafts."""
    house.promise("2026-12-28")
    assert house.planned() == [("delay_notice", (SALE,))]
    return house.draft("delay_notice")


def test_a_draft_whose_reason_stands_lies_where_it_is(house: TradingHouse) -> None:
    number = drafted_notice(house)
    assert house.look_again() == LookReport()
    assert house.state(number) is LetterState.DRAFTED
    assert not house.questions()


def test_a_draft_with_an_old_date_is_withdrawn_and_a_person_told_once(house: TradingHouse) -> None:
    number = drafted_notice(house)
    house.promise("2027-01-08")
    ((withdrawn, reason),) = house.look_again().withdrawn
    assert (withdrawn, house.state(number)) == (number, LetterState.WITHDRAWN)
    assert house.events(LetterWithdrawn) == [LetterWithdrawn(number, (SALE,), reason)]
    assert house.questions() == {
        f"L{number}": f"The draft L{number} (delay_notice about {SALE}) lies in Drafts still but must not go out: "
        f"{reason}. Please delete it."
    }
    assert house.look_again() == LookReport()
    assert len(house.events(ReviewOpened)) == 1
    (new,) = [letter for _, letter in house.follow_up().planned]
    assert f"{new.facts.new_date}" == "2027-01-08"


def test_a_draft_about_goods_that_have_left_is_withdrawn(house: TradingHouse) -> None:
    number = drafted_notice(house)
    house.ship()
    assert [one for one, _ in house.look_again().withdrawn] == [number]
    assert "delay_notice" not in [template for template, _ in house.planned()]


def test_a_draft_that_would_not_go_out_when_approved_is_withdrawn(house: TradingHouse) -> None:
    number = drafted_notice(house)
    house.record(Paused(SALE))
    assert house.look_again().withdrawn == ((number, f"{SALE} is paused"),)


def test_what_was_said_of_a_draft_is_settled_by_whoever_saw_to_it(house: TradingHouse) -> None:
    number = drafted_notice(house)
    house.ship()
    house.look_again()
    decide(house.store, f"L{number}", "seen", who="amy@lanmei.example", why="", now=NOW)
    assert not house.questions()


def test_shadow_only_says_it(house: TradingHouse) -> None:
    number = drafted_notice(house)
    house.ship()
    assert [one for one, _ in house.look_again(shadow=True).withdrawn] == [number]
    assert house.state(number) is LetterState.DRAFTED


# ── held for a missing field ─────────────────────────────────────────────────────────────────────────────────────────

COMPLETE = {
    "shipping_mark": "BM/HAM",
    "product": "hoodie",
    "destination_port": "Hamburg",
    "destination_country": "Germany",
}


@pytest.fixture
def held(store: DatabaseStore) -> tuple[TradingHouse, int]:
    """A house whose shipment notice lacks the shipping mark, where it is to go, and what it is."""
    house = TradingHouse(store, due="2026-11-27")
    (number,) = [number for number, letter in house.follow_up().planned if letter.template == "shipment_notice"]
    assert house.state(number) is LetterState.HELD
    return house, number


def change(house: TradingHouse, **fields: str) -> None:
    with house.store.look() as tx:
        before = tx.views.orders([PURCHASE])[PURCHASE].order
    house.record(OrderChanged(replace(before, **fields), (), "test"))  # type: ignore[arg-type]  # test sugar


def test_a_held_letter_goes_on_when_all_is_there(held: tuple[TradingHouse, int]) -> None:
    house, number = held
    change(house, shipping_mark="BM/HAM")
    assert house.look_again() == LookReport(), "more is missing"
    change(house, **COMPLETE)
    assert house.look_again().released == (number,)
    letter = house.letter(number)
    assert letter.state is LetterState.QUEUED
    assert not letter.approved, "nobody said yes to it"
    assert letter.planned.mode is Mode.DRAFT
    assert letter.planned.facts.lines[0].shipping_mark == "BM/HAM"
    assert not house.questions()
    assert [event.item for event in house.events(ReviewDecided) if isinstance(event, ReviewDecided)] == [f"L{number}"]
    assert house.draft("shipment_notice") == number


def test_a_held_letter_whose_reason_is_gone_is_withdrawn_without_a_word_of_drafts(
    held: tuple[TradingHouse, int],
) -> None:
    house, number = held
    house.ship()
    assert [one for one, _ in house.look_again().withdrawn] == [number]
    assert house.state(number) is LetterState.WITHDRAWN
    assert f"L{number}" not in house.questions()


def test_a_letter_held_for_another_reason_waits_for_a_person(house: TradingHouse) -> None:
    house.promise("2026-12-28")
    ((number, _),) = house.follow_up().planned
    with house.store.begin() as tx:
        tx.outbox.hold(number, "the server refused it")
    house.ship()
    assert house.look_again() == LookReport()
    assert house.state(number) is LetterState.HELD
