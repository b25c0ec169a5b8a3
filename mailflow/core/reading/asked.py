"""What we asked: a line of ours above an answer, or one that the sender wrote again before it."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from mailflow.core.matching.index import Lookup
from mailflow.core.message.model import Message
from mailflow.core.message.prose import DATE, IDENTIFIER
from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.bare import ELSEWHERE, HARMLESS
from mailflow.core.reading.explained import goods_words
from mailflow.core.reading.stages import Mark, Stage, stages_of
from mailflow.core.reading.text import Part, Sentence, take_apart
from mailflow.core.reading.words import Words

_ASKS = frozenset(("question", "appeal", "please", "need", "request", "status_query"))
_MOODS = _ASKS | frozenset(("negated", "condition", "trouble", "cause", "will_revert", "idle"))
_PLAIN = HARMLESS | _ASKS | frozenset(("affirm", "store", "port"))
_LEADS = frozenset(("material_noun", "sample_noun", "port", "store"))
_LEAD = {
    Milestone.MATERIAL: frozenset(("material_noun",)),
    Milestone.SAMPLE: frozenset(("sample_noun",)),
    Milestone.ARRIVE: frozenset(("port",)),
    Milestone.RECEIVE: frozenset(("store",)),
}
_NO_ANSWER = frozenset(("thanks", "will_revert", "question"))
_ARROW = re.compile(r"\s*(?:→|⇒|➔|-{1,3}>|={1,3}>|>{1,3}|[—–:]|--)")
_BEHIND = re.compile(r"[?？]\s{0,4}(?:→|⇒|➔|-{1,3}>|={1,3}>)")
_AND_THAT = re.compile(r"呢\s*[?？]?\s*$")
_LONGEST = 200  # letters of a line that asks
_MOST_LINES = 14  # lines of a quoted mail that are looked at
_SHORT = 40  # letters of an answer between the lines
_NEAREST = 8  # quoted lines above an answer among which its order is looked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What a date below our line answers: `milestone` is None where the line asks for something that is none."""

    milestone: Milestone | None = Milestone.SHIP
    told: Stage | None = None  # the word of the line that names its milestone
    asks: bool = False
    leads: frozenset[str] = frozenset()  # what it speaks of that an answer leans on


def asked_of(line: str, words: Words, lookup: Lookup, role: Role | None, *, strict: bool = False) -> Asked:
    """Read a line of ours: which milestone it asks for, if it asks for one.

    Of a `strict` reading a question that says more than "when?", and names no milestone, asks for none.
    """
    part = take_apart("above", line, words, lookup, "")
    concepts = frozenset().union(*(sentence.concepts for sentence in part.sentences))
    asks = any(sentence.asked for sentence in part.sentences) or not concepts.isdisjoint(_ASKS)
    stages = [
        stage
        for sentence in part.sentences
        for clause in sentence.clauses
        for stage in stages_of(clause, role, clause.concepts)
        if stage.mark is Mark.STAGE
    ]
    strong = [stage for stage in stages if not stage.weak] or stages
    milestones = {stage.milestone for stage in strong}
    leads = concepts & _LEADS
    if not milestones:
        elsewhere = concepts & (ELSEWHERE - _MOODS | {"need"}) or (
            asks and strict and _asks_for_more(part, words, lookup)
        )
        return Asked(None if elsewhere else Milestone.SHIP, asks=asks, leads=leads)
    if len(milestones) > 1:
        return Asked(None, asks=asks, leads=leads)
    done = all(stage.done for stage in strong)
    leads |= _LEAD.get(strong[-1].milestone or Milestone.SHIP, frozenset())
    return Asked(strong[-1].milestone, replace(strong[-1], done=done, weak=False), asks, leads)


def _asks_for_more(part: Part, words: Words, lookup: Lookup) -> bool:
    """Say whether a question without a milestone has words that do not simply ask for the date."""
    named = {entry.order for hit in part.numbers for entry in hit.entries}
    orders = [order for number in named if (order := lookup.order(number)) is not None]
    own = goods_words([text for order in orders for text in (order.description, order.style)])
    asking = [s for s in part.sentences if s.asked or s.concepts & _ASKS]
    for clause in (clause for sentence in asking for clause in sentence.clauses):
        known = [(word.start, word.end) for word in clause.words if not word.concepts.isdisjoint(_PLAIN)]
        for hits in (clause.dates, clause.quantities, clause.references, clause.numbers):
            known += [(hit.start, hit.end) for hit in hits]
        places = [(start - clause.start, end - clause.start) for start, end in known]
        if any(words.plain.beside_days.unknown(clause.text, places, own)):
            return True
    return False


