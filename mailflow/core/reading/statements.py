"""Statements: the dates of milestones that a sentence states, with the mood that it states them in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mailflow.core.orders.model import DateBasis, Milestone, Role
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateHit, DateKind
from mailflow.core.reading.finders.quantities import QuantityHit
from mailflow.core.reading.stages import Mark, Stage, stages_of
from mailflow.core.reading.text import Clause, Sentence

STALE_DAYS = 60  # a done form with its last such day further back than this speaks of a day to come
_NO_GOODS = frozenset(
    ("document_noun", "pay_word", "need", "sample_noun", "inquiry", "money", "bank_word", "will_revert")
)
_SAID_AS_FACT = re.compile(r"是.{2,24}的\W*$")
BARE_WORDS = 3  # a date with at most so many unknown words beside it stands for itself


class Source(StrEnum):
    """How the date of a statement was told, the surest first."""

    DATE = "date"
    OFFSET = "offset"
    SCHEDULE = "schedule"
    SOMEDAY = "someday"
    TODAY = "today"  # a done form without a day: the mail's own


class Doubt(StrEnum):
    """Why a statement may not be entered."""

    CONDITION = "condition"
    ASKED = "asked"
    WISHED = "wished"
    REQUESTED = "requested"
    NEGATED = "negated"
    MONEY = "money"
    UNCLEAR = "unclear"


@dataclass(slots=True)
class Statement:
    """A milestone and its day as a sentence gives it; `orders` are filled in by scope."""

    milestone: Milestone
    source: Source
    done: bool
    start: int
    end: int
    clause: Clause
    day: date | None = None
    span: tuple[DateHit, int] | None = None  # an offset and its sign, to be counted from the date that stands
    quantity: Decimal | None = None
    unit: str = ""
    part: bool = False
    basis: DateBasis | None = None
    doubts: set[Doubt] = field(default_factory=set)
    default: bool = False
    weak: bool = False  # told from a word that means much else too
    renewed: bool = False
    order: str = ""
    place: tuple[int, int] = (0, 0)  # sentence, position: later ones outrank earlier ones in a correction


@dataclass(frozen=True)
class Speaker:
    """Who speaks and when."""

    role: Role | None
    context: DayContext
    asked: Milestone | None = Milestone.SHIP  # what a date without a milestone answers


def statements_of(
    sentence: Sentence, speaker: Speaker, heading: Stage | None = None, *, terse: bool = False
) -> tuple[list[Statement], list[DateHit], Stage | None]:
    """Return what a sentence states, the dates that it left without a milestone, and its last stage without a date."""
    found: list[Statement] = []
    loose: list[DateHit] = []
    pending: Stage | None = heading
    beside: date | None = None
    carried: list[QuantityHit] = []
    moods = _sentence_doubts(sentence)
    concepts = sentence.concepts
    for index, clause in enumerate(sentence.clauses):
        around = clause.concepts | (concepts & {"sample_noun"} if len(sentence.clauses) <= 2 else frozenset())
        if "document_noun" in concepts and concepts & {"need", "appeal", "please", "request"}:
            around |= {"asked_for"}
        if index and not around & {"goods_noun"} and not clause.numbers:
            around |= sentence.clauses[index - 1].concepts & {"material_noun"} if _leans(clause) else frozenset()
        stages = stages_of(clause, speaker.role, around)
        doubts = moods[index]
        dates = [hit for hit in clause.dates if hit.kind is not DateKind.SPAN]
        pairs, free = _pair(clause, dates, stages)
        for hit, stage in pairs:
            statement = _dated(hit, stage, clause, speaker, beside, doubts)
            if statement is not None:
                found.append(statement)
                beside = statement.day or beside
        for hit in free:
            bare = _bare(clause, terse=terse)
            stage = (
                pending
                if pending is not None and pending.mark is Mark.STAGE and (bare or _bare(clause, terse=True))
                else None
            )
            if stage is None and speaker.role is Role.CUSTOMER and clause.has("request") and not concepts & _NO_GOODS:
                stage = Stage(hit.start, hit.end, Mark.STAGE, Milestone.SHIP, default=True)
            if stage is None and speaker.asked is not None and speaker.role is not Role.CUSTOMER and bare:
                stage = Stage(hit.start, hit.end, Mark.STAGE, speaker.asked, default=True)
            if stage is None:
                loose.append(hit)
                beside = hit.resolve(speaker.context, Mode.AHEAD) or beside
                continue
            statement = _dated(hit, stage, clause, speaker, beside, doubts)
            if statement is not None:
                statement.default = True
                found.append(statement)
                beside = statement.day or beside
        here = found[len(found) - len(pairs) - len(free) :] if pairs or free else []
        carried = _quantities(clause, [s for s in here if s.clause is clause], carried)
        found += _undated(clause, stages, bool(pairs or dates), speaker, doubts, sentence)
        last = next((s for s in reversed(stages) if s.mark is Mark.STAGE), None)
        if last is not None and not dates:
            pending = last
        elif pairs or free:
            pending = None
    if "problem_quality" in concepts and "no_quality_problem" not in concepts:
        found = [s for s in found if not (s.milestone is Milestone.INSPECTION and _over(s, speaker.context.today))]
    left = (
        next(
            (s for s in reversed(stages_of(sentence.clauses[-1], speaker.role, concepts)) if s.mark is Mark.STAGE), None
        )
        if sentence.clauses and not found
        else None
    )
    return found, loose, left


def _over(statement: Statement, today: date | None) -> bool:
    """Say whether a statement is of today or earlier: an inspection that found faults is no inspection held."""
    return statement.done or statement.day is None or today is None or statement.day <= today


def _leans(clause: Clause) -> bool:
    """Say whether a clause has no subject of its own."""
    return (
        not clause.has("material_noun", "goods_noun", "sample_noun", "document_noun") and clause.end - clause.start < 24
    )


def _sentence_doubts(sentence: Sentence) -> list[set[Doubt]]:
    """Return the doubts of each clause: a condition and a question reach to the sentence's end, a negation its clause."""
    out: list[set[Doubt]] = []
    conditional = any("condition" in c.concepts and not _only_polite(c) for c in sentence.clauses)
    first_condition = next(
        (i for i, c in enumerate(sentence.clauses) if "condition" in c.concepts and not _only_polite(c)), 99
    )
    asking = next((i for i, c in enumerate(sentence.clauses) if c.has("question", "appeal")), None)
    for index, clause in enumerate(sentence.clauses):
        doubts: set[Doubt] = set()
        if conditional:
            doubts.add(Doubt.CONDITION)
            if index < first_condition and not _opens_with_condition(sentence.clauses[first_condition]):
                doubts.discard(Doubt.CONDITION)
            if index < first_condition and not clause.has("future") and (clause.has("past") or _has_done(clause)):
                doubts.discard(Doubt.CONDITION)
        if sentence.asked and (asking is None or index >= asking):
            doubts.add(Doubt.ASKED)
        if clause.has("appeal") and not sentence.asked and not clause.has("idle"):
            doubts.add(Doubt.ASKED)
        if clause.has("wish"):
            doubts.add(Doubt.WISHED)
        if clause.has("request"):
            doubts.add(Doubt.REQUESTED)
        if (clause.has("negated") and not clause.has("not_negated")) or clause.has("reject"):
            doubts.add(Doubt.NEGATED)
        if clause.has("pay_first"):
            doubts.add(Doubt.MONEY)
        out.append(doubts)
    return out


