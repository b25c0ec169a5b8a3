"""Several at once: nothing is lost, nothing is given out twice, and ids rise for whoever reads on."""

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailflow.core.letters.model import LetterState
from mailflow.edges.database import DatabaseStore
from mailflow.edges.database.errors import BusyError
from tests.edges.database.samples import NOW, duty, envelope, imported, mail, planned, promised

THREADS = 8
Another = Callable[[], DatabaseStore]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do some things at the same time; raises what any of them raised."""
    start = threading.Barrier(len(works))

    def started(work: Callable[[], object]) -> object:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(started, works))


@pytest.mark.parametrize("shared", [True, False], ids=["one store", "a store each"])
def test_many_record_at_once(store: DatabaseStore, open_another: Another, *, shared: bool) -> None:
    stores = [store if shared else open_another() for _ in range(THREADS)]
    with store.begin() as tx:
        tx.ledger.record([imported(f"PO{i}") for i in range(4)], NOW)
    seen: list[int] = []
    done = threading.Event()

    def write(number: int) -> None:
        for turn in range(10):
            with stores[number].begin() as tx:
                tx.ledger.record([promised(f"PO{(number + turn) % 4}", 1 + turn)], NOW)
                tx.ledger.record([promised(f"PO{number % 4}", 11 + turn)], NOW)

    def follow() -> None:
        """Read on from the last id, as one does who wants every event once."""
        while True:
            last_look = done.is_set()
            with store.look() as tx:
                seen.extend(one.id for one in tx.ledger.after(seen[-1] if seen else 0, 1000))
            if last_look:
                return

    reader = threading.Thread(target=follow)
    reader.start()
    try:
        at_once(*(lambda number=number: write(number) for number in range(THREADS)))
    finally:
        done.set()
        reader.join()
    with store.begin() as tx:
        recorded = tx.ledger.after(0, 1000)
        assert len(recorded) == 4 + THREADS * 10 * 2
        assert seen == [one.id for one in recorded] == sorted({one.id for one in recorded})
        live = tx.views.orders()
        tx.views.rebuild()
        assert tx.views.orders() == live


def test_the_same_duty_is_planned_by_one(store: DatabaseStore, open_another: Another) -> None:
    stores = [open_another() for _ in range(THREADS)]

    def plan(one: DatabaseStore, number: int) -> list[int]:
        planned_here = []
        for turn in range(5):
            with one.begin() as tx:
                letter = tx.outbox.plan(planned(duty(f"PO{turn}"), duty(f"PO{turn}-{number}")), NOW)
                planned_here += [turn] if letter is not None else []
        return planned_here

    found = at_once(*(lambda one=one, n=n: plan(one, n) for n, one in enumerate(stores)))
    assert sorted(turn for turns in found if isinstance(turns, list) for turn in turns) == [0, 1, 2, 3, 4]
    with store.look() as tx:
        assert len(tx.outbox.letters(list(LetterState))) == 5
        assert len(tx.outbox.duties()) == 10


def test_the_same_mail_in_two_mailboxes_is_held_by_one(store: DatabaseStore, open_another: Another) -> None:
    with store.begin() as tx:
        numbers = [tx.mails.store(mail(uid)) for uid in range(THREADS)]

    def identify(one: DatabaseStore, number: int | None) -> int:
        assert number is not None
        with one.begin() as tx:
            return tx.mails.identify(number, "<a@b.example>", "hash")

    works = [(open_another(), number) for number in numbers]
    holders = at_once(*(lambda one=one, number=number: identify(one, number) for one, number in works))
    assert len(set(holders)) == 1
    assert holders[0] in numbers


def test_the_same_place_is_stored_by_one(store: DatabaseStore, open_another: Another) -> None:
    stores = [open_another() for _ in range(THREADS)]

    def store_in(one: DatabaseStore) -> int | None:
        with one.begin() as tx:
            return tx.mails.store(mail(1))

    assert sum(found is not None for found in at_once(*(lambda one=one: store_in(one) for one in stores))) == 1


def test_letters_are_claimed_once(store: DatabaseStore, open_another: Another) -> None:
    plan_letters(store, 60)

    def claim(one: DatabaseStore, number: int) -> list[int]:
        taken: list[int] = []
        while True:
            with one.begin() as tx:
                some = tx.outbox.claim(f"worker {number}", NOW, 4)
            if not some:
                return taken
            taken += [letter.id for letter in some]

    stores = [open_another() for _ in range(4)]
    found = at_once(*(lambda one=one, n=n: claim(one, n) for n, one in enumerate(stores)))
    taken = [letter for letters in found if isinstance(letters, list) for letter in letters]
    assert len(taken) == len(set(taken)) == 60


CLAIMER = """
import sys
from datetime import datetime
from mailflow.edges.database import open_store
store = open_store(sys.argv[1])
now = datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
while True:
    with store.begin() as tx:
        some = tx.outbox.claim(sys.argv[3], now, 3)
    if not some:
        break
    print(*(letter.id for letter in some), flush=True)
