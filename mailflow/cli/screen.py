"""The one way to the terminal: whatever is printed is made visible first, and is neither markup nor obeyed."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import TextIOWrapper

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from mailflow.core.visible import visible

UNBOUNDED = 100_000  # columns where nobody looks at a screen: lines are not broken for a program that reads them
_LEAST = 20
Words = str | tuple[str, str]
"""Words, or words and their style."""


def console(*, stderr: bool = False) -> Console:
    """Return where results (or faults) go; colours only on a terminal (and none with NO_COLOR)."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal without Chinese signs shows the rest
    out = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not out.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        out.width = UNBOUNDED
    return out


def words(*parts: Words, style: str = "") -> Text:
    """Return words in their styles as one text, every one of them made visible."""
    shown: list[Words] = [visible(part) if isinstance(part, str) else (visible(part[0]), part[1]) for part in parts]
    return Text.assemble(*shown, style=style)


def line(out: Console, *parts: Words, lead: Words = "", indent: int = 0, style: str = "", broken: bool = True) -> None:
    """Print words after what leads them; what is too long goes on below, under the first of them, if `broken`."""
    text, head = words(*parts, style=style), words(lead)
    margin = max(indent, head.cell_len)
    wrapped = text.wrap(out, max(out.width - margin, _LEAST)) if broken else ()
    for row in list(wrapped) or [text]:
        row.rstrip()
        out.print(Text.assemble(head, " " * (margin - head.cell_len), row), soft_wrap=True)
        head = Text()


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading; a `whole` column is never made narrower."""

    text: str
    whole: bool = False


def fixed(text: str) -> Heading:
    """Return a column that is never made narrower: numbers and days."""
    return Heading(text, whole=True)


def free(text: str) -> Heading:
    """Return a column whose words go on below where the screen is narrow."""
    return Heading(text)


def table(out: Console, title: str, headings: Sequence[Heading], rows: Iterable[Sequence[Words]]) -> None:
    """Print a table under its title; columns that are empty in every row are left out."""
    cells = [[words(cell) for cell in row] for row in rows]
    used = [index for index in range(len(headings)) if any(row[index].plain for row in cells)]
    columns = [Column(headings[index].text, no_wrap=headings[index].whole, overflow="fold") for index in used]
    shown = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in cells:
        shown.add_row(*(row[index] for index in used))
    line(out, title, style="bold")
    if out.is_terminal:
        out.print(shown)
        return
    with out.capture() as drawn:
        out.print(shown)
    for drawn_line in drawn.get().splitlines():
        out.print(drawn_line.rstrip(), soft_wrap=True)
