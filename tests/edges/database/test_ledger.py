"""The ledger only grows, its ids rise, and nothing in it changes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailflow.core.orders.events import (
    CustomerTold,
    LetterSent,
    MailRead,
    MailSetAside,
    NewEvent,
    ProblemReported,
    Proof,
    Recorded,
)
from mailflow.edges.database.engine import make_engine, parse_url
from mailflow.edges.database.errors import OnlyLookingError
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import HOUR, NOW, imported, promised


def test_events_come_back_as_they_were_recorded(tx: DatabaseTransaction) -> None:
    events = [imported(), NewEvent(promised().event, "an@ours.example", "on the phone")]
    recorded = tx.ledger.record(events, NOW)
    assert recorded == [
        Recorded(number, NOW, new.event, new.actor, new.why) for number, new in enumerate(events, recorded[0].id)
    ]
    assert tx.ledger.after(0, 10) == recorded
    assert [one.at.utcoffset() for one in tx.ledger.after(0, 10)] == [timedelta(0)] * 2


def test_ids_rise_over_transactions(store: DatabaseStore) -> None:
    for _ in range(3):
        with store.begin() as tx:
            tx.ledger.record([imported(), promised()], NOW)
            tx.ledger.record([promised(day=9)], NOW + HOUR)
    with store.look() as looking:
        numbers = [one.id for one in looking.ledger.after(0, 100)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 9


def test_every_moment_is_kept_in_utc(tx: DatabaseTransaction) -> None:
    there = datetime(2026, 11, 2, 16, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    tx.ledger.record([imported()], there)
    assert tx.ledger.after(0, 1)[0].at == there
    assert tx.ledger.after(0, 1)[0].at.tzinfo == UTC


def test_a_naive_moment_is_refused(tx: DatabaseTransaction) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        tx.ledger.record([imported()], NOW.replace(tzinfo=None))
    assert tx.ledger.after(0, 1) == []


def test_nothing_recorded_is_nothing(tx: DatabaseTransaction) -> None:
    assert tx.ledger.record([], NOW) == []


def test_an_order_has_its_history(tx: DatabaseTransaction) -> None:
    tx.ledger.record(
        [
            imported("PO1"),
            imported("PO2"),
            promised("PO1"),
            NewEvent(MailRead(1, "<a@b>", "x@y.example", "both", "update", ("PO1", "PO2", "PO1"))),
            NewEvent(LetterSent(1, ("PO2",), "<c@d>")),
        ],
        NOW,
    )
    assert [type(one.event).__name__ for one in tx.ledger.history("PO1")] == [
        "OrderImported",
        "DatePromised",
        "MailRead",
    ]
    assert [type(one.event).__name__ for one in tx.ledger.history("PO2")] == ["OrderImported", "MailRead", "LetterSent"]
    assert tx.ledger.history("PO3") == []


def test_a_mail_has_its_events(tx: DatabaseTransaction) -> None:
    tx.ledger.record([imported(), promised(mail=4), promised(mail=5), NewEvent(MailSetAside(4, "odd"))], NOW)
    assert [type(one.event).__name__ for one in tx.ledger.of_mail(4)] == ["DatePromised", "MailSetAside"]


def test_events_are_read_on_from_one(tx: DatabaseTransaction) -> None:
    recorded = tx.ledger.record([promised(day=day) for day in range(1, 8)], NOW)
    assert tx.ledger.after(recorded[2].id, 3) == recorded[3:6]
    assert tx.ledger.after(recorded[-1].id, 3) == []


def test_what_no_database_takes_is_shown(tx: DatabaseTransaction) -> None:
    odd = ProblemReported("PO\x00\udce4", "delay\x00\udce4", Proof(1, "\udce4\x00", 0.5, "exact"))
    recorded = tx.ledger.record([NewEvent(odd, "an\x00\udce4", "\udce4")], NOW)
    assert tx.ledger.after(0, 9) == recorded
    assert tx.ledger.history("PO\x00\udce4") == recorded
    assert recorded[0].actor == "an\ufffd\ufffd"


@pytest.mark.parametrize("change", ["UPDATE event SET why = 'changed'", "DELETE FROM event", "DELETE FROM event_order"])
def test_nothing_is_changed_or_deleted(url: str, store: DatabaseStore, change: str) -> None:
    with store.begin() as tx:
        recorded = tx.ledger.record([imported(), NewEvent(LetterSent(1, ("PO1", "PO2"), "<a@b>"))], NOW)
    with pytest.raises(DBAPIError, match="never changed or deleted"), make_engine(parse_url(url)).begin() as connection:
        connection.execute(text(change))
    with store.look() as tx:
        assert tx.ledger.after(0, 10) == recorded
        assert tx.ledger.history("PO2") == recorded[1:]


def test_nothing_is_swept_away_or_replaced(url: str, engine: str, store: DatabaseStore) -> None:
    """The back doors past the triggers: TRUNCATE there, REPLACE here."""
    with store.begin() as tx:
        recorded = tx.ledger.record([imported(), promised()], NOW)
    swept = {
        "postgresql": "TRUNCATE event CASCADE",
        "sqlite": "REPLACE INTO event SELECT id, at, type, order_number, party, mail, item, letter, actor, 'x', data"
        " FROM event",
    }
    with (
        pytest.raises(DBAPIError, match=r"never changed|only rise"),
        make_engine(parse_url(url)).begin() as connection,
    ):
        connection.execute(text(swept[engine]))
    with store.look() as tx:
        assert tx.ledger.after(0, 10) == recorded


def test_nothing_is_there_of_a_transaction_that_failed(store: DatabaseStore) -> None:
    def failing() -> None:
        with store.begin() as tx:
            tx.ledger.record([imported()], NOW)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        failing()
    with store.begin() as tx:
        assert tx.ledger.after(0, 10) == []
        assert tx.views.orders() == {}
        assert tx.ledger.record([imported()], NOW)[0].id == 1


def test_looking_records_nothing(store: DatabaseStore) -> None:
    with pytest.raises(OnlyLookingError), store.look() as tx:
        tx.ledger.record([NewEvent(CustomerTold("PO1", NOW.date()))], NOW)


def test_who_looks_sees_one_state_of_the_data(store: DatabaseStore) -> None:
    with store.look() as looking:
        assert looking.ledger.after(0, 10) == []
        with store.begin() as tx:
            tx.ledger.record([imported()], NOW)
        assert looking.ledger.after(0, 10) == []
        assert looking.views.orders() == {}
    with store.look() as looking:
        assert len(looking.ledger.after(0, 10)) == 1
