"""Bring a database's tables up to date, all at once or not at all."""

from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from mailflow.core.matching.identifiers import KEYS_VERSION
from mailflow.core.views.registry import VERSION
from mailflow.edges.database.engine import database_file, is_sqlite, make_engine, parse_url, shown
from mailflow.edges.database.errors import SchemaTooNewError, SchemaTooOldError
from mailflow.edges.database.identifiers import DatabaseIdentifiers
from mailflow.edges.database.one_writer import OneWriter
from mailflow.edges.database.places import DatabaseNotes
from mailflow.edges.database.views import DatabaseViews

_FOLDED_BY = "views.version"
_NAMED_BY = "identifiers.version"
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6D61_696C_666C_6F77  # any number will do, as long as it stays


def upgrade(url: str) -> None:
    """Make the tables of an empty database, or bring older ones up to date; several may try at the same time."""
    address = parse_url(url)
    if is_sqlite(address):
        database_file(address)
    engine = make_engine(address)
    try:
        with engine.begin() as connection:
            if not is_sqlite(address):  # there the transaction itself is the lock
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _refuse_newer(connection, address)
            _migrate(connection)
            _fold_again_where_folds_changed(connection)
            _name_again_where_keys_changed(connection)
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    from alembic import command  # loaded where it is wanted: it takes 11 MB, and tables are seldom changed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _fold_again_where_folds_changed(connection: Connection) -> None:
    notes = DatabaseNotes(connection)
    if notes.get(_FOLDED_BY) != str(VERSION):
        DatabaseViews(connection, OneWriter(connection)).rebuild()
        notes.put(_FOLDED_BY, str(VERSION))


def _name_again_where_keys_changed(connection: Connection) -> None:
    notes = DatabaseNotes(connection)
    if notes.get(_NAMED_BY) != str(KEYS_VERSION):
        DatabaseIdentifiers(connection, DatabaseViews(connection, OneWriter(connection))).rebuild()
        notes.put(_NAMED_BY, str(KEYS_VERSION))


def schema_is_current(url: str) -> bool:
    """Return whether the tables and views are those of this version; raises where the tables are of a newer one."""
    address = parse_url(url)
    if is_sqlite(address) and not database_file(address).exists():
        return False
    engine = make_engine(address, looking=True)
    try:
        with engine.begin() as connection:
            return _is_current(connection, address)
    finally:
        engine.dispose()


def require_current(connection: Connection, url: URL) -> None:
    """Raise where the tables are not those of this version."""
    if not _is_current(connection, url):
        raise SchemaTooOldError(f"{shown(url)}: its tables are missing or of an older version; they must be upgraded")


def _is_current(connection: Connection, url: URL) -> bool:
    _refuse_newer(connection, url)
    if _revision(connection) != revisions()[-1]:
        return False
    notes = DatabaseNotes(connection)
    return notes.get(_FOLDED_BY) == str(VERSION) and notes.get(_NAMED_BY) == str(KEYS_VERSION)


def _refuse_newer(connection: Connection, url: URL) -> None:
    revision = _revision(connection)
    if revision is not None and revision not in revisions():
        raise SchemaTooNewError(
            f"{shown(url)}: a newer mailflow made its tables (revision {revision}); install that version"
        )


def revisions() -> list[str]:
    """Return the names of all migrations in their order, which are their files' first letters."""
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
