"""Finds dates: places in a folded text that name a day, a part of a month, a week, or a span of time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from mailflow.core.reading.finders import calendar as days
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.date_grammar import CJK_DIGITS, DateWords, Grammar

ROC_YEAR = 1911
REIWA_YEAR = 2018
_BEFORE_DOT = re.compile(
    r"(?:\b(?:on|by|am|bis|etd|eta|etc|until|till|ab|zum|date|dt|den|le|el|from|ready|ship|shipped|load|loading)|[:=(\t|出发装交船港厂货料验期于在])[ .:]*$"
)
_ANDS = frozenset(("and", "und", "et", "y", "e", "a", "al", "au", "或"))
_BETWEEN = re.compile(r"(?:between|zwischen|entre|tra|du|dal|del|von|vom|from)(?: the| dem| el| le)? $")
_AFTER_DOT = re.compile(r" ?[日号前左右出发装交完到验开能可就之起]")
_ALONE_BEFORE = re.compile(r"(?:^|[\t|(]|\b(?:due|ready|in|ok|done|by|on))\s*$")
_ALONE_AFTER = re.compile(r"\s*(?:$|[\t|)])")


class DateKind(StrEnum):
    """How a date was written."""

    FULL = "full"
    DAY_MONTH = "day_month"
    NUMBERS = "numbers"  # two numbers, either of which may be the month
    DAY = "day"
    PART = "part"
    WEEK = "week"
    WEEK_OF = "week_of"  # a weekday (or the Friday) of the week so many weeks from now
    WEEKDAY = "weekday"
    RELATIVE = "relative"
    SPAN = "span"  # so many days or weeks, no day yet


@dataclass(frozen=True, slots=True)
class DateHit:
    """A date expression: where it stands and what it says; `a` and `b` are its numbers by kind."""

    start: int
    end: int
    kind: DateKind
    a: int = 0
    b: int = 0
    year: int | None = None
    unit: str = "day"
    weak: bool = False  # could as well be a decimal number
    friday: bool = False  # names the week that the day is in ("w/c 7 Dec")
    shift: int = 0

    def resolve(self, context: DayContext, mode: Mode, beside: date | None = None) -> date | None:
        """Return the day that is meant, or None."""
        found = _RESOLVERS[self.kind](self, context, mode, beside)
        if found is not None and self.friday:
            return days.weekday_in_week(found, 0, days.FRIDAY)
        return found

    def span_from(self, base: date, sign: int) -> date:
        """Return the day this span after (`sign` 1) or before (-1) a day."""
        return _advance(base, self.a * sign, self.unit)


def _advance(base: date, count: int, unit: str) -> date:
    if unit == "working_day":
        return days.add_working_days(base, count)
    if unit == "month":
        return days.add_months(base, count)
    return base + timedelta(days=count * (7 if unit == "week" else 1))


Resolver = Callable[[DateHit, DayContext, Mode, date | None], date | None]


def _full(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    year = hit.year or 0
    if hit.unit != "numbers":
        return days.make(year, hit.a, hit.b)
    return days.make(year, *_ordered(hit, context))


def _ordered(hit: DateHit, context: DayContext) -> tuple[int, int]:
    """Return month and day of two numbers: by custom, unless only one reading is a date."""
    first, second = hit.a, hit.b
    if context.month_first:
        return (first, second) if first <= 12 else (second, first)
    return (second, first) if second <= 12 else (first, second)


def _day_month(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.day_and_month(hit.a, hit.b, context.today, mode) if context.today else None


def _numbers(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.day_and_month(*_ordered(hit, context), context.today, mode) if context.today else None


def _day(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    if context.today is None:
        return None
    if hit.unit == "month":
        index = context.today.year * 12 + context.today.month - 1 + hit.b
        return days.make(index // 12, index % 12 + 1, hit.a)
    return days.bare_day(hit.a, context.today, mode, beside)


def _part(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    if hit.year is not None and hit.a:
        return days.last_of_month(hit.year, hit.a) if not hit.b else days.make(hit.year, hit.a, hit.b)
    if context.today is None:
        return None
    return days.part_of_month(hit.a or None, hit.shift, hit.b or None, context.today, mode)


def _week(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.iso_week(hit.a, context.today) if context.today else None


def _week_of(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.weekday_in_week(context.today, hit.shift, hit.a or days.FRIDAY) if context.today else None


def _weekday(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return days.nearest_weekday(context.today, hit.a, mode) if context.today else None


def _relative(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return _advance(context.today, hit.a, hit.unit) if context.today else None


def _span(hit: DateHit, context: DayContext, mode: Mode, beside: date | None) -> date | None:
    return None


_RESOLVERS: dict[DateKind, Resolver] = {
    DateKind.FULL: _full,
    DateKind.DAY_MONTH: _day_month,
    DateKind.NUMBERS: _numbers,
    DateKind.DAY: _day,
    DateKind.PART: _part,
    DateKind.WEEK: _week,
    DateKind.WEEK_OF: _week_of,
    DateKind.WEEKDAY: _weekday,
    DateKind.RELATIVE: _relative,
    DateKind.SPAN: _span,
}


def find_dates(text: str, grammar: Grammar, taken: Sequence[tuple[int, int]] = ()) -> list[DateHit]:
    """Return the date expressions of a folded text that overlap none of the places already `taken`, ranges as one."""
    found: list[DateHit] = []
    for hit in grammar.scan.finditer(text):
        name = (hit.lastgroup or "").partition("__")[0]
        start, end = hit.span()
        if end == start or any(start < b and a < end for a, b in taken):
            continue
        inner = grammar.rules[name].fullmatch(text, start, end)
        read = READERS[name](inner, grammar.words) if inner is not None else None
        if read is None:
            continue
        read = replace(read, start=start, end=end)
        if not read.weak or _stands_as_date(text, start, end):
            found.append(read)
    return _merged(text, found, grammar)


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
            out[-1] = replace(hit, start=last.start, friday=last.unit == "week")
        elif _is_apposition(last, hit, between):
            keep = (
                hit if last.kind in (DateKind.WEEKDAY, DateKind.WEEK_OF, DateKind.RELATIVE) and _absolute(hit) else last
            )
            out[-1] = replace(keep, start=last.start, end=hit.end)
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
    if between.strip() in _ANDS:
        return bool(_BETWEEN.search(text, max(0, first.start - 12), first.start))
    return True


def _range_end(first: DateHit, second: DateHit) -> DateHit:
    """Return the last day of a range; what its end leaves out (the month) is taken from its start."""
    if second.kind is DateKind.DAY and first.kind in (DateKind.DAY_MONTH, DateKind.NUMBERS, DateKind.FULL):
        b = second.a
        if first.kind is DateKind.DAY_MONTH or (first.kind is DateKind.FULL and first.unit != "numbers"):
            return replace(first, end=second.end, b=b)
    return replace(second, start=first.start)


def _int(text: str | None, words: DateWords) -> int:
    """Return a number written in figures, letters or characters; 0 for none."""
    if not text:
        return 0
    if text.isascii() and text.isdigit():
        return int(text)
    if text in words.numbers:
        return words.numbers[text]
    if all(c in CJK_DIGITS for c in text):
        return _cjk(text)
    return 0


def _cjk(text: str) -> int:
    if "十" not in text:
        return int("".join(str(CJK_DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    return (CJK_DIGITS[tens] if tens else 1) * 10 + (CJK_DIGITS[ones] if ones else 0)


def _hit(kind: DateKind, **fields: object) -> DateHit:
    return DateHit(0, 0, kind, **fields)  # type: ignore[arg-type]  # the callers name fields of DateHit


def _year(text: str | None) -> int | None:
    if not text:
        return None
    year = int(text)
    return year + 2000 if year < 100 else year


Read = Callable[["re.Match[str]", DateWords], DateHit | None]


def _ymd_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    year = int(m[1])
    if m[0].startswith("令和"):
        year += REIWA_YEAR
    elif m[0].startswith("民国") or 100 <= year < 200:
        year += ROC_YEAR
    elif year < 100:
        year += 2000
    return _hit(DateKind.FULL, year=year, a=int(m[2]), b=int(m[4] or m[3]))


def _iso(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.FULL, year=int(m[1]), a=int(m[3]), b=int(m[4]))


def _dmy(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    unit = "day" if m[3] == "." else "numbers"
    day = int(m[2] or m[1])
    a, b = (int(m[4]), day) if unit == "day" else (day, int(m[4]))
    if max(a, b) > 12 and min(a, b) > 12:
        return None
    if unit == "day" and a > 12:
        a, b = b, a
    return _hit(DateKind.FULL, year=_year(m[5]), a=a, b=b, unit=unit)


def _d_mon(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    month, day, year = words.months[m[3]], int(m[2]), _year(m[4] or m[5] or m[6])
    return _hit(DateKind.FULL if year else DateKind.DAY_MONTH, a=month, b=day, year=year)


def _mon_d(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    month, day, year = words.months[m[1]], int(m[3] or m[2]), _year(m[4])
    return _hit(DateKind.FULL if year else DateKind.DAY_MONTH, a=month, b=day, year=year)


def _md(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    groups = [g for g in m.groups() if g]
    month, day = _int(groups[0], words), _int(groups[-1], words)
    return _hit(DateKind.DAY_MONTH, a=month, b=day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _numbers_of(first: str, second: str, *, weak: bool = False) -> DateHit | None:
    a, b = int(first), int(second)
    if not (1 <= a <= 31 and 1 <= b <= 31) or (a > 12 and b > 12):
        return None
    return _hit(DateKind.NUMBERS, a=a, b=b, weak=weak)


def _md_range(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    if m[4]:
        return _numbers_of(m[4], m[5])
    return _numbers_of(m[1], m[5]) if m[2] == "/" else None


def _d_dot_m_dot(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.DAY_MONTH, a=int(m[3]), b=int(m[2]))


_SHIFTS = {"下下": 2, "下": 1, "来": 1, "次": 1, "上": -1, "先": -1, "上上": -2}
_CJK_PARTS = {"上旬": 10, "初": 10, "中旬": 20, "中": 20, "下旬": 0, "底": 0, "末": 0}


def _part_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    if m[1]:
        return _hit(DateKind.PART, a=int(m[1]), b=_CJK_PARTS[m[3]]) if 1 <= int(m[1]) <= 12 else None
    return _hit(DateKind.PART, shift=_SHIFTS.get((m[2] or "").rstrip("个"), 0), b=_CJK_PARTS[m[3]])


def _part_words(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = words.parts[m[1]] or 0
    month = words.months[m[2]] if m[2] else 0
    return _hit(DateKind.PART, a=month, b=day, year=_year(m[6]), shift=1 if m[3] else 0)


_WEEKDAYS_CJK = {c: i for i, c in enumerate("一二三四五六日", 1)} | {"天": 7}
_WEEKDAYS_JA = {c: i for i, c in enumerate("月火水木金土日", 1)}


def _wd_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = _WEEKDAYS_CJK[m[2]] if m[2] else _WEEKDAYS_JA[m[4]]
    prefix = m[1] or m[3]
    if not prefix:
        return _hit(DateKind.WEEKDAY, a=day)
    return _hit(DateKind.WEEK_OF, a=day, shift=_SHIFTS.get(prefix, 0))


def _wk_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEK_OF, shift=_SHIFTS.get(m[1] or m[3] or "", 0))


def _wk_wd(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = words.weekdays[m[4] or m[5] or m[13]]
    shift = 1 if m[1] or m[6] or m[9] or m[11] else -1 if m[2] or m[7] or m[10] else 0
    return _hit(DateKind.WEEK_OF, a=day, shift=shift)


def _wk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEK_OF, shift=1 if m[1] or m[4] else -1 if m[2] or m[5] else 0)


def _weekday_word(m: re.Match[str], words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEKDAY, a=words.weekdays[m[1]])


def _rel(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.RELATIVE, a=words.days[re.sub(r"\s+", " ", m[1])])


def _unit(word: str) -> str:
    return {"工作日": "working_day", "周": "week", "星期": "week", "礼拜": "week", "月": "month"}.get(word, "day")


def _within_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    if m[1] == "半":
        return _hit(DateKind.RELATIVE, a=15 if m[3] == "月" else 0)
    return _hit(DateKind.RELATIVE, a=_int(m[2] or m[1], words), unit=_unit(m[3]))


def _span_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    if m[1] == "半":
        return _hit(DateKind.SPAN, a=15) if m[3] == "月" else None
    return _hit(DateKind.SPAN, a=_int(m[2] or m[1], words), unit=_unit(m[3]))


def _within(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    unit = "working_day" if m[3] else "week" if m[5] else "month" if m[6] else "day"
    return _hit(DateKind.RELATIVE, a=_int(m[2], words), unit=unit)


def _span_words(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return replace(_within(m, words) or _hit(DateKind.SPAN), kind=DateKind.SPAN)


def _ago(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.RELATIVE, a=-_int(m[1], words), unit="week" if m[3] else "day")


def _ago_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.RELATIVE, a=-_int(m[1], words), unit=_unit(m[2]))


def _d_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = int(m[3] or m[2])
    if not 1 <= day <= 31:
        return None
    if m[1]:
        return _hit(DateKind.DAY, a=day, b=_SHIFTS.get(m[1].rstrip("个"), 0), unit="month")
    return _hit(DateKind.DAY, a=day)


def _week_no(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    number = int(m[m.lastindex or 1])
    return _hit(DateKind.WEEK, a=number) if 1 <= number <= 53 else None


READERS: dict[str, Read] = {
    "ymd_cjk": _ymd_cjk,
    "iso": _iso,
    "dmy": _dmy,
    "compact": lambda m, w: _hit(DateKind.FULL, year=int(m[1]), a=int(m[2]), b=int(m[3])),
    "d_mon": _d_mon,
    "mon_d": _mon_d,
    "md_cjk": _md,
    "md_cn": _md,
    "md_hao": _md,
    "md_range": _md_range,
    "md_slash": lambda m, w: _numbers_of(m[1], m[2]),
    "d_dot_m_dot": _d_dot_m_dot,
    "md_dot": lambda m, w: _numbers_of(m[1], m[2], weak=True),
    "md_dash": lambda m, w: _numbers_of(m[1], m[2], weak=True),
    "part_cjk": _part_cjk,
    "part_dec": lambda m, w: _hit(DateKind.PART, b=_CJK_PARTS[m[1]]),
    "year_end": lambda m, w: _hit(DateKind.DAY_MONTH, a=12, b=31),
    "part": _part_words,
    "part_after": lambda m, w: _hit(DateKind.PART, a=w.months[m[1]], b=w.parts[m[2]] or 0),
    "eom": lambda m, w: _hit(DateKind.PART),
    "week_start": lambda m, w: _hit(DateKind.SPAN, unit="week", friday=True),
    "week_end": lambda m, w: _hit(DateKind.SPAN, unit="day", friday=True),
    "week_no": _week_no,
    "week_no_after": _week_no,
    "week_cjk": _week_no,
    "wd_cjk": _wd_cjk,
    "wk_cjk": _wk_cjk,
    "wk_wd": _wk_wd,
    "wk": _wk,
    "weekday": _weekday_word,
    "weekday_on": _weekday_word,
    "rel": _rel,
    "rel_cjk": _rel,
    "ago": _ago,
    "before": _ago,
    "within": _within,
    "within_cjk": _within_cjk,
    "ago_cjk": _ago_cjk,
    "span": _span_words,
    "span_cjk": _span_cjk,
    "ordinal": lambda m, w: _hit(DateKind.DAY, a=int(m[2] or m[1])),
    "ordinal_end": lambda m, w: _hit(DateKind.DAY, a=int(m[1])),
    "d_dot": lambda m, w: _hit(DateKind.DAY, a=int(m[1])),
    "d_cjk": _d_cjk,
}