def _opens_with_condition(clause: Clause) -> bool:
    """Say whether a clause begins with its condition, so that it also bears on what stands before it."""
    first = next((w for w in clause.words if "condition" in w.concepts), None)
    return first is not None and not clause.text[: first.start - clause.start].strip(" ,") or clause.has("appeal")


def _only_polite(clause: Clause) -> bool:
    return clause.has("polite_condition") and sum("condition" in w.concepts for w in clause.words) <= sum(
        "polite_condition" in w.concepts for w in clause.words
    )


def _has_done(clause: Clause) -> bool:
    return any(concept.endswith("_done") for concept in clause.concepts)


def _pair(
    clause: Clause, dates: Sequence[DateHit], stages: Sequence[Stage]
) -> tuple[list[tuple[DateHit, Stage]], list[DateHit]]:
    """Give each date of a clause the word that it is the date of; return the pairs and the dates left over."""
    marks = [s for s in stages if s.mark is not Mark.RENEWED]
    real = [s for s in marks if s.mark is Mark.STAGE]
    pairs: list[tuple[DateHit, Stage]] = []
    free: list[DateHit] = []
    verb_after = _verb_after(dates, real)
    for index, hit in enumerate(dates):
        before = next((s for s in reversed(marks) if s.end <= hit.start), None)
        renewed = any(
            s.mark is Mark.RENEWED and s.end <= hit.start and (before is None or s.start >= before.start)
            for s in stages
        )
        limit = dates[index + 1].start if index + 1 < len(dates) else clause.end
        after = next((s for s in marks if s.start >= hit.end - 1 and s.start < limit), None)
        if before is not None and before.mark is Mark.OUTLIVED and not renewed and _next_date(before, dates) is hit:
            continue
        if after is not None and after.mark is Mark.OUTLIVED and after.end <= hit.end + 6 and not real:
            continue
        if before is not None and before.mark is Mark.OTHER and not renewed and _next_date(before, dates) is hit:
            continue
        if after is not None and after.mark is Mark.OTHER and not real:
            continue
        label = next((s for s in reversed(real) if s.end <= hit.start), None)
        verb = next((s for s in real if s.start >= hit.end - 1 and (s.start < limit or label is None)), None)
        stage = _choose(hit, label, verb, verb_after=verb_after)
        if stage is None:
            free.append(hit)
        else:
            pairs.append((hit, stage))
    return pairs, free


