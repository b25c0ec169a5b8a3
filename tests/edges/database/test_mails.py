"""Stored mails: none is lost, none counts twice."""

import os
from datetime import datetime

import pytest

from mailflow.core.mails import Cursor, MailKey, MailState, NewMail
from mailflow.edges.database.errors import OnlyLookingError
from mailflow.edges.database.mails import MOST_UNREAD_BYTES
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from tests.edges.database.samples import NOW, mail


def store_one(tx: DatabaseTransaction, uid: int = 1) -> int:
    number = tx.mails.store(mail(uid))
    assert number is not None
    return number


def test_a_mail_comes_back_as_it_was_fetched(tx: DatabaseTransaction) -> None:
    raw = os.urandom(3000) + b"\x00\xff" + b"a" * 3000
    number = tx.mails.store(mail(3, raw))
    assert number is not None
    found = tx.mails.get(number)
    assert found is not None
    assert (found.key, found.received_at, found.size, found.raw) == (mail(3).key, NOW, len(raw), raw)
    assert (found.state, found.reason, found.message_id) == (MailState.STORED, "", "")
    assert found.received_at.utcoffset() is not None


def test_the_same_place_is_stored_once(tx: DatabaseTransaction) -> None:
    assert store_one(tx)
    assert tx.mails.store(mail(1, b"something else")) is None
    others = [mail(2), mail(1, uidvalidity=8), mail(1, folder="Sent"), mail(1, account="second")]
    assert all(tx.mails.store(other) for other in others)


def test_a_naive_moment_is_refused(tx: DatabaseTransaction) -> None:
    naive = datetime(2026, 11, 2, 8)  # noqa: DTZ001 - that is the fault
    with pytest.raises(ValueError, match="no time zone"):
        tx.mails.store(NewMail(mail().key, naive, 0, b""))


def test_a_giant_is_noted_without_its_bytes(tx: DatabaseTransaction) -> None:
    number = tx.mails.store(NewMail(mail().key, NOW, 80_000_000, b"", "80 MB, the limit is 30 MB"))
    assert number is not None
    found = tx.mails.get(number)
    assert found is not None
    assert (found.state, found.reason, found.size, found.raw) == (
        MailState.SKIPPED,
        "80 MB, the limit is 30 MB",
        80_000_000,
        b"",
    )
    assert tx.mails.unread(10) == []


