"""Who serves what: one process a file, one worker a mailbox, and the gone are known to be gone."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from mailflow.core.letters.model import LetterState
from mailflow.edges.database import DatabaseStore
from mailflow.edges.database.engine import parse_url
from mailflow.edges.database.errors import LostSessionError, OwnedError
from tests.edges.database.samples import NOW, envelope, imported, planned

Another = Callable[[], DatabaseStore]

JOINER = """
import sys
from mailflow.edges.database import open_store
store = open_store(sys.argv[1])
name = store.join()
took = store.take("follow-up")
print(name, took, flush=True)
sys.stdin.readline()
store.close()
"""


@contextmanager
def another_process(url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a worker in a process of its own until the block ends, or the test kills it; gives its name."""
    command = [sys.executable, "-c", JOINER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        name, took = process.stdout.readline().split()
        assert took == "True"
        try:
            yield process, name
        finally:
            process.kill()


def claimed_by(store: DatabaseStore, worker: str) -> int:
    """Leave a letter that a worker has claimed and frozen."""
    with store.begin() as tx:
        number = tx.outbox.plan(planned(), NOW)
        assert number is not None
        tx.outbox.claim(worker, NOW, 1)
        tx.outbox.freeze(number, envelope())
        return number


def test_a_worker_has_a_name_and_nobody_is_gone(store: DatabaseStore) -> None:
    name = store.join()
    assert name
    assert store.join() == name
    assert store.gone() == []
    assert store.take("follow-up")
    assert store.take("follow-up")
    store.check()


def test_who_has_not_joined_takes_nothing(store: DatabaseStore) -> None:
    for act in (store.gone, store.check, lambda: store.take("follow-up")):
        with pytest.raises(LostSessionError, match="join first"):
            act()


def test_who_has_left_is_no_worker(store: DatabaseStore, open_another: Another) -> None:
    store.join()
    store.take("follow-up")
    store.leave()
    store.leave()
    other = open_another()
    other.join()
    assert other.gone() == []
    assert other.take("follow-up")


def test_a_killed_worker_is_gone_and_its_letters_go_on(url: str, store: DatabaseStore) -> None:
    with another_process(url) as (process, name):
        number = claimed_by(store, name)
        process.kill()
        process.wait()
        mine = store.join()
        wait_until(lambda: store.gone() == [name])
        assert store.take("follow-up")
    with store.begin() as tx:
        assert tx.outbox.recover([name], NOW) == 1
        assert [letter.id for letter in tx.outbox.claim(mine, NOW, 1)] == [number]
    assert store.gone() == []


def test_a_worker_that_left_letters_behind_is_gone(store: DatabaseStore, open_another: Another) -> None:
    other = open_another()
    name = other.join()
    claimed_by(store, name)
    other.leave()
    store.join()
    assert store.gone() == [name]
    with store.begin() as tx:
        tx.outbox.recover([name], NOW)
    assert store.gone() == []


def test_commands_work_beside_a_worker(url: str, store: DatabaseStore) -> None:
    with another_process(url):
        with store.begin() as tx:
            tx.ledger.record([imported()], NOW)
        with store.look() as tx:
            assert set(tx.views.orders()) == {"PO1"}


def wait_until(condition: Callable[[], bool]) -> None:
    """Return once the server has noticed that a client is gone."""
    for _ in range(100_000):
        if condition():
            return
    raise AssertionError("never happened")


class TestFile:
    @pytest.fixture(params=["sqlite"])
    def engine(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    def test_one_process_owns_the_file(self, url: str, store: DatabaseStore) -> None:
        file = Path(parse_url(url).database or "")
        with another_process(url) as (process, _), pytest.raises(OwnedError) as caught:
            store.join()
        assert str(file) in str(caught.value)
        assert f"process {process.pid}" in str(caught.value)
        assert store.join()

    def test_two_stores_in_one_process_are_two(self, store: DatabaseStore, open_another: Another) -> None:
        store.join()
        with pytest.raises(OwnedError):
            open_another().join()

    def test_a_lock_file_that_was_removed_protects_nothing(self, url: str, store: DatabaseStore) -> None:
        store.join()
        Path(f"{parse_url(url).database}.lock").unlink()
        with pytest.raises(LostSessionError, match="removed while in use"):
            store.check()
        with pytest.raises(LostSessionError, match="join first"):
            store.take("follow-up")


class TestServer:
    @pytest.fixture(params=["postgresql"])
    def engine(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    def test_workers_share_the_mailboxes(self, store: DatabaseStore, open_another: Another) -> None:
        other = open_another()
        assert store.join() != other.join()
        assert store.take("first")
        assert other.take("second")
        assert not other.take("first")
        assert not store.take("second")
        assert store.gone() == other.gone() == []

    def test_a_lost_session_is_noticed_and_joined_anew(
        self, url: str, store: DatabaseStore, open_another: Another
    ) -> None:
        other = open_another()
        other.join()
        name = store.join()
        store.take("follow-up")
        number = claimed_by(store, name)
        end_session_of(url, store)
        with pytest.raises(LostSessionError, match="start afresh"):
            store.check()
        wait_until(lambda: other.gone() == [name])
        assert other.take("follow-up")
        again = store.join()
        assert again != name
        assert not store.take("follow-up")
        with other.begin() as tx:
            tx.outbox.recover(other.gone(), NOW)
            letter = tx.outbox.get(number)
            assert letter is not None
            assert (letter.state, letter.worker) == (LetterState.QUEUED, "")
        assert other.gone() == []

    @pytest.mark.parametrize("act", ["check", "gone", "take"])
    def test_whatever_is_done_first_notices(self, url: str, store: DatabaseStore, act: str) -> None:
        store.join()
        end_session_of(url, store)
        with pytest.raises(LostSessionError, match="start afresh"):
            store.take("follow-up") if act == "take" else getattr(store, act)()
        store.leave()


def end_session_of(url: str, store: DatabaseStore) -> None:
    """End the session that holds a worker's locks, as a network fault or the server's administrator would."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        held = (
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY pid"
        )
        mine = store._owner._session.connection.dbapi_connection.info.backend_pid  # type: ignore[attr-defined]
        assert (mine,) in connection.execute(held).fetchall()
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
