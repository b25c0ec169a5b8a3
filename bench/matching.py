"""`python -m bench.matching`: the index of identifiers in SQLite, for ten thousand names and for a million."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Connection

from bench.__main__ import OUT, machine
from bench.measure import Measured, in_fresh_process
from mailflow.core.matching.index import names_of
from mailflow.core.orders.model import Order, OrderKind
from mailflow.core.orders.state import LearnedState, OrderState
from mailflow.core.reading.finders.order_numbers import find_order_numbers, find_tails
from mailflow.edges.database import upgrade
from mailflow.edges.database.engine import make_engine, parse_url
from mailflow.edges.database.identifiers import DatabaseIdentifiers

SMALL, LARGE = 10_000, 1_000_000
MOST_RATIO, LEAST_GAIN = 1.5, 100
MOST_SECONDS, MOST_MEGABYTES = 300, 500
BATCH, MAILS = 50, 1_000
PARTIES = 400
BUILD, DISK = "build seconds", "disk megabytes"


class Sample:
    """A book of so many names, two an order, one number in seven taken: as dense at any size."""

    def __init__(self, names: int) -> None:
        self.names = names
        self._width = len(str(names * 7))

    def order(self, index: int) -> Order:
        """Return the order at a place of the book."""
        number = f"PO26-{index * 7:0{self._width}}"
        party = f"Party {index % PARTIES}"
        return Order(number, OrderKind.PURCHASE, party, customer_ref=f"45{index * 7 + 3:0{self._width}}")

    def all_orders(self) -> Iterator[list[Order]]:
        """Yield the orders, two thousand at a time."""
        for start in range(0, self.names // 2, 2000):
            yield [self.order(i) for i in range(start, min(start + 2000, self.names // 2))]

    def orders(self, numbers: Iterable[str]) -> dict[str, OrderState]:
        """Return orders by number."""
        return {number: OrderState(self.order(int(number[5:]) // 7)) for number in numbers}

    def learned(self) -> dict[str, LearnedState]:
        """Return what answers taught: nothing."""
        return {}

    def mails(self) -> list[tuple[str, str]]:
        """Return (party, text) of mails that name an order exactly, folded, with a slip, by its tail, or none."""
        drawn = random.Random(5)
        return [self._mail(drawn) for _ in range(MAILS)]

    def _mail(self, drawn: random.Random) -> tuple[str, str]:
        order = self.order(drawn.randrange(self.names // 2))
        number = order.number.lower()
        place = drawn.randrange(5, len(number))
        ways = (number, number.replace("0", "o"), number[:place] + str(drawn.randrange(10)) + number[place + 1 :])
        named = drawn.choice((*ways, order.customer_ref, f"order {number[-4:]}"))
        other = f"kx{drawn.randrange(10**6)} tk-{drawn.randrange(10**7)} {drawn.randrange(9999)} pcs"
        return order.party, f"dear all, {named} ships on 12 dec. {other}, 40hq, 2 ctns of 55x40x30, thanks"


def index(names: int, file: str) -> Measured:
    """Build the index of so many names and look mails up in it."""
    url = f"sqlite:///{file}"
    upgrade(url)
    book = Sample(names)
    engine = make_engine(parse_url(url))
    begun = time.perf_counter()
    with engine.begin() as connection, _bar() as bar:
        task = bar.add_task(f"{names:,} names", total=names // 2)
        DatabaseIdentifiers(connection, book).rebuild(lambda done: bar.update(task, completed=done))
    built = time.perf_counter() - begun
    mails = book.mails()
    begun = time.perf_counter()
    with engine.connect() as connection:
        each = [_look_up(connection, book, mails[start : start + BATCH]) for start in range(0, MAILS, BATCH)]
    seconds = time.perf_counter() - begun
    engine.dispose()
    disk = sum(part.stat().st_size for part in Path(file).parent.glob(f"{Path(file).name}*"))
    return Measured(MAILS, seconds, cpu=median(each) * MAILS, parts={BUILD: built, DISK: disk / 1e6})


def _look_up(connection: Connection, book: Sample, mails: Sequence[tuple[str, str]]) -> float:
    """Return the processor's seconds for each mail of one transaction."""
    begun = time.process_time()
    lookup = DatabaseIdentifiers(connection, book)
    lookup.expect(text for _, text in mails)
    for party, text in mails:
        found = find_order_numbers(text, lookup, party)
        find_tails(text, lookup, party, [(hit.start, hit.end) for hit in found], subject_end=0)
    return (time.process_time() - begun) / len(mails)


