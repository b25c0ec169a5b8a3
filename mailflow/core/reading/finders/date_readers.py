"""Readers of dates: what the groups of each rule of the grammar mean."""

import re
from collections.abc import Callable

from mailflow.core.reading.finders.date_grammar import CJK_DIGITS, DateWords
from mailflow.core.reading.finders.date_hits import DateHit, DateKind


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


def _dm_vi(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    year = _year(m[3] or m[4])
    return _hit(DateKind.FULL if year else DateKind.DAY_MONTH, a=int(m[2]), b=int(m[1]), year=year)


def _md(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    groups = [g for g in m.groups() if g]
    month, day = _int(groups[0], words), _int(groups[-1], words)
    return _hit(DateKind.DAY_MONTH, a=month, b=day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _md_hao(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    """Read "12.5号" as a month's day, "27-28号" as days near each other, "12-5号" as a month's day again."""
    if m[1]:
        return _hit(DateKind.DAY_MONTH, a=int(m[1]), b=int(m[3])) if 1 <= int(m[3]) <= 31 else None
    first, second = int(m[2]), int(m[3])
    if not (1 <= first <= 31 and 1 <= second <= 31):
        return None
    if first < second <= first + NEAR_DAYS or first > 12:
        return _hit(DateKind.DAY, a=second)
    return _hit(DateKind.DAY_MONTH, a=first, b=second)


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


_SHIFTS = {"下下": 2, "下": 1, "来": 1, "次": 1, "上": -1, "先": -1, "上上": -2, "다음": 1, "이번": 0}


_CJK_PARTS = {"上旬": 10, "初": 10, "中旬": 20, "中": 20, "下旬": 0, "底": 0, "末": 0, "内": 0, "之内": 0, "以内": 0}


def _part_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    if m[1]:
        month = 1 if m[1] == "元" else _int(m[1], words)
        return _hit(DateKind.PART, a=month, b=_CJK_PARTS[m[3]]) if 1 <= month <= 12 else None
    return _hit(DateKind.PART, shift=_SHIFTS.get((m[2] or "").rstrip("个"), 0), b=_CJK_PARTS[m[3]])


def _part_words(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = words.parts[m[1]] or 0
    month = words.months[m[2]] if m[2] else 0
    return _hit(DateKind.PART, a=month, b=day, year=_year(m[6]), shift=1 if m[3] else 0)


_WEEKDAYS_CJK = {c: i for i, c in enumerate("一二三四五六日", 1)} | {"天": 7}


_WEEKDAYS_JA = {c: i for i, c in enumerate("月火水木金土日", 1)}


def _wd_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = _WEEKDAYS_CJK[m[2]] if m[2] else _WEEKDAYS_JA[m[4]]
    prefix = (m[1] or m[3] or "").strip()
    if not prefix:
        return _hit(DateKind.WEEKDAY, a=day)
    return _hit(DateKind.WEEK_OF, a=day, shift=_SHIFTS.get(prefix, 0))


def _wk_cjk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEK_OF, shift=_SHIFTS.get((m[1] or m[3] or "").strip(), 0))


def _wk_wd(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    day = words.weekdays[m[4] or m[5] or m[13]]
    shift = 1 if m[1] or m[6] or m[9] or m[11] else -1 if m[2] or m[7] or m[10] else 0
    return _hit(DateKind.WEEK_OF, a=day, shift=shift)


def _wk(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEK_OF, shift=1 if m[1] or m[4] else -1 if m[2] or m[5] else 0)


def _weekday_word(m: re.Match[str], words: DateWords) -> DateHit | None:
    return _hit(DateKind.WEEKDAY, a=words.weekdays[m[m.lastindex or 1]], shift=-1 if m[1] and m.lastindex != 1 else 0)


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
    return (_within(m, words) or _hit(DateKind.SPAN))._replace(kind=DateKind.SPAN)


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


def _week(number: int, year: int | None = None) -> DateHit | None:
    return _hit(DateKind.WEEK, a=number, year=year) if 1 <= number <= 53 else None


def _week_no(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    """Read a week; "1/27" is a year's, "12/13" are two weeks."""
    first, second = int(m[1]), int(m[3] or 0)
    if m[2]:
        return _week(first, int(m[2]))
    if second >= 24 and not 0 < second - first <= 3:
        return _week(first, 2000 + second)
    return _week(second or first)


def _week_iso(m: "re.Match[str]", words: DateWords) -> DateHit | None:
    return _week(int(m[2] or m[3]), int(m[1] or m[4]))


READERS: dict[str, Read] = {
    "ymd_cjk": _ymd_cjk,
    "roc": lambda m, w: _hit(DateKind.FULL, year=int(m[1]) + ROC_YEAR, a=int(m[2]), b=int(m[3])),
    "iso": _iso,
    "dmy": _dmy,
    "compact": lambda m, w: _hit(DateKind.FULL, year=int(m[1]), a=int(m[2]), b=int(m[3])),
    "d_mon": _d_mon,
    "mon_d": _mon_d,
    "dm_vi": _dm_vi,
    "md_cjk": _md,
    "md_cn": _md,
    "md_hao": _md_hao,
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
    "week_no_after": lambda m, w: _week(int(m[1])),
    "week_cjk": lambda m, w: _week(int(m[1])),
    "week_iso": _week_iso,
    "nth_week": lambda m, w: None,
    "nth_week_cjk": lambda m, w: None,
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
    "span_ri": _span_cjk,
    "day_next_month": lambda m, w: _hit(DateKind.DAY, a=int(m[1] or m[2]), b=1, unit="month"),
    "ordinal": lambda m, w: _hit(DateKind.DAY, a=int(m[2] or m[1])),
    "ordinal_end": lambda m, w: _hit(DateKind.DAY, a=int(m[1])),
    "d_verb_cjk": lambda m, w: _hit(DateKind.DAY, a=int(m[1])) if 1 <= int(m[1]) <= 31 else None,
    "d_dot": lambda m, w: _hit(DateKind.DAY, a=int(m[1])),
    "d_cjk": _d_cjk,
}


ROC_YEAR = 1911
NEAR_DAYS = 7  # two days of one month with a hyphen between are this near each other


REIWA_YEAR = 2018
