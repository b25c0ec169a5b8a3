"""Spreadsheets as typed cells: CSV, XLSX, XLS, and the HTML that some systems name .xls."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import python_calamine

from mailflow.core.message.model import Cell, Table
from mailflow.core.order_book.model import CellError, CellValue, Sheet
from mailflow.core.order_book.values import cell_text
from mailflow.edges.files.html_tables import html_rows


class SpreadsheetError(Exception):
    """A spreadsheet that cannot be read: what is wrong, and what to do."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much to be an order book; a small file can unpack to a huge one."""

    size: int = 30_000_000
    unpacked: int = 300_000_000
    rows: int = 100_000
    columns: int = 500
    cells: int = 5_000_000


DEFAULT_LIMITS = Limits()
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_HIDDEN = 5_000
_SAVE_AGAIN = "open it in a spreadsheet program and save it as .xlsx or as CSV (UTF-8)"


def sheets_of(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Sheet, ...]:
    """Return the sheets of a spreadsheet, told by its content and not by its name; raises `SpreadsheetError`."""
    if len(data) > limits.size:
        raise SpreadsheetError(f"is larger than {limits.size // 1_000_000} MB", "split it")
    if data.startswith((_ZIP, _OLE)):
        return tuple(_workbook(data, filename, limits))
    text = _decode(data)
    start = text[:2000].lstrip().casefold()
    if start.startswith("<?xml") and "urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise SpreadsheetError("is an XML spreadsheet of 2003", _SAVE_AGAIN)
    if start.startswith("<"):
        return tuple(_html(text, filename, limits))
    return (_csv(text, filename, limits),)


