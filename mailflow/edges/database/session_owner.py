"""PostgreSQL: a session of its own holds an advisory lock for the worker and one for each mailbox that it serves."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from mailflow.edges.database.errors import DatabaseError, LostSessionError
from mailflow.edges.database.workers import Worker, enter, joined, left, named, remove, require_joined

_HELD_KEYS = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class SessionOwner:
    """The locks go with the session, however it ends; a worker whose lock is free is gone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Connection | None = None
        self._taken: set[str] = set()
        self._turn = threading.Lock()  # one session, several threads
        self.worker: Worker | None = None

    def join(self) -> str:
        """Become a worker; after a lost session under a new name."""
        with self._turn:
            if self._session is None:
                self._open()
            return require_joined(self.worker)

    def check(self) -> None:
        """Raise where the session is gone, and with it all that it held."""
        with self._using_session() as session:
            session.execute(text("SELECT 1"))

    def gone(self) -> list[str]:
        """Return the workers whose lock is free."""
        with self._using_session() as session:
            names = named(session)  # before the locks: who joins locks first, then enters the list
            held = set(session.execute(_HELD_KEYS).scalars())
        return [name for name in names if _key("worker", name) not in held]

    def take(self, account: str) -> bool:
        """Become the one that serves a mailbox; False where another worker does."""
        with self._using_session() as session:
            if account not in self._taken and _locked(session, _key("mailbox", account)):
                self._taken.add(account)
            return account in self._taken

    def leave(self) -> None:
        """Give everything back."""
        with self._turn:
            session, worker = self._session, self.worker
            self._forget()
            if session is None or worker is None:
                return
            try:
                remove(session, worker.name)
                session.execute(text("SELECT pg_advisory_unlock_all()"))  # closing alone gives them back a bit later
            finally:
                session.close()

    def _open(self) -> None:
        session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        session.detach()  # closing it ends the session, and the locks with it
        worker = joined(self.worker)
        _locked(session, _key("worker", worker.name))  # nobody else ever had the name
        enter(session, worker.name)
        self._session, self.worker = session, worker

    def _forget(self) -> None:
        self._session, self.worker, self._taken = None, left(self.worker), set()

    @contextmanager
    def _using_session(self) -> Iterator[Connection]:
        with self._turn:
            require_joined(self.worker)
            assert self._session is not None
            try:
                yield self._session
            except DatabaseError as error:
                self._session.invalidate()
                self._session.close()
                self._forget()
                raise LostSessionError(f"lost the session with the database, start afresh: {error}") from error


def _locked(session: Connection, key: int) -> bool:
    locked: bool = session.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one()
    return locked


def _key(kind: str, name: str) -> int:
    digest = hashlib.blake2b(f"mailflow {kind} {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
