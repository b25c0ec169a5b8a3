"""Tables that people draw in plain text: with tabs, with bars, or with blanks."""

import re
from collections.abc import Callable, Sequence

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Cell, Table

_GAP = re.compile(r"\t+| {2,}|\u3000{2,}")
_COLUMNS = 100
_FRAME = re.compile(r"[-+|=:\s]+\Z")


def with_tables(lines: Sequence[BodyLine]) -> list[BodyLine]:
    """Turn rows of a drawn table into a Table at their place."""
    if not any("\t" in line.text or "|" in line.text or "  " in line.text for line in lines):
        return list(lines)
    out: list[BodyLine] = []
    number = 0
    barren = [0] * len(_SPLITS)  # up to which line each way of splitting is known to find nothing
    while number < len(lines):
        for way, (split, least) in enumerate(_SPLITS):
            if number < barren[way]:
                continue
            rows, end = _run(lines, number, split, least)
            if _is_data(rows):
                out.append(BodyLine("", lines[number].depth, Table(tuple(rows))))
                number = end
                break
            barren[way] = end
        else:
            out.append(lines[number])
            number += 1
    return out


def _bar_cells(text: str) -> list[str]:
    if "|" not in text:
        return []
    return text.strip().removeprefix("|").removesuffix("|").split("|")


def _tab_cells(text: str) -> list[str]:
    return text.split("\t") if "\t" in text else []


def _spaced_cells(text: str) -> list[str]:
    return _GAP.split(text) if "  " in text or "\u3000" in text else []


_SPLITS: tuple[tuple[Callable[[str], list[str]], int], ...] = ((_tab_cells, 2), (_bar_cells, 3), (_spaced_cells, 3))


def _run(
    lines: Sequence[BodyLine], start: int, split: Callable[[str], list[str]], least: int
) -> tuple[list[tuple[Cell, ...]], int]:
    """Rows with the same number of cells, one below another, and where they end."""
    rows: list[tuple[Cell, ...]] = []
    width, number, end = 0, start, start
    while number < len(lines) and lines[number].table is None and lines[number].depth == lines[start].depth:
        text = lines[number].text
        if rows and text and _FRAME.match(text):
            number += 1
            continue
        cells = [cell.strip() for cell in split(text)] if text else []
        if not least <= len(cells) <= _COLUMNS or (width and len(cells) != width):
            break
        width = len(cells)
        rows.append(tuple(Cell(cell) for cell in cells))
        number += 1
        end = number
    return rows, max(end, start + 1)


def _is_data(rows: list[tuple[Cell, ...]]) -> bool:
    """At least two rows, a number below the first, and no cell as long as a sentence."""
    if len(rows) < 2 or not any(char.isdigit() for row in rows[1:] for cell in row for char in cell.text):
        return False
    return all(len(cell.text) <= 120 for row in rows for cell in row)
