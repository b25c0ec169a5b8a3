"""What is gathered for many letters at once is for each of them what would be gathered for it alone."""

from dataclasses import replace
from functools import cache

import pytest

from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Duty
from mailflow.core.orders.events import Event, NewEvent, OrderImported, ReviewOpened
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Situation
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.follow_up import situation
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.situations import situations
from tests.core.letters.samples import planned
from tests.core.playbook.situations import HOUSE, playbook_with, shipped_calendars
from tests.jobs.posting import NOW

LETTERS = [("PO1",), ("SO1",), ("PO3",), ("PO2", "PO4"), ("PO4", "PO3", "PO1"), ("PO9",), ()]


@cache
def rules() -> FollowUpRules:
    return FollowUpRules(playbook_with(), shipped_calendars(), HOUSE, "main")


def order(number: str, serves: str = "") -> OrderImported:
    kind = OrderKind.SALES if number.startswith("SO") else OrderKind.PURCHASE
    return OrderImported(Order(number, kind, "Huada", linked_order=serves), "book")


def asks(item: str, mail: int | None, *about: str) -> ReviewOpened:
    return ReviewOpened(item, "which?", about[:1], mail, candidates=about[1:], party="Huada")


def fill(store: DatabaseStore) -> None:
    """Three orders that belong together, two that stand alone, letters about some, questions about some."""
    book: list[Event] = [order("SO1"), order("PO1", "SO1"), order("PO2", "SO1"), order("PO3"), order("PO4")]
    book += [asks("b", 1, "PO4", "PO3"), asks("a", 2, "PO3"), asks("c", 3, "PO2"), asks("d", None, "PO1")]
    with store.begin() as tx:
        tx.ledger.record([NewEvent(event) for event in book], NOW)
        for number, (step, about) in enumerate([("ask", "PO1"), ("chase", "PO1"), ("ask", "PO4"), ("list", "*")]):
            duty = Duty(step, about, f"r{number}@x.example", "2026-12-08")
            tx.outbox.plan(replace(planned("ask_ship", Side.SUPPLIER), duties=(duty,), account="main"), NOW)


@pytest.mark.parametrize("orders", LETTERS)
def test_gathered_together_is_gathered_alone(store: DatabaseStore, orders: tuple[str, ...]) -> None:
    fill(store)
    with store.look() as tx:
        together = situations(tx, rules(), LETTERS)(orders)
        alone = situation(tx, rules(), orders or None)
    assert together.orders == alone.orders
    assert list(together.orders) == list(alone.orders)
    assert set(together.done) == set(alone.done)
    assert questions(together) == questions(alone)


def questions(found: Situation) -> dict[str, str]:
    frame = Frame(found, rules().playbook, rules().calendars, NOW)
    return {number: frame.question(state) for number, state in found.orders.items()}


def test_the_samples_hold_what_may_differ(store: DatabaseStore) -> None:
    fill(store)
    with store.look() as tx:
        of = situations(tx, rules(), LETTERS)
        assert set(of(("PO1",)).orders) == {"SO1", "PO1", "PO2"}
        assert {done.duty.step for done in of(("PO1",)).done} == {"ask", "chase"}
        assert questions(of(("PO4", "PO3"))) == {"PO3": "a", "PO4": "b"}
        assert set(of(("PO2",)).reviews) == {"c", "d"}
