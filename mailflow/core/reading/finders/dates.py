"""Finds dates: places in a folded text that name a day, a part of a month, a week, or a span of time."""

import re
from collections.abc import Sequence

from mailflow.core.reading.finders.date_grammar import Grammar
from mailflow.core.reading.finders.date_hits import DateHit, DateKind
from mailflow.core.reading.finders.date_readers import READERS

__all__ = ["DateHit", "DateKind", "find_dates"]

_BEFORE_DOT = re.compile(
    r"(?:\b(?:on|by|am|bis|etd|eta|etc|until|till|ab|zum|date|dt|den|le|el|from|ready|ship|shipped|load|loading)"
    r"|[:=(\t|出发装交船港厂货料验期于在到至为成])[ .:]*$"
)
_ANDS = frozenset(("and", "und", "et", "y", "e", "a", "al", "au", "或"))
_BETWEEN = re.compile(r"(?:between|zwischen|entre|tra|du|dal|del|von|vom|from)(?: the| dem| el| le)? $")
_MOVED = re.compile(
    r"(?:revised|postponed|changed|moved|shifted|delayed|rescheduled|forward|advanced|extended|pushed|change|move|postpone|delay)"
    r"(?: it| back| out)? from(?: the)? $|[由从] ?$"
)
_AFTER_DOT = re.compile(r" ?[日号前左右出发装交完到验开能可就之起]")
_ALONE_BEFORE = re.compile(r"(?:^|[\t|(]|\b(?:due|ready|in|ok|done|by|on))\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[\t|)])")


def find_dates(text: str, grammar: Grammar, taken: Sequence[tuple[int, int]] = ()) -> list[DateHit]:
    """Return the date expressions of a folded text that overlap none of the places already `taken`, ranges as one."""
    found: list[DateHit] = []
    for name, start, end in grammar.scan(text):
        if any(start < b and a < end for a, b in taken):
            continue
        inner = grammar.rules[name].fullmatch(text, start, end)
        read = READERS[name](inner, grammar.words) if inner is not None else None
        if read is None:
            read, end = _otherwise(text, start, name, grammar)
        if read is None:
            continue
        read = read._replace(start=start, end=end)
        if not read.weak or _stands_as_date(text, start, end):
            found.append(read)
    return _merged(text, found, grammar)


_NO_DAY = frozenset(("nth_week", "nth_week_cjk"))  # rules that only keep others from reading a part of them


def _otherwise(text: str, start: int, failed: str, grammar: Grammar) -> tuple[DateHit | None, int]:
    """Read a place by the rules behind the one that seemed to fit and gave no date ("2/25-26", "27-28号")."""
    if failed in _NO_DAY:
        return None, start
    names = list(grammar.placed)
    for name in names[names.index(failed) + 1 :]:
        hit = grammar.placed[name].match(text, start)
        read = READERS[name](hit, grammar.words) if hit is not None else None
        if hit is not None and read is not None:
            return read, hit.end()
    return None, start


def _stands_as_date(text: str, start: int, end: int) -> bool:
    """Say whether two numbers with a point or hyphen between are a date: behind a word for one, or alone in a cell."""
    if _AFTER_DOT.match(text, end) or (
        text[start + 2 : start + 3] != "-" and _BEFORE_DOT.search(text, max(0, start - 12), start)
    ):
        return True
    return bool(_ALONE_BEFORE.search(text, max(0, start - 12), start) and _ALONE_AFTER.match(text, end))


def _merged(text: str, hits: Sequence[DateHit], grammar: Grammar) -> list[DateHit]:
    """Join ranges, weekdays standing beside their date, and words that name the week of a date."""
    out: list[DateHit] = []
    for hit in hits:
        last = out[-1] if out else None
        between = text[last.end : hit.start] if last else ""
        if last is None or len(between) > 14:
            out.append(hit)
        elif last.friday and last.kind is DateKind.SPAN and not between.strip(" :"):
            out[-1] = hit._replace(start=last.start, friday=last.unit == "week")
        elif _is_apposition(last, hit, between):
            keep = (
                hit if last.kind in (DateKind.WEEKDAY, DateKind.WEEK_OF, DateKind.RELATIVE) and _absolute(hit) else last
            )
            out[-1] = keep._replace(start=last.start, end=hit.end)
        elif _is_range(text, last, hit, between, grammar):
            out[-1] = _range_end(last, hit)
        else:
            out.append(hit)
    return [hit for hit in out if not (hit.friday and hit.kind is DateKind.SPAN)]


def _absolute(hit: DateHit) -> bool:
    return hit.kind in (DateKind.FULL, DateKind.DAY_MONTH, DateKind.NUMBERS, DateKind.DAY, DateKind.WEEK_OF)


def _is_apposition(last: DateHit, hit: DateHit, between: str) -> bool:
    """Say whether two dates beside each other name one day ("Tuesday 24/11", "12月4日(周五)", "next week Friday")."""
    if between.strip(" ,.()的the") or DateKind.SPAN in (last.kind, hit.kind):
        return False
    kinds = {last.kind, hit.kind}
    if DateKind.WEEKDAY in kinds:
        return len(kinds) == 2
    return DateKind.RELATIVE in kinds and len(kinds) == 2 and ("(" in between or "," in between)


def _is_range(text: str, first: DateHit, second: DateHit, between: str, grammar: Grammar) -> bool:
    """Say whether two dates are the ends of one range; "and" joins a range only behind "between"."""
    if DateKind.SPAN in (first.kind, second.kind) or not grammar.connector.fullmatch(between):
        return False
    if _MOVED.search(text, max(0, first.start - 30), first.start):
        return False
    if between.strip() in _ANDS:
        return bool(_BETWEEN.search(text, max(0, first.start - 12), first.start))
    return True


def _range_end(first: DateHit, second: DateHit) -> DateHit:
    """Return the last day of a range; what its end leaves out (the month) is taken from its start."""
    if second.kind is DateKind.DAY and first.kind in (DateKind.DAY_MONTH, DateKind.NUMBERS, DateKind.FULL):
        b = second.a
        if first.kind is DateKind.DAY_MONTH or (first.kind is DateKind.FULL and first.unit != "numbers"):
            return first._replace(end=second.end, b=b)
    return second._replace(start=first.start)
