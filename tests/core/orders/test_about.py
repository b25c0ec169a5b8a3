"""What events are about: nothing that an event names stays unfindable."""

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from mailflow.core.orders.about import About, about
from mailflow.core.orders.events import (
    CustomerTold,
    Event,
    LetterSent,
    MailRead,
    OrderImported,
    PartyImported,
    Paused,
    ProblemReported,
    Proof,
    ReviewOpened,
)
from mailflow.core.orders.model import Order, OrderKind, Party, Role
from tests.core.orders.strategies import events


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (OrderImported(Order("PO1", OrderKind.PURCHASE, "Huada"), "book.csv"), About(("PO1",), "Huada")),
        (PartyImported(Party("Huada", Role.SUPPLIER), "parties.yaml"), About(party="Huada")),
        (MailRead(4, "<a@b>", "x@y", "Re: PO1", "update", ("PO1", "PO2"), "Huada"), About(("PO1", "PO2"), "Huada", 4)),
        (ProblemReported("PO1", "material", Proof(7, "no cloth", 0.9, "exact")), About(("PO1",), mail=7)),
        (ProblemReported("PO1", "material"), About(("PO1",))),
        (ReviewOpened("R4.1", "which?", ("PO1",), 4, party="Huada"), About(("PO1",), "Huada", 4, "R4.1")),
        (LetterSent(9, ("PO1", "PO2"), "<c@d>"), About(("PO1", "PO2"), letter=9)),
        (CustomerTold("SO1", date(2026, 12, 5), 9), About(("SO1",), letter=9)),
        (Paused("Huada"), About(("Huada",), "Huada")),
    ],
)
def test_what_an_event_names(event: Event, named: About) -> None:
    assert about(event) == named


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(events())
def test_every_event_can_be_asked(event: Event) -> None:
    named = about(event)
    for field in fields(event):
        if field.name in {"mail", "letter", "item"}:
            assert getattr(named, field.name) == getattr(event, field.name)
        if field.name == "order":
            order = getattr(event, "order")  # noqa: B009 - only some events have it
            assert named.orders == (order.number if isinstance(order, Order) else order,)
