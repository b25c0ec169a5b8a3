"""How fast the database edge is by itself: `python -m tests.edges.database.measure [--postgresql]`.

Mails of 5 KB, 50 a commit: stored, identified, two events each (MailRead, DatePromised), views of 400 orders moved,
settled. Letters, 10 a commit: planned with an event; claimed, frozen and handed; sent with an event.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from mailflow.core.mails import MailState
from mailflow.core.orders.events import LetterQueued, LetterSent, MailRead, NewEvent
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.database.store import DatabaseTransaction
from tests.edges.database.samples import NOW, duty, envelope, imported, mail, planned, promised
from tests.servers.postgres import running_postgres

ORDERS, MAILS, LETTERS = 400, 5000, 1000


def main() -> None:
    """Measure on SQLite in a file, or on a private PostgreSQL (which there doesn't wait for the disk)."""
    if "--postgresql" in sys.argv:
        with running_postgres() as server:
            measure(server.new_database())
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(f"sqlite:///{Path(folder)}/mailflow.db")


def measure(url: str) -> None:
    """Print a table of what a second holds, and a second of the processor alone (others may be busy)."""
    upgrade(url)
    store = open_store(url)
    with store.begin() as tx:
        tx.ledger.record([imported(f"PO{number}", f"SO{number // 2}") for number in range(ORDERS)], NOW)
    row("mails", MAILS, lambda: in_batches(store, MAILS, 50, one_mail))
    row("letters planned", LETTERS, lambda: in_batches(store, LETTERS, 10, one_letter))
    row("letters sent", LETTERS, lambda: send(store))
    with store.look() as tx:
        row("orders read", ORDERS, tx.views.orders)
        row("duties read", LETTERS, tx.outbox.duties)
    with store.begin() as tx:
        row("events folded again", 2 * MAILS + ORDERS + 2 * LETTERS, tx.views.rebuild)
    store.close()


def row(what: str, count: int, work: Callable[[], object]) -> None:
    """Do some work and print how much of it a second holds."""
    wall, cpu = perf_counter(), process_time()
    work()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    print(f"{what:22}{count / wall:12,.0f} a second{count / cpu:12,.0f} a CPU second")  # noqa: T201 - its purpose


def in_batches(store: DatabaseStore, count: int, batch: int, one: Callable[..., None]) -> None:
    """Do something `count` times, a batch in a transaction."""
    for start in range(0, count, batch):
        with store.begin() as tx:
            for number in range(start, start + batch):
                one(tx, number)


_BODY = (Path(__file__).read_bytes() * 3)[:3500] + os.urandom(750).hex().encode()


def one_mail(tx: DatabaseTransaction, number: int) -> None:
    """Store a mail and all that follows from it."""
    stored = tx.mails.store(mail(number, f"Message-ID: <{number}@b.example>\r\n\r\n".encode() + _BODY))
    order = f"PO{number * 7 % ORDERS}"
    tx.mails.identify(stored, f"<{number}@b.example>", f"{number:040}")
    read = MailRead(stored, f"<{number}@b.example>", f"li{number % 40}@huada.example", "Re: PO", "update", (order,))
    tx.ledger.record([NewEvent(read), promised(order, 1 + number % 28, stored)], NOW)
    tx.mails.settle(stored, MailState.READ)


def one_letter(tx: DatabaseTransaction, number: int) -> None:
    """Plan a letter."""
    order = f"PO{number % ORDERS}"
    letter = tx.outbox.plan(planned(duty(order, occasion=str(number))), NOW)
    tx.ledger.record([NewEvent(LetterQueued(letter, "ask", "Huada", ("li@huada.example",), (order,), "auto"))], NOW)


def send(store: DatabaseStore) -> None:
    """Send every letter that was planned, with the commits that the service makes."""
    while True:
        with store.begin() as tx:
            claimed = tx.outbox.claim("worker", NOW, 10)
            for letter in claimed:
                tx.outbox.freeze(letter.id, envelope(letter.id, "x" * 5000))
        if not claimed:
            return
        with store.begin() as tx:
            tx.outbox.handed([letter.id for letter in claimed], NOW)
        with store.begin() as tx:
            for letter in claimed:
                tx.outbox.sent(letter.id, NOW, "250 OK")
                sent = LetterSent(letter.id, letter.planned.orders, f"<{letter.id}@ours.example>")
                tx.ledger.record([NewEvent(sent)], NOW)


if __name__ == "__main__":
    main()