def brute_force(names: int) -> float:
    """Return the milliseconds of one mail's numbers with `rapidfuzz.process.extract` over every key."""
    book = Sample(names)
    keys = [entry.key for orders in book.all_orders() for order in orders for entry, _ in names_of(order)]
    tokens = [token for _, text in book.mails()[:3] for token in text.split() if any(c.isdigit() for c in token)]
    begun = time.process_time()
    for token in tokens:
        process.extract(token.replace("-", ""), keys, scorer=OSA.distance, score_cutoff=1, limit=5)
    return (time.process_time() - begun) / 3 * 1000


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _each(measured: Measured) -> float:
    """Return the processor's milliseconds for a mail, the median of the batches."""
    return measured.cpu / measured.count * 1000


def main() -> None:
    """Measure both sizes, tell, and fail where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description="Measure the index of identifiers.")
    parser.add_argument("--names", type=int, default=LARGE, help="names in the large index (default 1000000)")
    parser.add_argument("--no-goals", action="store_true", help="end well even where a goal is missed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailflow-matching-") as name:
        small, large = (
            in_fresh_process("bench.matching:index", None, names=names, file=f"{name}/{names}.db")
            for names in (SMALL, options.names)
        )
    brute = brute_force(options.names)
    _show(options.names, small, large, brute)
    OUT.mkdir(exist_ok=True)
    told = {"machine": machine(), "small": asdict(small), "large": asdict(large), "brute_milliseconds": brute}
    (OUT / "matching.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    missed = [what for what, bad in _goals(small, large, brute) if bad]
    if missed and not options.no_goals:
        sys.exit(f"the goal is missed: {', '.join(missed)}")


def _goals(small: Measured, large: Measured, brute: float) -> Iterator[tuple[str, bool]]:
    """Yield what was reached of each goal, and whether that is too little."""
    ratio, gain = _each(large) / _each(small), brute / _each(large)
    yield f"{ratio:.2f} times the cost", ratio > MOST_RATIO
    yield f"{gain:.0f} times less than brute force", gain < LEAST_GAIN
    yield f"{large.parts[BUILD]:.0f} s to build", large.parts[BUILD] > MOST_SECONDS
    yield f"{large.parts[DISK]:.0f} MB on disk", large.parts[DISK] > MOST_MEGABYTES
    yield f"{large.peak_mb:.0f} MB of memory", large.peak_mb > MOST_MEGABYTES


def _show(names: int, small: Measured, large: Measured, brute: float) -> None:
    table = Table("names", "built in", "on disk", "memory", "a mail", title="mailflow bench: matching")
    for count, size in ((SMALL, small), (names, large)):
        table.add_row(
            f"{count:,}",
            f"{size.parts[BUILD]:.1f} s",
            f"{size.parts[DISK]:.0f} MB",
            f"{size.peak_mb:.0f} MB",
            f"{_each(size):.3f} ms",
        )
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    console.print(
        f"a mail costs {_each(large) / _each(small):.2f} times what it costs at {SMALL:,} names (goal ≤ {MOST_RATIO}); "
        f"rapidfuzz over all names takes {brute:.0f} ms, {brute / _each(large):,.0f} times as long "
        f"(goal ≥ {LEAST_GAIN}); {machine()}"
    )


if __name__ == "__main__":
    main()
