"""Statements: the dates of milestones that a sentence states, with the mood that it states them in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.bare import NO_GOODS, NOT_GOODS, grounded, is_bare, says_already
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateHit, DateKind
from mailflow.core.reading.finders.quantities import QuantityHit
from mailflow.core.reading.moods import Doubt, doubts_of
from mailflow.core.reading.noun_stages import of_vessel, told_by_noun
from mailflow.core.reading.offsets import from_base, offset_of
from mailflow.core.reading.pairing import before_day, is_aside, pair, replaced
from mailflow.core.reading.stages import Mark, Stage, stages_of
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.text import Clause, Sentence

LAST_DAY = 31
STALE_DAYS = 60  # a done form with its last such day further back than this speaks of a day to come
_SAID_AS_FACT = re.compile(r"是.{2,24}的\W*$")


@dataclass(frozen=True)
class Speaker:
    """Who speaks and when."""

    role: Role | None
    context: DayContext
    asked: Milestone | None = Milestone.SHIP  # what a date without a milestone answers
    told: Stage | None = None  # the word of our own line that says so


def statements_of(
    sentence: Sentence, speaker: Speaker, heading: Stage | None = None, *, terse: bool = False
) -> tuple[list[Statement], list[DateHit], Stage | None]:
    """Return what a sentence states, the dates that it left without a milestone, and its last stage without a date."""
    reading = _SentenceReading(sentence, speaker, heading, terse=terse)
    moods = doubts_of(sentence)
    for index, clause in enumerate(sentence.clauses):
        reading.take(index, clause, moods[index])
    found, concepts = reading.found, sentence.concepts
    if "problem_quality" in concepts and "no_quality_problem" not in concepts:
        found = [s for s in found if not (s.milestone is Milestone.INSPECTION and _over(s, speaker.context.today))]
    if found or not sentence.clauses:
        return found, reading.loose, None
    last = stages_of(sentence.clauses[-1], speaker.role, concepts)
    return found, reading.loose, next((s for s in reversed(last) if s.mark is Mark.STAGE), None)


_NO_LOT = NOT_GOODS - {"pay_word", "money"}
_WHOLE = re.compile(r"(?:\bof|\bout of|total|in all|共|总共|一共)(?: the| all)? ?$")  # what a lot is part of follows
_AND = re.compile(r" (?:and|und|et|y|e|ve) ")
_NOT = re.compile(r"\b(?:not|nicht|pas|no|nao)\b")


class _SentenceReading:
    """Goes through a sentence clause by clause; a stage or a quantity without a date waits for the next date."""

    def __init__(self, sentence: Sentence, speaker: Speaker, heading: Stage | None, *, terse: bool) -> None:
        self.found: list[Statement] = []
        self.loose: list[DateHit] = []
        self._sentence = sentence
        self._speaker = speaker
        self._pending = heading
        self._terse = terse
        self._beside: date | None = None
        self._carried: list[QuantityHit] = []
        self._lot: Stage | None = None  # what the lot before this one does
        self._paired: tuple[tuple[int, int], ...] = ()

    def take(self, index: int, clause: Clause, doubts: set[Doubt]) -> None:
        """Read one clause; what is said of another order is passed over."""
        if clause.has("other_order", "others_said"):
            return
        stages = stages_of(clause, self._speaker.role, self._around(index, clause))
        dates = [hit for hit in clause.dates if hit.kind is not DateKind.SPAN]
        moved = from_base(clause, dates, stages, self._speaker.context, doubts)
        if moved is not None:
            self.found.append(moved)
            return
        old = replaced(clause, dates)
        if old is not None:
            dates = [hit for hit in dates if hit is not old]
            stages = [s for s in stages if s.mark is not Mark.OUTLIVED]
        pairs, free = pair(clause, dates, stages)
        before = len(self.found)
        asides = [hit for hit in dates if is_aside(clause, hit, stages)]
        self._paired = tuple((hit.start, hit.end) for hit in (*(hit for hit, _ in pairs), *asides))
        for hit, stage in pairs:
            self._state(hit, stage, clause, doubts)
        for hit in free:
            waiting = self._stage_of(hit, clause)
            if waiting is None:
                self.loose.append(hit)
                self._beside = hit.resolve(self._speaker.context, Mode.AHEAD) or self._beside
            else:
                self._state(
                    hit, waiting, clause, doubts, default=waiting.start == hit.start or waiting is self._pending
                )
        for statement in self.found[before:] if old is not None else ():
            statement.renewed = True
        self._carried = _quantities(clause, self.found[before:], self._carried)
        if pairs and any(statement.quantity is not None for statement in self.found[before:]):
            self._lot = pairs[-1][1]
        self.found += self._done_beside(clause, stages, [stage for _, stage in pairs], doubts)
        self.found += _undated(clause, stages, bool(pairs or dates), self._speaker, doubts, self._sentence)
        last = next((s for s in reversed(stages) if s.mark is Mark.STAGE), None)
        if last is not None and not dates:
            self._pending = last
        elif pairs or free:
            self._pending = None

    def _done_beside(
        self, clause: Clause, stages: Sequence[Stage], paired: Sequence[Stage], doubts: set[Doubt]
    ) -> list[Statement]:
        """Return what has happened in a clause whose date is of what follows ("is completed and will ship D")."""
        first = next(iter(paired), None)
        if first is None or self._speaker.context.today is None:
            return []
        found = []
        for stage in stages:
            before = clause.text[: stage.start - clause.start]
            between = clause.text[stage.end - clause.start : max(stage.end, first.start) - clause.start]
            over = stage.done and not stage.weak and stage.milestone is not first.milestone
            future = any("future" in w.concepts for w in clause.words if w.start < stage.start)
            joined = _AND.search(between) or before_day(clause, stage)
            if over and stage not in paired and joined and not future and not _NOT.search(before):
                found.append(_plain(stage, Source.TODAY, clause, doubts, day=self._speaker.context.today))
        return found

    def _around(self, index: int, clause: Clause) -> frozenset[str]:
        """Return what a clause speaks of, with what it leans on in the rest of its sentence."""
        concepts, clauses = self._sentence.concepts, self._sentence.clauses
        around = clause.concepts | (concepts & {"sample_noun"} if len(clauses) <= 2 else frozenset())
        if "document_noun" in concepts and concepts & {"need", "appeal", "please", "request"}:
            around |= {"asked_for"}
        if index and not around & {"goods_noun"} and not clause.numbers and _leans(clause):
            around |= clauses[index - 1].concepts & {"material_noun"}
        if not around & {"goods_noun"} and not clause.numbers:
            around |= self._sentence.leans
        return around

    def _stage_of(self, hit: DateHit, clause: Clause) -> Stage | None:
        """Return what a date without a word of its own is the date of: what waits for one, or what was asked."""
        bare = is_bare(clause, terse=self._terse)
        if self._pending is not None and self._pending.mark is Mark.STAGE and (bare or is_bare(clause, terse=True)):
            return self._pending
        if self._speaker.role is Role.CUSTOMER:
            others = self._sentence.concepts & (NO_GOODS - {"need"})
            wanted = clause.has("request", "delay", "advance", "need") and not others
            return Stage(hit.start, hit.end, Mark.STAGE, Milestone.SHIP, default=True) if wanted else None
        if (noun := told_by_noun(clause, self._speaker.role)) is not None:
            return noun
        if (vessel := of_vessel(clause, hit)) is not None:
            return vessel
        if self._lot is not None and clause.quantities and not clause.concepts & _NO_LOT:
            return replace(self._lot, start=hit.start, end=hit.end, done=False, default=True)
        moved = clause.text[: hit.start - clause.start].endswith("改")  # "改27号了"
        if (
            self._speaker.role is not None
            and (moved or clause.has("delay", "advance", "renewed"))
            and not clause.concepts & NOT_GOODS
        ):
            return Stage(hit.start, hit.end, Mark.STAGE, Milestone.SHIP, default=True)
        told = self._speaker.told
        if told is not None and bare:
            concepts = self._sentence.concepts
            over = told.done and "affirm" in concepts and not concepts & {"negated", "trouble", "future"}
            return replace(told, start=hit.start, end=hit.end, done=over)
        if self._speaker.asked is not None and self._speaker.role is not Role.FORWARDER and bare:
            return Stage(hit.start, hit.end, Mark.STAGE, self._speaker.asked, default=True)
        return None

    def _state(self, hit: DateHit, stage: Stage, clause: Clause, doubts: set[Doubt], *, default: bool = False) -> None:
        statement = _dated(hit, stage, clause, self._speaker, self._beside, doubts)
        if statement is not None:
            statement.default = statement.default or default
            statement.at, statement.by = (hit.start, hit.end), (stage.start, stage.end)
            statement.by_done, statement.paired = stage.done, self._paired
            statement.strong = not (stage.weak or statement.default) and stage.end - stage.start > 1
            if statement.default and statement.done and stage.default:
                self.loose.append(hit)  # no word says what happened on that day
                return
            self.found.append(statement)
            self._beside = statement.day or self._beside


def _over(statement: Statement, today: date | None) -> bool:
    """Say whether a statement is of today or earlier: an inspection that found faults is no inspection held."""
    return statement.done or statement.day is None or today is None or statement.day <= today


def _leans(clause: Clause) -> bool:
    """Say whether a clause has no subject of its own."""
    return (
        not clause.has("material_noun", "goods_noun", "sample_noun", "document_noun") and clause.end - clause.start < 24
    )


def _dated(
    hit: DateHit, stage: Stage, clause: Clause, speaker: Speaker, beside: date | None, doubts: set[Doubt]
) -> Statement | None:
    """Make a statement of a date and its stage: a promise or a fact, by the words' form, the mood and the calendar."""
    assert stage.milestone is not None
    moved = hit.kind is DateKind.WEEKDAY and clause.has("renewed", "advance", "correction")
    ahead = hit.resolve(speaker.context, Mode.AHEAD, None if moved else beside)
    behind = hit.resolve(speaker.context, Mode.BEHIND, beside)
    today = speaker.context.today
    if today is None:
        if ahead is None:
            return None
        done = (stage.done or _past(clause)) and not clause.has("future")
        day: date | None = ahead
    else:
        done, day = _settled(hit, stage, clause, ahead, behind, today)
    if day is None:
        return None
    statement = Statement(
        stage.milestone, Source.DATE, done, clause.start, clause.end, clause, day, basis=stage.basis, doubts=set(doubts)
    )
    statement.default = stage.default
    statement.weak = stage.weak
    statement.renewed = clause.has("renewed", "correction")
    if hit.kind is DateKind.WEEKDAY and day == today:
        statement.doubts.add(Doubt.UNCLEAR)  # today would be called so; it may be in a week, or a week ago
    if Doubt.NEGATED in statement.doubts and statement.renewed and _negation_before(clause, hit):
        statement.doubts.discard(Doubt.NEGATED)
    if done:
        statement.doubts -= {Doubt.WISHED, Doubt.REQUESTED}
        if day < today if today else False:
            statement.doubts -= {Doubt.CONDITION} if _past(clause) or stage.done else set()
    return statement


