"""A process that is killed leaves whole transactions or nothing."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

from mailflow.core.letters.model import LetterState
from mailflow.core.mails import MailState
from mailflow.core.orders.events import LetterQueued
from mailflow.edges.database import DatabaseStore, schema_is_current, upgrade
from mailflow.edges.database.engine import make_engine, parse_url
from mailflow.edges.database.store import DatabaseTransaction

# Works through mails as the service does, all that follows from one in one transaction.
WORKER = """
import sys
from datetime import UTC, date, datetime
from mailflow.core.letters.model import Duty
from mailflow.core.mails import MailState
from mailflow.core.orders.events import LetterQueued, MailRead, NewEvent
from mailflow.edges.database import open_store
from tests.edges.database.samples import NOW, duty, imported, mail, planned, promised

store = open_store(sys.argv[1])
halfway = sys.argv[2]
with store.begin() as tx:
    tx.ledger.record([imported("PO1")], NOW)
for uid in range(1, 10_000):
    with store.begin() as tx:
        number = tx.mails.store(mail(uid, b"x" * 5000))
        tx.mails.identify(number, f"<{uid}@b.example>", "hash")
        read = MailRead(number, f"<{uid}@b.example>", "li@huada.example", "PO1", "update", ("PO1",), "Huada")
        tx.ledger.record([NewEvent(read), promised("PO1", 1 + uid % 28, number)], NOW)
        if halfway == "yes" and uid == 3:
            print("halfway", flush=True)
            sys.stdin.readline()
        letter = tx.outbox.plan(planned(duty(occasion=str(uid))), NOW)
        tx.ledger.record([NewEvent(LetterQueued(letter, "ask_ship_date", "Huada", (), ("PO1",), "auto"))], NOW)
        tx.mails.settle(number, MailState.READ)
    print(uid, flush=True)
"""

# Is killed when it is about to make its n-th table.
UPGRADER = """
import os, signal, sys
from alembic import op
from mailflow.edges.database import upgrade

left, make = [int(sys.argv[2])], op.create_table

def make_or_die(*arguments):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return make(*arguments)

op.create_table = make_or_die
upgrade(sys.argv[1])
"""

ROOT = Path(__file__).parents[3]


def started(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start some code in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill a process as the kernel does; return what it had printed."""
    process.kill()
    return process.communicate()[0].split()


def whole_mails(tx: DatabaseTransaction) -> int:
    """Return how many mails there are, after looking that each is there with all that follows from it."""
    events = tx.ledger.after(0, 100_000)
    letters = tx.outbox.letters(list(LetterState))
    queued = [one.event.letter for one in events if isinstance(one.event, LetterQueued)]
    assert tx.mails.unread(100_000) == []
    assert queued == [letter.id for letter in letters] == [record.letter for record in tx.outbox.duties()]
    count = len(letters)
    assert len(events) == 1 + 3 * count
    for uid in range(1, count + 1):
        (number,) = tx.mails.find(f"<{uid}@b.example>")
        found = tx.mails.get(number)
        assert found is not None
        assert (found.state, found.raw) == (MailState.READ, b"x" * 5000)
        assert len(tx.ledger.of_mail(number)) == 2
    assert tx.mails.find(f"<{count + 1}@b.example>") == []
    return count


def test_killed_in_the_middle_of_a_transaction(url: str, store: DatabaseStore) -> None:
    with started(WORKER, url, "yes") as process:
        assert [read_line(process) for _ in range(3)] == ["1", "2", "halfway"]
        kill(process)
    with store.begin() as tx:
        assert whole_mails(tx) == 2
        live = tx.views.orders()
        tx.views.rebuild()
        assert tx.views.orders() == live


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment(url: str, store: DatabaseStore, seed: int) -> None:
    with started(WORKER, url, "no") as process:
        lines = [read_line(process) for _ in range(random.Random(seed).randrange(5, 40))]
        told = len(lines) + len(kill(process))
    with store.begin() as tx:
        assert told <= whole_mails(tx) <= told + 1  # committed and not told yet
        live = tx.views.orders()
        tx.views.rebuild()
        assert tx.views.orders() == live


@pytest.mark.parametrize("table", [1, 5, 11])
def test_killed_while_the_tables_are_made(empty_url: str, table: int) -> None:
    with started(UPGRADER, empty_url, str(table)) as process:
        assert process.wait() == -signal.SIGKILL
    assert not schema_is_current(empty_url)
    engine = make_engine(parse_url(empty_url), looking=True)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    upgrade(empty_url)
    assert schema_is_current(empty_url)
