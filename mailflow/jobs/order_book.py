"""Import: compare a book with the ledger, and record what differs in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailflow.core.order_book.compare import compare, disputed, imported_facts, settle_on, vanished
from mailflow.core.order_book.model import Book
from mailflow.core.orders.events import Event, NewEvent
from mailflow.core.problems import Problem, errors
from mailflow.jobs.ports import Store, Transaction


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or (`dry_run`) would do."""

    events: tuple[Event, ...]
    problems: tuple[Problem, ...]
    same: int
    dry_run: bool

    @property
    def bad(self) -> bool:
        """Tell whether anything was refused."""
        return bool(errors(self.problems))


def import_book(
    store: Store,
    book: Book,
    now: datetime,
    zone: tzinfo,
    *,
    files: Iterable[str],
    actor: str = "mailflow",
    whole: bool = False,
    sure: bool = False,
    dry_run: bool = False,
) -> Import:
    """Record what is new, changed and (`whole`) vanished; nothing is recorded for what stands already.

    Several runs at the same time do no harm: the comparison and the record are one writing transaction.
    """
    name = ", ".join(files)
    with store.look() if dry_run else store.begin() as transaction:
        done = _compared(transaction, book, now, zone, name, whole, sure)
        if done.events and not dry_run:
            why = f"import of {name}"
            transaction.ledger.record([NewEvent(event, actor, why) for event in done.events], now)
    return Import(done.events, done.problems, done.same, dry_run)


def _compared(
    transaction: Transaction, book: Book, now: datetime, zone: tzinfo, name: str, whole: bool, sure: bool
) -> Import:
    orders = transaction.views.orders()
    parties = transaction.views.parties()
    settled = settle_on(book, orders, parties)
    said = {
        number: imported_facts(recorded.event for recorded in transaction.ledger.history(number))
        for number in disputed(settled, orders)
    }
    comparison = compare(settled, orders, parties, said, now.astimezone(zone).date())
    gone, doubts = vanished(settled, orders, parties, name, sure) if whole else ([], [])
    return Import(
        events=(*comparison.events, *gone),
        problems=(*book.problems, *comparison.problems, *doubts),
        same=comparison.same,
        dry_run=False,
    )
