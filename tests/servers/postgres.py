"""A private PostgreSQL in which every test gets a database of its own."""

import os
import re
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, run

import psycopg
from psycopg import sql

from tests.servers.ports import free_ports
from tests.servers.process import running, server_folder

_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    # Nothing here outlives the test: no waiting for the disk.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server; `new_database` gives the URL of an empty database."""

    port: int
    host: str = "127.0.0.1"

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        """Return once a client can connect: a port that listens may still be starting up."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._administer(sql.SQL("SELECT 1").format())
                return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def new_database(self) -> str:
        """Create an empty database and return its SQLAlchemy URL."""
        name = f"test_{secrets.token_hex(6)}"
        self._administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove the database, also from under clients that are still connected."""
        name = url.rpartition("/")[2]
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(f"postgresql://postgres@{self.host}:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(statement)


def _programs() -> Path:
    """Return the folder of the newest PostgreSQL installed here."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        raise FileNotFoundError("no PostgreSQL under /usr/lib/postgresql: run scripts/test-needs.sh")
    return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", path.parent.name)])


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a private PostgreSQL until the block ends; it refuses root, so as root it runs as postgres."""
    user = "postgres" if os.geteuid() == 0 else None
    with server_folder("postgres") as folder:
        if user:
            shutil.chown(folder, user, user)
        data = folder / "data"
        initdb = [str(_programs() / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        run(
            [*initdb, "--locale=C", "--no-sync"],
            check=True,
            stdin=DEVNULL,
            stdout=DEVNULL,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        (port,) = free_ports(1)
        options = _OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
        command = [_programs() / "postgres", "-D", data, *(f"--{key}={value}" for key, value in options.items())]
        # SIGQUIT to the postmaster is its immediate shutdown: its children, in groups of their own, go with it.
        with running(
            command, folder=folder, log=folder / "postgres.log", stop=signal.SIGQUIT, whole_group=False, user=user
        ):
            server = Postgres(port)
            server.wait_until_it_answers()
            yield server