store.close()
"""


def test_processes_share_the_outbox(url: str, store: DatabaseStore) -> None:
    plan_letters(store, 60)
    command = [sys.executable, "-c", CLAIMER, url, NOW.isoformat()]
    workers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("first", "second")
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    taken = [int(number) for worker in workers for number in worker.communicate()[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert len(taken) == len(set(taken)) == 60


class TestServer:
    """One worker's rows are passed over by the others; on SQLite there is one writer at a time."""

    @pytest.fixture(params=["postgresql"])
    def engine(self, request: pytest.FixtureRequest) -> str:
        name: str = request.param
        return name

    def test_a_slow_claim_keeps_nobody_waiting(self, store: DatabaseStore, open_another: Another) -> None:
        plan_letters(store, 4)
        other = open_another()
        with store.begin() as slow:
            mine = [letter.id for letter in slow.outbox.claim("slow", NOW, 2)]
            with other.begin() as quick:
                theirs = [letter.id for letter in quick.outbox.claim("quick", NOW, 10)]
                quick.outbox.freeze(theirs[0], envelope())
                quick.ledger.record([imported()], NOW)
        assert len(mine) == len(theirs) == 2
        assert set(mine).isdisjoint(theirs)

    def test_unread_mails_are_shared_out(self, store: DatabaseStore, open_another: Another) -> None:
        with store.begin() as tx:
            numbers = [tx.mails.store(mail(uid)) for uid in range(4)]
        with store.begin() as first, open_another().begin() as second:
            assert [found.id for found in first.mails.unread(2)] == numbers[:2]
            assert [found.id for found in second.mails.unread(10)] == numbers[2:]

    def test_two_that_wait_for_each_other_are_told_to_try_again(
        self, store: DatabaseStore, open_another: Another
    ) -> None:
        with store.begin() as tx:
            one, two = (tx.mails.store(mail(uid)) for uid in (1, 2))
            assert one is not None
            assert two is not None
        met = threading.Barrier(2)

        def cross(who: DatabaseStore, first: int, second: int) -> str:
            try:
                with who.begin() as tx:
                    tx.mails.marked([first])
                    met.wait()
                    tx.mails.marked([second])
            except BusyError as error:
                return str(error)
            return ""

        other = open_another()
        told = at_once(lambda: cross(store, one, two), lambda: cross(other, two, one))
        assert sorted(told, key=str)[0] == ""
        assert "try again" in str(max(told, key=str))


def test_a_transaction_inside_another_is_a_mistake(store: DatabaseStore) -> None:
    with store.begin(), pytest.raises(RuntimeError, match="inside another"), store.begin():
        pass
    with store.begin():
        pass


def plan_letters(store: DatabaseStore, count: int) -> None:
    """Put letters in the outbox that may go at once."""
    with store.begin() as tx:
        for number in range(count):
            tx.outbox.plan(planned(duty(f"PO{number}")), NOW)
