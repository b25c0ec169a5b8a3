"""A report as a workbook: a sheet a list, with filters, and colours that follow the values."""

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mailflow.core.reports.model import Sheet, Value

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEAD = PatternFill("solid", fgColor="E9EEF3")
_BAD = PatternFill("solid", bgColor="F6D5CF")
_scale: Any = ColorScaleRule  # openpyxl says nothing of their types
_above: Any = CellIsRule
_WIDEST = 48
_LONGEST = 32_000  # a cell holds 32,767 characters


def write_report(sheets: Sequence[Sheet], author: str, made: datetime) -> bytes:
    """Return the sheets as an XLSX file; texts are never taken for formulas."""
    book = Workbook()
    book.properties.creator = book.properties.lastModifiedBy = author
    book.properties.created = book.properties.modified = made.replace(tzinfo=None)
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title[:31]), sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for row, values in enumerate((sheet.headings, *sheet.rows), 1):
        for column, given in enumerate(values, 1):
            cell: Any = page.cell(row, column)
            value = _day(given) if row > 1 and column - 1 in sheet.days else given
            if isinstance(value, str):
                cell.value = _CONTROL.sub("", value)[:_LONGEST]
                cell.data_type = "s"
            else:
                cell.value = value
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            if row == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
    last = get_column_letter(len(sheet.headings))
    page.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    page.freeze_panes = "B2"
    for column in range(1, len(sheet.headings) + 1):
        texts = [str(row[column - 1] or "") for row in (sheet.headings, *sheet.rows)]
        wanted = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts) + 3
        page.column_dimensions[get_column_letter(column)].width = min(wanted, _WIDEST)
    for number in sheet.percents:
        where = _column(number, sheet)
        for row in range(2, len(sheet.rows) + 2):
            page.cell(row, number + 1).number_format = "0%"
        scale = _scale("num", 0, "F6D5CF", "num", 0.75, "FBF0CF", "num", 1, "D5ECD9")
        page.conditional_formatting.add(where, scale)
    for number in sheet.late:
        page.conditional_formatting.add(_column(number, sheet), _above("greaterThan", ["0"], fill=_BAD))


def _day(value: Value) -> Value:
    return date.fromisoformat(value) if isinstance(value, str) and value else value


def _column(number: int, sheet: Sheet) -> str:
    letter = get_column_letter(number + 1)
    return f"{letter}2:{letter}{max(2, len(sheet.rows) + 1)}"
