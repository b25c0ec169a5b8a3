"""The desk: what a mail is read with, and how what it says is noted under the orders that it speaks of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mailflow.core.matching.matcher import Matcher, Mention, State
from mailflow.core.message.model import Message
from mailflow.core.orders.model import Role
from mailflow.core.reading.asked import Asked, asked_before, asked_of, leaning_on, mark_repeated, unheard
from mailflow.core.reading.book import Book
from mailflow.core.reading.explained import doubted, goods_words, unexplained
from mailflow.core.reading.finders.calendar import DayContext
from mailflow.core.reading.finders.dates import DateHit
from mailflow.core.reading.finders.references import ReferenceHit
from mailflow.core.reading.hindrances import amounts_beside
from mailflow.core.reading.model import UpdateKind
from mailflow.core.reading.scope import Scopes
from mailflow.core.reading.stages import Stage
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.statements import Speaker, statements_of
from mailflow.core.reading.text import Part, Sentence, take_apart
from mailflow.core.reading.topic import Circumstances, Topic
from mailflow.core.reading.topics import topics_of
from mailflow.core.reading.unknown import Setting
from mailflow.core.reading.words import Words

_QUOTED = 2000  # characters of the history that tell what it is about


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
    subject_concepts: frozenset[str] = frozenset()
    table_orders: list[Mention] = field(default_factory=list)
    body_concepts: frozenset[str] = frozenset()
    references: dict[str, dict[str, None]] = field(default_factory=dict)
    listed: list[ReferenceHit] = field(default_factory=list)  # references of the rows of tables
    homeless: dict[str, None] = field(default_factory=dict)  # references of clauses that speak of no order
    reserved: set[str] = field(default_factory=set)  # orders that are accepted on a condition
    unheard: list[tuple[str, str]] = field(default_factory=list)  # our questions with answers not understood


_TAKEN = frozenset(("acknowledge", "accept"))
HEADING = 60  # letters of a line that may lead the next one


class Desk:
    """Reads texts and notes what they say; made for one mail and thrown away."""

    def __init__(self, message: Message, book: Book, words: Words, matcher: Matcher, context: DayContext) -> None:
        self._message = message
        self._book = book
        self._words = words
        self._matcher = matcher
        self._context = context
        self._party = matcher.sender.party.name if matcher.sender.party else ""
        self._role: Role | None = matcher.sender.role
        self.found = Gathered()
        self._before: Asked | None = None  # what the mail that this one answers asks for
        self.default: tuple[Mention, ...] = ()  # what holds where a sentence names no order

    def _circumstances(self) -> Circumstances:
        return Circumstances(self._role, self._context, self.found.subject_concepts, self._quoted_concepts)

    def _quoted_concepts(self) -> frozenset[str]:
        """Return what any word at the beginning of the quoted history may mean."""
        quoted = self._words.folder.plain(self._message.quoted[:_QUOTED])
        return frozenset().union(*(word.concepts for word in self._words.lexicon.find(quoted)))

    def _part(self, name: str, text: str, above: Sequence[str] = (), *, title: bool = False) -> Part:
        part = take_apart(name, text, self._words, self._book.lookup, self._party, above, title=title)
        mark_repeated(part, self._words)
        self.found.parts.append(part)
        return part

    def _read_text(
        self, part: Part, scopes: Scopes, around: Circumstances, *, subject: bool = False, silent_topics: bool = False
    ) -> None:
        asked = self._asked(part)
        heard: set[int] = set()
        heading, line = None, ""
        terse = len(part.sentences) <= 3
        before: frozenset[str] = frozenset()
        last: Statement | None = None
        for index, sentence in enumerate(part.sentences):
            if sentence.ours:
                continue
            count = len(self.found.said) + len(self.found.loose)
            if sentence.above != line:
                heading, line = None, sentence.above
            statements, loose, left = self._statements(sentence, asked.get(sentence.above), heading, terse=terse)
            if left is not None or statements or loose or sentence.end - sentence.start >= HEADING:
                heading = left
            words = _evidence(part, sentence.start, sentence.end)
            references = tuple(hit.value for clause in sentence.clauses for hit in clause.references)
            for clause in sentence.clauses:
                self._refer(clause.references, scopes.orders(clause))
            first = scopes.orders(sentence.clauses[0]) if sentence.clauses else ()
            last = self._state(part, index, statements, scopes, references, last)
            self._reserve(part, sentence, scopes)
            around = replace(around, before=before)
            before = sentence.concepts
            for topic in () if silent_topics else topics_of(sentence, around):
                if topic.kind is UpdateKind.ACKNOWLEDGED and doubted(part, sentence, self._words.plain):
                    continue
                mentions = distinct(m for clause in sentence.clauses for m in scopes.orders(clause)) or first
                self._say(topic, mentions, words, part.name, (index, 0), sentence, ())
            if not subject:
                self.found.loose += [(part, hit, sentence) for hit in loose]
            if len(self.found.said) + len(self.found.loose) > count:
                heard.add(index)
        self.found.unheard += unheard(part, asked, heard)

    def _reserve(self, part: Part, sentence: Sentence, scopes: Scopes) -> None:
        """Note orders that a supplier takes on a condition only: it bears on every promise of the mail."""
        if self._role is Role.SUPPLIER and sentence.concepts & _TAKEN and doubted(part, sentence, self._words.plain):
            self.found.reserved.update(m.order for clause in sentence.clauses for m in scopes.orders(clause) if m.order)

    def _state(
        self,
        part: Part,
        index: int,
        statements: Sequence[Statement],
        scopes: Scopes,
        references: tuple[str, ...],
        last: Statement | None,
    ) -> Statement | None:
        """Note a sentence's statements; return the last one of the part so far."""
        sentence = part.sentences[index]
        words = _evidence(part, sentence.start, sentence.end)
        for order, statement in enumerate(statements):
            if statement.default and statement.clause.has("correction") and last is not None:
                statement.milestone, statement.basis = last.milestone, last.basis
            last = statement
            statement.beside = amounts_beside(sentence, statement)
            mentions = scopes.orders(statement.clause)
            statement.unexplained = self._unexplained(part, index, statement, mentions)
            told = _words_of(part, sentence, statement, words)
            self._say(statement, mentions, told, part.name, (index, order), sentence, references)
        return last

    def _statements(
        self, sentence: Sentence, answers: Asked | None, heading: Stage | None, *, terse: bool
    ) -> tuple[list[Statement], list[DateHit], Stage | None]:
        """Read a sentence as the answer to the line above it; one without a milestone of its own to what we asked."""
        below = answers or Asked()
        sentence.leans = below.leads
        speaker = Speaker(self._role, self._context, below.milestone, below.told)
        found = statements_of(sentence, speaker, heading, terse=terse)
        bare = any(statement.source is Source.DATE and statement.default for statement in found[0])
        if answers is not None or heading is not None or not bare:
            return found
        if self._before is None:
            self._before = asked_before(self._message, self._words, self._book.lookup, self._role)
        sentence.leans = self._before.leads
        speaker = Speaker(self._role, self._context, self._before.milestone, self._before.told)
        return statements_of(sentence, speaker, heading, terse=terse)

    def _asked(self, part: Part) -> dict[str, Asked]:
        """Return what each of our lines that an answer stands under asks for."""
        lines = {sentence.above for sentence in part.sentences if sentence.above}
        with_words = (self._words, self._book.lookup, self._role)
        asked = {line: asked_of(line, *with_words, strict=True) for line in lines}
        return {line: leaning_on(line, asked[line], self._message.quoted, *with_words) for line in lines}

    def _unexplained(
        self, part: Part, index: int, statement: Statement, mentions: Sequence[Mention]
    ) -> tuple[str, ...]:
        """Return why a statement may be about something else than its order's milestone."""
        orders = [order for m in mentions if (order := self._book.lookup.order(m.order)) is not None]
        own = goods_words([text for order in orders for text in (order.description, order.style)])
        before, after = part.sentences[index - 1 : index], part.sentences[index + 1 : index + 2]
        return unexplained(
            Setting(
                statement,
                part.sentences[index],
                after[0] if after else None,
                before[0] if before else None,
                self._words.plain,
                own,
                self._role,
                part,
            )
        )

    def _refer(self, hits: Iterable[ReferenceHit], mentions: Sequence[Mention]) -> None:
        """Note references under the orders that they are said of."""
        if not mentions:
            self.found.homeless.update(dict.fromkeys(hit.value for hit in hits))
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
        if sentence is not None and self._are_default(mentions):
            mentions = self._by_goods(mentions, what, sentence)
        if self._are_default(mentions) and not (
            sentence is not None and any(_ALL.search(c.text) for c in sentence.clauses)
        ):
            mentions = [
                replace(m, state=State.AMBIGUOUS, orders=tuple(o for other in mentions for o in other.orders))
                for m in mentions[:1]
            ]
        for mention in mentions or (None,):
            own = copied(what)
            if isinstance(own, Statement):
                own.place = place
                own.order = mention.order if mention else ""
            self.found.said.append(Said(own, mention, words, where, place, references))

    def _are_default(self, mentions: Sequence[Mention]) -> bool:
        """Say whether several orders are meant only because nothing beside the words names one."""
        return len(mentions) > 1 and all(mention in self.default for mention in mentions)

    def _by_goods(self, mentions: Sequence[Mention], what: Statement | Topic, sentence: Sentence) -> Sequence[Mention]:
        """Of several orders that a clause may speak of, keep the only one whose goods it names ("Mugs: 8 Dec")."""
        orders = [self._book.lookup.order(mention.order) for mention in mentions]
        goods = [goods_words([o.description, o.product, o.style]) if o is not None else frozenset() for o in orders]
        texts = [" ".join(clause.text for clause in sentence.clauses)]
        if isinstance(what, Statement):
            texts.insert(0, what.clause.text)
        for text in texts:
            named = [m for m, own in zip(mentions, goods, strict=True) if _names_goods(text, own, goods)]
            if len(named) == 1:
                return named
        return mentions


