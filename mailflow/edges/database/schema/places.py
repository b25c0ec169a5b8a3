"""Where conversations stand, small settled facts, and the workers."""

from datetime import datetime

from sqlalchemy import Column, Named, Table, TypedColumns

from mailflow.edges.database.schema.base import metadata
from mailflow.edges.database.types import Instant, Key, Line


class _Thread(TypedColumns):
    order_number: Named[str] = Column(Key, primary_key=True)
    party: Named[str] = Column(Key, primary_key=True)
    at: Named[datetime] = Column(Instant)
    message_id: Named[str] = Column(Line)
    refs: Named[str] = Column(Line)  # JSON list of Message-IDs
    subject: Named[str] = Column(Line)


thread = Table("thread", metadata, _Thread)


class _Setting(TypedColumns):
    key: Named[str] = Column(Key, primary_key=True)
    value: Named[str] = Column(Line)


setting = Table("setting", metadata, _Setting)


class _Worker(TypedColumns):
    name: Named[str] = Column(Key, primary_key=True)


worker = Table("worker", metadata, _Worker)
