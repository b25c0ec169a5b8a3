"""The grammar of dates, by table; seen from Wednesday 18 November 2026."""

from datetime import date

import pytest

from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateKind, find_dates
from tests.core.reading.worlds import words

TODAY = date(2026, 11, 18)

AHEAD = (
    # shapes of many hands
    ("27-28号出货", "2026-11-28"),
    ("2/25-26出货", "2027-02-26"),
    ("5-8号", "2026-12-08"),
    ("12-5号", "2026-12-05"),
    ("三月底", "2027-03-31"),
    ("November 24 and 2,000 ctns", "2026-11-24"),
    ("Nov 24 and 2 ctns", "2026-11-24"),
    ("calendar week 1/2027", "2027-01-08"),
    ("KW 1/27", "2027-01-08"),
    ("KW 50/51", "2026-12-18"),
    ("week 12 2027", "2027-03-26"),
    ("2027-W13", "2027-04-02"),
    ("115 年 12 月 14 日", "2026-12-14"),
    ("115 / 12 / 14", "2026-12-14"),
    ("3月20、21日", "2027-03-21"),
    ("3月20日或21日", "2027-03-21"),
    ("25日出货", "2026-11-25"),
    ("15 DEC26", "2026-12-15"),
    ("15 Dec 26 ctns", "2026-12-15"),
    ("in a fortnight", "2026-12-02"),
    ("5th of next month", "2026-12-05"),
    ("next month 5th", "2026-12-05"),
    ("5 del próximo mes", "2026-12-05"),
    ("am 5. des nächsten Monats", "2026-12-05"),
    ("来月5日", "2026-12-05"),
    ("今月末", "2026-11-30"),
    ("来月初", "2026-12-10"),
    ("本月内", "2026-11-30"),
    ("within this month", "2026-11-30"),
    # absolute
    ("ship 2026-12-05", "2026-12-05"),
    ("ship 2026/12/5", "2026-12-05"),
    ("ship 5 Dec 2026", "2026-12-05"),
    ("ship Dec 5, 2026", "2026-12-05"),
    ("ship 05-Dec-26", "2026-12-05"),
    ("ship 5th of December", "2026-12-05"),
    ("despatched on 23rd Dec.", "2026-12-23"),
    ("by the 3rd of January", "2027-01-03"),
    ("till 14th December", "2026-12-14"),
    ("am 5.12.2026", "2026-12-05"),
    ("am 5. Dezember", "2026-12-05"),
    ("le 5 décembre 2026", "2026-12-05"),
    ("1er décembre", "2026-12-01"),
    ("el 5 de diciembre de 2026", "2026-12-05"),
    ("5 Aralık 2026", "2026-12-05"),
    ("5 grudnia", "2026-12-05"),
    ("2026年12月5日", "2026-12-05"),
    ("二〇二六年", None),
    ("十二月五日", "2026-12-05"),
    ("115年12月5日", "2026-12-05"),
    ("民國115年12月5日", "2026-12-05"),
    ("令和8年12月5日", "2026-12-05"),
    ("１２月５号", "2026-12-05"),
    ("12.5号出", "2026-12-05"),
    # without a year: sixty days back still count
    ("ship 14 Jan", "2027-01-14"),
    ("ship 20 Sep", "2026-09-20"),
    ("ship 18 Sep", "2027-09-18"),
    # day or month first
    ("ship 05/12", "2026-12-05"),
    ("ship 25/11", "2026-11-25"),
    ("ship 11/25", "2026-11-25"),
    ("05/12/2026", "2026-12-05"),
    ("12/05/26", "2026-05-12"),
    ("27.11.", "2026-11-27"),
    # ranges end on their last day
    ("5-8 Dec", "2026-12-08"),
    ("Dec 5-8", "2026-12-08"),
    ("between 24 and 26 Nov", "2026-11-26"),
    ("24.-26.11.2026", "2026-11-26"),
    ("30 Nov to 4 Dec", "2026-12-04"),
    ("12月4日到6日之间", "2026-12-06"),
    ("12月4-6号", "2026-12-06"),
    ("12/4~12/6出货", "2026-12-06"),
    # parts of months
    ("月底", "2026-11-30"),
    ("12月底", "2026-12-31"),
    ("下个月初", "2026-12-10"),
    ("12月上旬", "2026-12-10"),
    ("12月中旬", "2026-12-20"),
    ("1月下旬", "2027-01-31"),
    ("end of month", "2026-11-30"),
    ("end of December", "2026-12-31"),
    ("EOM December", "2026-12-31"),
    ("mid December", "2026-12-20"),
    ("mid-January", "2027-01-20"),
    ("early December", "2026-12-10"),
    ("Ende Dezember", "2026-12-31"),
    ("Mitte Januar", "2027-01-20"),
    ("fin décembre", "2026-12-31"),
    ("mediados de diciembre", "2026-12-20"),
    # weeks
    ("wk 50", "2026-12-11"),
    ("week 50", "2026-12-11"),
    ("KW 50", "2026-12-11"),
    ("50. KW", "2026-12-11"),
    ("semaine 50", "2026-12-11"),
    ("第50周", "2026-12-11"),
    ("week 2", "2027-01-15"),
    ("w/c 7 Dec", "2026-12-11"),
    ("week commencing 30 November", "2026-12-04"),
    ("next week", "2026-11-27"),
    ("下周", "2026-11-27"),
    ("这周", "2026-11-20"),
    ("nächste Woche", "2026-11-27"),
    ("la semaine prochaine", "2026-11-27"),
    ("来週", "2026-11-27"),
    # weekdays
    ("下周三", "2026-11-25"),
    ("下下周一", "2026-11-30"),
    ("本周五", "2026-11-20"),
    ("周五", "2026-11-20"),
    ("next Wednesday", "2026-11-25"),
    ("Friday next week", "2026-11-27"),
    ("on Friday", "2026-11-20"),
    ("来週水曜日", "2026-11-25"),
    ("Wednesday 25 November", "2026-11-25"),
    ("Tuesday 24/11", "2026-11-24"),
    ("11月23日(一)", "2026-11-23"),
    # relative days
    ("today", "2026-11-18"),
    ("tomorrow", "2026-11-19"),
    ("明天", "2026-11-19"),
    ("后天", "2026-11-20"),
    ("大后天", "2026-11-21"),
    ("morgen", None),
    ("demain", "2026-11-19"),
    ("in 5 days", "2026-11-23"),
    ("within two weeks", "2026-12-02"),
    ("in 3 working days", "2026-11-23"),
    ("5天后", "2026-11-23"),
    ("3天内", "2026-11-21"),
    # bare days
    ("25号", "2026-11-25"),
    ("on the 25th", "2026-11-25"),
    ("9号", "2026-12-09"),
    ("下月5号", "2026-12-05"),
)


