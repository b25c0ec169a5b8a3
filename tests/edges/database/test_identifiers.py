"""The index in the database does what the one in memory does, and follows the ledger."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mailflow.core.matching.index import Alias, IdentifierIndex, Lookup, Naming
from mailflow.core.orders.by_hand import AliasLearned, LearnedWithdrawn
from mailflow.core.orders.events import Event, NewEvent, OrderChanged, OrderImported, OrderVanished
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.views.learned import learned_key
from mailflow.edges.database import open_store, upgrade
from mailflow.edges.database.identifier_writer import _FEW
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.core.matching.contract import LookupContract, MakeLookup, book, orders_of
from tests.edges.database.samples import NOW


def record(tx: DatabaseTransaction, *events: Event) -> None:
    """Record events of the order book."""
    tx.ledger.record([NewEvent(event, "test") for event in events], NOW)


def imported(order: Order) -> OrderImported:
    """An order of a book's first import."""
    return OrderImported(order, "book.csv")


def changed(order: Order) -> OrderChanged:
    """An order of a later import."""
    return OrderChanged(order, (), "book.csv")


class TestInDatabase(LookupContract):
    @pytest.fixture
    def make_lookup(self, tx: DatabaseTransaction) -> MakeLookup:
        def make(orders: Sequence[Order], aliases: Sequence[Alias]) -> Lookup:
            record(tx, *map(imported, orders))
            record(tx, *(AliasLearned(alias.text, alias.order, "Works") for alias in aliases))
            return tx.identifiers

        return make


def test_a_changed_name_is_found_and_the_old_one_is_not(store: DatabaseStore) -> None:
    (order,) = book("PO26-04867")
    with store.begin() as tx:
        record(tx, imported(replace(order, supplier_ref="OLD-4711")))
    with store.begin() as tx:
        assert orders_of(tx.identifiers.exact("old4711")) == ["PO26-04867"]
        record(tx, changed(replace(order, supplier_ref="NEW-8822", party="Mill")))
        assert not tx.identifiers.exact("old4711")
    with store.look() as tx:
        assert not tx.identifiers.exact("old4711")
        assert not tx.identifiers.near("old4712")
        assert not tx.identifiers.tail("Works", "4711")
        assert [entry.party for entry in tx.identifiers.near("new8823")] == ["Mill"]
        assert orders_of(tx.identifiers.tail("Mill", "8822")) == ["PO26-04867"]
        assert orders_of(tx.identifiers.exact("po2604867")) == ["PO26-04867"]


def test_an_order_that_has_vanished_from_the_book_keeps_its_names(store: DatabaseStore) -> None:
    with store.begin() as tx:
        record(tx, imported(book("PO26-04867")[0]), OrderVanished("PO26-04867", "book.csv"))
    with store.look() as tx:
        assert orders_of(tx.identifiers.exact("po2604867")) == ["PO26-04867"]


def test_what_is_unlearned_is_no_name(store: DatabaseStore) -> None:
    taught = AliasLearned("Job 88-17", "PO26-04867", "Works")
    with store.begin() as tx:
        record(tx, *map(imported, book("PO26-04867", "PO26-04868")), taught)
    with store.begin() as tx:
        record(tx, replace(taught, order="PO26-04868"))
    with store.begin() as tx:
        assert orders_of(tx.identifiers.exact("job8817")) == ["PO26-04868"]
        record(tx, LearnedWithdrawn(learned_key(taught)))
    with store.look() as tx:
        assert not tx.identifiers.exact("job8817")


def test_a_learned_name_goes_with_its_order(store: DatabaseStore) -> None:
    (order,) = book("PO26-04867")
    with store.begin() as tx:
        record(tx, imported(order), AliasLearned("Job 88-17", order.number, "Works"))
    with store.begin() as tx:
        record(tx, changed(replace(order, party="Mill")))
    with store.look() as tx:
        assert [(e.naming, e.party) for e in tx.identifiers.exact("job8817")] == [(Naming.LEARNED, "Mill")]


def test_a_transaction_that_fails_leaves_no_names(store: DatabaseStore) -> None:
    def fail() -> None:
        with store.begin() as tx:
            record(tx, imported(book("PO26-04867")[0]))
            tx.flush()
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    with store.look() as tx:
        assert not tx.identifiers.exact("po2604867")


def test_an_index_of_older_keys_is_made_anew(url: str) -> None:
    with closing(open_store(url)) as store, store.begin() as tx:
        record(tx, *map(imported, book("PO26-04867")), AliasLearned("Job 88-17", "PO26-04867", "Works"))
    with closing(open_store(url)) as store, store._writing.begin() as connection:
        for table in ("identifier", "identifier_near", "identifier_ending", "identifier_shape"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE setting SET value = '0' WHERE key = 'identifiers.version'"))
    upgrade(url)
    with closing(open_store(url)) as store, store.look() as tx:
        assert orders_of(tx.identifiers.near("po2604868")) == ["PO26-04867"]
        assert orders_of(tx.identifiers.exact("job8817")) == ["PO26-04867"]
        assert tx.identifiers.known_shape("ab1234567")


def test_a_large_book_is_sorted_before_it_is_written(store: DatabaseStore) -> None:
    numbers = [f"PO26-{i:05}" for i in range(0, _FEW // 4, 2)]
    with store.begin() as tx:
        record(tx, *map(imported, book(*numbers)))
    with store.look() as tx:
        assert orders_of(tx.identifiers.exact("po2600124")) == ["PO26-00124"]
        assert "PO26-00124" in orders_of(tx.identifiers.near("po260012"))


def test_rebuilding_tells_how_far_it_is(store: DatabaseStore) -> None:
    told: list[int] = []
    with store.begin() as tx:
        record(tx, *map(imported, book("PO26-04867", "PO26-04868")))
    with store.begin() as tx:
        tx.identifiers.rebuild(told.append)
        assert orders_of(tx.identifiers.near("po2604869")) == ["PO26-04867", "PO26-04868"]
    assert told == [2]


NUMBERS = st.text(alphabet="PO0123-/ 5S", min_size=3, max_size=12)


@given(st.lists(NUMBERS, max_size=8, unique=True), NUMBERS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_both_indexes_answer_alike(open_another: Callable[[], DatabaseStore], numbers: list[str], asked: str) -> None:
    orders = [Order(number, OrderKind.PURCHASE, "Works", style=number[::-1]) for number in numbers]
    memory = IdentifierIndex(orders)
    key = "".join(char for char in asked.lower() if char.isalnum())
    store = open_another()
    with store.begin() as tx:
        record(tx, *map(imported, orders))
        for ask in ("exact", "folded", "near"):
            assert set(getattr(tx.identifiers, ask)(key)) >= set(getattr(memory, ask)(key))
            assert {e for e in getattr(tx.identifiers, ask)(key) if e.order in numbers} == set(
                getattr(memory, ask)(key)
            )
        digits = "".join(char for char in key if char.isdigit())[-4:]
        if len(digits) >= 3:
            assert set(memory.tail("Works", digits)) <= set(tx.identifiers.tail("Works", digits))
