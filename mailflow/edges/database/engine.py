"""Engines for both databases: how connections are made, how a transaction begins, which errors come out."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from mailflow.edges.database.errors import BadAddressError, NotWritableError, translated

PATIENCE_SECONDS = 30  # how long a writer waits for another


def parse_url(text: str) -> URL:
    """Return the address of a database; `postgres://` and `postgresql://` mean the driver that is installed."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadAddressError(
            f"{text!r} is no address of a database; write sqlite:///path/to/file.db or "
            "postgresql://user:password@host/database"
        ) from error
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "postgresql+psycopg":
        return url
    if url.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise BadAddressError(f"{shown(url)}: mailflow keeps its data in sqlite:///… or postgresql://…")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise BadAddressError(f"{shown(url)}: name a file, as in sqlite:///path/to/file.db")
    return url


def shown(url: URL) -> str:
    """Return an address for people, without its password."""
    return url.render_as_string(hide_password=True)


def is_sqlite(url: URL) -> bool:
    """Return whether the database is a file."""
    return url.get_backend_name() == "sqlite"


def make_engine(url: URL, *, looking: bool = False) -> Engine:
    """Return an engine whose transactions write, or (`looking`) only read one unmoving state of the data.

    Its errors don't quote parameters: mails are nobody's business in a log.
    """
    engine = _sqlite(url, looking) if is_sqlite(url) else _postgresql(url, looking)
    where = shown(url)

    @event.listens_for(engine, "handle_error")
    def _(context: ExceptionContext) -> None:
        ours = translated(context.original_exception, where=where, looking=looking)
        if ours is not None:
            raise ours from context.original_exception

    return engine


def _sqlite(url: URL, looking: bool) -> Engine:
    options: dict[str, Any] = {"check_same_thread": False}
    if "timeout" not in url.query:  # an address may say for itself how long a writer waits: sqlite:///…?timeout=5
        options["timeout"] = PATIENCE_SECONDS
    engine = create_engine(url, connect_args=options, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if looking:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if looking else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, looking: bool) -> Engine:
    options: dict[str, Any] = {
        "connect_timeout": 10,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
        "application_name": "mailflow",
        "options": f"-c lock_timeout={PATIENCE_SECONDS}s",
    }
    engine = create_engine(url, connect_args=options | dict(url.query), pool_pre_ping=True, hide_parameters=True)
    if looking:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine


def database_file(url: URL) -> Path:
    """Return the file of an SQLite database; raises where its folder is missing."""
    path = Path(url.database or "").absolute()
    try:
        there = path.parent.is_dir()
    except OSError as error:
        raise NotWritableError(f"{shown(url)}: let this user enter the folder {path.parent} ({error})") from error
    if not there:
        raise NotWritableError(f"{shown(url)}: there is no folder {path.parent}; create it, or name another file")
    return path
