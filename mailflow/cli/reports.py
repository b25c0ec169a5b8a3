"""Reports: a day's, a week's, a month's figures and lists, on the screen, as a page, as a workbook."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, as_day, fail, open_desk
from mailflow.cli.screen import console, fixed, free, line, table
from mailflow.core.reports.model import Sheet, Value
from mailflow.core.reports.report import Kind
from mailflow.core.reports.sheets import said, sheets_of, title_of


def report(
    kind: Annotated[Kind, typer.Argument(metavar="daily|weekly|monthly", help="How long the period is.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month; the present one if left out.")] = "",
    day: Annotated[str, typer.Option("--date", metavar="DATE", help="A day in the period; today if left out.")] = "",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it as a page, charts included.")] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write its lists as a workbook.")] = None,
    language: Annotated[str, typer.Option(metavar="en|zh", help="In which language; ours if left out.")] = "",
    config: Config = None,
) -> None:
    """Show the figures of a period, each computed from the ledger, and the orders and suppliers behind them.

    docs/figures.md defines each figure; rules/reports.yaml says how suppliers are graded.

    Example: mailflow report monthly --month 2026-11 --html november.html --xlsx november.xlsx
    """
    from mailflow.wiring.reports import as_page, as_workbook, make_report, words_in

    desk = open_desk(config)
    on = _month(month) if month else as_day(day) if day else desk.today()
    if month and (day or kind is not Kind.MONTHLY):
        fail("--month names a month", "leave --date out and ask for a monthly report")
    if on > desk.today():
        fail(f"{on} is still to come", "name a day up to today")
    tongue = language or desk.settings.language
    words = words_in(desk, tongue)
    made = make_report(desk, kind, on)
    sheets = sheets_of(made, words)
    out = console()
    line(out, title_of(made, words), style="bold")
    for sheet in sheets:
        _show(out, sheet)
    if html is not None:
        _write(out, html, as_page(made, words, tongue, desk.settings.company).encode())
    if xlsx is not None:
        _write(out, xlsx, as_workbook(sheets, desk.settings.company, desk.clock.now()))
    line(out, said(words, "defined"), style="dim")


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        fail(f"{text} is no month", "write it as YYYY-MM, such as 2026-11")


def _show(out: Console, sheet: Sheet) -> None:
    headings = [fixed(name) if place == 0 else free(name) for place, name in enumerate(sheet.headings)]
    rows = [[_text(value, percent=place in sheet.percents) for place, value in enumerate(row)] for row in sheet.rows]
    line(out, "")
    table(out, sheet.title, headings, rows)


def _text(value: Value, *, percent: bool) -> str:
    if value is None:
        return ""
    return f"{value:.0%}" if percent and isinstance(value, int | float) else str(value)


def _write(out: Console, path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}", "name a file in a folder that is there and yours")
    line(out, f"Written: {path}")