def _next_date(stage: Stage, dates: Sequence[DateHit]) -> DateHit | None:
    return next((hit for hit in dates if hit.start >= stage.end), None)


def _verb_after(dates: Sequence[DateHit], stages: Sequence[Stage]) -> bool:
    """Say whether the words of this clause follow their dates (as in Chinese): it begins with a date and ends with a word."""
    if not dates or not stages:
        return False
    return dates[0].start < stages[0].start and stages[-1].start > dates[-1].start


def _choose(hit: DateHit, label: Stage | None, verb: Stage | None, *, verb_after: bool) -> Stage | None:
    if label is None or verb is None:
        return label or verb
    if label.milestone is verb.milestone:
        return verb if verb.done else label
    if verb_after:
        return verb
    if label.weak and not verb.weak:
        return verb
    if verb.weak and not label.weak:
        return label
    return verb if verb.start - hit.end <= 3 and hit.start - label.end > 6 else label


_ELSEWHERE = frozenset(
    (
        "step closure vessel_word capacity_noun logistics_noun document_noun sample_noun pay_word money will_revert "
        "material_noun problem_quality problem_other problem_capacity problem_logistics problem_material negated bank_word "
        "others_said cutoff outlived inquiry advert seal_word appeal question condition trouble cause inspection "
        "inspection_done reject accept price_change spec_change address_change cancel need paid"
    ).split()  # noqa: SIM905 - a table of words reads better than a list of strings
)
_HARMLESS = frozenset(
    (
        "bare thanks not_negated on_schedule future renewed part_word order_word style_word goods_noun polite_condition "
        "idle past date_word advance delay please correction our_factory wish booked quantity_change"
    ).split()  # noqa: SIM905 - a table of words reads better than a list of strings
)


def _bare(clause: Clause, *, terse: bool) -> bool:
    """Say whether a clause is little more than its date, so that the date answers what was asked."""
    if not clause.concepts.isdisjoint(_ELSEWHERE) or (clause.quantities and clause.has("quantity_change")):
        return False
    known = [word for word in clause.words if not word.concepts.isdisjoint(_HARMLESS)]
    hits = (*known, *clause.dates, *clause.quantities, *clause.numbers, *clause.references)
    unknown, place = 0.0, clause.start
    for start, end in sorted([*((hit.start, hit.end) for hit in hits), (clause.end, clause.end)]):
        gap = clause.text[max(0, place - clause.start) : max(0, start - clause.start)]
        unknown += sum(w.isascii() and any(c.isalpha() for c in w) for w in gap.replace("-", " ").split())
        unknown += sum(c > "\u2e80" and c.isalnum() for c in gap) / 2
        place = max(place, end)
    return unknown <= (BARE_WORDS if terse else 1)


