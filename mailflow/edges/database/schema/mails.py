"""Stored mails, which of them are the same mail, and how far each folder has been stored."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Named, Table, TypedColumns, UniqueConstraint, text

from mailflow.edges.database.schema.base import metadata
from mailflow.edges.database.types import Id, Instant, Key, Line, Packed


class _Mail(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True)
    account: Named[str] = Column(Key)
    folder: Named[str] = Column(Key)
    uidvalidity: Named[int] = Column(BigInteger)
    uid: Named[int] = Column(BigInteger)
    received_at: Named[datetime] = Column(Instant)
    size: Named[int] = Column(BigInteger)
    state: Named[str] = Column(Key)
    reason: Named[str] = Column(Line)
    message_id: Named[str] = Column(Key)
    marked: Named[bool]
    raw: Named[bytes] = Column(Packed)


TO_MARK = "state = 'read' AND NOT marked"  # as text in index and query, or SQLite would not use the index

mail = Table(
    "mail",
    metadata,
    _Mail,
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
    Index("ix_mail_state_id", "state", "id"),
    Index("ix_mail_message_id", "message_id"),
    Index("ix_mail_to_mark", "account", "folder", "id", sqlite_where=text(TO_MARK), postgresql_where=text(TO_MARK)),
)


class _MailIdentity(TypedColumns):
    identity: Named[str] = Column(Key, primary_key=True)
    mail: Named[int] = Column(Id, ForeignKey("mail.id"))


mail_identity = Table("mail_identity", metadata, _MailIdentity)


class _Cursor(TypedColumns):
    account: Named[str] = Column(Key, primary_key=True)
    folder: Named[str] = Column(Key, primary_key=True)
    uidvalidity: Named[int] = Column(BigInteger)
    last_uid: Named[int] = Column(BigInteger)


cursor = Table("cursor", metadata, _Cursor)
