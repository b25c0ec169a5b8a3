"""Cells as values: the ways in which people and their programs write numbers and days."""

from datetime import date
from decimal import Decimal

import pytest

from mailflow.core.order_book import values as v
from mailflow.core.order_book.model import CellError, CellValue
from mailflow.core.order_book.values import BadValueError

DEC_5 = date(2026, 12, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-12-05",
        "2026/12/5",
        "2026.12.05",
        "2026年12月5日",
        "２０２６－１２－０５",
        "2026-12-05 00:00:00",
        "2026-12-05T08:30:00Z",
        "20261205",
        "5 Dec 2026",
        "5-Dec-26",
        "Dec 5, 2026",
        "December 5th, 2026",
        DEC_5,
        Decimal(46361),
    ],
)
def test_a_day_written_in_many_ways(cell: CellValue) -> None:
    assert v.day(cell, v.EVERY_ORDER) == DEC_5


@pytest.mark.parametrize("cell", ["05/12/2026", "5.12.26", "12/5/2026"])
def test_a_day_with_two_readings_is_left_out_and_the_row_stands(cell: str) -> None:
    with pytest.raises(BadValueError) as bad:
        v.day(cell, v.EVERY_ORDER)
    assert bad.value.soft
    assert "2026-05-12 or 2026-12-05" in bad.value.what


def test_one_reading_is_enough() -> None:
    assert v.day("25/12/2026", v.EVERY_ORDER) == date(2026, 12, 25)
    assert v.day("26.12.05", v.EVERY_ORDER) == DEC_5
    assert v.day("11/11/2026", v.EVERY_ORDER) == date(2026, 11, 11)


def test_one_clear_day_settles_its_column() -> None:
    assert v.possible_orders(["05/12/2026", "25/12/2026", None, "2026-01-01"]) == {"day_first"}
    assert v.day("05/12/2026", frozenset({"day_first"})) == DEC_5
    assert v.possible_orders(["12/25/2026", "05/12/2026"]) == {"month_first"}


@pytest.mark.parametrize("cell", ["31/02/2026", "2026-13-01", "soon", "2026-02-30", "5 Foo 2026", date(1899, 12, 30)])
def test_what_is_no_day_is_refused(cell: CellValue) -> None:
    with pytest.raises(BadValueError) as bad:
        v.day(cell, v.EVERY_ORDER)
    assert not bad.value.soft


@pytest.mark.parametrize("cell", ["12/5", "12月5日", "12-05"])
def test_a_day_without_a_year_is_left_out(cell: str) -> None:
    with pytest.raises(BadValueError, match="no year"):
        v.day(cell, v.EVERY_ORDER)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (Decimal(100234), "100234"),
        ("100234.0", "100234"),
        ("ＰＯ２６－００１", "PO26-001"),
        ("007", "007"),
        (" A 1 ", "A 1"),
    ],
)
def test_numbers_of_orders(cell: CellValue, number: str) -> None:
    assert v.number_text(cell) == number


@pytest.mark.parametrize("cell", ["4.50001E+09", Decimal(4500005619450000561), CellError("#N/A")])
def test_a_number_that_the_program_has_spoilt_is_refused(cell: CellValue) -> None:
    with pytest.raises(BadValueError):
        v.number_text(cell)


@pytest.mark.parametrize(
    ("cell", "number", "behind"),
    [
        ("1,200", "1200", ""),
        ("1,200 pcs", "1200", "pcs"),
        ("1200件", "1200", "件"),
        ("1 200", "1200", ""),
        ("1.5万", "15000", ""),
        ("12,5", "12.5", ""),
        ("1.234,50", "1234.50", ""),
        ("12.50", "12.50", ""),
    ],
)
def test_amounts(cell: str, number: str, behind: str) -> None:
    found, _, after = v.amount(cell, whole=True)
    assert (found, after) == (Decimal(number), behind)


@pytest.mark.parametrize("cell", ["1.200", "many", "1,2,3", True, "12-15"])
def test_amounts_in_doubt_are_refused(cell: CellValue) -> None:
    with pytest.raises(BadValueError):
        v.amount(cell, whole=True)
