"""Offsets: days counted from another day, the one that stands or one that the clause names."""

import re
from collections.abc import Sequence
from datetime import date

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateHit, DateKind
from mailflow.core.reading.moods import Doubt
from mailflow.core.reading.stages import Mark, Stage
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.text import Clause, Sentence

_ARTICLE = r"(?: the| dem| den| le| el| o)? ?$"
_AFTER = re.compile(r"(?:after|later than|behind|nach|apres|despues del?|depois de|dopo il|dopo|sonra|po)" + _ARTICLE)
_BEFORE = re.compile(
    r"(?:before|ahead of|earlier than|prior to|in advance of|vor|avant|antes del?|prima del|once|przed)" + _ARTICLE
)
_FROM = re.compile(
    r"(?:from|of|ab|vom|von|depuis|a partir du|du|desde|a partir del?|del|from about|counted from|starting)" + _ARTICLE
)
_THAN = re.compile(r"(?:比|较|較|在|从|自|由)[^,。;0-9]{0,10}$")  # "3 days earlier than the 25th" names the 25th first
_ON_TOP = re.compile(r"(?:的)?基础上|起")
_PLUS = re.compile(r" ?(?:\+|plus|and another) ?")


def from_base(
    clause: Clause, dates: Sequence[DateHit], stages: Sequence[Stage], context: DayContext, doubts: set[Doubt]
) -> Statement | None:
    """Read "5 days from 10 Jan", "比12月5日晚三天": a span counted from a day that the clause names."""
    spans = [hit for hit in clause.dates if hit.kind is DateKind.SPAN and hit.a]
    if len(spans) != 1 or len(dates) != 1:
        return None
    span, named = spans[0], dates[0]
    sign = _sign(clause, span, named)
    stage = next((s for s in stages if s.mark is Mark.STAGE), None)
    base = named.resolve(context, Mode.AHEAD)
    if not sign or base is None or (stage is None and not clause.has("delay", "advance")):
        return None
    return _counted(clause, stage, doubts, span.span_from(base, sign), (span, named))


def _sign(clause: Clause, span: DateHit, named: DateHit) -> int:
    """Return whether the day meant is after (1) or before (-1) the named one; 0 where the span is of something else."""
    moved = -1 if clause.has("advance") and not clause.has("delay") else 1
    if span.end <= named.start:
        between = clause.text[span.end - clause.start : named.start - clause.start]
        if len(between) > MOST_BETWEEN:
            return 0
        if _AFTER.search(between):
            return 1
        if _BEFORE.search(between):
            return -1
        return moved if _FROM.search(between) else 0
    between = clause.text[named.end - clause.start : span.start - clause.start]
    if _PLUS.fullmatch(between):
        return 1
    if not (_THAN.search(clause.text[: named.start - clause.start]) or _ON_TOP.search(between)):
        return 0
    early = any("advance" in w.concepts and w.start >= named.end for w in clause.words)
    late = any("delay" in w.concepts and w.start >= named.end for w in clause.words)
    return (1 if late else 0) or (-1 if early else 0)


_MOVED_BY = re.compile(r"\b(?:move|shift|push|slide|reschedul)\w*\b.* by (?:another |about |some )?$")
_WHY = frozenset(("cause", "trouble", "negated", "need", "request", "problem_logistics", "problem_material"))
MOST_BETWEEN = 24  # letters between a span and the day that it is counted from


def _counted(
    clause: Clause, stage: Stage | None, doubts: set[Doubt], day: date, hits: tuple[DateHit, DateHit]
) -> Statement:
    milestone = stage.milestone if stage is not None and stage.milestone is not None else Milestone.SHIP
    kept = doubts - {Doubt.REQUESTED, Doubt.NEGATED}
    statement = Statement(
        milestone, Source.DATE, False, clause.start, clause.end, clause, day, doubts=kept, renewed=True
    )
    statement.default = stage is None
    statement.at = min(hit.start for hit in hits), max(hit.end for hit in hits)
    statement.by = (stage.start, stage.end) if stage is not None else statement.at
    statement.strong = stage is not None and not stage.weak and stage.end - stage.start > 1
    statement.basis = stage.basis if stage is not None else None
    return statement


def offset_of(
    clause: Clause, stages: Sequence[Stage], span: DateHit, doubts: set[Doubt], sentence: Sentence
) -> Statement | None:
    """Read "a week later" and "5 days ahead": counted from the date that stands."""
    sign = 1 if clause.has("delay") else -1 if clause.has("advance") else 0
    if clause.has("advance") and clause.has("delay"):
        sign = -1 if any("advance" in w.concepts and w.start >= span.end for w in clause.words) else 1
    if not sign and _MOVED_BY.search(clause.text[: span.start - clause.start]) and sentence.concepts & _WHY:
        sign = 1  # what must be moved is moved on
    stage = next((s for s in stages if s.milestone is Milestone.SHIP), None) or next(
        (s for s in stages if s.milestone is not Milestone.MATERIAL), None
    )
    about_others = not clause.numbers and (
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
    statement.doubts = set(doubts) if clause.has("plead") else doubts - {Doubt.REQUESTED}
    statement.default = stage is None
    return statement
