"""`mailflow import`: compare an order book with what is known, and record what differs."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from mailflow.cli.common import Config, Who, print_problems, whoever
from mailflow.cli.screen import Words, console, fixed, free, line, table
from mailflow.cli.wording import amount
from mailflow.core.order_book.model import Book
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Event
from mailflow.core.problems import Problem, errors
from mailflow.edges.clock import SystemClock
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.edges.files.spreadsheet import Limits
from mailflow.jobs.order_book import Import, import_book
from mailflow.settings import load_settings
from mailflow.wiring.database import database_or_raise

_SHOWN = 20  # new orders in full; the others are counted, unless --dry-run
_PARTIES = (free("Party"), free("Role"), free("From"))
_ORDERS = (fixed("Order"), free("Party"), fixed("Due"), free("Quantity"), free("Style"), free("From"))
_CHANGED = (free("What"), free("Field"), free("Was"), free("Is"), free("From"))
_DATES = (fixed("Order"), fixed("Milestone"), free("Is"), fixed("Day"), free("From"))

Row = Sequence[Words]

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="CSV, XLSX, XLS or YAML with orders, parties or both.", show_default=False),
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
    store = database_or_raise(settings)
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
    raise typer.Exit(1)


def print_import(out: Console, book: Book, done: Import) -> None:
    """Print what is new, changed and vanished as tables, and a line that sums it up."""
    most = len(done.events) if done.dry_run else _SHOWN
    new = [event for event in done.events if isinstance(event, e.PartyImported | e.OrderImported)]
    parties = [_party_row(event) for event in new[:most] if isinstance(event, e.PartyImported)]
    orders = [_order_row(event) for event in new[:most] if isinstance(event, e.OrderImported)]
    if parties:
        table(out, "New parties", _PARTIES, parties)
    if orders:
        table(out, "New orders", _ORDERS, orders)
    if len(new) > most:
        line(out, f"… and {len(new) - most} more")
    changed = [event for event in done.events if isinstance(event, e.PartyChanged | e.OrderChanged)]
    if changed:
        table(out, "Changed", _CHANGED, [row for event in changed for row in _changed_rows(event)])
    happened = [row for event in done.events if (row := _fact_row(event))]
    if happened:
        table(out, "Dates", _DATES, happened[:most])
    if len(happened) > most:
        line(out, f"… and {len(happened) - most} more")
    for event in done.events:
        if isinstance(event, e.OrderVanished):
            line(out, f"vanished: order {event.number}", style="yellow")
        elif isinstance(event, e.PartyVanished):
            line(out, f"vanished: party {event.name}", style="yellow")
    if book.ignored:
        line(out, f"columns passed over: {', '.join(book.ignored)}", style="dim")
    line(out, summary(done), style="bold")


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


def _party_row(event: e.PartyImported) -> Row:
    return event.party.name, event.party.role, event.source


def _order_row(event: e.OrderImported) -> Row:
    order = event.order
    due = order.due_date.isoformat() if order.due_date else ""
    return order.number, order.party, due, amount(order.quantity, order.unit), order.style, event.source


def _changed_rows(event: e.PartyChanged | e.OrderChanged) -> list[Row]:
    """Return a row for each field; only the first names what has changed and where that stands."""
    name = event.party.name if isinstance(event, e.PartyChanged) else event.order.number
    return [
        (
            "" if index else name,
            change.field,
            (change.before or "(empty)", "dim"),
            change.after or "(empty)",
            "" if index else event.source,
        )
        for index, change in enumerate(event.changes)
    ]


def _fact_row(event: Event) -> Row:
    match event:
        case e.MilestoneReached():
            return event.order, event.milestone, "actual", event.date.isoformat(), event.source
        case e.DatePromised():
            return event.order, event.milestone, "promised", event.date.isoformat(), event.source
        case e.CustomerTold():
            return event.order, "", "told to the customer", event.date.isoformat(), event.source
        case e.OrderAcknowledged():
            return event.order, "acknowledged", "actual", "", event.source
    return ()
