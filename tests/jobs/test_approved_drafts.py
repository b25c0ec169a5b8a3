"""A draft that was let go by mail is not handed over where a person may have sent it by hand."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import LetterDrafted
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.approved_drafts import DraftFate, kept_back
from mailflow.jobs.delivered import DeliverReport
from tests.jobs.house import NOW, SALE, TradingHouse


@pytest.fixture
def house(store: DatabaseStore) -> TradingHouse:
    """A trading house with a delay notice in Drafts."""
    made = TradingHouse(store)
    made.promise("2027-01-20")
    made.follow_up()
    number = made.draft("delay_notice")
    made.record(LetterDrafted(number, (SALE,), f"<{number}@lanmei.example>"))
    return made


def looked(house: TradingHouse, fate: DraftFate | None, minutes: int = 0) -> tuple[bool, DeliverReport]:
    """Let the draft go, claim it, and look; return whether it was kept back."""
    now, report = NOW + timedelta(minutes=minutes), DeliverReport()
    seen: Mapping[int, DraftFate] = {}
    with house.store.begin() as tx:
        (letter,) = tx.outbox.letters([LetterState.DRAFTED, LetterState.QUEUED, LetterState.HELD])
        tx.outbox.approve(letter.id, now)
        claimed = tx.outbox.claim(house.store.join(), now, 1)
    if fate is not None:
        seen = {letter.id: fate}
    back = kept_back(house.store, lambda letters: seen, claimed, now, report)
    return letter.id in back, report


def test_one_that_lies_there_goes(house: TradingHouse) -> None:
    assert looked(house, DraftFate.THERE)[0] is False


@pytest.mark.parametrize("fate", [DraftFate.SENT, DraftFate.GONE, None])
def test_one_that_may_have_been_sent_or_cannot_be_looked_for_waits(house: TradingHouse, fate: DraftFate | None) -> None:
    back, report = looked(house, fate)
    assert (back, len(report.later), report.held) == (True, 1, [])
    assert house.state(report.later[0]) is LetterState.QUEUED


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (DraftFate.GONE, DraftFate.GONE, LetterState.HELD),
        (DraftFate.GONE, DraftFate.THERE, LetterState.CLAIMED),
        (DraftFate.GONE, None, LetterState.QUEUED),
        (None, DraftFate.GONE, LetterState.QUEUED),
        (DraftFate.CHANGED, DraftFate.CHANGED, LetterState.CLAIMED),
    ],
    ids=["gone for long", "there again", "not seen", "gone just now", "changed, and let go once more"],
)
def test_what_is_gone_for_long_or_changed_is_asked_about_once(
    house: TradingHouse, first: DraftFate | None, second: DraftFate | None, state: LetterState
) -> None:
    looked(house, first)
    looked(house, second, minutes=15)
    with house.store.look() as tx:
        (letter,) = [one for one in tx.outbox.letters(list(LetterState)) if one.planned.template == "delay_notice"]
        asked = f"L{letter.id}" in tx.views.reviews()
    assert letter.state is state
    assert asked == (state is LetterState.HELD or first is DraftFate.CHANGED)
