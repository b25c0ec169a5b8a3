"""The list of a letter as a workbook: what people see and fill in, and a hidden sheet that tells which list it is.

The hidden sheet holds the letter's token in A1, a tag over the token and all order numbers in A2, and from row 4 on
each row of the list with its order number. So a list that comes back is known for ours, and a number that was changed
in the visible sheet is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailflow.core.letters.formats import CELLS
from mailflow.core.letters.manifest import Manifest
from mailflow.core.letters.model import OrderLine, PlannedLetter
from mailflow.core.letters.tokens import list_tag, token
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase

HIDDEN = "mailflow"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_HIDDEN_ROW = 4


@dataclass(frozen=True, slots=True)
class Page:
    """A further sheet of a workbook; `marked` are the cells at fault: indexes of row and column, from 0."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """A list as a workbook; `rows` are texts under the `headings`, `fill_in` the column (from 0) that waits for words.

    `orders` are the numbers of the rows, in their order; `id` and `tag` stand in the hidden sheet, which one without an
    `id` has not. `marked` cells of the first sheet are at fault, `pages` are further sheets.
    """

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fill_in: int | None
    orders: tuple[str, ...]
    id: str
    tag: str
    author: str
    made: datetime
    marked: tuple[tuple[int, int], ...] = ()
    pages: tuple[Page, ...] = ()


class WriteWorkbook(Protocol):
    """Writes a workbook as the bytes of a file; raises ValueError where that cannot be done."""

    def __call__(self, workbook: Workbook) -> bytes: ...


def workbook_of(
    manifest: Manifest,
    planned: PlannedLetter,
    words: Words,
    language: str,
    *,
    secret: bytes,
    letter: int,
    author: str,
    at: datetime,
) -> Workbook | None:
    """Return the list that goes along with a letter; None for letters without one."""
    lines: Sequence[OrderLine] = planned.facts.lines
    columns = [c for c in manifest.workbook if c == "answer" or any(CELLS[c](line, words, language) for line in lines)]
    if not columns or not lines:
        return None
    orders = tuple(line.number for line in lines)
    return Workbook(
        name=f"orders-{at:%Y-%m-%d}.xlsx",
        title=phrase(words, "forms", "list_title"),
        headings=tuple(phrase(words, "columns", column) for column in columns),
        rows=tuple(tuple(CELLS[column](line, words, language) for column in columns) for line in lines),
        fill_in=columns.index("answer") if "answer" in columns else None,
        orders=orders,
        id=token(secret, letter),
        tag=list_tag(secret, letter, orders),
        author=author,
        made=at,
    )
