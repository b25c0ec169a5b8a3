"""What stands in a command's way is told in a line each, with what to do; never as a traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailflow.cli import build_app
from mailflow.cli.common import guarded
from tests.cli.installation import Installation, opened

COMMANDS = (
    ("orders",),
    ("show", "PO26-101"),
    ("why", "PO26-101"),
    ("due",),
    ("review",),
    ("decide", "R2.1", "no"),
    ("set", "PO26-101", "ship", "2026-12-01"),
    ("pause", "PO26-101"),
    ("resume", "PO26-101"),
    ("stop-writing", "a@b.example"),
    ("go-live", "all", "--yes"),
    ("health",),
    ("import", "orders.csv"),
)
QUICK = COMMANDS[:2] + COMMANDS[6:7] + COMMANDS[-1:]


def database(installation: Installation) -> Path:
    return installation.folder / "data" / "mailflow.db"


@pytest.mark.parametrize("words", COMMANDS)
def test_no_settings(tmp_path: Path, words: tuple[str, ...]) -> None:
    line = Installation(tmp_path).refused(*words)
    assert line.startswith(f"{tmp_path / 'mailflow.yaml'}: is not there; write one with `mailflow init FOLDER`")


@pytest.mark.parametrize("words", COMMANDS)
def test_settings_with_faults(installation: Installation, words: tuple[str, ...]) -> None:
    path = installation.folder / "mailflow.yaml"
    path.write_text(path.read_text("utf-8").replace("timezone: Asia", "timezone: Asien"), encoding="utf-8")
    line = installation.refused(*words)
    assert line.startswith(f"{path}:2: ")
    assert "; " in line


@pytest.mark.parametrize("words", QUICK)
@pytest.mark.parametrize(
    ("broken", "told"),
    [(b"company: [", "not valid YAML"), (b"company: \xff\xfe", "is not UTF-8; save it as UTF-8"), (None, "director")],
)
def test_settings_that_cannot_be_read(
    installation: Installation, words: tuple[str, ...], broken: bytes | None, told: str
) -> None:
    path = installation.folder / "mailflow.yaml"
    path.unlink()
    if broken is None:
        (path / "folder").mkdir(parents=True)
    else:
        path.write_bytes(broken)
    done = installation.run(*words, MAILFLOW_CONFIG=str(path))
    assert done.exit_code == 1
    assert str(path) in done.stderr
    assert told in done.stderr or "is not there" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("words", COMMANDS)
def test_a_file_that_is_no_database(installation: Installation, words: tuple[str, ...]) -> None:
    database(installation).write_bytes(b"this is a letter, not a database" * 100)
    assert "this file is no SQLite database; name another file" in installation.refused(*_there(installation, words))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_database_of_a_newer_version(installation: Installation, words: tuple[str, ...]) -> None:
    with sqlite3.connect(database(installation)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    line = installation.refused(*_there(installation, words))
    assert "a newer mailflow made its tables (revision 9999); install that version" in line


def _there(installation: Installation, words: tuple[str, ...]) -> tuple[str, ...]:
    return (words[0], str(installation.folder / words[1])) if words[0] == "import" else words


def test_a_folder_for_data_that_is_a_file(installation: Installation) -> None:
    path = installation.folder / "mailflow.yaml"
    path.write_text(path.read_text("utf-8") + "data: orders.csv\n", encoding="utf-8")
    assert f"{installation.folder / 'orders.csv'}: File exists; check `data:`" in installation.refused("orders")


def test_another_process_that_writes_delays_who_writes_and_nobody_who_looks(installation: Installation) -> None:
    path = installation.folder / "mailflow.yaml"
    url = f"sqlite:///{database(installation)}?timeout=0.1"
    path.write_text(path.read_text("utf-8") + f"database: {{url: '{url}'}}\n", encoding="utf-8")
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(database(installation))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"locked\n"
        assert "4 of 4 orders" in installation.told("orders")
        line = installation.refused("set", "PO26-101", "ship", "2026-12-01")
        assert "another process is writing; try again, or end a command that hangs" in line
    finally:
        other.communicate()
    installation.told("set", "PO26-101", "ship", "2026-12-01")


def test_once_beside_the_running_service(installation: Installation) -> None:
    with opened(installation.folder) as store:
        store.join()
        env = {**os.environ, "MAILFLOW_CONFIG": str(installation.folder)}
        done = subprocess.run(
            [sys.executable, "-m", "mailflow", "once"], capture_output=True, text=True, env=env, check=False
        )
        store.leave()
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "is in use by process" in line


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("noon", "noon is no moment; write it as ISO 8601"),
        ("2026-12-01T09:00", "has no offset; add one"),
    ],
)
def test_a_moment_that_is_none(installation: Installation, moment: str, told: str) -> None:
    assert told in installation.refused("once", "--now", moment)


def test_a_fault_of_ours_is_not_dressed_up() -> None:
    def command() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        guarded(command)()


def test_the_health_of_a_service_that_never_ran(installation: Installation) -> None:
    line = installation.refused("health")
    assert line == "mailflow: the service does not run on this machine; start it with `mailflow run`"


def test_an_order_book_that_cannot_be_read(installation: Installation) -> None:
    done = CliRunner().invoke(
        build_app("import"), ["import", str(installation.folder)], env={"MAILFLOW_CONFIG": str(installation.folder)}
    )
    assert done.exit_code == 1
    assert "Is a directory" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
