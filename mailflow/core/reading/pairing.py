"""Pairing: which word of a clause each of its dates is the date of."""

import re
from collections.abc import Sequence

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.finders.dates import DateHit, DateKind
from mailflow.core.reading.stages import Mark, Stage
from mailflow.core.reading.text import Clause

_CJK = "\u2e80"
_ARROW = re.compile(r"->|=>|→|⇒|➔")


def pair(
    clause: Clause, dates: Sequence[DateHit], stages: Sequence[Stage]
) -> tuple[list[tuple[DateHit, Stage]], list[DateHit]]:
    """Give each date of a clause the word that it is the date of; return the pairs and the dates left over."""
    marks = [s for s in stages if s.mark is not Mark.RENEWED]
    real = [s for s in marks if s.mark is Mark.STAGE]
    pairs: list[tuple[DateHit, Stage]] = []
    free: list[DateHit] = []
    verb_after = _verb_after(dates, real)
    for index, hit in enumerate(dates):
        limit = dates[index + 1].start if index + 1 < len(dates) else clause.end
        if _is_of_something_else(clause, hit, limit, marks, stages, dates, bool(real)):
            continue
        label = next((s for s in reversed(real) if s.end <= hit.start), None)
        label = _head(clause, real, label)
        verb = next((s for s in real if s.start >= hit.end - 1 and (s.start < limit or label is None)), None)
        verb = _that_has_happened(real, verb, limit)
        if label is not None and limit < clause.end and not verb_after:
            verb = None  # a word between two dates is the label of the second
        tight = label is not None and before_day(clause, label)
        stage = _choose(hit, label, verb, verb_after=verb_after, tight=tight)
        if stage is not None and stage.milestone is Milestone.ARRIVE and _on_the_way(clause, stage, limit):
            continue
        if stage is None:
            free.append(hit)
        else:
            pairs.append((hit, stage))
    return pairs, free


def _that_has_happened(stages: Sequence[Stage], verb: Stage | None, limit: int) -> Stage | None:
    """Of the words for one milestone behind a date return the one that says that it has happened ("今天装完拉走了")."""
    if verb is None or verb.done:
        return verb
    same = (s for s in stages if s.done and s.milestone is verb.milestone and verb.start <= s.start < limit)
    return next(same, verb)


_OLD = re.compile(
    r"(?:\bfrom|\bvon|\bvom|\bdu|\bdel|\bde|\bda|\bdo|\bz|\bod|由|从|自|原定|原|本来)(?: the| dem| le| el)? ?$"
)
_NEW = re.compile(
    r"\s*,? ?(?:to|until|till|into|auf|zum|au|al|a|para|ao|na|to the|now|changed to|revised to|moved to"
    r"|(?:现|现在|要)?(?:改|推|延|拖|调|移|提前|推迟|延迟|延期|调整|变更|更改)?(?:为|到|至|成))"
    r"(?: the| den| dem| le| el| o)? ?"
)


_MOVED = re.compile(
    r"\b(?:moved?|moves|shift(?:ed|s)?|postponed|changed|revised|rescheduled|pushed|delayed|slip(?:ped|s)) ?$"
)
_MOVED_TO = re.compile(r" to (?:the )?")


def replaced(clause: Clause, dates: Sequence[DateHit]) -> DateHit | None:
    """Return the old one of two days where one takes the other's place ("from the 5th to the 8th")."""
    if len(dates) != 2:
        return None
    first, second = dates
    if dates[0].kind is DateKind.SPAN or dates[1].kind is DateKind.SPAN:
        return None
    between = clause.text[first.end - clause.start : second.start - clause.start]
    before = clause.text[: first.start - clause.start]
    moved = _OLD.search(before) or (_MOVED.search(before) and _MOVED_TO.fullmatch(between))
    return first if moved and _NEW.fullmatch(between) else None


_FORMER = re.compile(
    r"[(\[] ?(?:it )?(?:was|were|before|old|old date|previous|previously|formerly|prev\.?|earlier|instead of|not"
    r"|原来?|原定|原为|原计划|之前|旧|本来)(?: on| etd| eta)?[ :]*$"
)


