"""The database as the jobs see it: transactions, and which worker serves what."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection

from mailflow.edges.database.engine import PATIENCE_SECONDS, database_file, is_sqlite, make_engine, parse_url, shown
from mailflow.edges.database.errors import BusyError, SchemaTooOldError
from mailflow.edges.database.file_owner import FileOwner
from mailflow.edges.database.identifiers import DatabaseIdentifiers
from mailflow.edges.database.ledger import DatabaseLedger
from mailflow.edges.database.mails import DatabaseMails
from mailflow.edges.database.one_writer import OneWriter
from mailflow.edges.database.outbox import DatabaseOutbox
from mailflow.edges.database.places import DatabaseNotes, DatabaseThreads
from mailflow.edges.database.session_owner import SessionOwner
from mailflow.edges.database.upgrade import require_current
from mailflow.edges.database.views import DatabaseViews
from mailflow.edges.database.workers import Owner, Worker


class DatabaseTransaction:
    """Everything inside is committed together or not at all."""

    def __init__(self, connection: Connection, *, worker: Worker | None = None, looking: bool = False) -> None:
        writer = OneWriter(connection)
        self.mails = DatabaseMails(connection, looking=looking)
        self.views = DatabaseViews(connection, writer)
        self.identifiers = DatabaseIdentifiers(connection, self.views)
        self.ledger = DatabaseLedger(connection, self.views, self.identifiers, writer)
        self.outbox = DatabaseOutbox(connection, writer, worker)
        self.threads = DatabaseThreads(connection)
        self.notes = DatabaseNotes(connection)

    def flush(self) -> None:
        """Write what has been kept back until the end."""
        self.mails.flush()
        self.views.flush()
        self.identifiers.flush()
        self.threads.flush()


class DatabaseStore:
    """A database with the tables of this version; made by `open_store`."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._writing = make_engine(url)
        self._reading = make_engine(url, looking=True)
        self._turn = threading.Lock() if is_sqlite(url) else None  # fairer than SQLite's waiting, and no sleeps
        self._begun = threading.local()
        self._owner: Owner = (
            FileOwner(database_file(url), self._writing) if is_sqlite(url) else SessionOwner(self._writing)
        )

    @contextmanager
    def begin(self) -> Iterator[DatabaseTransaction]:
        """Start a writing transaction; commits on leaving, rolls back on an error."""
        with self._in_turn(), self._writing.begin() as connection:
            transaction = DatabaseTransaction(connection, worker=self._owner.worker)
            yield transaction
            transaction.flush()

    @contextmanager
    def look(self) -> Iterator[DatabaseTransaction]:
        """Start a reading transaction, in which the data stands still; writing in it is an error."""
        with self._reading.begin() as connection:
            transaction = DatabaseTransaction(connection, looking=True)
            yield transaction
            transaction.flush()  # an error where there is anything

    def require_current(self) -> None:
        """Raise where the tables are not those of this version."""
        with self._reading.begin() as connection:
            require_current(connection, self._url)

    def join(self) -> str:
        """Become a worker and return its name; raises where another process owns the file (SQLite)."""
        return self._owner.join()

    def check(self) -> None:
        """Raise where this worker has lost its session, and with it what it had taken; join again then."""
        self._owner.check()

    def gone(self) -> list[str]:
        """Return the workers whose lock is free."""
        return self._owner.gone()

    def take(self, account: str) -> bool:
        """Become the one that serves a mailbox; False where another worker does."""
        return self._owner.take(account)

    def leave(self) -> None:
        """Give back what was taken."""
        self._owner.leave()

    def close(self) -> None:
        """Leave, and close every connection."""
        try:
            self._owner.leave()
        finally:
            self._writing.dispose()
            self._reading.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if getattr(self._begun, "yes", False):
            raise RuntimeError("a transaction was begun inside another one, which would wait for itself")
        if self._turn is not None and not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise BusyError(f"{shown(self._url)}: another thread has been writing for {PATIENCE_SECONDS} s; try again")
        self._begun.yes = True
        try:
            yield
        finally:
            self._begun.yes = False
            if self._turn is not None:
                self._turn.release()


def open_store(url: str) -> DatabaseStore:
    """Return the database at an address, whose tables must be there and current (`upgrade`)."""
    address = parse_url(url)
    if is_sqlite(address) and not database_file(address).exists():
        raise SchemaTooOldError(f"{shown(address)}: there is no database yet; it must be made first")
    store = DatabaseStore(address)
    try:
        store.require_current()
    except BaseException:
        store.close()
        raise
    return store
