"""The migrations give the tables that the program expects, whoever runs them and whenever they are cut off."""

import threading
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from mailflow.core.orders.events import NewEvent, WentLive
from mailflow.edges.database import open_store, schema_is_current, upgrade
from mailflow.edges.database.engine import make_engine, parse_url
from mailflow.edges.database.errors import SchemaTooNewError, SchemaTooOldError
from mailflow.edges.database.schema import metadata
from mailflow.edges.database.upgrade import revisions
from tests.edges.database.samples import NOW, imported


def run(url: str, *statements: str) -> None:
    """Run statements as somebody with an SQL prompt would."""
    engine = make_engine(parse_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_give_the_tables_of_the_program(url: str) -> None:
    engine = make_engine(parse_url(url), looking=True)
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert partial_indexes(connection) == ["ix_letter_to_file", "ix_mail_to_mark", "uq_duty_not_released"]
    engine.dispose()


def partial_indexes(connection: Connection) -> list[str]:
    """Return the indexes with a condition, which Alembic does not compare."""
    found = inspect(connection)
    indexes = [index for table in metadata.tables for index in found.get_indexes(table)]
    return sorted(
        str(index["name"]) for index in indexes if any(o.endswith("_where") for o in index.get("dialect_options", {}))
    )


def test_a_database_is_current_once_it_is_upgraded(empty_url: str) -> None:
    assert not schema_is_current(empty_url)
    upgrade(empty_url)
    assert schema_is_current(empty_url)


def test_upgrading_again_changes_nothing(url: str) -> None:
    with closing(open_store(url)) as store, store.begin() as tx:
        recorded = tx.ledger.record([imported()], NOW)
    upgrade(url)
    with closing(open_store(url)) as store, store.look() as tx:
        assert tx.ledger.after(0, 10) == recorded
        assert set(tx.views.orders()) == {"PO1"}


def test_several_may_upgrade_at_the_same_time(empty_url: str) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            upgrade(empty_url)
        except BaseException as error:  # noqa: BLE001 - shown by the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert schema_is_current(empty_url)


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    run(empty_url, "CREATE TABLE worker (name TEXT)")  # in the way of the last table
    with pytest.raises(Exception, match="already exists"):
        upgrade(empty_url)
    engine = make_engine(parse_url(empty_url), looking=True)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["worker"]
    engine.dispose()


def test_a_newer_database_is_left_alone(url: str) -> None:
    run(url, "CREATE TABLE kept AS SELECT * FROM alembic_version", "UPDATE alembic_version SET version_num = '9999'")
    for door in (upgrade, schema_is_current, open_store):
        with pytest.raises(SchemaTooNewError, match="newer mailflow"):
            door(url)
    run(url, "UPDATE alembic_version SET version_num = (SELECT version_num FROM kept)", "DROP TABLE kept")


def test_a_database_without_tables_is_not_opened(empty_url: str) -> None:
    with pytest.raises(SchemaTooOldError):
        open_store(empty_url)
    file = parse_url(empty_url).database or ""
    assert not Path(file).exists()


def test_views_are_folded_again_where_the_folds_are_newer(url: str) -> None:
    """A release that folds otherwise finds views of the old folds; the version it left tells."""
    with closing(open_store(url)) as store, store.begin() as tx:
        tx.ledger.record([imported(), NewEvent(WentLive("Huada"))], NOW)
    run(url, "UPDATE setting SET value = '0' WHERE key = 'views.version'", "DELETE FROM view_row")
    assert not schema_is_current(url)
    upgrade(url)
    with closing(open_store(url)) as store, store.look() as tx:
        assert set(tx.views.orders()) == {"PO1"}


def test_the_migrations_are_in_the_package() -> None:
    versions = resources.files("mailflow.edges.database.migrations") / "versions"
    assert versions.joinpath("0001_first.py").is_file()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("SELECT id FROM mail WHERE account='a' AND folder='f' AND state = 'read' AND NOT marked", "ix_mail_to_mark"),
        ("SELECT id FROM mail WHERE state=? ORDER BY id", "ix_mail_state_id"),
        ("SELECT * FROM duty WHERE NOT released AND order_number IN (?) AND step IN (?)", "uq_duty_not_released"),
        ("SELECT id FROM letter WHERE account=? AND NOT filed AND state IN (?, ?)", "ix_letter_to_file"),
        ("SELECT id FROM letter WHERE state IN (?, ?) AND next_try <= ?", "ix_letter_state_next_try"),
        (
            "SELECT * FROM event WHERE order_number=? OR id IN (SELECT event FROM event_order WHERE order_number=?)",
            "ix_event_order_number",
        ),
    ],
)
def test_what_is_asked_often_has_its_index(tmp_path: Path, statement: str, index: str) -> None:
    """The planner of SQLite tells; a scan of all mails each minute would be noticed late."""
    url = f"sqlite:///{tmp_path}/mailflow.db"
    upgrade(url)
    engine = make_engine(parse_url(url), looking=True)
    with engine.begin() as connection:
        values = tuple("x" * statement.count("?"))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    engine.dispose()
    assert index in " ".join(str(row) for row in plan)


def test_migrations_are_named_as_their_files_begin() -> None:
    """What is current is told from the files' names, without loading what carries migrations out."""
    scripts = ScriptDirectory(str(resources.files("mailflow.edges.database") / "migrations")).walk_revisions()
    assert revisions() == [script.revision for script in scripts][::-1]
