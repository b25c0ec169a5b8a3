"""Tables that people draw in plain text: with tabs, with bars, or with blanks."""

import re
from collections.abc import Callable, Sequence

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Cell, Table

_BARS = re.compile(r"\s*\|\s*")
_GAP = re.compile(r"\t+| {2,}|\u3000{2,}")
_FRAME = re.compile(r"[-+|=:\s]+\Z")


def with_tables(lines: Sequence[BodyLine]) -> list[BodyLine]:
    """Turn rows of a drawn table into a Table at their place."""
    if not any("\t" in line.text or "|" in line.text or "  " in line.text for line in lines):
        return list(lines)
    out: list[BodyLine] = []
    number = 0
    while number < len(lines):
        found = _tabbed(lines, number) or _barred(lines, number) or _aligned(lines, number)
        if found is None:
            out.append(lines[number])
            number += 1
            continue
        rows, number = found
        out.append(BodyLine("", lines[number - 1].depth, Table(rows)))
    return out


Found = tuple[tuple[tuple[Cell, ...], ...], int] | None


def _tabbed(lines: Sequence[BodyLine], start: int) -> Found:
    return _run(lines, start, lambda text: text.split("\t") if "\t" in text else [], 2)


def _barred(lines: Sequence[BodyLine], start: int) -> Found:
    return _run(lines, start, _bar_cells, 3)


def _aligned(lines: Sequence[BodyLine], start: int) -> Found:
    return _run(lines, start, lambda text: _GAP.split(text) if "  " in text or "\u3000" in text else [], 3)


def _bar_cells(text: str) -> list[str]:
    if "|" not in text:
        return []
    return _BARS.split(text.strip().removeprefix("|").removesuffix("|").strip())


def _run(lines: Sequence[BodyLine], start: int, split: Callable[[str], list[str]], least: int) -> Found:
    """Rows with the same number of cells, one below another."""
    rows: list[tuple[Cell, ...]] = []
    width, number, last = 0, start, start
    while number < len(lines) and lines[number].table is None and lines[number].depth == lines[start].depth:
        text = lines[number].text
        if rows and text and _FRAME.match(text):
            number += 1
            continue
        cells = [cell.strip() for cell in split(text)] if text else []
        if len(cells) < least or (width and len(cells) != width):
            break
        width = len(cells)
        rows.append(tuple(Cell(cell) for cell in cells))
        number += 1
        last = number
    return (tuple(rows), last) if len(rows) >= 2 and _is_data(rows) else None


def _is_data(rows: list[tuple[Cell, ...]]) -> bool:
    """A number in a row below the first, and no cell as long as a sentence."""
    figures = any(char.isdigit() for row in rows[1:] for cell in row for char in cell.text)
    return figures and all(len(cell.text) <= 120 for row in rows for cell in row)
