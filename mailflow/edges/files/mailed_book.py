"""The order book that a mail brings along, taken out of its bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailflow.core.message.files import own_files
from mailflow.core.order_book.book import Source, read_book
from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import Book, Sheet
from mailflow.core.order_book.records import Columns
from mailflow.core.problems import Problem
from mailflow.core.steering.books import MailedBook, order_sheets
from mailflow.edges.files.attachments import is_spreadsheet
from mailflow.edges.files.spreadsheet import Limits, SpreadsheetError, sheets_of

_MOST_FILES = 5
_CELLS = 2_000_000
_UNPACKED = 120_000_000


@dataclass(frozen=True, slots=True)
class BookReading:
    """How mailed books are read: the mapping of columns, our people by name, how many known headings make a book, how
    large one may be, and the headings that only lists of ours have, which suppliers fill in."""

    rules: BookRules
    people: Mapping[str, str]
    least: int
    limits: Limits
    ours: frozenset[str] = frozenset()

    def is_ours(self, columns: Columns) -> bool:
        """Say whether a sheet is a list of ours that came back."""
        return any(plain(heading) in self.ours for heading in columns.headings.values())


def mailed_book(raw: bytes, how: BookReading) -> MailedBook | None:
    """Return the order book in a mail's own spreadsheets; None where they are something else, or there are none.

    A formula counts with the value that the sender's program saved; none is ever worked out.
    """
    names: list[str] = []
    sheets: list[Sheet] = []
    faults: list[Problem] = []
    spreadsheets = (file for file in own_files(raw) if is_spreadsheet(file.filename, file.content_type, file.data))
    for file, _ in zip(spreadsheets, range(_MOST_FILES), strict=False):
        name = file.filename or "attachment"
        try:
            found = order_sheets(sheets_of(file.data, name, how.limits), how.rules, how.least, how.is_ours)
        except SpreadsheetError as error:
            faults.append(Problem(name, 0, error.what, error.cure))
            names.append(name)
            continue
        sheets += found
        names += [name] if found else []
    if not names:
        return None
    return MailedBook(", ".join(names), _book(sheets, how.rules, how.people), tuple(sheets), tuple(faults))


def book_limits(megabytes: int, rows: int) -> Limits:
    """Return how large a mailed book may be."""
    return Limits(size=megabytes * 1_000_000, unpacked=_UNPACKED, rows=rows, columns=200, cells=_CELLS)


def _book(sheets: Sequence[Sheet], rules: BookRules, people: Mapping[str, str]) -> Book:
    """Read the sheets of all files as one book."""
    by_file: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        by_file.setdefault(sheet.file, []).append(sheet)
    return read_book([Source(file, tuple(some)) for file, some in by_file.items()], rules, people)
