"""What can go wrong with the database, as errors that say what to do."""

import sqlite3
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


class DatabaseError(Exception):
    """Something about the database that a person or a later try must put right."""


class BadAddressError(DatabaseError):
    """The configured address of the database cannot be used."""


class UnreachableError(DatabaseError):
    """The database is not there, or the connection to it was lost."""


class LoginRefusedError(DatabaseError):
    """The database server refuses the user, the password or the database."""


class DiskFullError(DatabaseError):
    """There is no room left for the database; nothing of the transaction was written."""


class NotWritableError(DatabaseError):
    """The database's file, folder or tables cannot be written."""


class DamagedError(DatabaseError):
    """The file is no database, or a damaged one."""


class BusyError(DatabaseError):
    """Somebody else held what was needed for too long; trying again may work."""


class OnlyLookingError(DatabaseError):
    """Something was to be written in a transaction that only reads."""


class SchemaTooNewError(DatabaseError):
    """The database was made or upgraded by a newer mailflow."""


class SchemaTooOldError(DatabaseError):
    """The database has no tables yet, or those of an older mailflow."""


class OwnedError(DatabaseError):
    """Another process owns the database's file."""


class LostSessionError(DatabaseError):
    """This worker's session with the database is gone, and with it all that it had taken."""


class IllegalMoveError(DatabaseError):
    """A letter cannot go from the state that it is in to the one asked for."""


def translated(error: BaseException | None, *, where: str, looking: bool) -> DatabaseError | None:
    """Return a driver's error as one of ours; None where it is none that a person or a later try can put right."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, where, looking)
    driver = sys.modules.get("psycopg")  # whoever had no use for it has none of its errors: it takes 10 MB
    if driver is not None and isinstance(error, driver.Error):
        return _of_postgresql(error, where)
    return None


def _of_sqlite(error: sqlite3.Error, where: str, looking: bool) -> DatabaseError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest tells variants apart
    if code == sqlite3.SQLITE_READONLY and looking:
        return OnlyLookingError(f"{where}: tried to write while only looking ({error})")
    known: dict[int, tuple[type[DatabaseError], str]] = {
        sqlite3.SQLITE_FULL: (DiskFullError, "the disk is full; make room, nothing was lost"),
        sqlite3.SQLITE_IOERR: (DiskFullError, "the disk cannot be written or read; look for a full or failing disk"),
        sqlite3.SQLITE_READONLY: (NotWritableError, "cannot be written; let this user write the file and its folder"),
        sqlite3.SQLITE_PERM: (NotWritableError, "cannot be written; let this user write the file and its folder"),
        sqlite3.SQLITE_CANTOPEN: (NotWritableError, "cannot be opened; its folder must exist and be writable"),
        sqlite3.SQLITE_BUSY: (BusyError, "another process is writing; try again, or end a command that hangs"),
        sqlite3.SQLITE_LOCKED: (BusyError, "another process is writing; try again, or end a command that hangs"),
        sqlite3.SQLITE_NOTADB: (DamagedError, "this file is no SQLite database; name another file"),
        sqlite3.SQLITE_CORRUPT: (DamagedError, "the file is damaged; restore the last backup"),
    }
    return _worded(known.get(code), where, error)


def _of_postgresql(error: "psycopg.Error", where: str) -> DatabaseError | None:
    state = error.sqlstate or ""
    known: dict[str, tuple[type[DatabaseError], str]] = {
        "53100": (DiskFullError, "the server's disk is full; make room, nothing was lost"),
        "53300": (BusyError, "the server has no connection left; raise its max_connections"),
        "25006": (OnlyLookingError, "tried to write while only looking"),
        "40001": (BusyError, "somebody else changed the same rows; try again"),
        "40P01": (BusyError, "two workers waited for each other; try again"),
        "55P03": (BusyError, "another worker held a row for too long; try again"),
        "42501": (NotWritableError, "the user lacks a right; grant it all rights on the database and its tables"),
        "28P01": (LoginRefusedError, "wrong user or password; correct it in the configuration"),
        "28000": (LoginRefusedError, "the server does not let this user in; see its pg_hba.conf"),
        "3D000": (LoginRefusedError, "there is no such database; create it, or name another"),
    }
    if state:
        gone = (UnreachableError, "the server ended the connection; it is tried again")
        return _worded(gone if state[:3] in {"57P", "080"} else known.get(state), where, error)
    return _worded(_without_state(error), where, error)


def _without_state(error: "psycopg.Error") -> tuple[type[DatabaseError], str] | None:
    """Judge by the words: what fails before a connection stands comes without a code."""
    words = str(error)
    if not isinstance(error, sys.modules["psycopg"].OperationalError):
        return None
    if "password" in words or "authentication" in words or "pg_hba.conf" in words:
        return LoginRefusedError, "wrong user or password; correct it in the configuration"
    if "does not exist" in words:
        return LoginRefusedError, "there is no such user or database; create it, or name another"
    return UnreachableError, "cannot be reached; see that it runs and that host and port are right"


def _worded(known: tuple[type[DatabaseError], str] | None, where: str, error: Exception) -> DatabaseError | None:
    if known is None:
        return None
    kind, advice = known
    return kind(f"{where}: {advice} ({' '.join(str(error).split())})")
