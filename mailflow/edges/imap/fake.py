"""A mail server in memory with the contract of a real one, for tests of what uses a mailbox."""

import select
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes

from mailflow.core.mailbox import (
    ANY_KEYWORD,
    DisconnectedError,
    FetchedMail,
    Folder,
    FolderError,
    FolderStatus,
    RefusedError,
    UnsupportedError,
    folder_for,
)
from mailflow.edges.imap.account import LARGEST
from mailflow.edges.imap.idle import LONGEST, Wake

_USES = {"Drafts": "drafts", "Sent": "sent", "Trash": "trash"}


@dataclass(slots=True)
class _Mail:
    raw: bytes
    internaldate: datetime
    flags: set[str]


@dataclass(slots=True)
class _Folder:
    uidvalidity: int
    uidnext: int = 1
    mails: dict[int, _Mail] = field(default_factory=dict)

    def add(self, mail: _Mail) -> int:
        uid = self.uidnext
        self.mails[uid] = mail
        self.uidnext += 1
        return uid


class FakeMailServer:
    """One mailbox, its folders, and what other people do to it."""

    def __init__(self) -> None:
        self.capabilities = {"IMAP4REV1", "IDLE", "MOVE", "UIDPLUS", "ID", "SPECIAL-USE"}
        self.permanent_flags = {"\\answered", "\\flagged", "\\deleted", "\\seen", "\\draft", ANY_KEYWORD}
        self.reachable = True
        self._folders = {name: _Folder(uidvalidity=1) for name in ("INBOX", *_USES)}
        self._listeners: list[socket.socket] = []

    def deliver(self, raw: bytes, at: datetime, folder: str = "INBOX", flags: Sequence[str] = ()) -> int:
        """Put a mail into a folder and wake those who wait; return its UID."""
        uid = self.folder(folder).add(_Mail(raw, at.astimezone(UTC), set(flags)))
        for listener in self._listeners:
            with suppress(BlockingIOError):  # it has rung often enough
                listener.send(b"*")
        return uid

    def flags(self, uid: int, folder: str = "INBOX") -> set[str]:
        """Return the flags that a mail has."""
        return set(self.folder(folder).mails[uid].flags)

    def flag(self, uid: int, flag: str, folder: str = "INBOX") -> None:
        """Set a flag, as another client would."""
        self.folder(folder).mails[uid].flags.add(flag)

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        """Take a mail away, as another client would."""
        del self.folder(folder).mails[uid]

    def uids(self, folder: str = "INBOX") -> list[int]:
        """Return the UIDs of a folder."""
        return sorted(self.folder(folder).mails)

    def create(self, folder: str) -> None:
        """Make a folder."""
        self._folders[folder] = _Folder(uidvalidity=1)

    def renew(self, folder: str = "INBOX") -> None:
        """Number the mails of a folder anew under another UIDVALIDITY, as a server does that lost its index."""
        old = self.folder(folder)
        new = _Folder(old.uidvalidity + 1)
        for _, mail in sorted(old.mails.items()):
            new.add(mail)
        self._folders[folder] = new

    def folder(self, name: str) -> _Folder:
        """Return a folder or raise FolderError."""
        if name not in self._folders:
            raise FolderError(f"the folder {name} cannot be opened; there are: {', '.join(self._folders)}")
        return self._folders[name]

    def names(self) -> list[str]:
        """Return the names of the folders."""
        return list(self._folders)

    def listen(self) -> tuple[socket.socket, socket.socket]:
        """Return the two ends of a line on which `deliver` rings."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._listeners.append(ours)
        return ours, theirs

    def stop_listening(self, line: tuple[socket.socket, socket.socket]) -> None:
        """Give the line back."""
        self._listeners.remove(line[0])
        for end in line:
            end.close()


class FakeMailbox:
    """A connection to a FakeMailServer; keeps the contract of ImapMailbox."""

    def __init__(self, server: FakeMailServer, *, largest: int = LARGEST) -> None:
        self._server = server
        self._largest = largest
        self._selected: tuple[str, int] | None = None
        self._line = server.listen()
        self._closed = False

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do."""
        return frozenset(self._server.capabilities)

    def folders(self) -> list[Folder]:
        """List the folders."""
        self._check()
        return [Folder(name, _USES.get(name, "")) for name in self._server.names()]

    def folder_for(self, use: str) -> str | None:
        """Return the name of the folder for `drafts` or `sent`, or None."""
        return folder_for(self.folders(), use)

    def select(self, folder: str, *, writable: bool = False) -> FolderStatus:
        """Open a folder; only one opened `writable` tells its permanent flags."""
        self._check()
        self._selected = None
        found = self._server.folder(folder)
        self._selected = folder, found.uidvalidity
        lasting = frozenset(self._server.permanent_flags) if writable else frozenset()
        return FolderStatus(found.uidvalidity, found.uidnext, len(found.mails), lasting)

    def uids_above(self, uid: int) -> list[int]:
        """Return the UIDs above this one, in rising order."""
        return [each for each in sorted(self._current().mails) if each > uid]

    def first_uid_since(self, since: datetime) -> int:
        """Return the lowest UID that arrived at or after `since`; UIDNEXT where there is none."""
        folder = self._current()
        return min((uid for uid, mail in folder.mails.items() if mail.internaldate >= since), default=folder.uidnext)

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]:
        """Yield the mails in rising order of UID; what is gone is left out, giants come without bytes."""
        for uid in sorted(set(uids)):
            mail = self._current().mails.get(uid)
            if mail is None:
                continue
            size, giant = len(mail.raw), len(mail.raw) > self._largest
            problem = f"the mail has {size:,} bytes, more than the {self._largest:,} that are fetched" if giant else ""
            flags = tuple(sorted(mail.flags))
            yield FetchedMail(uid, flags, mail.internaldate, size, None if giant else mail.raw, problem)

    def append(self, folder: str, raw: bytes, flags: Sequence[str], at: datetime) -> int | None:
        """Put a mail into a folder; return its UID."""
        self._check()
        return self._server.deliver(raw, at, folder, flags)

    def find_message_id(self, folder: str, message_id: str) -> int | None:
        """Return the UID of the latest mail in the folder that has this Message-ID."""
        self._check()
        mails = self._server.folder(folder).mails
        return max((uid for uid, mail in mails.items() if _message_id(mail.raw) == message_id), default=None)

    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the flags of those of some mails of the selected folder that are still there."""
        mails = self._current().mails
        return {uid: frozenset(mails[uid].flags) for uid in sorted(set(uids) & mails.keys())}

    def create(self, folder: str) -> None:
        """Make a folder."""
        self._check()
        if folder in self._server.names():
            raise RefusedError(f"making the folder {folder}: it is there already")
        self._server.create(folder)

    def add_keyword(self, uids: Sequence[int], keyword: str) -> None:
        """Mark mails of the selected folder with a keyword, where it keeps such."""
        mails = self._current().mails
        if {ANY_KEYWORD, keyword.lower()} & self._server.permanent_flags:
            for uid in set(uids) & mails.keys():
                mails[uid].flags.add(keyword)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails of the selected folder to another one."""
        if "MOVE" not in self.capabilities:
            raise UnsupportedError("the server cannot move mails (no MOVE): leave out the folder for read mails")
        source, target = self._current().mails, self._server.folder(folder)
        for uid in sorted(set(uids) & source.keys()):
            target.add(source.pop(uid))

    def idle(self, wake: Wake, seconds: float) -> bool:
        """Wait until a mail comes (True), `wake` is readable or the time is up."""
        self._check()
        waiting = [each for each in (self._line[1], wake) if each is not None]
        ready, _, _ = select.select(waiting, [], [], min(seconds, LONGEST))
        if self._line[1] not in ready:
            return False
        self._line[1].recv(4096)
        return True

    def close(self) -> None:
        """Hang up."""
        if not self._closed:
            self._server.stop_listening(self._line)
        self._closed = True

    def _check(self) -> None:
        if self._closed or not self._server.reachable:
            raise DisconnectedError("the connection broke")

    def _current(self) -> _Folder:
        self._check()
        if self._selected is None:
            raise RefusedError("no folder is selected")
        name, uidvalidity = self._selected
        folder = self._server.folder(name)
        if folder.uidvalidity != uidvalidity:
            raise RefusedError(f"the folder {name} was made anew in between: its mails have other numbers now")
        return folder


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw).get("Message-ID", "")).strip()
