"""Two workers on one PostgreSQL: each mailbox and each letter is served by one of them, by the other once it dies."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest

from mailflow.core.letters.model import LetterState
from tests.servers.postfix import MailSystem
from tests.service.runner import running
from tests.service.test_crashes import check, in_flight, send_delays
from tests.service.test_daemon import two_accounts
from tests.service.test_end_to_end import database, mails_read
from tests.service.test_faults import letter_states
from tests.service.told import Log
from tests.service.world import DUE, World, make_world, wait_until

pytestmark = pytest.mark.service

ORDERS = 40


@contextmanager
def two_workers(world: World) -> Iterator[tuple[tuple[BaseProcess, Log], tuple[BaseProcess, Log]]]:
    first, second = Log(world.folder / "first.log"), Log(world.folder / "second.log")
    with running(world.config, log=first.path) as one:
        wait_until(lambda: first.lines("serving"))
        with running(world.config, log=second.path) as other:
            wait_until(lambda: second.lines("served elsewhere"))
            yield (one, first), (other, second)


def everything_done(world: World, mails: int) -> bool:
    store = database(world)
    done = mails_read(store) == mails and not in_flight(store)
    store.close()
    return done and letter_states(world) == [LetterState.SENT] * mails


def test_both_work_and_everything_happens_once(tmp_path: Path, mail_system: MailSystem, postgres_url: str) -> None:
    world = make_world(tmp_path, mail_system, orders=ORDERS, customers=ORDERS, database=postgres_url)
    with two_workers(world):
        send_delays(world, range(1, ORDERS + 1))
        wait_until(lambda: everything_done(world, ORDERS), 60)
    check(world, mails=ORDERS, sent=ORDERS, drafts=0)
    with database(world).look() as tx:
        assert not any(letter.repeated for letter in tx.outbox.letters([LetterState.SENT]))


def test_the_other_takes_over_when_one_is_killed(tmp_path: Path, mail_system: MailSystem, postgres_url: str) -> None:
    world = make_world(tmp_path, mail_system, orders=ORDERS, customers=ORDERS, database=postgres_url)
    with two_workers(world) as ((one, _), (_, log)):
        assert not log.lines("serving")
        send_delays(world, range(1, ORDERS // 2 + 1))
        wait_until(lambda: LetterState.SENT in letter_states(world))
        kill(one)
        send_delays(world, range(ORDERS // 2 + 1, ORDERS + 1))
        wait_until(lambda: everything_done(world, ORDERS), 90)
        assert [line["account"] for line in log.lines("serving")] == ["followup"]
        wait_until(lambda: log.lines("taking over from workers that are gone"))  # at the latest with the next round
    check(world, mails=ORDERS, sent=ORDERS, drafts=0)


def kill(process: BaseProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def test_two_mailboxes_are_served_though_one_worker_begins_with_both(
    tmp_path: Path, mail_system: MailSystem, postgres_url: str
) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=2, database=postgres_url)
    second = two_accounts(world)
    with two_workers(world) as ((one, first), (_, other)):
        wait_until(lambda: len(first.lines("serving")) == 2)
        kill(one)
        wait_until(lambda: len(other.lines("serving")) == 2, 40)
        world.system.dovecot.deliver([second], world.promise(1, DUE + timedelta(days=9)).encode())
        wait_until(lambda: world.inbox(world.customers[1]))


def test_a_worker_whose_session_is_cut_starts_afresh(
    tmp_path: Path, mail_system: MailSystem, postgres_url: str
) -> None:
    world = make_world(tmp_path, mail_system, orders=2, customers=2, database=postgres_url)
    log = Log(tmp_path / "service.log")
    with running(world.config, log=log.path):
        wait_until(lambda: log.lines("serving"))
        cut_every_session(postgres_url)
        wait_until(lambda: log.lines("joined again"))
        send_delays(world, range(1, 3))  # whether or not the mailbox's thread noticed the cut, it serves on
        wait_until(lambda: len(world.inbox(world.mailbox, "Sent")) == 2, 90)
    assert log.lines("lost the session with the database, starting afresh")
    assert [len(world.inbox(customer)) for customer in world.customers] == [1, 1]


def cut_every_session(url: str) -> None:
    """End all sessions of a database, as a restart of the server does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
