"""Letters and the duties that they fulfil."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns, text

from mailflow.edges.database.schema.base import metadata
from mailflow.edges.database.types import Id, Instant, Key, Line, Packed


class _Letter(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True)
    account: Named[str] = Column(Key)
    state: Named[str] = Column(Key)
    mode: Named[str] = Column(Key)
    urgent: Named[bool]
    approved: Named[bool]
    filed: Named[bool]
    uncertain: Named[bool]  # handed over once without a recorded reply: it may have gone out
    attempts: Named[int]
    repeated: Named[int]
    worker: Named[str] = Column(Key)
    created_at: Named[datetime] = Column(Instant)
    not_before: Named[datetime] = Column(Instant)
    next_try: Named[datetime] = Column(Instant)
    handed_at: Named[datetime | None] = Column(Instant)
    sent_at: Named[datetime | None] = Column(Instant)
    reply: Named[str] = Column(Line)
    refused: Named[str] = Column(Line)  # JSON list of addresses
    planned: Named[str] = Column(Line)  # JSON of the plan
    message_id: Named[str | None] = Column(Key)  # None until frozen, as are the next three
    sender: Named[str | None] = Column(Line)
    recipients: Named[str | None] = Column(Line)  # JSON list of addresses
    raw: Named[bytes | None] = Column(Packed)


NOT_FILED = "NOT filed"  # as text in index and query, or SQLite would not use the index

letter = Table(
    "letter",
    metadata,
    _Letter,
    Index("ix_letter_state_next_try", "state", "next_try"),
    Index("ix_letter_message_id", "message_id", unique=True),
    Index("ix_letter_to_file", "account", "state", sqlite_where=text(NOT_FILED), postgresql_where=text(NOT_FILED)),
    Index("ix_letter_handed_at", "handed_at"),
    Index("ix_letter_sent_at", "sent_at"),
    Index("ix_letter_created_at", "created_at"),
)


class _Duty(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True)
    letter: Named[int] = Column(Id, ForeignKey("letter.id"))
    step: Named[str] = Column(Key)
    order_number: Named[str] = Column(Key)
    recipient: Named[str] = Column(Key)
    occasion: Named[str] = Column(Key)
    released: Named[bool]  # its letter was withdrawn before it can have gone out: it may become due again


NOT_RELEASED = "NOT released"

duty = Table(
    "duty",
    metadata,
    _Duty,
    Index("ix_duty_letter", "letter"),
    Index(
        "uq_duty_not_released",
        "order_number",
        "step",
        "recipient",
        "occasion",
        unique=True,
        sqlite_where=text(NOT_RELEASED),
        postgresql_where=text(NOT_RELEASED),
    ),
)
