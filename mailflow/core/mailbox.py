"""What a mailbox gives and how it fails: the words that the jobs and the IMAP edge share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

ANY_KEYWORD = r"\*"  # in PERMANENTFLAGS: clients may make up keywords of their own


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A selected folder; `permanent_flags` are those that last when set, lower case."""

    uidvalidity: int
    uidnext: int
    exists: int
    permanent_flags: frozenset[str] = frozenset()

    def keeps(self, keyword: str) -> bool:
        """Whether a keyword set here would still be there tomorrow."""
        return ANY_KEYWORD in self.permanent_flags or keyword.lower() in self.permanent_flags


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail as the server has it; `internaldate` is when it arrived (UTC).

    Where `raw` is None the mail is there but was not fetched, and `problem` says why (a giant, a fault of the server).
    """

    uid: int
    flags: tuple[str, ...]
    internaldate: datetime
    size: int
    raw: bytes | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder by its decoded name; `use` is `drafts`, `sent`, … where it is known, else empty."""

    name: str
    use: str = ""
    selectable: bool = True


def folder_for(folders: Iterable[Folder], use: str) -> str | None:
    """Return the name of the folder for a use (`drafts`, `sent`), or None where the mailbox has none."""
    return next((folder.name for folder in folders if folder.use == use and folder.selectable), None)


class MailboxError(Exception):
    """A mailbox cannot be used now; `permanent` says that trying again will not help, a person must look.

    `retry_after` is how many seconds to wait at least, where the server or experience says so.
    """

    permanent = False
    retry_after = 0.0

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        if retry_after is not None:
            self.retry_after = retry_after


class UnreachableError(MailboxError):
    """Nobody answers at this address."""


class TlsError(MailboxError):
    """The server answers but no trusted TLS connection comes about."""

    permanent = True


class LoginError(MailboxError):
    """The server refuses the user or the password; each further try may lock the account."""

    permanent = True


class LoginLimitError(MailboxError):
    """The server wants fewer logins: it refuses all of them for a while."""

    retry_after = 900.0


class DisconnectedError(MailboxError):
    """The connection broke; a new one may work."""


class FolderError(MailboxError):
    """A folder is not there or may not be opened."""

    permanent = True


class RefusedError(MailboxError):
    """The server understood a command and said no (quota, rights)."""


class UnsupportedError(MailboxError):
    """The server lacks what was asked of it."""

    permanent = True


def backoff(attempt: int, random: float) -> float:
    """Return the seconds to wait before the try after `attempt` failures; `random` is from [0, 1)."""
    ceiling = min(600.0, 2.0 ** (min(max(attempt, 1), 10) + 1))
    return ceiling * (0.5 + random / 2)
