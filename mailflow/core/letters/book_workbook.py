"""The workbook that goes along with the answer to an order book: rows to be mended, and the lists in full."""

from datetime import datetime

from mailflow.core.letters.book_words import changes_of, heading_of, said_of
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase
from mailflow.core.letters.workbook import Page, Workbook
from mailflow.core.steering.model import BookAnswer, BookFault, BookList, BookSheet

_COLUMNS = ("order", "party", "goods", "day", "row", "changes")


def book_workbook(answer: BookAnswer, words: Words, author: str, at: datetime) -> Workbook | None:
    """Return the rows at fault, to be mended and sent again, and the lists in full; None where there is neither."""
    pages = [_faulty(sheet, words) for sheet in answer.sheets]
    pages += [_listed(part, words) for part in answer.lists if len(part.rows) > answer.shown]
    if not pages:
        return None
    first, *more = pages
    return Workbook(
        name=f"order-book-{at:%Y-%m-%d}.xlsx",
        title=first.title,
        headings=first.headings,
        rows=first.rows,
        fill_in=None,
        orders=(),
        id="",
        tag="",
        author=author,
        made=at,
        marked=first.marked,
        pages=tuple(more),
    )


def _faulty(sheet: BookSheet, words: Words) -> Page:
    """Return the rows of a sheet with its own headings first, so that the mended page is an order book again."""
    told = (phrase(words, "book", "row_number"), phrase(words, "book", "what_and_cure"))
    rows: list[tuple[str, ...]] = []
    marked: list[tuple[int, int]] = []
    for number, row in enumerate(sheet.rows):
        faults = "\n".join(_told_of(fault, words) for fault in row.faults)
        rows.append((*row.cells, str(row.row), faults))
        marked += [(number, column) for column in row.marked or range(len(row.cells))]
    title = phrase(words, "book", "faults_page")
    return Page(f"{title} {sheet.name}".strip(), (*sheet.headings, *told), tuple(rows), tuple(marked))


def _told_of(fault: BookFault, words: Words) -> str:
    what, cure = said_of(fault.what, words), said_of(fault.cure, words)
    about = f"{fault.heading}{phrase(words, 'forms', 'colon')}" if fault.heading else ""
    return about + (phrase(words, "book", "fault").format(what, cure) if cure else what)


def _listed(part: BookList, words: Words) -> Page:
    headings = tuple(phrase(words, "book", f"column_{name}") for name in _COLUMNS)
    rows = tuple(
        (
            row.name,
            row.party,
            row.goods,
            row.day.isoformat() if row.day else "",
            str(row.row or ""),
            changes_of(row.changes, words),
        )
        for row in part.rows
    )
    kept = [column for column in range(len(headings)) if not column or any(row[column] for row in rows)]
    return Page(
        heading_of(part, words),
        tuple(headings[column] for column in kept),
        tuple(tuple(row[column] for column in kept) for row in rows),
    )
