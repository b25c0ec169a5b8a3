"""Import: compare a book with the ledger, and record what differs in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from mailflow.core.order_book.compare import Comparison, compare, disputed, imported_facts, settle_on, vanished
from mailflow.core.order_book.model import Book
from mailflow.core.order_book.settle import Settled
from mailflow.core.orders.events import Event, NewEvent
from mailflow.core.orders.state import OrderState, PartyState
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


@dataclass(frozen=True, slots=True)
class BesideLedger:
    """A book completed with what we know, and what it changes of the orders and parties that we have."""

    settled: Settled
    comparison: Comparison
    orders: dict[str, OrderState]
    parties: dict[str, PartyState]


def beside_ledger(transaction: Transaction, book: Book, today: date) -> BesideLedger:
    """Compare a book with the ledger; `today` is the day at our house."""
    orders = transaction.views.orders()
    parties = transaction.views.parties()
    settled = settle_on(book, orders, parties)
    said = {
        number: imported_facts(recorded.event for recorded in transaction.ledger.history(number))
        for number in disputed(settled, orders)
    }
    return BesideLedger(settled, compare(settled, orders, parties, said, today), orders, parties)


def _compared(
    transaction: Transaction, book: Book, now: datetime, zone: tzinfo, name: str, whole: bool, sure: bool
) -> Import:
    found = beside_ledger(transaction, book, now.astimezone(zone).date())
    gone, doubts = vanished(found.settled, found.orders, found.parties, name, sure) if whole else ([], [])
    return Import(
        events=(*found.comparison.events, *gone),
        problems=(*book.problems, *found.comparison.problems, *doubts),
        same=found.comparison.same,
        dry_run=False,
    )
