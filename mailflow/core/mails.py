"""Stored incoming mails: the raw bytes, where they came from, and how far they have got."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MailState(StrEnum):
    """stored → read, aside (a person must look: `reason`), repeated (a mail we have already), or skipped (too big)."""

    STORED = "stored"
    READ = "read"
    ASIDE = "aside"
    REPEATED = "repeated"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class MailKey:
    """What names a mail in a mailbox (RFC 9051): UIDs mean something only together with their UIDVALIDITY."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a folder has been stored."""

    uidvalidity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class NewMail:
    """A fetched mail before it is stored; `raw` is empty and `skipped` says why for a giant. `received_at` UTC."""

    key: MailKey
    received_at: datetime
    size: int
    raw: bytes
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class StoredMail:
    id: int
    key: MailKey
    received_at: datetime
    size: int
    raw: bytes
    state: MailState
    reason: str = ""
    message_id: str = ""
