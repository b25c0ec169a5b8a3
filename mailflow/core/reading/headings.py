"""Headings and rows that say less than they seem to: a customer's own dates, unknown words, remarks that take back."""

from collections.abc import Sequence
from dataclasses import replace

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.plain_words import PlainWords
from mailflow.core.reading.tables import Column, Row, RowFact
from mailflow.core.reading.text import Clause, Part

_TROUBLES = frozenset(("trouble", "problem_capacity", "problem_logistics", "problem_material", "problem_other"))
_TAKES_BACK = frozenset(("condition", "pay_first", "wish", "appeal"))


def known_columns(
    columns: Sequence[Column], cells: Sequence[Part], role: Role | None, plain: PlainWords
) -> list[Column]:
    """Return columns, those with a customer's own dates as of something else, those not wholly understood as unsure."""
    return [_known(column, cell, role, plain) for column, cell in zip(columns, cells, strict=False)]


def _known(column: Column, cell: Part, role: Role | None, plain: PlainWords) -> Column:
    if column.kind != "milestone" or column.stage is None:
        return column
    text = cell.folded.text
    if role is Role.SUPPLIER and plain.patterns["wanted"].search(text):
        return Column("other", heading=column.heading)
    stored = role is Role.SUPPLIER and column.stage.milestone is Milestone.RECEIVE
    if stored and plain.patterns["own_stock"].search(text):
        return replace(column, stage=replace(column.stage, milestone=Milestone.PRODUCTION))
    if column.stage.milestone is Milestone.MATERIAL:
        return column  # what else stands there is a part's name
    return replace(column, unsure=stored or any(_unknown(clause, plain) for clause in _clauses(cell)))


def _unknown(clause: Clause, plain: PlainWords) -> bool:
    """Say whether a heading holds a word that no list of what stands in headings knows."""
    known = [(word.start - clause.start, word.end - clause.start) for word in clause.words]
    known += [(hit.start - clause.start, hit.end - clause.start) for hit in clause.dates]
    return any(True for _ in plain.beside_headings.unknown(clause.text, known, frozenset()))


def _clauses(cell: Part) -> list[Clause]:
    return [clause for sentence in cell.sentences for clause in sentence.clauses]


def doubt_row(row: Row, columns: Sequence[Column], plain: PlainWords) -> None:
    """Mark the facts of a row whose remarks, or whose own cells, take them back."""
    by_cell = {id(cell): column for column, cell in zip(columns, row.parts, strict=False)}
    for cell in row.parts:
        column = by_cell.get(id(cell))
        if column is None or column.kind in ("number", "style", "quantity") or not _takes_back(cell, plain):
            continue
        for fact in row.facts:
            if column.kind != "milestone" or _is_of(fact, column):
                fact.unsure = True


def _is_of(fact: RowFact, column: Column) -> bool:
    return column.stage is not None and fact.milestone is column.stage.milestone


def _takes_back(cell: Part, plain: PlainWords) -> bool:
    text = cell.folded.text
    if any(sentence.asked for sentence in cell.sentences) and any(char.isdigit() for char in text):
        return True
    for clause in _clauses(cell):
        if not clause.concepts.isdisjoint(_TAKES_BACK) and not clause.has("polite_condition", "idle"):
            return True
    if any(plain.patterns[name].search(text) for name in ("halted", "waits")):
        return True
    told = [word for clause in _clauses(cell) for word in clause.words if word.concepts & _TROUBLES]
    return any(
        not any(word.start < hit.end() and hit.start() < word.end for word in told)
        for hit in plain.patterns["hedges"].finditer(text)
    )
