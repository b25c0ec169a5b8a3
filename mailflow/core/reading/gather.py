"""Gathering: from a message to the statements and topics in it, each with the orders that it speaks of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from mailflow.core.matching.matcher import Beside, Matcher, Mention, State
from mailflow.core.message.model import Attachment, Line, Message, Table
from mailflow.core.orders.model import Role
from mailflow.core.reading.book import Book
from mailflow.core.reading.finders.calendar import DayContext
from mailflow.core.reading.finders.dates import DateHit
from mailflow.core.reading.finders.references import ReferenceHit
from mailflow.core.reading.scope import Scopes, is_style, mentions_of, spread, tell
from mailflow.core.reading.statements import Doubt, Source, Speaker, Statement, statements_of
from mailflow.core.reading.tables import Column, Row, columns_of, concepts_of, read_row, stage_rows, texts, turned
from mailflow.core.reading.text import Part, Sentence, take_apart
from mailflow.core.reading.topics import Circumstances, Topic, topics_of
from mailflow.core.reading.words import Words

_REPLY = re.compile(
    r"^(?:\s*(?:re|fw|fwd|aw|wg|sv|vs|rv|tr|回复|答复|转发|回覆|答覆|轉寄|转寄|ynt|ilt|odp|antw|r|ref)\s{0,2}(?:\[\d+\])?\s{0,2}[:：])+",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:both|all|each|beide|alle|tous|les deux|ambos|todos|tutti|hepsi|ikisi)\b|都|两单|两个单|均|全部订单|各单|以上|这几单|两票"
)
_TABLE_LINE = re.compile(r"\t|\s\|\s")


@dataclass(slots=True)
class Said:
    """A statement or a topic, with the mention of the order that it is about (None: no order was told)."""

    what: Statement | Topic
    mention: Mention | None
    words: str
    where: str
    place: tuple[int, int]
    references: tuple[str, ...] = ()
    row: bool = False


@dataclass(slots=True)
class Gathered:
    """Everything that was found in a mail."""

    said: list[Said] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    loose: list[tuple[Part, DateHit, Sentence]] = field(default_factory=list)
    quoted: tuple[Mention, ...] = ()
    quoted_concepts: frozenset[str] = frozenset()
    subject_concepts: frozenset[str] = frozenset()
    table_orders: list[Mention] = field(default_factory=list)
    unclear_rows: list[str] = field(default_factory=list)
    body_concepts: frozenset[str] = frozenset()
    several_default: bool = False
    references: dict[str, dict[str, None]] = field(default_factory=dict)


class Gatherer:
    """Takes one message apart; made for one reading and thrown away."""

    def __init__(self, message: Message, book: Book, words: Words, matcher: Matcher, context: DayContext) -> None:
        self._message = message
        self._book = book
        self._words = words
        self._matcher = matcher
        self._context = context
        self._party = matcher.sender.party.name if matcher.sender.party else ""
        self._role: Role | None = matcher.sender.role
        self.found = Gathered()

    def gather(self, threads: Sequence[str] = ()) -> Gathered:
        """Read subject, body and attachments, in this order."""
        found = self.found
        found.quoted = self._quoted(threads)
        quoted_orders = tuple(m.order for m in found.quoted)
        subject = self._part("subject", _REPLY.sub("", self._message.subject), title=True)
        found.subject_concepts = concepts_of(subject)
        body, tables, above = self._body()
        if self._message.quoted:
            found.quoted_concepts = frozenset().union(
                *(w.concepts for w in self._words.lexicon.find(self._words.folder.plain(self._message.quoted[:2000])))
            )
        told_subject = tell(subject, self._matcher, self._context, quoted_orders)
        told_body = tell(body, self._matcher, self._context, quoted_orders)
        told_subject = self._agreeing(told_subject, told_body)
        default = self._default(told_subject, told_body, tables)
        found.body_concepts = concepts_of(body)
        around = self._circumstances()
        heads = {
            text: mentions_of(text, self._matcher, self._words, self._book.lookup, self._party)
            for text in set(above)
            if text
        }
        scopes = spread(body, told_body, default, heads)
        self._read_text(body, scopes, around)
        for table in tables:
            self._read_table(table, default, "body")
        before = len(found.said)
        spoken = any(isinstance(s.what, Statement) for s in found.said)
        if not spoken and (self._terse(body) or not self._answers()):
            self._read_text(
                subject, spread(subject, told_subject, default, {}), around, subject=True, silent_topics=self._answers()
            )
        found.mentions = [*told_subject.values(), *told_body.values(), *found.mentions]
        self._read_attachments(
            default,
            before == 0 or not any(s.where == "body" and isinstance(s.what, Statement) for s in found.said),
            around,
        )
        return found

    def _agreeing(self, subject: dict[int, Mention], body: dict[int, Mention]) -> dict[int, Mention]:
        """A number of the subject is corrected by what the body says beside the same number."""
        by_orders = {m.orders[:1]: m for m in body.values()}
        out = {}
        for start, mention in subject.items():
            other = next(
                (
                    m
                    for m in body.values()
                    if mention.state is not State.SURE and m.state is State.SURE and set(m.orders) & set(mention.orders)
                ),
                None,
            )
            out[start] = other or by_orders.get(mention.orders[:1], mention)
        return out

    def _answers(self) -> bool:
        """Say whether the subject is one that the mail answers, and so not the sender's words."""
        return bool(_REPLY.match(self._message.subject)) or bool(self._message.in_reply_to)

    def _terse(self, body: Part) -> bool:
        return sum(s.end - s.start for s in body.sentences) < 40

    def _circumstances(self) -> Circumstances:
        return Circumstances(self._role, self._context, self.found.subject_concepts, self.found.quoted_concepts)

    def _part(self, name: str, text: str, above: Sequence[str] = (), *, title: bool = False) -> Part:
        part = take_apart(name, text, self._words, self._book.lookup, self._party, above, title=title)
        self.found.parts.append(part)
        return part

    def _body(self) -> tuple[Part, list[Table], list[str]]:
        """Return the body's text as one part, and its tables; lines with bars or tabs in a row are a table too."""
        lines: list[Line] = []
        tables: list[Table] = []
        for line in self._message.lines:
            if line.table is not None:
                tables.append(line.table)
            else:
                lines.append(line)
        above = [line.above for line in lines]
        return self._part("body", "\n".join(line.text for line in lines), above), tables, above

    def _quoted(self, threads: Sequence[str]) -> tuple[Mention, ...]:
        found = (
            mentions_of(self._message.quoted[:6000], self._matcher, self._words, self._book.lookup, self._party)
            if self._message.quoted
            else ()
        )
        extra = [
            Mention(
                0,
                0,
                State.SURE,
                (number,),
                "thread",
                self._words.order_confidence.get("thread", 0.9),
                why="our letter that this answers",
            )
            for number in threads
            if (order := self._book.lookup.order(number)) is not None and self._matcher.reaches(order)
        ]
        out = {
            m.order: replace(
                m,
                how="quoted",
                confidence=self._words.order_confidence.get("quoted", 0.9),
                why="named in the quoted history alone",
            )
            for m in found
        }
        if extra:
            return tuple({m.order: m for m in extra}.values())
        return tuple(out.values())

    def _default(
        self, subject: dict[int, Mention], body: dict[int, Mention], tables: Sequence[Table]
    ) -> tuple[Mention, ...]:
        """Return the orders of clauses that name none: the subject's, a file name's, the thread's or the quoted one's."""
        named = _distinct(subject.values())
        if named:
            return named
        if any(m.state in (State.SURE, State.AMBIGUOUS, State.CONFLICT, State.FOREIGN) for m in body.values()):
            return ()
        for attachment in self._message.attachments:
            files = mentions_of(attachment.filename, self._matcher, self._words, self._book.lookup, self._party)
            if files and not attachment.inline:
                return files
        return self.found.quoted

    def _read_text(
        self, part: Part, scopes: Scopes, around: Circumstances, *, subject: bool = False, silent_topics: bool = False
    ) -> None:
        speaker = Speaker(self._role, self._context)
        heading = None
        terse = len(part.sentences) <= 3
        before: frozenset[str] = frozenset()
        for index, sentence in enumerate(part.sentences):
            statements, loose, left = statements_of(sentence, speaker, heading, terse=terse)
            heading = (
                left
                if left is not None
                else (
                    heading
                    if not statements and not loose and heading is not None and sentence.end - sentence.start < 60
                    else None
                )
            )
            words = _evidence(part, sentence.start, sentence.end)
            references = tuple(hit.value for clause in sentence.clauses for hit in clause.references)
            for clause in sentence.clauses:
                self._refer(clause.references, scopes.orders(clause))
            first = scopes.orders(sentence.clauses[0]) if sentence.clauses else ()
            for order, statement in enumerate(statements):
                self._say(
                    statement,
                    scopes.orders(statement.clause),
                    _words_of(part, sentence, statement, words),
                    part.name,
                    (index, order),
                    sentence,
                    references,
                )
            around = replace(around, before=before)
            before = sentence.concepts
            for topic in () if silent_topics else topics_of(sentence, around):
                mentions = _distinct(m for clause in sentence.clauses for m in scopes.orders(clause)) or first
                self._say(topic, mentions, words, part.name, (index, 0), sentence, ())
            if not subject:
                self.found.loose += [(part, hit, sentence) for hit in loose]

    def _refer(self, hits: Iterable[ReferenceHit], mentions: Sequence[Mention]) -> None:
        """Note references under the orders that they are said of."""
        for mention in mentions:
            if mention.state is State.SURE:
                self.found.references.setdefault(mention.order, {}).update(dict.fromkeys(hit.value for hit in hits))

    def _say(
        self,
        what: Statement | Topic,
        mentions: Sequence[Mention],
        words: str,
        where: str,
        place: tuple[int, int],
        sentence: Sentence | None,
        references: tuple[str, ...],
    ) -> None:
        several = len([m for m in mentions if m.how in ("quoted", "thread")]) > 1
        if several and not (sentence is not None and any(_ALL.search(c.text) for c in sentence.clauses)):
            self.found.several_default = True
            mentions = [
                replace(m, state=State.AMBIGUOUS, orders=tuple(o for other in mentions for o in other.orders))
                for m in mentions[:1]
            ]
        for mention in mentions or (None,):
            copied = replace(what) if isinstance(what, Topic) else _copy(what)
            if isinstance(copied, Statement):
                copied.place = place
                copied.order = mention.order if mention else ""
            self.found.said.append(Said(copied, mention, words, where, place, references))

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
        self._read_rows(rows[start:], parts[start:], columns, default, where)

    def _read_stages(
        self, rows: Sequence[tuple[str, ...]], parts: Sequence[list[Part]], default: Sequence[Mention], where: str
    ) -> bool:
        """Read a table with a milestone a row and columns such as plan and actual; say whether it is one."""
        read = stage_rows(rows, parts, self._role, self._context)
        if read is None:
            return False
        names, facts = read
        whole = take_apart("row", " \t ".join(names), self._words, self._book.lookup, self._party, title=True)
        named = _distinct(tell(whole, self._matcher, self._context, ()).values())
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
        default: Sequence[Mention],
        where: str,
    ) -> None:
        last: tuple[Mention, ...] = ()
        read: list[tuple[tuple[Mention, ...], Row]] = []
        for cells, cell_parts in zip(rows, parts, strict=True):
            again = columns_of(cell_parts, self._role)
            if again is not None and any(c.kind == "milestone" for c in again):
                columns = again
                continue
            named = self._row_mentions(cells, cell_parts, columns)
            mentions = named or last or tuple(default)
            last = named or last
            row = read_row(cells, cell_parts, columns, self._context)
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

    def _row_mentions(
        self, cells: tuple[str, ...], parts: list[Part], columns: Sequence[Column]
    ) -> tuple[Mention, ...]:
        """Tell the order of a row, with its style and quantity beside the number."""
        text = " \t ".join(
            cell if columns[i].kind != "milestone" else "" for i, cell in enumerate(cells) if i < len(columns)
        )
        whole = take_apart("row", text, self._words, self._book.lookup, self._party, title=True)
        for index, column in enumerate(columns[: len(parts)]):
            if column.kind == "number" and not whole.numbers and cells[index].strip().isdigit():
                entries = self._book.lookup.tail(self._party, cells[index].strip())
                if entries:
                    mention = self._matcher.mention(0, 1, cells[index].strip(), "tail", entries, _row_beside(parts))
                    return (mention,)
        told = tell(whole, self._matcher, self._context, tuple(m.order for m in self.found.quoted))
        return _distinct(told.values())

    def _say_row(self, row: Row, mentions: Sequence[Mention], where: str, index: int, *, several: bool) -> None:
        words = row.words.strip()[:300]
        references = tuple(hit.value for hit in row.references)
        self._refer(row.references, mentions)
        for number, fact in enumerate(row.facts):
            clause = row.parts[0].sentences[0].clauses[0] if row.parts and row.parts[0].sentences else None
            statement = Statement(
                fact.milestone, Source.DATE, fact.done, 0, 0, clause, fact.day, basis=fact.stage.basis
            )  # type: ignore[arg-type]  # a row has no clause of its own
            statement.renewed = fact.renewed
            if row.quantity is not None:
                statement.quantity = row.quantity
                statement.part = several
            if fact.unsure:
                statement.doubts.add(Doubt.UNCLEAR)
            self._add_row(statement, mentions, words, where, (1000 + index, number), references)
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
            copied = replace(what) if isinstance(what, Topic) else _copy(what)
            if isinstance(copied, Statement):
                copied.place = place
                copied.order = mention.order if mention else ""
            self.found.said.append(Said(copied, mention, words, where, place, references, row=True))

    def _read_lines(self, rows: Sequence[tuple[str, ...]], default: Sequence[Mention], where: str) -> None:
        """Read a table without headings as lines of text, one a row."""
        part = self._part(where, "\n".join("\t".join(row) for row in rows))
        told = tell(part, self._matcher, self._context, tuple(m.order for m in self.found.quoted))
        self.found.mentions += told.values()
        self._read_text(part, spread(part, told, default, {}), self._circumstances())

    def _read_attachments(self, default: Sequence[Mention], body_is_silent: bool, around: Circumstances) -> None:
        for attachment in self._message.attachments:
            content = attachment.content
            name = f"attachment {attachment.filename}"
            if attachment.inline or not (content.text or content.tables):
                continue
            spreadsheet = bool(content.tables) and not content.text.strip()
            for table in content.tables if spreadsheet or body_is_silent else ():
                self._read_table(table, default or self._of_file(attachment), name)
            if body_is_silent and content.text.strip():
                self._read_file(attachment, name, default, around)

    def _of_file(self, attachment: Attachment) -> tuple[Mention, ...]:
        return mentions_of(attachment.filename, self._matcher, self._words, self._book.lookup, self._party)

    def _read_file(self, attachment: Attachment, name: str, default: Sequence[Mention], around: Circumstances) -> None:
        part = self._part(name, attachment.content.text[:8000])
        told = tell(part, self._matcher, self._context, ())
        sure = _distinct(m for m in told.values() if m.state is State.SURE)
        self.found.mentions += sure
        scope = default or sure or self._of_file(attachment)
        if len(sure) == 1:
            scope, told = sure, {start: m for start, m in told.items() if m.state is State.SURE}
        noted, count = {number: dict(refs) for number, refs in self.found.references.items()}, len(self.found.said)
        self._read_text(part, spread(part, told, scope, {}), replace(around, files=True))
        if not any(isinstance(said.what, Statement) for said in self.found.said[count:]):
            self.found.references = noted  # numbers of a bill or a report that says nothing of the goods


