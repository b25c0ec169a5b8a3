"""Statements that both engines know but SQLAlchemy spells for each apart, and lists too long for one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Insert = sqlite.Insert | postgresql.Insert

LIST_LIMIT = 500


def insert_into(table: Table, dialect: str) -> Insert:
    """Return an INSERT that knows ON CONFLICT, by the name of the dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def dialect_of(connection: Connection) -> str:
    """Return `sqlite` or `postgresql`."""
    return connection.dialect.name


def chunks(items: Iterable[T], size: int = LIST_LIMIT) -> Iterator[list[T]]:
    """Return the items in lists that fit one statement."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