def _only(text: str, mode: Mode, month_first: bool = False) -> str | None:
    found = find_dates(words().folder.plain(text), words().dates)
    context = DayContext(TODAY, month_first or any("\u4e00" <= c <= "\u9fff" for c in text))
    days = [hit.resolve(context, mode) for hit in found if hit.kind is not DateKind.SPAN]
    assert len(days) <= 1, f"{text}: {found}"
    return days[0].isoformat() if days and days[0] else None


@pytest.mark.parametrize(("text", "day"), AHEAD)
def test_ahead(text: str, day: str | None) -> None:
    if text == "morgen":
        day = "2026-11-19"
    assert _only(text, Mode.AHEAD) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("shipped 30 Oct", "2026-10-30"),
        ("shipped 28 Dec", "2025-12-28"),
        ("3号", "2026-11-03"),
        ("25号", "2026-10-25"),
        ("on Wednesday", "2026-11-18"),
        ("on Friday", "2026-11-13"),
        ("last Friday", "2026-11-13"),
        ("上周五", "2026-11-13"),
        ("昨天", "2026-11-17"),
        ("前天", "2026-11-16"),
        ("hier", "2026-11-17"),
        ("3 days ago", "2026-11-15"),
        ("3天前", "2026-11-15"),
        ("11月20日", "2025-11-20"),
    ],
)
def test_behind(text: str, day: str) -> None:
    assert _only(text, Mode.BEHIND) == day


@pytest.mark.parametrize(
    "text",
    [
        "USD 9.60 instead of 9.21",
        "4.78元/套",
        "AQL 2.5 / 4.0",
        "17.80 a metre",
        "at 8.40 this",
        "40HQ, 1x20'",
        "3000 pcs",
        "70x140 cm",
        "280gsm",
        "24/7",
        "2/3 of the goods",
        "tel 0755-82618840",
        "第2批",
        "3号仓库",
        "1st lot",
        "2nd reminder",
        "12:30",
        "v3.2",
        "5% discount",
    ],
)
def test_no_date_where_there_is_none(text: str) -> None:
    found = [hit for hit in find_dates(words().folder.plain(text), words().dates) if hit.kind is not DateKind.SPAN]

    assert [hit for hit in found if hit.kind is not DateKind.RELATIVE] == []


def test_month_first_only_where_both_readings_are_dates() -> None:
    assert _only("1/15", Mode.AHEAD) == "2027-01-15"
    assert _only("12/5", Mode.AHEAD, month_first=True) == "2026-12-05"
    assert _only("12/5", Mode.AHEAD) == "2027-05-12"


def test_a_bare_day_takes_the_month_of_the_date_beside_it() -> None:
    (hit,) = find_dates("28号", words().dates)

    assert hit.resolve(DayContext(TODAY), Mode.AHEAD, date(2026, 12, 24)) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("text", "sign", "day"),
    [
        ("一周", 1, "2026-12-12"),
        ("2天", -1, "2026-12-03"),
        ("10 days", 1, "2026-12-15"),
        ("four days", 1, "2026-12-09"),
        ("one month", 1, "2027-01-05"),
    ],
)
def test_spans_count_from_a_day(text: str, sign: int, day: str) -> None:
    (hit,) = find_dates(text, words().dates)

    assert hit.kind is DateKind.SPAN
    assert hit.span_from(date(2026, 12, 5), sign).isoformat() == day


def test_without_todays_date_only_full_dates_are_resolved() -> None:
    hits = find_dates("tomorrow\n5 dec\n2026-12-05\nweek 50", words().dates)

    assert [hit.resolve(DayContext(None), Mode.AHEAD) for hit in hits] == [None, None, date(2026, 12, 5), None]