def _negation_before(clause: Clause, hit: DateHit) -> bool:
    """Say whether the clause denies one thing and then, behind a word of renewal, states this date."""
    renewed = [w.start for w in clause.words if "renewed" in w.concepts and w.end <= hit.start]
    negated = [w.start for w in clause.words if "negated" in w.concepts]
    return bool(renewed) and all(n < renewed[-1] for n in negated)


def _settled(
    hit: DateHit, stage: Stage, clause: Clause, ahead: date | None, behind: date | None, today: date
) -> tuple[bool, date | None]:
    """Tell fact from promise, and with it which year or month is meant."""
    future = clause.has("future", "wish", "request", "on_schedule")
    past = stage.done or _past(clause) or _ended_on(hit, stage, clause)
    fixed = ahead is not None and ahead == behind
    if fixed:
        assert ahead is not None
        if ahead > today:
            return False, ahead
        if ahead == today:
            return (past or stage.milestone is Milestone.MATERIAL) and not (future and not stage.done), ahead
        return True, ahead
    if past and not (future and not _past_mark(clause) and not stage.done):
        if stage.done and future and not _past_mark(clause):
            return False, ahead
        if behind is not None and (today - behind).days <= STALE_DAYS:
            return (True, behind) if behind < today or past else (False, behind)
        return False, ahead
    if ahead is None:
        return False, None
    return (not future and ahead < today), ahead


