"""Sheets as records: find the row of headings, then name every cell by its field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from mailflow.core.order_book.mapping import BookRules, plain, plain_heading
from mailflow.core.order_book.model import CellValue, ContactEntry, Entry, Record, Sheet
from mailflow.core.problems import Problem

_HEADING_ROWS = 30  # titles, addresses and logos stand above the headings, but not for ever
_CLOSE = 86  # per cent; "remarks" is no "marks"
_CONTACT = ("contact", "email", "contact_role")
_TOTALS = frozenset({"total", "totals", "grandtotal", "subtotal", "合计", "总计", "小计", "共计", "合計", "總計"})


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one sheet mean; `contacts` by column: (number of the person, field)."""

    kind: str  # orders | parties
    row: int  # index of the last row of headings
    fields: Mapping[int, str]
    contacts: Mapping[int, tuple[int, str]]
    headings: Mapping[int, str]
    twice: tuple[tuple[int, int], ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def score(self) -> int:
        return len(self.fields) + len(self.contacts)


@dataclass(slots=True)
class Records:
    """What sheets and documents hold, still as they wrote it."""

    orders: list[Record] = field(default_factory=list)
    parties: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def sheet_records(sheets: Sequence[Sheet], rules: BookRules) -> Records:
    """Return the records of all sheets of one file; sheets without headings that we know are passed over."""
    found = Records()
    known = [(sheet, columns) for sheet in sheets if (columns := find_columns(sheet, rules))]
    if not known:
        file = sheets[0].file if sheets else ""
        what = "no row of headings with an order's number or a party's name was found"
        cure = "name the columns in the first row, or add your headings to rules/order_book.yaml"
        found.problems.append(Problem(file, 0, what, cure))
    for sheet, columns in known:
        _heading_problems(sheet, columns, rules, found)
        records = _order_records(sheet, columns, found) if columns.kind == "orders" else _rows(sheet, columns)
        (found.orders if columns.kind == "orders" else found.parties).extend(records)
    return found


def find_columns(sheet: Sheet, rules: BookRules) -> Columns | None:
    """Return the best row of headings, alone or together with the row below it (计划 over 实际), or None."""
    best: Columns | None = None
    for index, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        headings = [_heading(value) for value in row]
        candidates = [(index, headings)]
        if index + 1 < len(sheet.rows):
            candidates.append((index + 1, _joined(headings, [_heading(value) for value in sheet.rows[index + 1]])))
        for last, texts in candidates:
            for columns in (_columns("orders", last, texts, rules), _columns("parties", last, texts, rules)):
                if columns is not None and (best is None or columns.score > best.score):
                    best = columns
    return best


def _heading(value: CellValue) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _joined(above: list[str], below: list[str]) -> list[str]:
    width = max(len(above), len(below))
    pairs = zip(above + [""] * (width - len(above)), below + [""] * (width - len(below)), strict=True)
    return [high if high == low or not low else f"{high} {low}".strip() for high, low in pairs]


def _columns(kind: str, row: int, headings: list[str], rules: BookRules) -> Columns | None:
    table = rules.orders if kind == "orders" else rules.parties
    fields: dict[int, str] = {}
    contacts: dict[int, tuple[int, str]] = {}
    twice: list[tuple[int, int]] = []
    unknown: list[int] = []
    for index, heading in enumerate(headings):
        if not heading:
            continue
        meaning, number = _meaning(heading, table)
        if not meaning:
            unknown.append(index)
        elif meaning in _CONTACT:
            taken = [seen for seen, what in contacts.values() if what == meaning]
            contacts[index] = (number if number > 1 else len(taken) + 1, meaning)
        elif meaning in fields.values():
            twice.append((next(column for column, what in fields.items() if what == meaning), index))
        else:
            fields[index] = meaning
    key = "number" if kind == "orders" else "name"
    if key not in fields.values() or len(fields) + len(contacts) < 2:
        return None
    if kind == "parties" and not contacts and not {"role", "country", "timezone", "short"} & set(fields.values()):
        return None
    texts = {index: heading for index, heading in enumerate(headings) if heading}
    return Columns(kind, row, fields, contacts, texts, tuple(twice), tuple(unknown))


def _meaning(heading: str, table: Mapping[str, str]) -> tuple[str, int]:
    """Return the field of a heading and, for `email 2`, its number."""
    for text in plain_heading(heading):
        if text in table:
            return table[text], 1
        bare = text.rstrip("0123456789")
        if bare != text and table.get(bare) in _CONTACT:
            return table[bare], int(text[len(bare) :][:3])
    return "", 1


def column_letter(index: int) -> str:
    """Return a column the way a spreadsheet program names it: A … Z, AA …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _place(columns: Columns, index: int) -> str:
    return f"column {column_letter(index)} ({columns.headings.get(index, '')})"


def _heading_problems(sheet: Sheet, columns: Columns, rules: BookRules, found: Records) -> None:
    line = sheet.first_row + columns.row
    for first, second in columns.twice:
        what = f"{_place(columns, first)} and {_place(columns, second)} both are '{columns.fields[first]}'"
        cure = "the first counts; name the other one differently or delete it"
        found.problems.append(Problem(sheet.label, line, what, cure, warning=True))
    table = rules.orders if columns.kind == "orders" else rules.parties
    taken = set(columns.fields.values())
    for index in columns.unknown:
        heading = columns.headings[index]
        free = [word for word in table if table[word] not in taken]
        close = process.extractOne(plain(heading), free, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        if close:
            what = f"{_place(columns, index)} is no heading that is known"
            cure = f"is it '{table[close[0]]}'? Then add it to rules/order_book.yaml; it was passed over"
            found.problems.append(Problem(sheet.label, line, what, cure, warning=True))
        found.ignored.append(f"{sheet.label}: {heading}")


def _rows(sheet: Sheet, columns: Columns) -> Iterator[Record]:
    """Yield the rows below the headings that hold something of ours; headings repeated on each page are left out."""
    for index, row in enumerate(sheet.rows[columns.row + 1 :], columns.row + 1):
        line = sheet.first_row + index
        filled = {column: value for column, value in enumerate(row) if value is not None}
        if not filled or _is_headings(filled, columns):
            continue
        entries = {
            name: Entry(filled.get(column), _place(columns, column), line) for column, name in columns.fields.items()
        }
        yield Record(sheet.label, line, entries, _contacts(filled, columns, line) if columns.contacts else None)


def _is_headings(filled: Mapping[int, CellValue], columns: Columns) -> bool:
    same = sum(1 for column, text in columns.headings.items() if _heading(filled.get(column)) == text)
    return same >= 2 and same * 2 > len(filled)


def _contacts(filled: Mapping[int, CellValue], columns: Columns, line: int) -> tuple[ContactEntry, ...]:
    people: dict[int, dict[str, str]] = {}
    places: dict[int, str] = {}
    for column, (number, what) in columns.contacts.items():
        value = filled.get(column)
        if value is not None:
            people.setdefault(number, {})[what] = str(value)
            if what == "email" or number not in places:
                places[number] = _place(columns, column)
    return tuple(
        ContactEntry(said.get("contact", ""), said.get("email", ""), said.get("contact_role", ""), places[number], line)
        for number, said in sorted(people.items())
    )


def _order_records(sheet: Sheet, columns: Columns, found: Records) -> Iterator[Record]:
    """Yield the rows of orders; totals and notes below the table are no orders."""
    for record in _rows(sheet, columns):
        said = {name: entry.value for name, entry in record.entries.items() if entry.value is not None}
        words = {plain(value) for value in said.values() if isinstance(value, str)}
        if words & _TOTALS:
            continue
        if len(said) < 2 and len(record.entries) > 2 and _is_note(said.get("number")):
            if said:
                what, cure = "has one cell only and was passed over", "delete the row if it is a note"
                found.problems.append(Problem(sheet.label, record.line, what, cure, warning=True))
            continue
        yield record


def _is_note(number: CellValue) -> bool:
    """Tell whether what stands alone in a row is no order's number."""
    return number is None or (
        isinstance(number, str) and (len(number) > 40 or any(sign in number for sign in " :：，。"))
    )
