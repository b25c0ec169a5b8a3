"""Threads keep the latest mail, notes what was put."""

import pytest

from mailflow.core.letters.model import ThreadPlace
from mailflow.edges.database.errors import OnlyLookingError
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import HOUR, NOW

FIRST = ThreadPlace("<1@b.example>", ("<0@b.example>", "<1@b.example>"), "Re: PO1 回复")
SECOND = ThreadPlace("<2@b.example>")


def test_a_conversation_goes_on_where_it_stood_last(tx: DatabaseTransaction) -> None:
    assert tx.threads.place("PO1", "Huada") is None
    tx.threads.note("PO1", "Huada", FIRST, NOW)
    assert tx.threads.place("PO1", "Huada") == FIRST
    tx.threads.note("PO1", "Huada", SECOND, NOW + HOUR)
    tx.threads.note("PO1", "Huada", FIRST, NOW)
    assert tx.threads.place("PO1", "Huada") == SECOND
    assert tx.threads.place("PO1", "Kunde") is None
    assert tx.threads.place("PO2", "Huada") is None


def test_a_mail_may_name_any_thread(tx: DatabaseTransaction) -> None:
    odd = ThreadPlace("<\x00" + "x" * 9000 + ">", ("\udce4",) * 50, "\x00")
    tx.threads.note("PO1", "Huada", odd, NOW)
    found = tx.threads.place("PO1", "Huada")
    assert found is not None
    assert len(found.references) == 50


def test_where_conversations_stand_is_committed_with_the_rest(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.threads.note("PO2", "Huada", SECOND, NOW)
        tx.threads.note("PO1", "Huada", FIRST, NOW)
    with store.look() as looking:
        assert looking.threads.place("PO1", "Huada") == FIRST
        assert looking.threads.place("PO2", "Huada") == SECOND


def test_looking_notes_no_conversation(store: DatabaseStore) -> None:
    with pytest.raises(OnlyLookingError), store.look() as tx:
        tx.threads.note("PO1", "Huada", FIRST, NOW)


def test_notes(tx: DatabaseTransaction) -> None:
    assert tx.notes.get("secret") is None
    tx.notes.put("secret", "a")
    tx.notes.put("other", "c")
    tx.notes.put("secret", "b")
    assert tx.notes.get("secret") == "b"


def test_the_first_value_stands(tx: DatabaseTransaction) -> None:
    assert tx.notes.first("secret", "a") == "a"
    assert tx.notes.first("secret", "b") == "a"
