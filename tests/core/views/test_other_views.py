"""The folds of parties, addresses and questions."""

from dataclasses import replace
from datetime import date
from typing import Any

from mailflow.core.orders.events import (
    AddressFailed,
    Change,
    MailRead,
    PartyChanged,
    PartyVanished,
    Paused,
    Resumed,
    ReviewDecided,
    ReviewOpened,
    WentLive,
    WritingStopped,
)
from mailflow.core.orders.state import AddressState, PartyState, ReviewState
from mailflow.core.views.addresses import ADDRESSES
from mailflow.core.views.parties import PARTIES
from mailflow.core.views.reviews import REVIEWS
from mailflow.core.views.view import fold
from tests.core.views.samples import PARTY, PARTY_IMPORTED, at, folded, recorded


def party(*events: Any) -> Any:
    """Return the party after its import and these events, which are numbered from 2."""
    return folded(PARTIES, PARTY_IMPORTED, *events)["Huada"]


def address(*events: Any) -> Any:
    """Return what is known of one address after these events."""
    return folded(ADDRESSES, *events).get("li@huada.example")


class TestParties:
    def test_a_new_party_is_quiet(self) -> None:
        assert party() == PartyState(PARTY, live=False, last_event=1)

    def test_live_from_the_day_it_was_switched_on(self) -> None:
        assert (party(WentLive("Huada")).live, party(WentLive("Huada")).live_at) == (True, at(2))

    def test_a_changed_party_stays_live(self) -> None:
        trusted = replace(PARTY, trusted=True)
        found = party(WentLive("Huada"), PartyChanged(trusted, (Change("trusted", "no", "yes"),), "parties.yaml"))
        assert (found.party, found.live) == (trusted, True)

    def test_vanished_and_back(self) -> None:
        assert party(PartyVanished("Huada", "x")).vanished
        assert not party(PartyVanished("Huada", "x"), PARTY_IMPORTED).vanished

    def test_paused_and_resumed(self) -> None:
        day = date(2026, 12, 5)
        assert party(Paused("Huada", day)).paused_until == day
        assert not party(Paused("Huada", day), Resumed("Huada")).paused

    def test_what_no_book_named_has_no_state(self) -> None:
        assert folded(PARTIES, WentLive("Nobody"), Paused("PO1")) == {}


class TestAddresses:
    def test_stop_is_for_good(self) -> None:
        read = MailRead(1, "", "li@huada.example", "", "update")
        assert address(WritingStopped("Li@Huada.example"), read) == AddressState("li@huada.example", stopped=True)

    def test_a_failure_for_good_counts_until_the_address_writes(self) -> None:
        failed = AddressFailed("Li@huada.example", permanent=True, mail=1, reply="550 no such user")
        assert address(failed) == AddressState("li@huada.example", failed=True, reply="550 no such user")
        assert not address(failed, MailRead(2, "", "LI@huada.example", "", "update")).failed
        assert address(failed, MailRead(2, "", "wang@huada.example", "", "update")).failed

    def test_a_failure_for_now_says_nothing(self) -> None:
        assert address(AddressFailed("li@huada.example", permanent=False)) is None

    def test_nothing_is_kept_of_whoever_writes(self) -> None:
        assert (
            folded(ADDRESSES, MailRead(1, "", "li@huada.example", "", "update"), MailRead(2, "", "", "", "ignore"))
            == {}
        )


class TestReviews:
    OPENED = ReviewOpened("R1.1", "which order?", ("PO1", "PO2"), 1)

    def test_open_until_decided(self) -> None:
        states: dict[str, Any] = {}
        fold(REVIEWS, states, [recorded(1, self.OPENED)])
        assert states == {"R1.1": ReviewState(self.OPENED, at(1))}
        assert REVIEWS.is_open(states["R1.1"])
        fold(REVIEWS, states, [recorded(2, ReviewDecided("R1.1", "PO2"), actor="an@ours.example")])
        assert states["R1.1"] == ReviewState(self.OPENED, at(1), "PO2", "an@ours.example", at(2))
        assert not REVIEWS.is_open(states["R1.1"])

    def test_an_answer_to_no_question_is_passed_over(self) -> None:
        assert folded(REVIEWS, ReviewDecided("R9.9", "yes")) == {}
