"""Write the list of a letter as an XLSX file, with openpyxl."""

import io
import re
from datetime import UTC

from openpyxl import Workbook as Book
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from mailflow.core.letters.workbook import FIRST_HIDDEN_ROW, HIDDEN, Page, Workbook

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_000  # a cell holds 32,767 characters
_WIDEST = 42
_HEAD = PatternFill("solid", fgColor="E9EEF3")
_WAITS = PatternFill("solid", fgColor="FFF8DB")
_FAULT = PatternFill("solid", fgColor="F8C9C4")
_LINE = Side(style="thin", color="C9D1D9")
_FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def write_workbook(workbook: Workbook) -> bytes:
    """Return a workbook as a file; every cell is text, so that nothing in it is taken for a formula."""
    book = Book()
    book.properties.creator = workbook.author
    book.properties.lastModifiedBy = workbook.author
    book.properties.created = book.properties.modified = workbook.made.astimezone(UTC).replace(tzinfo=None)
    first = Page(workbook.title, workbook.headings, workbook.rows, workbook.marked)
    for number, page in enumerate((first, *workbook.pages)):
        title = re.sub(r"[\[\]:*?/\\']", " ", page.title)[:31].strip() or "orders"
        sheet = book.worksheets[0] if not number else book.create_sheet()
        sheet.title = title
        _visible(sheet, page, None if number else workbook.fill_in)
    if workbook.id:
        _hidden(book.create_sheet(HIDDEN), workbook)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _visible(sheet: Worksheet, page: Page, fill_in: int | None) -> None:
    marked = frozenset(page.marked)
    for column, heading in enumerate(page.headings, 1):
        cell = _text(sheet, 1, column, heading)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _FRAME
    for row, values in enumerate(page.rows, 2):
        for column, value in enumerate(values, 1):
            cell = _text(sheet, row, column, value)
            cell.border, cell.alignment = _FRAME, Alignment(wrap_text=True, vertical="top")
            if (row - 2, column - 1) in marked:
                cell.fill = _FAULT
            elif fill_in == column - 1:
                cell.fill = _WAITS
    for column in range(1, len(page.headings) + 1):
        texts = [page.headings[column - 1], *(row[column - 1] for row in page.rows)]
        wanted = max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) for text in texts) + 2
        least = 24 if fill_in == column - 1 else 8
        sheet.column_dimensions[get_column_letter(column)].width = min(max(wanted, least), _WIDEST)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _hidden(sheet: Worksheet, workbook: Workbook) -> None:
    sheet.sheet_state = "veryHidden"
    _text(sheet, 1, 1, workbook.id)
    _text(sheet, 2, 1, workbook.tag)
    for row, number in enumerate(workbook.orders):
        sheet.cell(FIRST_HIDDEN_ROW + row, 1, row + 2)
        _text(sheet, FIRST_HIDDEN_ROW + row, 2, number)


def _text(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = _CONTROL.sub("", value)[:_LONGEST]
    if cell.value:
        cell.data_type = "s"
    cell.number_format = "@"
    return cell
