"""Tables: rows of orders under headings of milestones, and the lines that a table without headings stands for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from mailflow.core.message.model import Table
from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.finders.quantities import number
from mailflow.core.reading.finders.references import ReferenceHit
from mailflow.core.reading.stages import Mark, Stage, stages_of
from mailflow.core.reading.text import Clause, Part

MERE_DAY = 24  # letters of a cell that holds a day and nothing else
HEADING_ROWS = 6  # a heading stands within the first rows, under titles


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells of a column are: a milestone's date, a number, a quantity, words."""

    kind: str  # milestone, other, number, style, quantity, words
    stage: Stage | None = None
    planned: bool = False
    actual: bool = False
    renewed: bool = False
    heading: str = ""
    unsure: bool = False  # the heading is not wholly understood


@dataclass(slots=True)
class RowFact:
    """A milestone's day in one row."""

    milestone: Milestone
    day: date
    done: bool
    stage: Stage
    words: str
    planned: bool = False
    renewed: bool = False
    unsure: bool = False


@dataclass(slots=True)
class Row:
    """What one row says of its order; `cells` are its texts, `parts` the cells taken apart."""

    cells: tuple[str, ...]
    parts: list[Part]
    facts: list[RowFact] = field(default_factory=list)
    quantity: Decimal | None = None
    references: list[ReferenceHit] = field(default_factory=list)
    remarks: list[Part] = field(default_factory=list)
    unheaded: list[Part] = field(default_factory=list)  # days under a heading that no rule knows

    @property
    def words(self) -> str:
        """Return the row's text."""
        return "\t".join(self.cells)


def texts(table: Table) -> list[tuple[str, ...]]:
    """Return the rows of a table as text; a table with its orders side by side is turned."""
    rows = [tuple(cell.text.strip() for cell in row) for row in table.rows]
    return [row for row in rows if any(row)]


