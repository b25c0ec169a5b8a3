"""Receiving loses nothing and counts nothing twice, whatever the mailbox does in between."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailflow.core.mailbox import FetchedMail
from mailflow.core.mails import MailState
from mailflow.edges.database import DatabaseStore
from mailflow.edges.imap import FakeMailbox, FakeMailServer
from mailflow.jobs.receive import CHUNK_BYTES, Source, receive
from tests.core.playbook.situations import supplier
from tests.jobs.house import TradingHouse

NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
FROM_START = Source("followup", "INBOX", datetime(2026, 11, 1, tzinfo=UTC))


def mail(number: int) -> bytes:
    return (
        f"Message-ID: <{number}@a.example>\r\nFrom: a@a.example\r\nSubject: {number}\r\n\r\nHello {number}\r\n".encode()
    )


def stored(store: DatabaseStore) -> list[bytes]:
    with store.begin() as tx:
        return [found.raw for found in tx.mails.unread(1000)]


@pytest.fixture
def server() -> FakeMailServer:
    return FakeMailServer()


@pytest.fixture
def mailbox(server: FakeMailServer) -> FakeMailbox:
    return FakeMailbox(server)


def test_each_mail_is_stored_once(store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox) -> None:
    for number in range(250):
        server.deliver(mail(number), NOW)
    assert receive(store, mailbox, FROM_START, NOW) == 250
    assert receive(store, mailbox, FROM_START, NOW) == 0
    server.deliver(mail(250), NOW)
    assert receive(store, mailbox, FROM_START, NOW) == 1
    assert stored(store) == [mail(number) for number in range(251)]


def test_from_now_on_leaves_out_what_was_there(
    store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox
) -> None:
    source = Source("followup", "INBOX")
    server.deliver(mail(1), NOW - timedelta(days=1))
    assert receive(store, mailbox, source, NOW) == 0
    server.deliver(mail(2), NOW + timedelta(minutes=1))
    assert receive(store, mailbox, source, NOW) == 1


def test_since_a_day_takes_what_came_from_then(
    store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox
) -> None:
    server.deliver(mail(1), datetime(2026, 10, 31, 12, tzinfo=UTC))
    server.deliver(mail(2), datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert receive(store, mailbox, FROM_START, NOW) == 1
    assert stored(store) == [mail(2)]


@pytest.mark.parametrize("since", [None, datetime(2026, 11, 1, tzinfo=UTC)])
def test_a_new_uidvalidity_starts_again_from_the_first_start(
    store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox, since: datetime | None
) -> None:
    source = Source("followup", "INBOX", since)
    server.deliver(mail(1), datetime(2026, 10, 1, tzinfo=UTC))
    receive(store, mailbox, source, NOW)
    server.deliver(mail(2), NOW + timedelta(hours=1))
    receive(store, mailbox, source, NOW + timedelta(hours=1))
    server.renew()
    receive(store, mailbox, source, NOW + timedelta(hours=2))
    assert stored(store) == [mail(2), mail(2)], "stored twice under two keys; reading tells that it is one mail"


def test_a_giant_is_told_and_does_not_block(store: DatabaseStore, server: FakeMailServer) -> None:
    server.deliver(mail(1) + b"x" * 10_000, NOW)
    server.deliver(mail(2), NOW)
    assert receive(store, FakeMailbox(server, largest=5000), FROM_START, NOW) == 2
    assert stored(store) == [mail(2)]
    with store.look() as tx:
        (review,) = tx.views.reviews().values()
        assert "bytes" in review.opened.question
        giant = tx.mails.get(review.opened.mail or 0)
    assert giant is not None
    assert giant.state is MailState.SKIPPED


def test_a_mail_that_could_not_be_fetched_is_told_with_the_servers_reason(
    store: DatabaseStore, server: FakeMailServer
) -> None:
    class Refusing(FakeMailbox):
        def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
            for found in super().fetch(uids):
                yield replace(found, raw=None, problem="the server says: [SERVERBUG] message 1 is damaged")

    server.deliver(mail(1), NOW)
    receive(store, Refusing(server), FROM_START, NOW)
    with store.look() as tx:
        (review,) = tx.views.reviews().values()
    assert "[SERVERBUG] message 1 is damaged" in review.opened.question


def test_big_mails_are_stored_before_they_fill_the_memory(store: DatabaseStore, server: FakeMailServer) -> None:
    """After each big mail those before it are in the database already: the cursor stands at the last of them."""
    seen: list[int] = []

    class Watched(FakeMailbox):
        def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
            for found in super().fetch(uids):
                with store.look() as tx:
                    cursor = tx.mails.cursor("followup", "INBOX")
                seen.append(cursor.last_uid if cursor else 0)
                yield found

    big = mail(1) + b"x" * (CHUNK_BYTES * 3 // 4)
    for _ in range(4):
        server.deliver(big, NOW)
    assert receive(store, Watched(server), FROM_START, NOW) == 4
    assert seen == [0, 0, 1, 2]
    assert stored(store) == [big], "nor are they read all at once"


class CrashError(Exception):
    """Stands for a process that ends at a point."""


@pytest.mark.parametrize("point", ["before_store_commit", "after_store_commit"])
def test_a_crash_around_the_commit_neither_loses_nor_doubles(
    store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox, point: str
) -> None:
    def crash(name: str) -> None:
        if name == point:
            raise CrashError

    server.deliver(mail(1), NOW)
    with pytest.raises(CrashError):
        receive(store, mailbox, FROM_START, NOW, crash)
    receive(store, mailbox, FROM_START, NOW)
    assert stored(store) == [mail(1)]


def letter(sender: str, to: str) -> bytes:
    return f"Message-ID: <{sender}.{to}>\r\nFrom: {sender}\r\nTo: {to}\r\nSubject: x\r\n\r\nHello\r\n".encode()


def test_of_a_watched_mailbox_only_what_concerns_a_party_is_stored(
    store: DatabaseStore, server: FakeMailServer, mailbox: FakeMailbox
) -> None:
    TradingHouse(store)
    theirs = supplier().party.contacts[0].email
    kept = [letter(theirs.upper(), "amy@lanmei.example"), letter("amy@lanmei.example", f"Chen <{theirs}>")]
    for raw in (kept[0], letter("aunt@family.example", "amy@lanmei.example"), kept[1]):
        server.deliver(raw, NOW)
    assert receive(store, mailbox, replace(FROM_START, watched=True), NOW) == 2
    assert stored(store) == kept
    assert receive(store, mailbox, replace(FROM_START, watched=True), NOW) == 0
