"""Stored mails: each once by its place in a mailbox, and once by what it is."""

import hashlib
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVarTuple

from sqlalchemy import Connection, Row, Select, Update, bindparam, literal_column, select, update

from mailflow.core.mails import Cursor, MailKey, MailState, NewMail, StoredMail
from mailflow.edges.database.schema import mails as t
from mailflow.edges.database.statements import Insert, chunks, dialect_of, insert_into
from mailflow.edges.database.types import storable

Columns = TypeVarTuple("Columns")

MOST_UNREAD_BYTES = 16 * 1024 * 1024
"""Unread mails are returned up to this much at once, so that big ones do not fill the memory."""


class DatabaseMails:
    """The raw mails and how far each folder has been stored. What becomes of mails is written all together."""

    def __init__(self, connection: Connection, *, looking: bool = False) -> None:
        self._connection = connection
        self._dialect = dialect_of(connection)
        self._looking = looking
        self._identified: list[dict[str, Any]] = []
        self._settled: list[dict[str, Any]] = []

    def cursor(self, account: str, folder: str) -> Cursor | None:
        """Return up to where a folder has been stored."""
        columns = select(t.cursor.c.uidvalidity, t.cursor.c.last_uid)
        found = columns.where(t.cursor.c.account == account, t.cursor.c.folder == folder)
        row = self._connection.execute(found).one_or_none()
        return Cursor(row.uidvalidity, row.last_uid) if row else None

    def set_cursor(self, account: str, folder: str, cursor: Cursor) -> None:
        """Note up to where a folder has been stored."""
        row = {"account": account, "folder": folder, "uidvalidity": cursor.uidvalidity, "last_uid": cursor.last_uid}
        self._connection.execute(_put_cursor(self._dialect), row)

    def store(self, mail: NewMail) -> int | None:
        """Store a mail, return its id; None where its key is known already."""
        row = {
            "account": mail.key.account,
            "folder": mail.key.folder,
            "uidvalidity": mail.key.uidvalidity,
            "uid": mail.key.uid,
            "received_at": mail.received_at,
            "size": mail.size,
            "state": MailState.SKIPPED if mail.skipped else MailState.STORED,
            "reason": mail.skipped,
            "message_id": "",
            "marked": False,
            "raw": mail.raw,
        }
        number: int | None = self._connection.execute(_store(self._dialect), row).scalar_one_or_none()
        return number

    def unread(self, limit: int, behind: int = 0) -> list[StoredMail]:
        """Return the oldest mails in state `stored`, fewer where they are big; on PostgreSQL no two workers get one.

        Only those that came after the mail `behind` are taken.
        """
        waiting = _waiting() if self._looking else _waiting().with_for_update(skip_locked=True)
        chosen: list[int] = []
        held = 0
        for number, size in self._rows(waiting, most=limit, behind=behind):
            held += size
            if chosen and held > MOST_UNREAD_BYTES:
                break
            chosen.append(number)
        return self._mails(select(t.mail).where(t.mail.c.id.in_(chosen)).order_by(t.mail.c.id)) if chosen else []

    def unread_behind(self, mail: int, limit: int) -> list[int]:
        """Return the ids of the oldest mails in state `stored` that came after a mail."""
        return [number for number, _ in self._rows(_waiting(), most=limit, behind=mail)]

    def waiting(self) -> bool:
        """Say whether a stored mail has not been read yet, also one that another worker is just reading."""
        return bool(self._rows(_any_stored()))

    def identify(self, mail: int, message_id: str, content_hash: str) -> int:
        """Claim (Message-ID, content hash) for a mail; return the id of the mail that holds it."""
        self._identified.append({"mail_id": mail, "new_message_id": message_id})
        claim = {"identity": _identity(message_id, content_hash), "mail": mail}
        if self._connection.execute(_claim_identity(self._dialect), claim).rowcount == 1:
            return mail
        holder = select(t.mail_identity.c.mail).where(t.mail_identity.c.identity == claim["identity"])
        return self._connection.execute(holder).scalar_one()

    def settle(self, mail: int, state: MailState, reason: str = "") -> None:
        """Note what became of a mail."""
        self._settled.append({"mail_id": mail, "new_state": state, "new_reason": reason})

    def flush(self) -> None:
        """Write what has become of mails, always in the same order: no two workers wait for each other."""
        for statement, rows in ((_note_message_id(), self._identified), (_settle(), self._settled)):
            if rows:
                self._connection.execute(statement, sorted(rows, key=itemgetter("mail_id")))
                rows.clear()

    def get(self, mail: int) -> StoredMail | None:
        """Return a mail by its id."""
        return next(iter(self._mails(select(t.mail).where(t.mail.c.id == mail))), None)

    def find(self, message_id: str) -> list[int]:
        """Return the mails with a Message-ID, oldest first."""
        found = select(t.mail.c.id).where(t.mail.c.message_id == message_id).order_by(t.mail.c.id)
        return [row.id for row in self._rows(found)]

    def unmarked(self, account: str, folder: str, limit: int) -> list[tuple[int, MailKey]]:
        """Return read mails that carry no mark in the mailbox yet, oldest first."""
        found = (
            select(t.mail.c.id, t.mail.c.uidvalidity, t.mail.c.uid)
            .where(t.mail.c.account == account, t.mail.c.folder == folder, literal_column(t.TO_MARK))
            .order_by(t.mail.c.id)
            .limit(limit)
        )
        return [(row.id, MailKey(account, folder, row.uidvalidity, row.uid)) for row in self._rows(found)]

    def marked(self, mails: Sequence[int]) -> None:
        """Note that mails carry their mark in the mailbox."""
        for some in chunks(mails):
            self._connection.execute(update(t.mail).where(t.mail.c.id.in_(some)).values(marked=True))

    def _mails(self, found: Select[Any]) -> list[StoredMail]:
        return [_mail(row) for row in self._rows(found)]

    def _rows(self, found: Select[*Columns], **values: object) -> Sequence[Row[*Columns]]:
        self.flush()
        return self._connection.execute(found, values).all()