def test_big_unread_mails_come_few_at_a_time_and_the_biggest_alone(tx: DatabaseTransaction) -> None:
    sizes = [MOST_UNREAD_BYTES // 2, MOST_UNREAD_BYTES // 2, MOST_UNREAD_BYTES * 2, 1]
    numbers = [tx.mails.store(NewMail(mail(uid).key, NOW, size, b"mail")) for uid, size in enumerate(sizes, 1)]
    batches = []
    while found := [one.id for one in tx.mails.unread(10)]:
        batches.append(found)
        for number in found:
            tx.mails.settle(number, MailState.READ)
    assert batches == [numbers[:2], numbers[2:3], numbers[3:]]


def test_unread_mails_come_oldest_first_until_they_are_settled(tx: DatabaseTransaction) -> None:
    numbers = [store_one(tx, uid) for uid in (9, 4, 7)]
    assert [found.id for found in tx.mails.unread(10)] == numbers
    tx.mails.settle(numbers[0], MailState.READ)
    tx.mails.settle(numbers[2], MailState.ASIDE, "no text in it\x00")
    assert [found.id for found in tx.mails.unread(10)] == [numbers[1]]
    aside = tx.mails.get(numbers[2])
    assert aside is not None
    assert (aside.state, aside.reason) == (MailState.ASIDE, "no text in it\ufffd")


def test_mails_wait_until_every_one_is_settled(store: DatabaseStore) -> None:
    with store.begin() as tx:
        assert not tx.mails.waiting()
        number = store_one(tx)
        assert tx.mails.waiting()
    with store.begin() as reading:
        assert [found.id for found in reading.mails.unread(10)] == [number]
        reading.mails.settle(number, MailState.READ)
        assert not reading.mails.waiting()
        with store.look() as other:
            assert other.mails.waiting(), "what another worker is just reading is not read yet"
    with store.look() as other:
        assert not other.mails.waiting()


def test_no_more_unread_mails_than_asked_for(tx: DatabaseTransaction) -> None:
    numbers = [store_one(tx, uid) for uid in range(1, 6)]
    assert [found.id for found in tx.mails.unread(2)] == numbers[:2]


def test_the_first_of_two_same_mails_holds_what_they_are(tx: DatabaseTransaction) -> None:
    first, second, third = store_one(tx, 1), store_one(tx, 2), store_one(tx, 3)
    assert tx.mails.identify(first, "<a@b.example>", "hash") == first
    assert tx.mails.identify(second, "<a@b.example>", "hash") == first
    assert tx.mails.identify(third, "<a@b.example>", "another hash") == third
    assert tx.mails.identify(first, "<a@b.example>", "hash") == first
    assert tx.mails.find("<a@b.example>") == [first, second, third]
    assert tx.mails.find("<nobody@b.example>") == []


def test_a_mail_without_message_id_is_known_by_its_content(tx: DatabaseTransaction) -> None:
    first, second, third = store_one(tx, 1), store_one(tx, 2), store_one(tx, 3)
    assert tx.mails.identify(first, "", "hash") == first
    assert tx.mails.identify(second, "", "hash") == first
    assert tx.mails.identify(third, "", "other") == third


@pytest.mark.parametrize("message_id", ["<" + "x" * 20_000 + "@b.example>", "<a\x00b@c.example>", "<\udce4@b.example>"])
def test_no_message_id_is_too_odd(tx: DatabaseTransaction, message_id: str) -> None:
    number = store_one(tx)
    assert tx.mails.identify(number, message_id, "hash") == number
    assert tx.mails.find(message_id) == [number]
    assert tx.mails.find(message_id[:-2] + "other>") == []


def test_each_folder_has_its_cursor(tx: DatabaseTransaction) -> None:
    assert tx.mails.cursor("follow-up", "INBOX") is None
    tx.mails.set_cursor("follow-up", "INBOX", Cursor(7, 41))
    tx.mails.set_cursor("follow-up", "Sent", Cursor(4_294_967_295, 4_294_967_295))
    tx.mails.set_cursor("follow-up", "INBOX", Cursor(8, 1))
    assert tx.mails.cursor("follow-up", "INBOX") == Cursor(8, 1)
    assert tx.mails.cursor("follow-up", "Sent") == Cursor(4_294_967_295, 4_294_967_295)
    assert tx.mails.cursor("other", "INBOX") is None


def test_read_mails_are_marked_once(tx: DatabaseTransaction) -> None:
    numbers = [store_one(tx, uid) for uid in (1, 2, 3)]
    for number in numbers[:2]:
        tx.mails.settle(number, MailState.READ)
    keys = [(numbers[0], MailKey("follow-up", "INBOX", 7, 1)), (numbers[1], MailKey("follow-up", "INBOX", 7, 2))]
    assert tx.mails.unmarked("follow-up", "INBOX", 10) == keys
    assert tx.mails.unmarked("follow-up", "INBOX", 1) == keys[:1]
    assert tx.mails.unmarked("follow-up", "Sent", 10) == []
    tx.mails.marked([numbers[0]])
    assert tx.mails.unmarked("follow-up", "INBOX", 10) == keys[1:]


def test_nothing_is_there_of_a_transaction_that_failed(store: DatabaseStore) -> None:
    def failing() -> None:
        with store.begin() as tx:
            store_one(tx)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        failing()
    with store.look() as tx:
        assert tx.mails.unread(10) == []


def test_looking_sees_the_unread_and_locks_nothing(store: DatabaseStore) -> None:
    with store.begin() as tx:
        number = store_one(tx)
    with store.look() as looking, store.begin() as writing:
        assert [found.id for found in looking.mails.unread(10)] == [number]
        assert [found.id for found in writing.mails.unread(10)] == [number]


def test_what_becomes_of_a_mail_is_committed_with_the_rest(store: DatabaseStore) -> None:
    with store.begin() as tx:
        one, two = (tx.mails.store(mail(uid)) for uid in (1, 2))
        assert one is not None
        tx.mails.identify(one, "<a@b.example>", "hash")
        tx.mails.settle(one, MailState.READ)
        tx.mails.settle(one, MailState.ASIDE, "the last word counts")
    with store.look() as looking:
        assert [found.id for found in looking.mails.unread(10)] == [two]
        assert looking.mails.find("<a@b.example>") == [one]
        found = looking.mails.get(one)
    assert found is not None
    assert (found.state, found.reason) == (MailState.ASIDE, "the last word counts")


def test_a_settled_mail_does_not_wait(tx: DatabaseTransaction) -> None:
    number = store_one(tx)
    assert tx.mails.waiting()
    tx.mails.settle(number, MailState.READ)
    assert not tx.mails.waiting()


def test_looking_settles_nothing(store: DatabaseStore) -> None:
    with pytest.raises(OnlyLookingError), store.look() as tx:
        tx.mails.settle(1, MailState.READ)