def _ended_on(hit: DateHit, stage: Stage, clause: Clause) -> bool:
    """Say whether a verb's past form stands right before a weekday ("finished on Friday")."""
    word = clause.text[stage.start - clause.start : stage.end - clause.start].split(" ")[0]
    behind = clause.text[stage.end - clause.start : hit.end - clause.start].strip()
    return hit.kind is DateKind.WEEKDAY and word.endswith("ed") and behind.startswith("on ")


def _past(clause: Clause) -> bool:
    return clause.has("past") or bool(_SAID_AS_FACT.search(clause.text))


def _past_mark(clause: Clause) -> bool:
    return any("past" in w.concepts and w.text not in ("了", "就", "as of", "done", "just") for w in clause.words)


def _is_amount(hit: QuantityHit, clause: Clause) -> bool:
    """Say whether a number is an amount: by its unit, a word for a part, or right behind what was done ("走了400")."""
    if hit.unit or clause.has("part_word"):
        return True
    gone = [w.end for w in clause.words if any(concept.endswith("_done") for concept in w.concepts)]
    return hit.value > LAST_DAY and any(0 <= hit.start - end <= 1 for end in gone)


def _quantities(clause: Clause, statements: list[Statement], carried: list[QuantityHit]) -> list[QuantityHit]:
    """Give the statements of a clause its quantities; those of a clause without a date are carried to the next one."""
    usable = [q for q in clause.quantities if q.unit not in ("pallets", "sqm") and _is_amount(q, clause)]
    if len(usable) > len(statements) > 0:
        usable = [q for q in usable if not _WHOLE.search(clause.text[: q.start - clause.start])] or usable
    if not statements:
        return (usable if clause.has("part_word") or is_bare(clause, terse=False) else []) or carried
    source = usable or carried
    for index, statement in enumerate(statements):
        if source and (len(source) == len(statements) or len(statements) == 1 or len(source) == 1):
            hit = source[min(index, len(source) - 1)] if len(source) > 1 else source[0]
            statement.quantity, statement.unit = hit.value, hit.unit
        statement.part = clause.has("part_word")
    return []


