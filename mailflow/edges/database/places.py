"""Where conversations stand, and small settled facts."""

from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from mailflow.core.letters.model import ThreadPlace
from mailflow.edges.database.letter_rows import dump_list, load_list
from mailflow.edges.database.schema import places as t
from mailflow.edges.database.statements import Insert, dialect_of, insert_into


class DatabaseThreads:
    """The last mail about an order with a party. What is noted is written when it is asked for, or at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._noted: list[dict[str, Any]] = []

    def place(self, order: str, party: str) -> ThreadPlace | None:
        """Return where a letter about an order to a party goes on."""
        self.flush()
        row = self._connection.execute(_place(), {"order": order, "party": party}).one_or_none()
        return ThreadPlace(row.message_id, load_list(row.refs), row.subject) if row else None

    def note(self, order: str, party: str, place: ThreadPlace, at: datetime) -> None:
        """Keep a place unless a later one is kept already."""
        row = {
            "order_number": order,
            "party": party,
            "at": at,
            "message_id": place.message_id,
            "refs": dump_list(place.references),
            "subject": place.subject,
        }
        self._noted.append(row)

    def flush(self) -> None:
        """Write what was noted, always in the same order: no two workers wait for each other."""
        noted = sorted(self._noted, key=itemgetter("order_number", "party"))
        self._noted.clear()
        if noted:
            self._connection.execute(_note(dialect_of(self._connection)), noted)


class DatabaseNotes:
    """Small settled facts of an installation."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """Return what was put last, None where nothing was."""
        return self._connection.execute(select(t.setting.c.value).where(t.setting.c.key == key)).scalar_one_or_none()

    def put(self, key: str, value: str) -> None:
        """Keep a value."""
        insert = self._insert()
        put = insert.on_conflict_do_update(index_elements=["key"], set_={"value": insert.excluded.value})
        self._connection.execute(put, {"key": key, "value": value})

    def first(self, key: str, value: str) -> str:
        """Keep a value where there is none yet; return the one that stands, whoever put it."""
        self._connection.execute(self._insert().on_conflict_do_nothing(), {"key": key, "value": value})
        return self.get(key) or value

    def _insert(self) -> Insert:
        return insert_into(t.setting, dialect_of(self._connection))


@cache
def _place() -> Select[Any]:
    names = t.thread.c.order_number == bindparam("order"), t.thread.c.party == bindparam("party")
    return select(t.thread).where(*names)


@cache
def _note(dialect: str) -> Insert:
    insert = insert_into(t.thread, dialect)
    return insert.on_conflict_do_update(
        index_elements=["order_number", "party"],
        set_={name: insert.excluded[name] for name in ("at", "message_id", "refs", "subject")},
        where=t.thread.c.at <= insert.excluded.at,
    )