def _names_goods(text: str, own: frozenset[str], all_goods: Sequence[frozenset[str]]) -> bool:
    """Say whether a text holds a word, singular or plural, of these goods that none of the others is called by."""
    said = {form for word in goods_words([text]) for form in (word, word.removesuffix("s"), word.removesuffix("es"))}
    mine = {word.removesuffix("s") for word in own if sum(word in goods for goods in all_goods) == 1 and len(word) > 2}
    return bool(mine & said) or any(word in text for word in mine if not word.isascii() and len(word) > 1)


_ALL = re.compile(
    r"\b(?:both|all|each|beide|alle|tous|les deux|ambos|todos|tutti|hepsi|ikisi)\b|都"
    r"|两单|两个单|均|全部订单|各单|以上|这几单|两票"
)


def distinct(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return each order's first mention."""
    found: dict[tuple[str, ...], Mention] = {}
    for mention in mentions:
        found.setdefault(mention.orders[:1] or (str(mention.start),), mention)
    return tuple(found.values())


def copied(what: Statement | Topic) -> Statement | Topic:
    """Return a statement or topic of its own for one order."""
    return replace(what, doubts=set(what.doubts)) if isinstance(what, Statement) else replace(what)


def _evidence(part: Part, start: int, end: int) -> str:
    return part.original(start, min(end, start + 300))


def _words_of(part: Part, sentence: Sentence, statement: Statement, words: str) -> str:
    """Return the sentence where it is short, else the clause."""
    if sentence.end - sentence.start <= 300:
        return words
    return _evidence(part, statement.start, statement.end)
