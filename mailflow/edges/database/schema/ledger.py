"""The events, which nothing changes or deletes (triggers refuse it), and the views folded from them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns

from mailflow.edges.database.schema.base import metadata
from mailflow.edges.database.types import Id, Instant, Key, Line


class _Event(TypedColumns):
    id: Named[int] = Column(Id, primary_key=True, autoincrement=False)  # given out under a lock, see Ledger
    at: Named[datetime] = Column(Instant)
    type: Named[str] = Column(Key)
    order_number: Named[str | None] = Column(Key)  # of events about several orders, see event_order
    party: Named[str | None] = Column(Key)
    mail: Named[int | None] = Column(Id)
    item: Named[str | None] = Column(Key)
    letter: Named[int | None] = Column(Id)
    actor: Named[str] = Column(Line)
    why: Named[str] = Column(Line)
    data: Named[str] = Column(Line)


event = Table(
    "event",
    metadata,
    _Event,
    Index("ix_event_order_number", "order_number"),
    Index("ix_event_mail", "mail"),
)


class _EventOrder(TypedColumns):
    order_number: Named[str] = Column(Key, primary_key=True)
    event: Named[int] = Column(Id, ForeignKey("event.id"), primary_key=True)


event_order = Table("event_order", metadata, _EventOrder)


class _ViewRow(TypedColumns):
    view: Named[str] = Column(Key, primary_key=True)
    key: Named[str] = Column(Key, primary_key=True)
    group_key: Named[str] = Column(Key)
    is_open: Named[bool]
    data: Named[str] = Column(Line)
    party: Named[str | None] = Column(Key)
    flagged: Named[bool | None]
    look_at: Named[datetime | None] = Column(Instant)  # of orders: when they must be looked at again
    listed: Named[str | None] = Column(Key)  # of orders: the day from which on they stand in some list


view_row = Table(
    "view_row",
    metadata,
    _ViewRow,
    Index("ix_view_row_view_group_key", "view", "group_key"),
    Index("ix_view_row_view_is_open", "view", "is_open"),
    Index("ix_view_row_view_look_at", "view", "look_at"),
    Index("ix_view_row_view_party", "view", "party"),
    Index("ix_view_row_view_flagged", "view", "flagged"),
)


class _ViewGroup(TypedColumns):
    view: Named[str] = Column(Key, primary_key=True)
    key: Named[str] = Column(Key, primary_key=True)
    group_key: Named[str] = Column(Key, primary_key=True)


view_group = Table(
    "view_group",
    metadata,
    _ViewGroup,  # the groups of a state beyond its first; those that it has left stay, and do no harm
    Index("ix_view_group_view_group_key", "view", "group_key"),
)