def _undated(
    clause: Clause, stages: Sequence[Stage], dated: bool, speaker: Speaker, doubts: set[Doubt], sentence: Sentence
) -> list[Statement]:
    """Return what a clause states without a day: that it is done, on schedule, so much later, or soon."""
    real = [
        s
        for s in stages
        if s.mark is Mark.STAGE and not (s.milestone is Milestone.INSPECTION and "problem_quality" in sentence.concepts)
    ]
    spans = [hit for hit in clause.dates if hit.kind is DateKind.SPAN]
    if spans and not dated and (offset := offset_of(clause, real, spans[0], doubts, sentence)):
        return [offset]
    if dated:
        return []
    done = (
        []
        if clause.has("trouble", "negated", "spoilt", "problem_quality")
        else [s for s in real if s.done and not s.weak]
    )
    if not done and clause.has("production_state") and not clause.has("negated", "future", "trouble"):
        done = [s for s in real if s.milestone is Milestone.PRODUCTION]
    if not done and says_already(clause) and not clause.has("negated", "future", "trouble", "condition"):
        done = [s for s in real if s.milestone in (Milestone.PRODUCTION, Milestone.SHIP) and not s.weak][-1:]
    done = [s for s in done if grounded(s.milestone, clause) and not _SHARE.search(clause.text)]
    out = []
    if done and not (clause.has("future") and not _past_mark(clause)) and speaker.context.today is not None:
        out += [_plain(stage, Source.TODAY, clause, doubts, day=speaker.context.today) for stage in done]
    elif clause.has("on_schedule") and not any(hit.kind is not DateKind.SPAN for hit in clause.dates):
        stage = next(iter(real), Stage(clause.start, clause.end, Mark.STAGE, Milestone.SHIP, default=True))
        out.append(_plain(stage, Source.SCHEDULE, clause, doubts))
    elif clause.has("someday") and real and not sentence.concepts & {"question", "appeal", "will_revert", "need"}:
        out.append(_plain(real[0], Source.SOMEDAY, clause, doubts))
    for statement in out:
        _quantities(clause, [statement], [])
    return out


_SHARE = re.compile(r"\d ?%|百分之|过半|大半|[一二三四五六七八九]成(?!品)")


def _plain(stage: Stage, source: Source, clause: Clause, doubts: set[Doubt], day: date | None = None) -> Statement:
    assert stage.milestone is not None
    done = source is Source.TODAY
    kept = doubts - {Doubt.WISHED, Doubt.REQUESTED} if done else set(doubts)
    return Statement(
        stage.milestone,
        source,
        done,
        clause.start,
        clause.end,
        clause,
        day,
        basis=stage.basis,
        doubts=kept,
        default=stage.default,
    )
