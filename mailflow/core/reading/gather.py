"""Gathering: from a message to the statements and topics in it, each with the orders that it speaks of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailflow.core.matching.matcher import Mention, State
from mailflow.core.message.model import Attachment, Line, Message, Table
from mailflow.core.reading.asked import order_lines
from mailflow.core.reading.desk import Gathered, distinct
from mailflow.core.reading.goods_names import GoodsNamer
from mailflow.core.reading.scope import mentions_of, spread, tell
from mailflow.core.reading.statement import Statement
from mailflow.core.reading.table_desk import TableDesk
from mailflow.core.reading.tables import concepts_of
from mailflow.core.reading.text import Part
from mailflow.core.reading.topic import Circumstances

_REPLY = re.compile(
    r"^(?:\s*(?:re|fw|fwd|aw|wg|sv|vs|rv|tr|回复|答复|转发|回覆|答覆|轉寄|转寄|ynt|ilt|odp|antw|r|ref)"
    r"\s{0,2}(?:\[\d+\])?\s{0,2}[:：])+",
    re.IGNORECASE,
)


MOST_QUOTED, MOST_OF_A_FILE = 6000, 8000  # characters that are looked through


def texts_of(message: Message) -> Iterator[str]:
    """Yield what will be looked through for the names of orders."""
    yield message.subject
    yield "\n".join(line.text for line in message.lines if line.table is None)
    for line in message.lines:
        yield from _cells(line.table)
    yield message.quoted[:MOST_QUOTED]
    for attachment in message.attachments:
        yield attachment.filename
        yield attachment.content.text[:MOST_OF_A_FILE]
        for table in attachment.content.tables:
            yield from _cells(table)


def _cells(table: Table | None) -> Iterator[str]:
    for row in table.rows if table is not None else ():
        yield " \t ".join(cell.text for cell in row)


class Gatherer(TableDesk):
    """Takes one message apart; made for one reading and thrown away."""

    def gather(self, threads: Sequence[str] = ()) -> Gathered:
        """Read subject, body and attachments, in this order."""
        found = self.found
        found.quoted = self._quoted(threads)
        quoted_orders = tuple(m.order for m in found.quoted)
        subject = self._part("subject", _REPLY.sub("", self._message.subject), title=True)
        found.subject_concepts = concepts_of(subject)
        body, tables = self._body()
        told_subject = tell(subject, self._matcher, self._context, quoted_orders)
        told_body = tell(body, self._matcher, self._context, quoted_orders)
        told_subject = self._agreeing(told_subject, told_body)
        goods = GoodsNamer(self._book, self._words, self._matcher)
        if not told_subject and not told_body:
            told_subject = goods.name(subject, {}, found.quoted)
        default = self.default = self._default(told_subject, told_body, tables)
        told_body |= goods.name(body, told_body, default)
        found.body_concepts = concepts_of(body)
        around = self._circumstances()
        heads = {sentence.above: self._named_above(sentence.above) for sentence in body.sentences if sentence.above}
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
        self._house_references(subject)
        return found

    def _house_references(self, subject: Part) -> None:
        """References that stand beside no order are the only order's that the mail speaks of."""
        found = self.found
        orders = {m.order for m in found.mentions if m.state is State.SURE}
        if len(orders) != 1 or any(m.state not in (State.SURE, State.UNKNOWN) for m in found.mentions):
            return
        homeless = found.homeless
        if not self._answers():
            homeless = dict.fromkeys(hit.value for hit in subject.references) | homeless
        own = found.references.setdefault(orders.pop(), {})
        own.update(homeless)

    def _named_above(self, line: str) -> tuple[Mention, ...]:
        """Return the order of the line above an answer: its own, or that of the nearest line above it in our letter."""
        for text in order_lines(self._message.quoted, line):
            found = mentions_of(text, self._matcher, self._words, self._book.lookup, self._party)
            if found:
                return found
        return ()

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

    def _body(self) -> tuple[Part, list[Table]]:
        """Return the body's text as one part, and its tables; lines with bars or tabs in a row are a table too."""
        lines: list[Line] = []
        tables: list[Table] = []
        for line in self._message.lines:
            if line.table is not None:
                tables.append(line.table)
            else:
                lines.append(line)
        above = [line.above for line in lines]
        return self._part("body", "\n".join(line.text for line in lines), above), tables

    def _quoted(self, threads: Sequence[str]) -> tuple[Mention, ...]:
        found = (
            mentions_of(self._message.quoted[:MOST_QUOTED], self._matcher, self._words, self._book.lookup, self._party)
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
        """Return the orders of clauses that name none: the subject's, a file's, the thread's or the quoted one."""
        named = distinct(subject.values())
        if named:
            return named
        if any(m.state in (State.SURE, State.AMBIGUOUS, State.CONFLICT, State.FOREIGN) for m in body.values()):
            return ()
        for attachment in self._message.attachments:
            files = mentions_of(attachment.filename, self._matcher, self._words, self._book.lookup, self._party)
            if files and not attachment.inline:
                return files
        return self.found.quoted

    def _read_attachments(self, default: Sequence[Mention], body_is_silent: bool, around: Circumstances) -> None:
        for attachment in self._message.attachments:
            content = attachment.content
            name = f"attachment {attachment.filename}"
            if attachment.inline or attachment.forwarded or not (content.text or content.tables):
                continue
            spreadsheet = bool(content.tables) and not content.text.strip()
            for table in content.tables if spreadsheet or body_is_silent else ():
                self._read_table(table, default or self._of_file(attachment), name)
            if body_is_silent and content.text.strip():
                self._read_file(attachment, name, default, around)

    def _of_file(self, attachment: Attachment) -> tuple[Mention, ...]:
        return mentions_of(attachment.filename, self._matcher, self._words, self._book.lookup, self._party)

    def _read_file(self, attachment: Attachment, name: str, default: Sequence[Mention], around: Circumstances) -> None:
        part = self._part(name, attachment.content.text[:MOST_OF_A_FILE])
        told = tell(part, self._matcher, self._context, ())
        sure = distinct(m for m in told.values() if m.state is State.SURE)
        self.found.mentions += sure
        scope = default or sure or self._of_file(attachment)
        if len(sure) == 1:
            scope, told = sure, {start: m for start, m in told.items() if m.state is State.SURE}
        noted, count = {number: dict(refs) for number, refs in self.found.references.items()}, len(self.found.said)
        self._read_text(part, spread(part, told, scope, {}), replace(around, files=True))
        if not any(isinstance(said.what, Statement) for said in self.found.said[count:]):
            self.found.references = noted  # numbers of a bill or a report that says nothing of the goods