def turned(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows and columns exchanged."""
    width = max((len(row) for row in rows), default=0)
    return [tuple(row[i] if i < len(row) else "" for row in rows) for i in range(width)]


def columns_of(cells: Sequence[Part], role: Role | None) -> list[Column] | None:
    """Return what each column is, where these cells are a heading; None where they are not."""
    columns = [replace(_column(cell, role), heading=cell.folded.text.strip()) for cell in cells]
    named = sum(column.kind != "words" for column in columns)
    has_dates = any(cell.dates for cell in cells)
    return columns if named >= 2 and not has_dates else None


def _column(cell: Part, role: Role | None) -> Column:
    clauses = [clause for sentence in cell.sentences for clause in sentence.clauses]
    concepts = frozenset().union(*(clause.concepts for clause in clauses)) if clauses else frozenset()
    stages = [s for clause in clauses for s in stages_of(clause, role, concepts)]
    stage = next((s for s in stages if s.mark is Mark.STAGE), None)
    if any(s.mark in (Mark.OUTLIVED, Mark.OTHER) for s in stages) or (stage is None and "step" in concepts):
        return Column("other")
    text = cell.folded.text.strip()
    if stage is None and concepts & {"order_word"}:
        return Column("number")
    if stage is None and concepts & {"style_word"}:
        return Column("style")
    if any(
        mark in text for mark in ("qty", "quantity", "数量", "menge", "quantite", "cantidad", "adet", "miktar")
    ) and not (stage and stage.milestone is not Milestone.SHIP):
        return Column("quantity")
    if stage is None and concepts & {"material_noun"} and not concepts & {"document_noun"} and _is_all(clauses):
        stage = Stage(0, len(text), Mark.STAGE, Milestone.MATERIAL)
    if stage is None and concepts & {"sample_noun"} and _is_all(clauses):
        stage = Stage(0, len(text), Mark.STAGE, Milestone.SAMPLE)
    if stage is None or cell.numbers:
        return Column("words")
    actual = "past" in concepts or "actual" in text or "实际" in text
    planned = (
        not actual
        and ("future" in concepts or any(mark in text for mark in ("plan", "计划")))
        and "renewed" not in concepts
    )
    return Column("milestone", stage, planned, actual, "renewed" in concepts)


_BESIDE = re.compile(
    r"\b(?:date|dates|dt|day|due|plan|actual|new|in|for|of|the|sent|eta|on)\b|日期|时间|日|期|计划|预计|实际|[\W\d_]+"
)


_OF_THINGS = frozenset(
    (
        "material_noun",
        "sample_noun",
        "date_word",
        "bare",
        "come",
        "come_done",
        "our_factory",
        "future",
        "past",
        "on_schedule",
    )
) | {"material", "sample_sent", "renewed"}


def _is_all(clauses: Sequence[Clause]) -> bool:
    """Say whether a heading is a thing's name and nothing else ("Fabric", not "Fabric store")."""
    left = ""
    for clause in clauses:
        place = clause.start
        for word in clause.words:
            begin = word.start if word.concepts & _OF_THINGS else min(word.end, clause.end)
            left += clause.text[place - clause.start : begin - clause.start] + " "
            place = max(place, word.end)
        left += clause.text[place - clause.start :] + " "
    return not _BESIDE.sub("", left)


def read_row(cells: tuple[str, ...], parts: list[Part], columns: Sequence[Column], context: DayContext) -> Row:
    """Read a row under its headings."""
    row = Row(cells, parts)
    for column, cell in zip(columns, parts, strict=False):
        row.references.extend(cell.references)
        if column.kind == "milestone" and column.stage is not None:
            fact = _cell_fact(cell, column, context)
            if fact is not None:
                fact.unsure = fact.unsure or column.unsure
                row.facts.append(fact)
        elif column.kind == "quantity":
            row.quantity = _amount(cell)
        elif column.kind == "words" and not cell.numbers:
            row.remarks.append(cell)
            if cell.dates and len(cell.folded.text.strip()) <= MERE_DAY:
                row.unheaded.append(cell)
    row.facts = _settled(row.facts)
    return row


_ACTUAL = ("actual", "实际", "完成", "done", "ist", "reel", "real", "gerceklesen", "実績", "rzeczywist")
_RENEWED = (
    "revised",
    "new",
    "新",
    "更新",
    "修改",
    "调整",
    "neu",
    "nouv",
    "nuev",
    "yeni",
    "変更后",
    "current",
    "latest",
    "最新",
    "forecast",
    "预计",
)
_PLANNED = (
    "plan",
    "计划",
    "target",
    "合同",
    "contract",
    "original",
    "原",
    "old",
    "soll",
    "prevu",
    "previst",
    "planlanan",
    "予定",
    "due",
    "旧",
    "alt",
)


def stage_rows(
    rows: Sequence[tuple[str, ...]], parts: Sequence[Sequence[Part]], role: Role | None, context: DayContext
) -> tuple[list[str], list[Row]] | None:
    """Read rows that each name a milestone under columns such as plan and actual; None where it is no such table."""
    head = next((i for i, row in enumerate(parts[:HEADING_ROWS]) if _kinds(row)), None)
    if head is None:
        return None
    kinds = _kinds(parts[head])
    found: list[Row] = []
    for cells, row in zip(rows[head + 1 :], parts[head + 1 :], strict=True):
        column = _column(row[0], role) if row else Column("words")
        if column.kind != "milestone" or column.stage is None or row[0].dates:
            continue
        fact = _stage_fact(row, kinds, column, context)
        if fact is not None:
            found.append(Row(cells, list(row), [fact], references=[hit for cell in row for hit in cell.references]))
    if len(found) < 2 and not (found and len(set(kinds.values())) > 1):
        return None
    return [text for row in rows[: head + 1] for text in row if text], found


def _kinds(row: Sequence[Part]) -> dict[int, str]:
    """Return which columns hold plans, actual days and new dates, where this row says so."""
    kinds: dict[int, str] = {}
    for index, cell in enumerate(row):
        text = cell.folded.text
        if cell.dates or index == 0:
            continue
        for kind, words in (("actual", _ACTUAL), ("renewed", _RENEWED), ("plan", _PLANNED)):
            if any(word in text for word in words) and index not in kinds:
                kinds[index] = kind
    return kinds if any(kind in ("plan", "actual", "renewed") for kind in kinds.values()) else {}


def _stage_fact(row: Sequence[Part], kinds: dict[int, str], column: Column, context: DayContext) -> RowFact | None:
    """Return what a milestone's row says: the actual day, else the new one, else the plan."""
    dated = [i for i, cell in enumerate(row) if i and any(hit.kind is not DateKind.SPAN for hit in cell.dates)]
    for kind in ("actual", "renewed", "plan", ""):
        places = [i for i in dated if kinds.get(i, "") == kind]
        if not places:
            continue
        assert column.stage is not None
        mine = Column(
            "milestone", column.stage, planned=kind == "plan", actual=kind == "actual", renewed=kind == "renewed"
        )
        return _cell_fact(row[places[-1]], mine, context)
    return None


def _amount(cell: Part) -> Decimal | None:
    if len(cell.quantities) == 1:
        return cell.quantities[0].value
    text = cell.folded.text.strip()
    try:
        return number(text) if text and text[0].isdigit() else None
    except ArithmeticError:
        return None


def _cell_fact(cell: Part, column: Column, context: DayContext) -> RowFact | None:
    stage = column.stage
    assert stage is not None
    assert stage.milestone is not None
    clauses = [clause for sentence in cell.sentences for clause in sentence.clauses]
    concepts = frozenset().union(*(clause.concepts for clause in clauses)) if clauses else frozenset()
    finished = column.actual or bool(concepts & {"past"}) or any(c.endswith("_done") for c in concepts)
    in_house = (
        stage.milestone is Milestone.MATERIAL
        and bool(concepts & {"material", "come_done"})
        and not concepts & {"future"}
    )
    if concepts & {"negated", "condition", "question", "wish"} and not finished:
        return None
    hits = [hit for clause in clauses for hit in clause.dates if hit.kind is not DateKind.SPAN]
    words = cell.original(0, len(cell.folded.text))
    if not hits:
        if (
            (finished and not stage.done and not column.actual)
            and context.today is not None
            and not concepts & {"future", "negated"}
        ):
            return RowFact(stage.milestone, context.today, True, stage, words)
        return None
    hit = hits[-1]
    ahead = hit.resolve(context, Mode.AHEAD)
    behind = hit.resolve(context, Mode.BEHIND)
    today = context.today
    if today is None:
        return RowFact(stage.milestone, ahead, finished or in_house, stage, words) if ahead else None
    day, done = _told(
        ahead, behind, today, finished=finished or in_house, planned=column.planned or bool(concepts & {"future"})
    )
    if day is None:
        return None
    return RowFact(stage.milestone, day, done, stage, words, column.planned, column.renewed, unsure=len(hits) > 1)


def _told(
    ahead: date | None, behind: date | None, today: date, *, finished: bool, planned: bool
) -> tuple[date | None, bool]:
    if finished:
        if behind is not None and 0 <= (today - behind).days <= 60:
            return behind, True
        if ahead is not None and ahead > today:
            return ahead, False
        return behind, True
    if ahead is None:
        return None, False
    if ahead < today:
        return (None, False) if planned else (ahead, True)
    return ahead, False


def _settled(facts: list[RowFact]) -> list[RowFact]:
    """Keep the actual beside a plan, the new date beside an old one, the ETD beside an ex-factory date."""
    out: list[RowFact] = []
    for milestone in dict.fromkeys(fact.milestone for fact in facts):
        same = [fact for fact in facts if fact.milestone is milestone]
        done = [fact for fact in same if fact.done]
        if len(same) > 1 and milestone is Milestone.SHIP:
            etd = [f for f in same if f.stage.basis is not None and f.stage.basis.value == "etd"]
            same = etd or same
            done = [fact for fact in same if fact.done]
        fresh = [fact for fact in same if fact.renewed]
        chosen = done or fresh or [fact for fact in same if not fact.planned] or same
        days = {fact.day for fact in chosen}
        chosen[-1].unsure = chosen[-1].unsure or len(days) > 1
        out.append(chosen[-1])
    return out


def concepts_of(part: Part) -> frozenset[str]:
    """Return what any word of a part may mean."""
    return frozenset().union(*(sentence.concepts for sentence in part.sentences if not sentence.ours))


def clauses_of(part: Part) -> list[Clause]:
    """Return every clause of a part."""
    return [clause for sentence in part.sentences for clause in sentence.clauses]
