"""What orders are called: their names, what lies one typing slip from them, how their numbers end and are built.

Filled from the order book and from what answers taught; made anew from the views at any time. Names are found by
numbers of 32 bits (`hashed`), which keep a million names with all their neighbours small; what is found is compared.
"""

from sqlalchemy import Column, Index, Integer, Named, Table, TypedColumns

from mailflow.edges.database.schema.base import metadata
from mailflow.edges.database.types import Key, Line


class _Identifier(TypedColumns):
    id: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    folded: Named[int] = Column(Integer)  # of the key in which O is 0 and l is 1
    plain: Named[str] = Column(Line)
    naming: Named[str] = Column(Key)
    order_number: Named[str] = Column(Key)
    party: Named[str] = Column(Key)
    kind: Named[str] = Column(Key)


identifier = Table(
    "identifier",
    metadata,
    _Identifier,
    Index("ix_identifier_folded", "folded"),
    Index("ix_identifier_order_number", "order_number"),
)


class _Near(TypedColumns):
    hash: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    identifier: Named[int] = Column(Integer, primary_key=True, autoincrement=False)


# no foreign keys: ten million rows would be looked up once more each, and only one place writes them
identifier_near = Table("identifier_near", metadata, _Near, sqlite_with_rowid=False)


class _Ending(TypedColumns):
    party: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    reversed: Named[str] = Column(Key, primary_key=True)  # digits, the last one first
    identifier: Named[int] = Column(Integer, primary_key=True, autoincrement=False)


identifier_ending = Table("identifier_ending", metadata, _Ending, sqlite_with_rowid=False)


class _Shape(TypedColumns):
    shape: Named[str] = Column(Key, primary_key=True)


identifier_shape = Table("identifier_shape", metadata, _Shape)