def tables_of(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> tuple[Table, ...]:
    """Return the sheets of a spreadsheet as the tables of a mail; raises `SpreadsheetError`."""
    return tuple(
        Table(tuple(tuple(Cell(cell_text(value)) for value in row) for row in sheet.rows), sheet.label)
        for sheet in sheets_of(data, filename, limits)
        if any(value is not None for row in sheet.rows for value in row)
    )


def hidden_rows(data: bytes, name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a sheet of this name that nobody sees, as texts; nothing where there is none."""
    if not data.startswith(_ZIP):
        return ()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        places = [n for n, one in enumerate(book.sheets_metadata) if one.name == name and _unseen(one)]
        if not places:
            return ()
        rows = book.get_sheet_by_index(places[0]).to_python(skip_empty_area=False, nrows=_MOST_HIDDEN)
    except python_calamine.CalamineError:
        return ()
    return tuple(tuple(cell_text(_typed(value)) for value in row[:2]) for row in rows)


def _unseen(sheet: python_calamine.SheetMetadata) -> bool:
    return bool(sheet.visible != python_calamine.SheetVisibleEnum.Visible)


def _workbook(data: bytes, filename: str, limits: Limits) -> Iterator[Sheet]:
    failed = _failed_cells(data, limits) if data.startswith(_ZIP) else {}
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, metadata in enumerate(book.sheets_metadata):
            if (
                metadata.typ != python_calamine.SheetTypeEnum.WorkSheet
                or metadata.visible != python_calamine.SheetVisibleEnum.Visible
            ):
                continue
            sheet = book.get_sheet_by_index(index)
            _bounds(sheet.total_height + 1, sheet.total_width + 1, limits)
            rows = [[_typed(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            _fill_merged(rows, sheet.merged_cell_ranges or [])
            for row, column, fault in failed.get(metadata.name, ()):
                if row < len(rows) and column < len(rows[row]):
                    rows[row][column] = CellError(fault)
            yield Sheet(filename, tuple(tuple(row) for row in rows), metadata.name)
    except python_calamine.PasswordError as error:
        raise SpreadsheetError("is protected by a password", "save it without one") from error
    except python_calamine.CalamineError as error:
        raise SpreadsheetError(f"cannot be opened ({error})", _SAVE_AGAIN) from error


def _typed(value: object) -> CellValue:
    """Return a cell of calamine's as ours: whole numbers come as floats, days as moments."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return str(value).replace("\xa0", " ").strip() or None


def _number(value: float) -> CellValue:
    try:
        number = Decimal(int(value)) if value.is_integer() else Decimal(repr(value))
    except (InvalidOperation, OverflowError):
        return CellError(str(value))
    return number if number.is_finite() else CellError(str(value))


def _fill_merged(rows: list[list[CellValue]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Give every cell of a merged area its value: a customer written once beside three rows stands for each."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = value


_SHEET = re.compile(rb'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_FAILED = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d+)"')
_UNSAVED = re.compile(
    rb'<c\b(?![^>]*\bt=)[^>]*?\br="([A-Z]{1,3})(\d+)"[^>/]*>\s*<f\b[^<]*(?:</f>)?\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)
_FORMULAS = ((_FAILED, "a formula that failed"), (_UNSAVED, "a formula whose value was not saved"))


def _failed_cells(data: bytes, limits: Limits) -> dict[str, list[tuple[int, int, str]]]:
    """Return where formulas have no value, by sheet: calamine gives such cells as empty, which would clear a field."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > limits.unpacked:
                raise SpreadsheetError("unpacks to more than an order book can be", _SAVE_AGAIN)
            names = set(archive.namelist())
            if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
                return {}
            targets: dict[bytes, str] = {}
            for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
                fields = dict(re.findall(rb'(Id|Target)="([^"]*)"', relation))
                target = fields.get(b"Target", b"").decode("utf-8", "replace")
                targets[fields.get(b"Id", b"")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found: dict[str, list[tuple[int, int, str]]] = {}
            for name, key in _SHEET.findall(archive.read("xl/workbook.xml")):
                path = targets.get(key, "")
                if path in names:
                    found[html.unescape(name.decode("utf-8", "replace"))] = _without_value(archive.read(path))
            return found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise SpreadsheetError("is a damaged workbook", _SAVE_AGAIN) from error


def _without_value(sheet: bytes) -> list[tuple[int, int, str]]:
    """Return the cells of a sheet whose formulas have no value, and why."""
    hits = ((fault, hit) for pattern, fault in _FORMULAS for hit in pattern.findall(sheet))
    return [(int(row) - 1, _column(letters), fault) for fault, (letters, row) in hits]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _html(text: str, filename: str, limits: Limits) -> Iterator[Sheet]:
    tables = html_rows(text, limits.rows, limits.columns)
    if not tables:
        raise SpreadsheetError("is a web page without a table", _SAVE_AGAIN)
    for number, rows in enumerate(tables, 1):
        _bounds(len(rows), max(map(len, rows), default=0), limits)
        cells = tuple(tuple(text.strip() or None for text in row) for row in rows)
        yield Sheet(filename, cells, f"table {number}" if len(tables) > 1 else "")


def _csv(text: str, filename: str, limits: Limits) -> Sheet:
    if "\0" in text:
        raise SpreadsheetError("is neither a spreadsheet nor a text", _SAVE_AGAIN)
    lines, first_row = text, 1
    if text[:4].casefold() == "sep=":  # a spreadsheet program's own line, which names the delimiter
        head, _, lines = text.partition("\n")
        delimiter, first_row = head.strip()[4:5] or ",", 2
    else:
        delimiter = _delimiter(text)
    rows: list[tuple[CellValue, ...]] = []
    try:
        for row in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter):
            rows.append(tuple(cell.replace("\xa0", " ").strip() or None for cell in row))
            _bounds(len(rows), len(row), limits)
    except csv.Error as error:
        raise SpreadsheetError(f"is no valid CSV ({error})", _SAVE_AGAIN) from error
    return Sheet(filename, tuple(rows), first_row=first_row)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, equally many in most lines."""
    sample = "\n".join([line for line in text[:20_000].splitlines() if line.strip()][:20])

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter)]
        except csv.Error:
            return (0, 0)
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(usual) if usual > 1 else 0, usual)

    return max(",;\t|", key=score)


def _decode(data: bytes) -> str:
    """Return the text of a file by strict tries: what is no valid UTF-8 is Chinese far more often than not."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SpreadsheetError("is in an encoding that is not known", "save it as CSV (UTF-8) or as .xlsx")


def _bounds(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise SpreadsheetError(f"has more than {limits.rows} rows", "split it")
    if columns > limits.columns:
        raise SpreadsheetError(f"has more than {limits.columns} columns", "delete the columns that are not needed")
    if rows * columns > limits.cells:
        raise SpreadsheetError(f"has more than {limits.cells} cells", "split it")
