"""Importing into a real ledger: once recorded, the same book records nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailflow.core.order_book.model import Book
from mailflow.core.orders import events as e
from mailflow.core.orders.model import Milestone
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.order_book import Import, import_book

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # the 21st already in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
CORPUS = Path(__file__).parents[1] / "corpus" / "dev"
PARTIES = "name,role,contact,email\nHengtai,supplier,Zheng,zheng@hengtai.example\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    url = f"sqlite:///{tmp_path / 'mailflow.db'}"
    upgrade(url)
    opened = open_store(url)
    yield opened
    opened.close()


def book(folder: Path, **files: str) -> Book:
    """Write files (name → text) and read them as one book."""
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    rules, problems = book_rules()
    assert problems == []
    return read_files(paths, rules)


def run(store: DatabaseStore, found: Book, *, dry_run: bool = False, whole: bool = False, sure: bool = False) -> Import:
    return import_book(
        store, found, NOW, SHANGHAI, files=["book.csv"], actor="amy", whole=whole, sure=sure, dry_run=dry_run
    )


def test_the_corpus_twice(store: DatabaseStore) -> None:
    rules, _ = book_rules()
    found = read_files([CORPUS / "orders.csv", CORPUS / "parties.yaml"], rules)
    first = run(store, found)
    assert (len(first.events), first.bad) == (431, False)
    with store.look() as tx:
        assert len(tx.views.orders()) == 410
        assert {state.live for state in tx.views.parties().values()} == {False}
    again = run(store, found)
    assert (again.events, again.same) == ((), 431)


def test_a_dry_run_says_all_and_writes_nothing(store: DatabaseStore, tmp_path: Path) -> None:
    found = book(tmp_path, parties=PARTIES, orders="number,supplier,qty\nP1,Hengtai,100\nP2,Hengtai,many\n")
    done = run(store, found, dry_run=True)
    assert [type(event) for event in done.events] == [e.PartyImported, e.OrderImported]
    assert done.bad
    with store.look() as tx:
        assert tx.views.orders() == {}
        assert tx.ledger.after(0, 10) == []


def test_changed_vanished_and_what_has_happened(store: DatabaseStore, tmp_path: Path) -> None:
    head = "number,supplier,qty,签回,承诺交期\n"
    run(store, book(tmp_path, parties=PARTIES, orders=f"{head}P1,Hengtai,100,2026-11-21,2026-12-05\nP2,Hengtai,5,,\n"))
    with store.look() as tx:
        assert tx.views.orders()["P1"].lots[-1].promise is not None
        recorded = tx.ledger.history("P1")
    assert {(each.actor, each.why) for each in recorded} == {("amy", "import of book.csv")}
    later = book(tmp_path, orders=f"{head}P1,Hengtai,150,2026-11-21,2026-12-05\n")
    done = run(store, later, whole=True)
    assert [type(event) for event in done.events] == [e.OrderChanged, e.OrderVanished]
    with store.look() as tx:
        assert tx.views.orders()["P2"].vanished
        assert tx.views.orders()["P1"].order.quantity == 150
    assert run(store, later, whole=True).events == ()


def test_a_promise_of_a_mail_outlives_the_same_book(store: DatabaseStore, tmp_path: Path) -> None:
    text = "number,supplier,承诺交期\nP1,Hengtai,2026-12-05\n"
    run(store, book(tmp_path, parties=PARTIES, orders=text))
    by_mail = e.DatePromised("P1", Milestone.SHIP, datetime(2026, 12, 12, tzinfo=UTC).date())
    with store.begin() as tx:
        tx.ledger.record([e.NewEvent(by_mail)], NOW)
    assert run(store, book(tmp_path, orders=text)).events == ()
    newer = book(tmp_path, orders=text.replace("12-05", "12-20"))
    assert [type(event) for event in run(store, newer).events] == [e.DatePromised]
    assert run(store, newer).events == ()