def _dated(
    hit: DateHit, stage: Stage, clause: Clause, speaker: Speaker, beside: date | None, doubts: set[Doubt]
) -> Statement | None:
    """Make a statement of a date and its stage: a promise or a fact, by the words' form, the mood and the calendar."""
    assert stage.milestone is not None
    ahead = hit.resolve(speaker.context, Mode.AHEAD, beside)
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
    past = stage.done or _past(clause)
    fixed = ahead is not None and ahead == behind
    if fixed:
        assert ahead is not None
        if ahead > today:
            return False, ahead
        if ahead == today:
            return past and not (future and not stage.done), ahead
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


def _past(clause: Clause) -> bool:
    return clause.has("past") or bool(_SAID_AS_FACT.search(clause.text))


def _past_mark(clause: Clause) -> bool:
    return any("past" in w.concepts and w.text not in ("了", "就", "as of", "done", "just") for w in clause.words)


def _quantities(clause: Clause, statements: list[Statement], carried: list[QuantityHit]) -> list[QuantityHit]:
    """Give the statements of a clause its quantities; those of a clause without a date are carried to the next one."""
    usable = [
        q
        for q in clause.quantities
        if q.unit not in ("ctns", "pallets", "rolls", "bags", "sqm") and (q.unit or clause.has("part_word"))
    ]
    if not statements:
        return (usable if clause.has("part_word") or _bare(clause, terse=False) else []) or carried
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
    if spans and not dated and (offset := _offset(clause, real, spans[0], doubts, sentence)):
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
    out = []
    if done and not (clause.has("future") and not _past_mark(clause)) and speaker.context.today is not None:
        for stage in done:
            out.append(_plain(stage, Source.TODAY, clause, doubts, day=speaker.context.today))
    elif clause.has("on_schedule") and not any(c.dates for c in sentence.clauses):
        stage = next(iter(real), Stage(clause.start, clause.end, Mark.STAGE, Milestone.SHIP, default=True))
        out.append(_plain(stage, Source.SCHEDULE, clause, doubts))
    elif clause.has("someday") and real and not sentence.concepts & {"question", "appeal", "will_revert", "need"}:
        out.append(_plain(real[0], Source.SOMEDAY, clause, doubts))
    for statement in out:
        _quantities(clause, [statement], [])
    return out


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


def _offset(
    clause: Clause, stages: Sequence[Stage], span: DateHit, doubts: set[Doubt], sentence: Sentence
) -> Statement | None:
    """Read "a week later" and "5 days ahead": counted from the date that stands."""
    sign = 1 if clause.has("delay") else -1 if clause.has("advance") else 0
    if clause.has("advance") and clause.has("delay"):
        sign = -1 if any("advance" in w.concepts and w.start >= span.end for w in clause.words) else 1
    stage = next((s for s in stages if s.milestone is Milestone.SHIP), None) or next(
        (s for s in stages if s.milestone is not Milestone.MATERIAL), None
    )
    about_others = (
        clause.has("material_noun", "capacity_noun", "logistics_noun", "document_noun", "pay_word") and stage is None
    )
    if not sign or about_others or span.a == 0:
        return None
    milestone = stage.milestone if stage is not None and stage.milestone is not None else Milestone.SHIP
    if stage is not None and milestone is Milestone.ARRIVE and not clause.has("arrive", "port", "vessel_word"):
        milestone = Milestone.SHIP  # "it comes two weeks later" is the delivery
    statement = Statement(
        milestone,
        Source.OFFSET,
        False,
        clause.start,
        clause.end,
        clause,
        span=(span, sign),
        basis=stage.basis if stage else None,
    )
    statement.doubts = doubts - {Doubt.REQUESTED}
    statement.default = stage is None
    return statement
