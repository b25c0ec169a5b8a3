"""Tables on the desk: each row's facts under the order that the row names."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from mailflow.core.matching.matcher import Beside, Mention
from mailflow.core.message.model import Table
from mailflow.core.reading.desk import Desk, Said, copied, distinct
from mailflow.core.reading.finders.references import under_heading
from mailflow.core.reading.headings import doubt_row, known_columns
from mailflow.core.reading.moods import Doubt
from mailflow.core.reading.scope import is_style, spread, tell
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.tables import Column, Row, columns_of, read_row, stage_rows, texts, turned
from mailflow.core.reading.text import Clause, Part, take_apart
from mailflow.core.reading.topic import Circumstances, Topic
from mailflow.core.reading.topics import topics_of

REFERENCE = "reference"


class TableDesk(Desk):
    """Reads tables too."""

    def _read_table(self, table: Table, default: Sequence[Mention], where: str) -> None:
        rows = texts(table)
        if not rows:
            return
        parts = [[self._cell(text) for text in row] for row in rows]
        columns, start = self._heading(parts)
        if columns is None and self._read_stages(rows, parts, default, where):
            return
        if columns is None:
            flipped = turned(rows)
            flipped_parts = [[self._cell(text) for text in row] for row in flipped]
            columns, start = self._heading(flipped_parts)
            if columns is not None and _side_by_side(columns, flipped_parts[start:]):
                rows, parts = flipped, flipped_parts
            else:
                columns = None
        if columns is None:
            self._read_lines(rows, default, where)
            return
        if start > 1:
            self._read_lines(rows[: start - 1], default, where)
        self._read_rows(rows[start:], parts[start:], columns, parts[start - 1], default, where)

    def _read_stages(
        self, rows: Sequence[tuple[str, ...]], parts: Sequence[list[Part]], default: Sequence[Mention], where: str
    ) -> bool:
        """Read a table with a milestone a row and columns such as plan and actual; say whether it is one."""
        read = stage_rows(rows, parts, self._role, self._context)
        if read is None:
            return False
        names, facts = read
        whole = take_apart("row", " \t ".join(names), self._words, self._book.lookup, self._party)
        named = distinct(tell(whole, self._matcher, self._context, ()).values())
        self.found.mentions += named
        for index, row in enumerate(facts):
            self._say_row(row, named or tuple(default), where, index, several=False)
        return True

    def _heading(self, parts: Sequence[Sequence[Part]]) -> tuple[list[Column] | None, int]:
        for index, row in enumerate(parts[:6]):
            columns = columns_of(row, self._role)
            if (
                columns is not None
                and any(c.kind in ("milestone", "number", "style") for c in columns)
                and len(row) > 1
            ):
                if not any(c.kind == "milestone" for c in columns):
                    continue
                return columns, index + 1
        return None, 0

    def _cell(self, text: str) -> Part:
        return take_apart("cell", text, self._words, self._book.lookup, self._party, title=True)

    def _read_rows(
        self,
        rows: Sequence[tuple[str, ...]],
        parts: Sequence[list[Part]],
        columns: Sequence[Column],
        heading: Sequence[Part],
        default: Sequence[Mention],
        where: str,
    ) -> None:
        columns = self._with_references(known_columns(columns, heading, self._role, self._words.plain))
        last: tuple[Mention, ...] = ()
        read: list[tuple[tuple[Mention, ...], Row]] = []
        for cells, cell_parts in zip(rows, parts, strict=True):
            again = columns_of(cell_parts, self._role)
            if again is not None and any(c.kind == "milestone" for c in again):
                columns = self._with_references(known_columns(again, cell_parts, self._role, self._words.plain))
                continue
            named = self._row_mentions(cells, cell_parts, columns)
            mentions = named or last or tuple(default)
            last = named or last
            row = read_row(cells, cell_parts, columns, self._context)
            doubt_row(row, columns, self._words.plain)
            self._read_references(row, columns)
            if named:
                self.found.table_orders += named
                self.found.mentions += named
            if row.facts or row.remarks or row.references:
                read.append((mentions, row))
        lots: dict[str, int] = {}
        for mentions, row in read:
            for m in mentions:
                lots[m.order] = lots.get(m.order, 0) + bool(row.facts)
        for index, (mentions, row) in enumerate(read):
            self._say_row(row, mentions, where, index, several=any(lots.get(m.order, 0) > 1 for m in mentions))

    def _with_references(self, columns: Sequence[Column]) -> list[Column]:
        """Tell the columns whose headings call their cells tracking numbers, containers and the like."""
        cues = self._words.references.cues
        return [
            replace(c, kind=REFERENCE) if c.kind in ("words", "other") and cues.search(c.heading) else c
            for c in columns
        ]

    def _read_references(self, row: Row, columns: Sequence[Column]) -> None:
        """Find references by the headings that they stand under."""
        known = {hit.value for hit in row.references}
        for column, cell in zip(columns, row.parts, strict=False):
            if column.kind == REFERENCE and any(c.isdigit() for c in cell.folded.text):
                hits = under_heading(column.heading, cell.folded.text, self._words.references)
                row.references += [hit for hit in hits if hit.value not in known]
        self.found.listed += row.references

    def _row_mentions(
        self, cells: tuple[str, ...], parts: list[Part], columns: Sequence[Column]
    ) -> tuple[Mention, ...]:
        """Tell the order of a row, with its style and quantity beside the number."""
        text = " \t ".join(
            cell if columns[i].kind not in ("milestone", REFERENCE) else ""
            for i, cell in enumerate(cells)
            if i < len(columns)
        )
        whole = take_apart("row", text, self._words, self._book.lookup, self._party)
        for index, column in enumerate(columns[: len(parts)]):
            if column.kind == "number" and not whole.numbers and cells[index].strip().isdigit():
                entries = self._book.lookup.tail(self._party, cells[index].strip())
                if entries:
                    mention = self._matcher.mention(0, 1, cells[index].strip(), "tail", entries, _row_beside(parts))
                    return (mention,)
        told = tell(whole, self._matcher, self._context, tuple(m.order for m in self.found.quoted))
        return distinct(told.values())

    def _say_row(self, row: Row, mentions: Sequence[Mention], where: str, index: int, *, several: bool) -> None:
        words = row.words.strip()[:300]
        references = tuple(hit.value for hit in row.references)
        self._refer(row.references, mentions)
        for number, fact in enumerate(row.facts):
            nowhere = Clause(0, 0, "")  # a row has no clause of its own
            statement = Statement(
                fact.milestone, Source.DATE, fact.done, 0, 0, nowhere, fact.day, basis=fact.stage.basis
            )
            statement.renewed = fact.renewed
            if row.quantity is not None:
                statement.quantity = row.quantity
                statement.part = several
            if fact.unsure:
                statement.doubts.add(Doubt.UNCLEAR)
            self._add_row(statement, mentions, words, where, (1000 + index, number), references)
        for cell in row.unheaded:
            self.found.loose += [(cell, hit, cell.sentences[0]) for hit in cell.dates if cell.sentences]
        around = Circumstances(self._role, self._context)
        for cell in row.remarks:
            for sentence in cell.sentences:
                for topic in topics_of(sentence, around):
                    if topic.topic == "other" and topic.kind.value == "query":
                        continue
                    self._add_row(
                        topic, mentions, cell.original(sentence.start, sentence.end), where, (1000 + index, 50), ()
                    )

    def _add_row(
        self,
        what: Statement | Topic,
        mentions: Sequence[Mention],
        words: str,
        where: str,
        place: tuple[int, int],
        references: tuple[str, ...],
    ) -> None:
        for mention in mentions or (None,):
            own = copied(what)
            if isinstance(own, Statement):
                own.place = place
                own.order = mention.order if mention else ""
            self.found.said.append(Said(own, mention, words, where, place, references, row=True))

    def _read_lines(self, rows: Sequence[tuple[str, ...]], default: Sequence[Mention], where: str) -> None:
        """Read a table without headings as lines of text, one a row."""
        part = self._part(where, "\n".join("\t".join(row) for row in rows))
        told = tell(part, self._matcher, self._context, tuple(m.order for m in self.found.quoted))
        self.found.mentions += told.values()
        self._read_text(part, spread(part, told, default, {}), self._circumstances())


def _side_by_side(columns: Sequence[Column], rows: Sequence[Sequence[Part]]) -> bool:
    """Say whether a turned table is one of orders side by side: milestones as headings, numbers in front."""
    if sum(column.kind == "milestone" for column in columns) < 2:
        return False
    return any(any(not is_style(hit) for hit in cell.numbers) for row in rows for cell in row[:2])


def _row_beside(parts: Sequence[Part]) -> Beside:
    styles = frozenset(hit.key for part in parts for hit in part.numbers if is_style(hit))
    quantities = frozenset(Decimal(q.value) for part in parts for q in part.quantities if q.unit)
    return Beside(styles, quantities)
