"""What goes wrong says what to do, and never shows a password."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from mailflow.edges.database import DatabaseStore, open_store, schema_is_current, upgrade
from mailflow.edges.database.engine import parse_url, shown
from mailflow.edges.database.errors import (
    BadAddressError,
    DamagedError,
    DatabaseError,
    DiskFullError,
    LoginRefusedError,
    NotWritableError,
    UnreachableError,
    translated,
)
from tests.edges.database.samples import NOW, imported, mail
from tests.servers.postgres import Postgres
from tests.servers.process import server_folder


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///a/b.db", "sqlite"),
        ("postgres://me:secret@db.example/mailflow", "postgresql+psycopg"),
        ("postgresql://me:secret@db.example/mailflow", "postgresql+psycopg"),
        ("postgresql+psycopg://me:secret@db.example/mailflow", "postgresql+psycopg"),
    ],
)
def test_addresses(text: str, driver: str) -> None:
    assert parse_url(text).drivername == driver
    assert "secret" not in shown(parse_url(text))


@pytest.mark.parametrize(
    "text", ["", "mailflow.db", "mysql://root:secret@db.example/x", "sqlite://", "sqlite:///:memory:"]
)
def test_bad_addresses(text: str) -> None:
    with pytest.raises(BadAddressError, match=r"sqlite:///.*") as caught:
        parse_url(text)
    assert "secret" not in str(caught.value)


class TestPostgresql:
    def test_nobody_there(self) -> None:
        for door in (upgrade, schema_is_current, open_store):
            with pytest.raises(UnreachableError, match="cannot be reached") as caught:
                door("postgresql://me:secret@127.0.0.1:1/mailflow")
            assert "secret" not in str(caught.value)

    def test_no_such_database(self, postgres: Postgres) -> None:
        with pytest.raises(LoginRefusedError, match="create it, or name another"):
            upgrade(f"postgresql://postgres@{postgres.host}:{postgres.port}/nowhere")

    def test_no_such_user(self, postgres: Postgres) -> None:
        with pytest.raises(LoginRefusedError, match="user"):
            upgrade(f"postgresql://nobody:secret@{postgres.host}:{postgres.port}/postgres")

    def test_wrong_password_as_the_server_words_it(self) -> None:
        words = 'connection failed: FATAL:  password authentication failed for user "me"'
        told = translated(psycopg.OperationalError(words), where="postgresql://me:***@db", looking=False)
        assert isinstance(told, LoginRefusedError)

    def test_a_lost_connection(self, postgres_url: str) -> None:
        def losing() -> None:
            with store.begin() as tx:
                tx.ledger.record([imported()], NOW)
                end_sessions(postgres_url)
                tx.ledger.record([imported("PO2")], NOW)

        upgrade(postgres_url)
        with closing(open_store(postgres_url)) as store:
            with pytest.raises(UnreachableError):
                losing()
            with store.begin() as tx:
                assert tx.ledger.after(0, 10) == []

    def test_a_user_without_rights(self, postgres: Postgres, postgres_url: str) -> None:
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS weak")
            connection.execute("CREATE ROLE weak LOGIN")
        with pytest.raises(NotWritableError, match="grant"):
            upgrade(postgres_url.replace("postgres@", "weak@"))
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("DROP ROLE weak")


def end_sessions(url: str) -> None:
    """End every session with a database but one's own."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class TestSqlite:
    def test_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(NotWritableError, match="there is no folder"):
            upgrade(f"sqlite:///{tmp_path}/nowhere/mailflow.db")

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "mailflow.db").mkdir()
        with pytest.raises(NotWritableError, match="cannot be opened"):
            upgrade(f"sqlite:///{tmp_path}/mailflow.db")

    def test_no_database(self, tmp_path: Path) -> None:
        file = tmp_path / "mailflow.db"
        file.write_text("These are the minutes of the meeting of 2 November. " * 100)
        with pytest.raises(DamagedError, match="no SQLite database"):
            upgrade(f"sqlite:///{file}")
        assert file.read_text().startswith("These are the minutes")

    @pytest.mark.parametrize(
        ("closed", "advice"), [("mailflow.db", "let this user write"), (".", "let this user write"), ("..", "enter")]
    )
    def test_a_file_of_somebody_elses(self, closed: str, advice: str) -> None:
        with server_folder("database") as folder:
            home = folder / "home"
            home.mkdir()
            url = f"sqlite:///{home}/mailflow.db"
            upgrade(url)
            if closed == "mailflow.db":
                (home / closed).chmod(0o444)
            home.chmod(0o555)  # who owns the folder could write a file in it anew
            folder.chmod(0 if closed == ".." else 0o755)
            said = run_unprivileged("from mailflow.edges.database import upgrade", f"upgrade({url!r})")
            folder.chmod(0o755)
            home.chmod(0o755)
        assert re.search(rf"NotWritableError.*{advice}", said, re.DOTALL), said


def run_unprivileged(first: str, then: str) -> str:
    """Return what Python complains of when it runs some code without the rights of root over files."""
    # Another user may not even read our libraries, so they are loaded before the rights are given up.
    code = f"import ctypes, os; {first}; os.geteuid() or ctypes.CDLL(None).setfsuid(65534); {then}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


def store_all(store: DatabaseStore, stored: list[int]) -> None:
    """Store more mails than there is room for, one by one; those that found room are put in `stored`."""
    for uid in range(1, 200):
        with store.begin() as tx:
            tx.mails.store(mail(uid, os.urandom(20_000)))
        stored.append(uid)


def test_a_full_disk_loses_nothing_and_room_mends_it(tmp_path: Path) -> None:
    # In a mount namespace of its own, for which whoever is not root needs a user namespace as well.
    mine = ["--map-root-user"] if os.geteuid() else []
    code = f"from pathlib import Path; from {__name__} import fill_up; fill_up(Path({str(tmp_path)!r}))"
    command = ["unshare", *mine, "--mount", sys.executable, "-c", code]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def fill_up(small_disk: Path) -> None:
    """Fill a disk of one megabyte, and give it room again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small_disk], check=True)
    url = f"sqlite:///{small_disk}/mailflow.db"
    upgrade(url)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(200_000))
    with closing(open_store(url)) as store:
        stored: list[int] = []
        with pytest.raises(DiskFullError, match="make room"):
            store_all(store, stored)
        assert stored
        with store.look() as tx:
            assert [found.key.uid for found in tx.mails.unread(1000)] == stored
        ballast.unlink()
        with store.begin() as tx:
            assert tx.mails.store(mail(1000))
    with closing(open_store(url)) as store, store.look() as tx:
        assert [found.key.uid for found in tx.mails.unread(1000)] == [*stored, 1000]


def test_every_error_is_of_one_family() -> None:
    kinds = [UnreachableError, LoginRefusedError, DiskFullError, NotWritableError, DamagedError, BadAddressError]
    assert all(issubclass(kind, DatabaseError) for kind in kinds)
