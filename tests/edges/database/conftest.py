"""Every test of the database runs on both engines, each time in a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.database.schema import metadata
from mailflow.edges.database.store import DatabaseTransaction
from tests.servers.postgres import Postgres

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on."""
    name: str = request.param
    return name


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if engine == "sqlite":
        return f"sqlite:///{tmp_path}/mailflow.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and no rows, to be copied: making tables takes longer than most tests."""
    file = tmp_path_factory.mktemp("pattern") / "mailflow.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_kept(postgres: Postgres) -> str:
    """The address of a database on the server that one test after the other uses."""
    url = postgres.new_database()
    upgrade(url)
    return url


@pytest.fixture
def postgres_emptied(postgres_kept: str) -> Iterator[str]:
    """The same, without the rows of the test before."""
    with psycopg.connect(postgres_kept.replace("+psycopg", "")) as connection:
        kept = connection.execute("SELECT key, value FROM setting").fetchall()  # which folds made the views
    yield postgres_kept
    with psycopg.connect(postgres_kept.replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")  # or the triggers would refuse
        for table in metadata.sorted_tables:
            connection.execute(f"DELETE FROM {table.name}".encode())
        for row in kept:
            connection.execute("INSERT INTO setting VALUES (%s, %s)", row)


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with tables and no rows."""
    if engine == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_pattern"), tmp_path / "mailflow.db")
        return f"sqlite:///{file}"
    url: str = request.getfixturevalue("postgres_emptied")
    return url


@pytest.fixture
def open_another(url: str) -> Iterator[Callable[[], DatabaseStore]]:
    """A function that opens the test's database once more, as another process would."""
    opened: list[DatabaseStore] = []

    def another() -> DatabaseStore:
        opened.append(open_store(url))
        return opened[-1]

    yield another
    for store in opened:
        store.close()


@pytest.fixture
def store(open_another: Callable[[], DatabaseStore]) -> DatabaseStore:
    """The test's database."""
    return open_another()


@pytest.fixture
def tx(store: DatabaseStore) -> Iterator[DatabaseTransaction]:
    """A writing transaction on the test's database."""
    with store.begin() as transaction:
        yield transaction