def _mail(row: Row[Any]) -> StoredMail:
    return StoredMail(
        row.id,
        MailKey(row.account, row.folder, row.uidvalidity, row.uid),
        row.received_at,
        row.size,
        row.raw,
        MailState(row.state),
        row.reason,
        row.message_id,
    )


def _identity(message_id: str, content_hash: str) -> str:
    data = f"{storable(message_id)}\n{storable(content_hash)}".encode()
    return hashlib.blake2b(data, digest_size=32).hexdigest()


@cache
def _waiting() -> Select[int, int]:
    stored = t.mail.c.state == MailState.STORED, t.mail.c.id > bindparam("behind")
    waiting = select(t.mail.c.id, t.mail.c.size).where(*stored)
    return waiting.order_by(t.mail.c.id).limit(bindparam("most"))


@cache
def _any_stored() -> Select[int]:
    return select(t.mail.c.id).where(t.mail.c.state == MailState.STORED).limit(1)


@cache
def _put_cursor(dialect: str) -> Insert:
    insert = insert_into(t.cursor, dialect)
    new = {"uidvalidity": insert.excluded.uidvalidity, "last_uid": insert.excluded.last_uid}
    return insert.on_conflict_do_update(index_elements=["account", "folder"], set_=new)


@cache
def _store(dialect: str) -> Any:
    return insert_into(t.mail, dialect).on_conflict_do_nothing().returning(t.mail.c.id)


@cache
def _claim_identity(dialect: str) -> Insert:
    return insert_into(t.mail_identity, dialect).on_conflict_do_nothing()


@cache
def _note_message_id() -> Update:
    return update(t.mail).where(t.mail.c.id == bindparam("mail_id")).values(message_id=bindparam("new_message_id"))


@cache
def _settle() -> Update:
    moved = update(t.mail).where(t.mail.c.id == bindparam("mail_id"))
    return moved.values(state=bindparam("new_state"), reason=bindparam("new_reason"))
