"""Views move with the ledger, and folded again they are the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailflow.core.orders.events import (
    AddressFailed,
    CustomerTold,
    DatePromised,
    Event,
    MailRead,
    MilestoneReached,
    NewEvent,
    OrderAcknowledged,
    OrderImported,
    OrderVanished,
    PartyImported,
    PartyVanished,
    Paused,
    ProblemReported,
    Resumed,
    ReviewDecided,
    ReviewOpened,
    WentLive,
    WritingStopped,
)
from mailflow.core.orders.model import Milestone, Order, OrderKind, Party, Role
from mailflow.core.orders.state import AddressState
from mailflow.core.playbook.looks import Awoken, Look
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.core.orders.strategies import anything, events
from tests.edges.database.samples import HOUR, NOW, imported, promised

NAMES = ["PO1", "SO1", "Huada", "R1", "A@b.example", "x" * 900, "Ä\x00", "Ä\ufffd"]


def everything(tx: DatabaseTransaction) -> Sequence[object]:
    """Return all that the views say."""
    return tx.views.orders(), tx.views.parties(), tx.views.addresses(), tx.views.reviews(decided=True)


def test_states_move_with_what_is_recorded(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.ledger.record([imported("PO1"), imported("PO2")], NOW)
        assert set(tx.views.orders()) == {"PO1", "PO2"}
        last = tx.ledger.record([promised("PO1", 5)], NOW)[-1].id
        assert tx.views.orders(["PO1"])["PO1"].lots[0].promise == date(2026, 12, 5)
        tx.ledger.record([promised("PO2", 6)], NOW)
    with store.begin() as tx:
        tx.ledger.record([promised("PO2", 7)], NOW)
    with store.look() as tx:
        found = tx.views.orders(["PO1", "PO2", "PO9"])
        assert found == tx.views.orders()
        assert found["PO1"].last_event == last
        assert found["PO2"].lots[0].promise == date(2026, 12, 7)


def test_what_was_read_before_is_not_what_is_read_after(tx: DatabaseTransaction) -> None:
    """A transaction remembers what it has read, but not longer than it holds."""
    tx.ledger.record([NewEvent(PartyImported(Party("Huada", Role.SUPPLIER), "x"))], NOW)
    assert not tx.views.parties()["Huada"].live
    tx.views.parties().clear()
    tx.ledger.record([NewEvent(WentLive("Huada"))], NOW + HOUR)
    assert tx.views.parties()["Huada"].live_at == NOW + HOUR


def test_orders_that_were_read_before_move_too(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.ledger.record([imported("PO1")], NOW)
    with store.begin() as tx:
        assert tx.views.orders(["PO1", "PO2"]) == tx.views.orders(["PO1", "PO2"]) == tx.views.orders()
        tx.ledger.record([promised("PO1", 5), imported("PO2")], NOW)
        found = tx.views.orders(["PO1", "PO2"])
        assert set(found) == {"PO1", "PO2"}
        assert found["PO1"].lots[0].promise == date(2026, 12, 5)


def test_linked_orders_are_found_together(tx: DatabaseTransaction) -> None:
    tx.ledger.record(
        [imported("PO1", "SO1"), imported("PO2", "SO1"), imported("SO1"), imported("PO3", "SO2"), imported("PO4")], NOW
    )
    together = {"PO1", "PO2", "SO1"}
    assert set(tx.views.linked(["PO1"])) == set(tx.views.linked(["SO1"])) == together
    assert set(tx.views.linked(["PO1", "PO3"])) == together | {"PO3"}
    assert set(tx.views.linked(["PO4"])) == {"PO4"}
    assert tx.views.linked(["PO9"]) == tx.views.linked([]) == {}


def test_open_questions_and_all(tx: DatabaseTransaction) -> None:
    tx.ledger.record([NewEvent(ReviewOpened("R1", "?")), NewEvent(ReviewOpened("R2", "?"))], NOW)
    assert set(tx.views.reviews()) == {"R1", "R2"}
    tx.ledger.record([NewEvent(ReviewDecided("R1", "yes"))], NOW)
    assert set(tx.views.reviews()) == {"R2"}
    assert set(tx.views.reviews(decided=True)) == {"R1", "R2"}


def test_addresses(tx: DatabaseTransaction) -> None:
    tx.ledger.record([NewEvent(WritingStopped("Li@Huada.example"))], NOW)
    assert tx.views.addresses() == {"li@huada.example": AddressState("li@huada.example", stopped=True)}


def test_many_orders_at_once(tx: DatabaseTransaction) -> None:
    numbers = [f"PO{number}" for number in range(1200)]
    tx.ledger.record([imported(number, "SO1") for number in numbers], NOW)
    assert set(tx.views.orders(numbers)) == set(tx.views.linked(numbers)) == set(numbers)


def test_looking_reads_views(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.ledger.record([imported()], NOW)
        there = everything(tx)
    with store.look() as looking:
        assert everything(looking) == there


def moves() -> st.SearchStrategy[Event]:
    """Return a strategy for events that keep meeting on few keys, so that states really move."""
    name = st.sampled_from(NAMES)
    orders = st.builds(Order, number=name, kind=st.sampled_from(OrderKind), party=name, linked_order=name)
    proof = anything(MilestoneReached).map(lambda event: event.proof)
    fact = {"order": name, "proof": proof}
    dated = {**fact, "milestone": st.sampled_from(Milestone), "part": st.sampled_from(["", "1"])}
    return st.one_of(
        st.builds(OrderImported, order=orders, source=name),
        st.builds(OrderVanished, number=name, source=name),
        st.builds(DatePromised, date=st.dates(), **dated),
        st.builds(MilestoneReached, date=st.dates(), **dated),
        st.builds(ProblemReported, topic=name, **fact),
        st.builds(OrderAcknowledged, **fact),
        st.builds(CustomerTold, order=name, date=st.dates()),
        st.builds(PartyImported, party=st.builds(Party, name=name, role=st.sampled_from(Role)), source=name),
        st.builds(PartyVanished, name=name, source=name),
        st.builds(WentLive, party=name),
        st.builds(Paused, subject=name, until=st.none() | st.dates()),
        st.builds(Resumed, subject=name),
        st.builds(WritingStopped, address=name),
        st.builds(AddressFailed, address=name, permanent=st.booleans(), reply=name),
        st.builds(MailRead, st.just(1), name, sender=name, subject=name, disposition=name),
        st.builds(ReviewOpened, item=name, question=name),
        st.builds(ReviewDecided, item=name, choice=name),
        events(),
    )


# One transaction a batch of events; the views are looked at in between or not.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.tuples(st.lists(moves(), max_size=6), st.booleans()), max_size=5))
def test_folded_again_the_views_are_the_same(store: DatabaseStore, batches: list[tuple[list[Event], bool]]) -> None:
    """Every example goes on in the database of the one before."""
    for batch, looked in batches:
        with store.begin() as tx:
            for event in batch:
                tx.ledger.record([NewEvent(event)], NOW)
                if looked:
                    everything(tx)
    with store.look() as tx:
        live = everything(tx)
    with store.begin() as tx:
        tx.views.rebuild()
        assert everything(tx) == live
    with store.look() as tx:
        assert everything(tx) == live


def test_a_rebuild_forgets_what_no_event_says(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.ledger.record([imported()], NOW)
        tx.views._states["orders"]["PO1"] = replace(tx.views.orders()["PO1"], paused=True)
        tx.views._moved["orders"].add("PO1")
    with store.begin() as tx:
        assert tx.views.orders()["PO1"].paused
        tx.views.rebuild()
    with store.look() as tx:
        assert not tx.views.orders()["PO1"].paused


def test_who_has_waited_longest_is_looked_at_first(store: DatabaseStore) -> None:
    with store.begin() as tx:
        book = [Order(f"PO{n}", OrderKind.PURCHASE, party) for n, party in enumerate(("Huada", "Jinxiu", "Huada"))]
        tx.ledger.record([NewEvent(OrderImported(order, "book")) for order in book], NOW)
        tx.views.sleep({"PO0": Look(NOW), "PO1": Look(NOW - HOUR), "PO2": Look(NOW + HOUR)})
        assert [one.key for one in tx.views.awake(NOW, 5)] == ["PO1", "PO0"]
        assert tx.views.awake(NOW, 1) == [Awoken("PO1", "Jinxiu", NOW - HOUR)]
        assert tx.views.of_party("Huada") == ["PO0", "PO2"]
        assert tx.views.of_party("") == []
        assert tx.views.parties_by_urgency() == ["Jinxiu", "Huada"]