def _side_by_side(columns: Sequence[Column], rows: Sequence[Sequence[Part]]) -> bool:
    """Say whether a turned table is one of orders side by side: milestones as headings, a number in each row's front."""
    if sum(column.kind == "milestone" for column in columns) < 2:
        return False
    return any(any(not is_style(hit) for hit in cell.numbers) for row in rows for cell in row[:2])


def _row_beside(parts: Sequence[Part]) -> Beside:
    styles = frozenset(hit.key for part in parts for hit in part.numbers if is_style(hit))
    quantities = frozenset(Decimal(q.value) for part in parts for q in part.quantities if q.unit)
    return Beside(styles, quantities)


def _distinct(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    found: dict[tuple[str, ...], Mention] = {}
    for mention in mentions:
        found.setdefault(mention.orders[:1] or (str(mention.start),), mention)
    return tuple(found.values())


def _copy(statement: Statement) -> Statement:
    return replace(statement, doubts=set(statement.doubts))


def _evidence(part: Part, start: int, end: int) -> str:
    return part.original(start, min(end, start + 300))


def _words_of(part: Part, sentence: Sentence, statement: Statement, words: str) -> str:
    """Return the sentence where it is short, else the clause."""
    if sentence.end - sentence.start <= 300:
        return words
    return _evidence(part, statement.start, statement.end)