def leaning_on(line: str, asked: Asked, quoted: str, words: Words, lookup: Lookup, role: Role | None) -> Asked:
    """Read "and the other order?" as asking for what the line above it asks for."""
    begins = words.plain.patterns["asks_on"].match(line.strip().lower()) or _AND_THAT.search(line)
    if asked.told is not None or not asked.asks or not begins:
        return asked
    for above in order_lines(quoted, line)[1:]:
        before = asked_of(above, words, lookup, role)
        if before.told is not None:
            return replace(before, asks=True)
    return asked


def asked_before(message: Message, words: Words, lookup: Lookup, role: Role | None) -> Asked:
    """Read what the quoted mail asks for, or else the subject: what a day at the top of an answer is the day of.

    Where it asks for several milestones, or for none, a person must say what the day is of.
    """
    lines = [line.strip() for line in message.quoted.split("\n") if 0 < len(line.strip()) <= _LONGEST]
    found = [asked for line in lines[:_MOST_LINES] if (asked := asked_of(line, words, lookup, role)).asks]
    told = {asked.told.milestone: asked for asked in found if asked.told is not None}
    if len(told) == 1:
        return next(iter(told.values()))
    if told or any(asked.milestone is None for asked in found):
        return Asked(None)
    named = asked_of(message.subject, words, lookup, role)
    return named if named.told is not None and not found else Asked()


def order_lines(quoted: str, line: str) -> list[str]:
    """Return a line of the history and those above it, the nearest first: one of them names its order."""
    lines = [text.strip() for text in quoted.split("\n")]
    if line not in lines:
        return [line]
    at = len(lines) - 1 - lines[::-1].index(line)
    return [text for text in lines[max(0, at - _NEAREST) : at + 1][::-1] if text]


def answers_in_history(quoted: str) -> bool:
    """Say whether a short line with a day, or an arrow, stands below a question or behind it: nobody asks so."""
    lines = [text.strip() for text in quoted.split("\n") if text.strip()]
    for line, below in pairwise(lines):
        if not line.endswith(("?", "？")) or len(below) > _SHORT or below.endswith(("?", "？", ":", "：")):
            continue
        if _ARROW.match(below) or (DATE.search(below) and not IDENTIFIER.search(below)):
            return True
    return any(_BEHIND.search(line) for line in lines)


def mark_repeated(part: Part, words: Words) -> None:
    """Take a question that the sender wrote again, with the answer behind an arrow or "Answer:", as ours."""
    for question, answer in pairwise(part.sentences):
        repeated = question.asked and not question.above and not question.ours
        if not repeated and not answer.above:
            continue
        mark = _mark(part.folded.text, answer, words)
        if mark is None:
            continue
        if repeated and not answer.above:
            question.ours = True
            answer.above = part.original(question.start, question.end + 1)
        _cut(answer, mark.end())


def _mark(text: str, answer: Sentence, words: Words) -> re.Match[str] | None:
    return _ARROW.match(text, answer.start) or words.plain.answers.match(text, answer.start)


def _cut(answer: Sentence, begin: int) -> None:
    """Let an answer begin behind its mark."""
    first = answer.clauses[0]
    if first.start < begin < first.end:
        first.text, first.start = first.text[begin - first.start :], begin
        first.words = [word for word in first.words if word.start >= begin]
        answer.start = begin


def _says_something(sentence: Sentence, part: Part) -> bool:
    """Say whether there is a known word or a number: a name has neither."""
    return bool(sentence.concepts) or any(char.isdigit() for char in part.folded.text[sentence.start : sentence.end])


def unheard(part: Part, asked: dict[str, Asked], heard: set[int]) -> list[tuple[str, str]]:
    """Return our questions, each with its answer, of which nothing was understood; `heard` are sentences by number."""
    out: dict[str, list[int]] = {}
    for number, sentence in enumerate(part.sentences):
        if sentence.above and asked[sentence.above].asks:
            out.setdefault(sentence.above, []).append(number)
    return [
        (line, part.original(part.sentences[numbers[0]].start, part.sentences[numbers[0]].end))
        for line, numbers in out.items()
        if not heard.intersection(numbers)
        and any(_says_something(part.sentences[number], part) for number in numbers)
        and not any(part.sentences[number].concepts & _NO_ANSWER for number in numbers)
    ]
