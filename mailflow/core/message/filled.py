"""Lists of ours that come back filled in: of their rows only the order and what the sender wrote is read.

What else stands in them, the due date and what was promised before, is ours and no news.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailflow.core.message.model import Attachment, Cell, FileContent, Line, Table
from mailflow.core.message.phrases import Finder, Phrases, finder

_HEADING_ROWS = 5
_BLANK = "_. \u00a0-—…"
_HIDDEN_HEAD = 3  # rows above the numbers: the list's id and its tag
_SHORT = 160  # letters of a mail that only points to its list


def with_filled_list(lines: tuple[Line, ...], quoted: str, phrases: Phrases) -> tuple[Line, ...]:
    """Return the new words with the rows that the sender filled in where they quote our list.

    Only of a mail that does no more than point to it: who writes anything of their own may quote what is old by now.
    """
    if "\t" not in quoted or any(line.table for line in lines):
        return lines
    said = " ".join(line.text for line in lines)
    if len(said) > _SHORT or any(char.isdigit() for char in said):
        return lines
    rows = [tuple(Cell(cell.strip()) for cell in line.split("\t")) for line in quoted.splitlines() if "\t" in line]
    found = _answers(rows, finder(phrases, "fill_in"))
    return (*lines, Line("", table=Table(found))) if found else lines


def with_answers_alone(files: Iterable[Attachment], phrases: Phrases) -> tuple[Attachment, ...]:
    """Return attachments whose lists of ours hold the order and the answer of each row that was filled in."""
    words = finder(phrases, "fill_in")
    return tuple(_read_back(file, words) if file.content.tables else file for file in files)


def swapped_numbers(content: FileContent) -> tuple[tuple[str, str], ...]:
    """Return each number of a list of ours that is another now, with what stands in its place.

    The hidden sheet names, from its fourth row on, the row of each order and its number; sorted rows are no change.
    """
    had = {row[0]: row[1].strip() for row in content.hidden[_HIDDEN_HEAD:] if len(row) > 1 and row[1].strip()}
    if not had or not content.tables:
        return ()
    rows = content.tables[0].rows
    has = {str(n): row[0].text.strip() for n, row in enumerate(rows, start=1) if n > 1 and row and row[0].text.strip()}
    known, shown = {_plain(one) for one in had.values()}, {_plain(one) for one in has.values()}
    gone = {n: one for n, one in had.items() if _plain(one) not in shown}
    strange = [(n, one) for n, one in has.items() if _plain(one) not in known and any(map(str.isdigit, one))]
    return tuple((gone.get(n) or ", ".join(gone.values()), one) for n, one in strange)


def _plain(number: str) -> str:
    return "".join(number.split()).casefold()


def _read_back(file: Attachment, words: Finder) -> Attachment:
    if file.content.hidden:
        file = replace(file, content=replace(file.content, hidden=(), swapped=swapped_numbers(file.content)))
    tables = tuple(
        replace(table, rows=found) if (found := _answers(table.rows, words)) else table for table in file.content.tables
    )
    if tables == file.content.tables:
        return file
    return replace(file, content=replace(file.content, tables=tables, text=""))


def _answers(rows: Sequence[tuple[Cell, ...]], words: Finder) -> tuple[tuple[Cell, ...], ...]:
    """Return heading, number and answer of every row that was filled in; nothing where it is no list of ours."""
    for place, heading in enumerate(rows[:_HEADING_ROWS]):
        column = next((i for i, cell in enumerate(heading) if i and words.search(cell.text)), None)
        if column is None:
            continue
        filled = [row for row in rows[place + 1 :] if len(row) > column and row[column].text.strip(_BLANK)]
        if filled:
            return (heading[0], heading[column]), *((row[0], row[column]) for row in filled)
    return ()