def is_aside(clause: Clause, hit: DateHit, stages: Sequence[Stage]) -> bool:
    """Say whether a date is the former one in brackets, or that of a step before another date."""
    before, after = clause.text[: hit.start - clause.start], clause.text[hit.end - clause.start :]
    if _FORMER.search(before) and after.lstrip()[:1] in (")", "]"):
        return True
    return any(other.start > hit.start for other in clause.dates) and _begins_step(clause, hit, stages)


def _begins_step(clause: Clause, hit: DateHit, stages: Sequence[Stage]) -> bool:
    """Say whether the word before a date begins a step ("cutting starts tomorrow and despatch is on the 12th")."""
    before = [word for word in clause.words if word.end <= hit.start]
    staged = any(stage.mark is Mark.STAGE and stage.end <= hit.start for stage in stages)
    return bool(before) and "step" in before[-1].concepts and not staged


def _is_of_something_else(
    clause: Clause,
    hit: DateHit,
    limit: int,
    marks: Sequence[Stage],
    stages: Sequence[Stage],
    dates: Sequence[DateHit],
    staged: bool,
) -> bool:
    """Say whether a date is outlived, or the date of something that is no milestone."""
    if is_aside(clause, hit, stages):
        return True
    if limit < clause.end and _ARROW.search(clause.text[hit.end - clause.start : limit - clause.start]):
        return True
    before = next((s for s in reversed(marks) if s.end <= hit.start), None)
    after = next((s for s in marks if s.start >= hit.end - 1 and s.start < limit), None)
    renewed = any(
        s.mark is Mark.RENEWED and s.end <= hit.start and (before is None or s.start >= before.start) for s in stages
    )
    if before is not None and before.mark is not Mark.STAGE and not renewed and _next_date(before, dates) is hit:
        return True
    if after is None or after.mark is Mark.STAGE:
        return False
    if after.mark is Mark.OTHER and after.start - hit.end <= 1:
        return True
    return not staged and (after.mark is Mark.OTHER or after.end <= hit.end + 6)


_TRANSIT = re.compile(r"[^,。;\d]{0,8}(?:中转|转船|转运|换船|換船)")


def _on_the_way(clause: Clause, stage: Stage, limit: int) -> bool:
    """Say whether an arrival is where the goods change their vessel ("3月18日到釜山中转")."""
    return _TRANSIT.match(clause.text, stage.end - clause.start, limit - clause.start) is not None


_OF = re.compile(r" ?(?:date )?(?:of|for) (?:your |our |the |this |all )?")
_GOODS = frozenset(("shipment", "shipments", "delivery", "deliveries"))  # the goods themselves, behind another word


def _head(clause: Clause, real: Sequence[Stage], label: Stage | None) -> Stage | None:
    """Return the word that "the ETA of your shipment" is a date of: the ETA."""
    index = real.index(label) if label is not None else 0
    if label is None or not index or clause.text[label.start - clause.start : label.end - clause.start] not in _GOODS:
        return label
    before = real[index - 1]
    between = clause.text[before.end - clause.start : label.start - clause.start]
    return before if _OF.fullmatch(between) else label


def _next_date(stage: Stage, dates: Sequence[DateHit]) -> DateHit | None:
    return next((hit for hit in dates if hit.start >= stage.end), None)


def _verb_after(dates: Sequence[DateHit], stages: Sequence[Stage]) -> bool:
    """Say whether the words of this clause follow their dates, as in Chinese: a date begins, a word ends it."""
    if not dates or not stages:
        return False
    return dates[0].start < stages[0].start and stages[-1].start > dates[-1].start


def before_day(clause: Clause, stage: Stage) -> bool:
    """Say whether a word in characters that tells what is over stands right before a date ("好了25号走")."""
    beside = any(0 <= hit.start - stage.end <= 1 for hit in clause.dates)
    return stage.done and beside and clause.text[stage.start - clause.start] >= _CJK


def _choose(
    hit: DateHit, label: Stage | None, verb: Stage | None, *, verb_after: bool, tight: bool = False
) -> Stage | None:
    if label is None or verb is None:
        return label or verb
    if label.milestone is verb.milestone:
        return verb if verb.done else label
    if verb_after or (tight and verb.start - hit.end <= 1):
        return verb
    if label.weak and not verb.weak:
        return verb
    if verb.weak and not label.weak:
        return label
    return verb if verb.start - hit.end <= 3 and hit.start - label.end > 6 else label
