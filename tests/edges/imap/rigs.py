"""Three mailboxes with the same face: Dovecot, pymap and the fake; each with somebody else's client beside ours."""

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from mailflow.edges.imap import FakeMailbox, FakeMailServer, ImapAccount, ImapMailbox, Tls, connect

ARRIVED = datetime(2026, 11, 18, 2, 22, tzinfo=UTC)


class Rig(Protocol):
    """A mailbox and what other people do to it."""

    def connect(self, *, largest: int = ...) -> ImapMailbox | FakeMailbox: ...
    def deliver(self, raw: bytes, at: datetime = ARRIVED, folder: str = "INBOX") -> None: ...
    def flags(self, uid: int, folder: str = "INBOX") -> set[str]: ...
    def flag(self, uid: int, flag: str, folder: str = "INBOX") -> None: ...
    def remove(self, uid: int, folder: str = "INBOX") -> None: ...
    def uids(self, folder: str = "INBOX") -> list[int]: ...
    def create(self, folder: str) -> None: ...
    def renew(self, folder: str) -> None: ...


class FakeRig:
    """The fake server."""

    def __init__(self) -> None:
        self.server = FakeMailServer()
        self.flags, self.flag, self.remove = self.server.flags, self.server.flag, self.server.remove
        self.uids, self.create, self.renew = self.server.uids, self.server.create, self.server.renew

    def connect(self, *, largest: int = 10_000_000) -> FakeMailbox:
        return FakeMailbox(self.server, largest=largest)

    def deliver(self, raw: bytes, at: datetime = ARRIVED, folder: str = "INBOX") -> None:
        self.server.deliver(raw, at, folder)


class ServerRig:
    """A real server; the other client is the standard library's."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account

    def connect(self, *, largest: int = 10_000_000) -> ImapMailbox:
        fields = {name: getattr(self.account, name) for name in ImapAccount.__slots__}
        return connect(ImapAccount(**fields | {"largest": largest}))

    def deliver(self, raw: bytes, at: datetime = ARRIVED, folder: str = "INBOX") -> None:
        with self._other(folder) as client:
            assert client.append(folder, "", at, raw)[0] == "OK"

    def flags(self, uid: int, folder: str = "INBOX") -> set[str]:
        with self._other(folder) as client:
            (line,) = client.uid("FETCH", str(uid), "(FLAGS)")[1]
            return set(re.search(rb"FLAGS \(([^)]*)\)", line)[1].decode().split()) - {r"\Recent"}  # type: ignore[index]

    def flag(self, uid: int, flag: str, folder: str = "INBOX") -> None:
        with self._other(folder) as client:
            client.uid("STORE", str(uid), "+FLAGS", f"({flag})")

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        with self._other(folder) as client:
            client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            client.expunge()

    def uids(self, folder: str = "INBOX") -> list[int]:
        with self._other(folder) as client:
            return [int(uid) for uid in client.uid("SEARCH", "ALL")[1][0].split()]

    def create(self, folder: str) -> None:
        with self._other("INBOX") as client:
            assert client.create(folder)[0] == "OK"

    def renew(self, folder: str) -> None:
        with self._other(folder) as client:
            mails = [part[1] for part in client.fetch("1:*", "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
            client.select("INBOX")
            assert client.delete(folder)[0] == "OK"
            assert client.create(folder)[0] == "OK"
        for mail in mails:
            self.deliver(mail, folder=folder)

    @contextmanager
    def _other(self, folder: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(self.account.host, self.account.port) as client:
            client.login(self.account.user, self.account.password)
            assert client.select(folder)[0] == "OK"
            yield client


def plain_account(host: str, port: int, user: str, password: str) -> ImapAccount:
    return ImapAccount(host, port, user, password, tls=Tls.NONE, timeout=20)


def mail(subject: str = "PO-2026-0118", message_id: str = "", body: str = "Shipped.\r\n", size: int = 0) -> bytes:
    headers: Sequence[str] = (
        "From: Wang Li <wangli@partner.example>",
        f"Subject: {subject}",
        *([f"Message-ID: {message_id}"] if message_id else []),
    )
    return ("\r\n".join(headers) + "\r\n\r\n" + body + ("x" * 70 + "\r\n") * (size // 72)).encode()
