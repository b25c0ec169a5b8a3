"""The comparison of ledger and reading accepts what only a ledger can know, and nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bench.agreement import ASKED, FROM_PROMISE, DisagreementError, compare
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import DatePromised, Event, MailRead, NewEvent, OrderImported, Proof, ReviewOpened
from mailflow.core.orders.model import Milestone, Order, OrderKind
from mailflow.edges.database import DatabaseStore, open_store, upgrade

NOW = datetime(2026, 11, 17, tzinfo=UTC)
DUE = date(2026, 12, 1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    url = f"sqlite:///{tmp_path}/mailflow.db"
    upgrade(url)
    opened = open_store(url)
    order = Order("PO1", OrderKind.PURCHASE, "Hengtai", quantity=Decimal(100), due_date=DUE)
    record(opened, OrderImported(order, "test"))
    yield opened
    opened.close()


def record(store: DatabaseStore, *events: Event) -> None:
    with store.begin() as tx:
        tx.ledger.record([NewEvent(event) for event in events], NOW)


def promise(mail: int, day: date) -> DatePromised:
    return DatePromised("PO1", Milestone.SHIP, day, proof=Proof(mail, "words", 0.99, "exact"))


def mail_read(mail: int) -> MailRead:
    return MailRead(mail, f"<{mail}@a.example>", "a@a.example", "PO1", "update", ("PO1",))


def line(mail: int, day: date, *, disposition: str = "update") -> bytes:
    update = {"order": "PO1", "kind": "forecast", "milestone": "ship", "date": day.isoformat(), "applied": True}
    said = {"id": str(mail), "message_id": f"<{mail}@a.example>", "disposition": disposition, "updates": [update]}
    return json.dumps(said).encode() + b"\n"


def test_the_same_facts_agree(store: DatabaseStore) -> None:
    record(store, mail_read(1), promise(1, date(2026, 12, 8)))
    assert compare(store, line(1, date(2026, 12, 8))) == ["1 facts are the same in both"]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (line(1, date(2026, 12, 9)), "read says .*2026, 12, 9"),
        (line(1, date(2026, 12, 8), disposition="attention"), "read says attention, the ledger update"),
        (line(1, date(2026, 12, 8)) + line(2, date(2026, 12, 8)), "2: it is not in the ledger"),
        (b"", "`mailflow read` was never given it"),
    ],
)
def test_anything_else_is_told(store: DatabaseStore, lines: bytes, complaint: str) -> None:
    record(store, mail_read(1), promise(1, date(2026, 12, 8)))
    with pytest.raises(DisagreementError, match=complaint):
        compare(store, lines)


def test_a_day_may_count_from_the_promise_that_stood_and_from_no_other(store: DatabaseStore) -> None:
    """A week later: `read` counts from the due date, the ledger from the promise of the mail before."""
    record(store, mail_read(1), promise(1, date(2026, 12, 8)), mail_read(2), promise(2, date(2026, 12, 15)))
    first = line(1, date(2026, 12, 8))
    assert f"1 {FROM_PROMISE}" in compare(store, first + line(2, date(2026, 12, 8)))
    with pytest.raises(DisagreementError):
        compare(store, first + line(2, date(2026, 12, 7)))


@pytest.mark.parametrize(("question", "explained"), [("PO1 goes in lots: which?", True), ("Is it so?", False)])
def test_a_fact_may_be_asked_about_for_the_ledgers_reasons_alone(
    store: DatabaseStore, question: str, explained: bool
) -> None:
    asked = ReviewOpened("R1.1", question, ("PO1",), 1, proposed=(encode_event(promise(1, date(2026, 12, 8))),))
    record(store, mail_read(1), asked)
    if explained:
        assert f"1 {ASKED}" in compare(store, line(1, date(2026, 12, 8)))
    else:
        with pytest.raises(DisagreementError, match="asks"):
            compare(store, line(1, date(2026, 12, 8)))
