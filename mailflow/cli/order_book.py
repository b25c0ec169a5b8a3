"""`mailflow import`: compare an order book with what is known, and record what differs."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailflow.cli.common import Config, Who, console, print_problems, whoever
from mailflow.core.order_book.model import Book
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Change, Event
from mailflow.core.problems import Problem, errors
from mailflow.edges.clock import SystemClock
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.edges.files.spreadsheet import Limits
from mailflow.jobs.order_book import Import, import_book
from mailflow.settings import load_settings
from mailflow.wiring.database import CannotStartError, database_or_raise

_SHOWN = 20  # new orders in full; the others are counted, unless --dry-run

Files = Annotated[
    list[Path], typer.Argument(help="CSV, XLSX, XLS or YAML with orders, parties or both.", show_default=False)
]


def import_(
    files: Files,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show everything, write nothing.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="This is the whole book: flag running orders and parties it lacks.")
    ] = False,
    sure: Annotated[
        bool, typer.Option("--sure", help="With --whole: also when most running orders would vanish.")
    ] = False,
    who: Who = "",
    config: Config = None,
) -> None:
    """Import orders and parties. Importing again records only what is new, changed or (--whole) vanished.

    Rows that cannot be understood are told with their row and column, and do not stop the others; the exit status is
    then 1. Running orders come in quiet: nothing is sent until `mailflow go-live`.

    Example: mailflow import orders.xlsx parties.yaml --dry-run

    Example: mailflow import --whole monday-export.csv
    """
    settings, faults = load_settings(config, os.environ)
    if settings is None:
        _stop(faults)
    rules, columns = book_rules(settings.rules)
    if errors(columns):
        _stop(columns)
    book = read_files(files, rules, settings.people, Limits(size=settings.limits.order_book_megabytes * 1_000_000))
    try:
        store = database_or_raise(settings)
    except CannotStartError as error:
        _stop(error.problems)
    done = import_book(
        store,
        book,
        SystemClock().now(),
        ZoneInfo(settings.timezone),
        files=[path.name for path in files],
        actor=whoever(who),
        whole=whole,
        sure=sure,
        dry_run=dry_run,
    )
    store.close()
    print_import(console(), book, done)
    print_problems(sorted(done.problems, key=lambda problem: (problem.warning, problem.file, problem.line)))
    if done.bad:
        raise typer.Exit(1)


def _stop(problems: Iterable[Problem]) -> NoReturn:
    print_problems(problems)
    raise typer.Exit(1) from None


def print_import(out: Console, book: Book, done: Import) -> None:
    """Print what is new, changed and vanished as tables, and a line that sums it up."""
    most = len(done.events) if done.dry_run else _SHOWN
    new = [event for event in done.events if isinstance(event, e.PartyImported | e.OrderImported)]
    if new:
        out.print(_new_table(new[:most]))
        if len(new) > most:
            out.print(f"… and {len(new) - most} more")
    changed = [event for event in done.events if isinstance(event, e.PartyChanged | e.OrderChanged)]
    if changed:
        out.print(_changed_table(changed))
    happened = [event for event in done.events if isinstance(event, _FACTS)]
    if happened:
        out.print(_facts_table(happened[:most]))
    for event in done.events:
        if isinstance(event, e.OrderVanished):
            out.print(Text(f"vanished: order {event.number}", style="yellow"))
        elif isinstance(event, e.PartyVanished):
            out.print(Text(f"vanished: party {event.name}", style="yellow"))
    if book.ignored:
        out.print(Text(f"columns passed over: {', '.join(book.ignored)}", style="dim"))
    out.print(Text(summary(done), style="bold"))


_FACTS = (e.OrderAcknowledged, e.MilestoneReached, e.DatePromised, e.CustomerTold)


def summary(done: Import) -> str:
    """Return one line with how much of each there was."""
    count = {
        "new": sum(isinstance(event, e.OrderImported | e.PartyImported) for event in done.events),
        "changed": sum(isinstance(event, e.OrderChanged | e.PartyChanged) for event in done.events),
        "vanished": sum(isinstance(event, e.OrderVanished | e.PartyVanished) for event in done.events),
        "dates": sum(isinstance(event, _FACTS) for event in done.events),
        "as they were": done.same,
        "refused": len(errors(done.problems)),
        "warnings": sum(problem.warning for problem in done.problems),
    }
    said = ", ".join(f"{number} {name}" for name, number in count.items())
    return f"{said}. {'Nothing was written (--dry-run).' if done.dry_run else ''}".strip()


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _new_table(events: list[e.PartyImported | e.OrderImported]) -> Table:
    table = _table("New", "", "number or name", "with or as", "due", "quantity", "style", "from")
    for event in events:
        if isinstance(event, e.PartyImported):
            party = event.party
            table.add_row("party", Text(party.name), party.role, "", "", "", Text(event.source))
        else:
            order = event.order
            quantity = f"{order.quantity:f} {order.unit}" if order.quantity is not None else ""
            due = order.due_date.isoformat() if order.due_date else ""
            table.add_row(order.kind, *map(Text, (order.number, order.party, due, quantity, order.style, event.source)))
    return table


def _changed_table(events: list[e.PartyChanged | e.OrderChanged]) -> Table:
    table = _table("Changed", "what", "field", "was", "is", "from")
    for event in events:
        name = event.party.name if isinstance(event, e.PartyChanged) else event.order.number
        for index, change in enumerate(event.changes):
            table.add_row(Text(name if not index else ""), *_change(change), Text(event.source if not index else ""))
    return table


def _change(change: Change) -> tuple[Text, Text, Text]:
    return Text(change.field), Text(change.before or "(empty)", style="dim"), Text(change.after or "(empty)")


def _facts_table(events: Sequence[Event]) -> Table:
    table = _table("Dates", "order", "milestone", "", "day", "from")
    for event in events:
        match event:
            case e.MilestoneReached():
                row = (event.order, str(event.milestone), "actual", event.date.isoformat(), event.source)
            case e.DatePromised():
                row = (event.order, str(event.milestone), "promised", event.date.isoformat(), event.source)
            case e.CustomerTold():
                row = (event.order, "", "told to the customer", event.date.isoformat(), event.source)
            case e.OrderAcknowledged():
                row = (event.order, "acknowledged", "actual", "", event.source)
            case _:
                continue
        table.add_row(*map(Text, row))
    return table
