"""SQLite: one process owns the file, by an operating system's lock on a file beside it."""

import fcntl
import os
from pathlib import Path

from sqlalchemy import Engine

from mailflow.edges.database.errors import LostSessionError, NotWritableError, OwnedError
from mailflow.edges.database.workers import Worker, enter, joined, left, named, remove, require_joined


class FileOwner:
    """The lock goes with the process that holds it, however it ends; so any other name on the list is gone."""

    def __init__(self, file: Path, engine: Engine) -> None:
        self._file = file
        self._lock_file = file.with_name(f"{file.name}.lock")
        self._engine = engine
        self._handle: int | None = None
        self.worker: Worker | None = None

    def join(self) -> str:
        """Become the owner; raises where another process is."""
        if self._handle is None:
            self._handle = self._locked()
            self.worker = joined(self.worker)
            with self._engine.begin() as connection:
                enter(connection, self.worker.name)
        return require_joined(self.worker)

    def check(self) -> None:
        """Raise where the lock is not what protects the file any more."""
        require_joined(self.worker)
        try:
            same = self._handle is not None and os.path.samestat(os.fstat(self._handle), self._lock_file.stat())
        except FileNotFoundError:
            same = False
        if not same:
            self._release()
            raise LostSessionError(f"{self._lock_file} was removed while in use: another process may own {self._file}")

    def gone(self) -> list[str]:
        """Return every other worker on the list: the lock is ours."""
        mine = require_joined(self.worker)
        with self._engine.begin() as connection:
            return [name for name in named(connection) if name != mine]

    def take(self, account: str) -> bool:
        """Return True: who owns the file serves all its mailboxes."""
        require_joined(self.worker)
        return True

    def leave(self) -> None:
        """Let go of the file."""
        if self.worker and self.worker.name:
            with self._engine.begin() as connection:
                remove(connection, self.worker.name)
        self._release()

    def _locked(self) -> int:
        try:
            handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotWritableError(f"{self._lock_file}: cannot be opened; let this user write it ({error})") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 100).decode(errors="replace").strip()
            os.close(handle)
            raise OwnedError(
                f"{self._file} is in use by process {holder or 'unknown'}: stop that mailflow first, or use "
                "PostgreSQL where several are to share the work"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        return handle

    def _release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self.worker = None, left(self.worker)
