"""Attachments opened: spreadsheets, PDFs, web pages, texts and calendars become text and tables; never raises."""

import re
from collections.abc import Callable
from dataclasses import replace

from mailflow.core.letters.workbook import HIDDEN
from mailflow.core.message.charsets import decode
from mailflow.core.message.html import html_lines
from mailflow.core.message.lines import BodyLine, plain_lines
from mailflow.core.message.model import FileContent, Table
from mailflow.core.message.tables import with_tables
from mailflow.edges.files.pdf import shared_reader
from mailflow.edges.files.spreadsheet import Limits, SpreadsheetError, hidden_rows, tables_of

_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".et")
_TEXTS = (".txt", ".text", ".log", ".md", ".csv", ".tsv")
_PAGES = (".html", ".htm", ".mht")
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".heic", ".tif", ".tiff", ".svg")
_SIGNATURES = (".p7s", ".asc", ".sig", ".vcf")  # of the mail itself or a card: nothing to read
_LIMITS = Limits(size=20_000_000, unpacked=120_000_000, rows=5_000, columns=200, cells=60_000)
_TNEF = b"\x78\x9f\x3e\x22"
_PACKETS = ("application/ms-tnef", "application/vnd.ms-tnef")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def open_attachment(filename: str, content_type: str, data: bytes) -> FileContent:
    """Return what an attachment says; what stands in its tables is not repeated in its text."""
    if not data:
        return FileContent(problem="is empty")
    try:
        return _opener(filename.lower().strip(), content_type.lower(), data)(filename, data)
    except SpreadsheetError as error:
        return FileContent(problem=error.what)
    except Exception as error:  # noqa: BLE001 - a hostile file may break any reader in any way; the mail goes on, a person is told
        return FileContent(problem=f"cannot be opened ({type(error).__name__})")


def is_spreadsheet(filename: str, content_type: str, data: bytes) -> bool:
    """Say whether an attachment is a spreadsheet, by its content first."""
    return _opener(filename.lower().strip(), content_type.lower(), data) is _workbook


def is_pdf(filename: str, content_type: str, data: bytes) -> bool:
    """Say whether an attachment would be opened as a PDF, by a process of its own."""
    return _opener(filename.lower().strip(), content_type.lower(), data) is _pdf


Opener = Callable[[str, bytes], FileContent]


def _opener(name: str, kind: str, data: bytes) -> Opener:
    """Tell by content first, then by name, then by the type that the sender's program claims."""
    if data.startswith(_TNEF) or kind in _PACKETS or name == "winmail.dat":
        return _packet
    if b"%PDF-" in data[:1024]:
        return _pdf
    if kind.startswith(("image/", "audio/", "video/")) or name.endswith(_PICTURES + _SIGNATURES):
        return _nothing
    if data.startswith((_ZIP, _OLE)):
        return _workbook if name.endswith(_SPREADSHEETS) or "sheet" in kind or "excel" in kind else _unknown
    if name.endswith(".ics") or kind == "text/calendar":
        return _calendar
    if name.endswith(_PAGES) or kind == "text/html" or _looks_like_page(data):
        return _page
    if name.endswith(_SPREADSHEETS) or kind in ("text/csv", "application/vnd.ms-excel"):
        return _workbook
    if name.endswith(_TEXTS) or kind.startswith("text/"):
        return _text
    return _pdf if name.endswith(".pdf") or kind == "application/pdf" else _unknown


def _looks_like_page(data: bytes) -> bool:
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return head.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")) or b"<table" in head


def _nothing(filename: str, data: bytes) -> FileContent:
    return FileContent()


def _packet(filename: str, data: bytes) -> FileContent:
    return FileContent(problem="is a packet of Outlook's own (TNEF) that is not opened: ask for the files as they are")


def _unknown(filename: str, data: bytes) -> FileContent:
    suffix = filename.rpartition(".")[2][:8] if "." in filename else ""
    return FileContent(problem=f"is a .{suffix} file: not opened" if suffix else "is of a kind that is not opened")


def _workbook(filename: str, data: bytes) -> FileContent:
    tables = tables_of(data, filename, _LIMITS)
    return FileContent(tables=tables, problem="" if tables else "holds nothing", hidden=hidden_rows(data, HIDDEN))


def _pdf(filename: str, data: bytes) -> FileContent:
    found = shared_reader().read(data)
    if not found.text:
        return FileContent(problem=found.problem or "holds nothing")
    return replace(_content(filename, with_tables(plain_lines(found.text))), problem=found.problem)


def _page(filename: str, data: bytes) -> FileContent:
    text, whole = decode(data, _charset_of(data))
    page = html_lines(text)
    problem = "is longer than can be read: cut" if page.cut else ("" if whole else "some of its bytes fit no charset")
    return replace(_content(filename, page.lines), problem=problem)


def _text(filename: str, data: bytes) -> FileContent:
    if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileContent(problem="is not the text that its name says")
    text, whole = decode(data)
    found = _content(filename, with_tables(plain_lines(text)))
    return found if whole else replace(found, problem="some of its bytes fit no charset")


_PROPERTY = re.compile(
    r"(SUMMARY|DESCRIPTION|LOCATION|DTSTART|DTEND|ORGANIZER|STATUS|METHOD)([^:]{0,200}):(.*)", re.DOTALL
)


def _calendar(filename: str, data: bytes) -> FileContent:
    """The properties of an invitation that say something, a line each."""
    unfolded = re.sub(r"\r?\n[ \t]", "", decode(data)[0])
    lines = []
    for line in unfolded.splitlines():
        match = _PROPERTY.match(line)
        if match:
            value = match.group(3).replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").strip()
            lines.append(f"{match.group(1).capitalize()}: {value}")
    return FileContent("\n".join(lines), problem="" if lines else "is no calendar entry")


def _content(filename: str, lines: list[BodyLine]) -> FileContent:
    tables = tuple(Table(line.table.rows, filename) for line in lines if line.table is not None)
    return FileContent("\n".join(line.text for line in lines if line.table is None).strip(), tables)


def _charset_of(data: bytes) -> str:
    match = re.search(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", data[:3000], re.IGNORECASE)
    return match.group(1).decode("ascii") if match else ""
