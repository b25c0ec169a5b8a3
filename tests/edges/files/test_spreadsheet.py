"""Spreadsheets as they really come: other encodings, merged cells, days as text, HTML named .xls."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from mailflow.core.order_book.model import CellError, Sheet
from mailflow.edges.files.spreadsheet import Limits, SpreadsheetError, cell_text, sheets_of, tables_of
from tests.edges.files.xls import xls

CHINESE = "合同号,供应商,数量\nHT-1,宁波恒泰制衣有限公司,1200\n"


def workbook(fill: object) -> bytes:
    """Return an .xlsx that `fill` has written into."""
    book = openpyxl.Workbook()
    fill(book)  # type: ignore[operator]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def only(sheets: tuple[Sheet, ...]) -> Sheet:
    (sheet,) = sheets
    return sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_csv_in_the_usual_encodings(encoding: str) -> None:
    rows = only(sheets_of(CHINESE.encode(encoding), "book.csv")).rows
    assert rows == (("合同号", "供应商", "数量"), ("HT-1", "宁波恒泰制衣有限公司", "1200"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_the_usual_delimiters(delimiter: str) -> None:
    text = delimiter.join(("number", "description", "price")) + "\r\n"
    text += delimiter.join(("P1", '"a, b; c\td|e\nf"', '"1,50"')) + "\r\n"
    rows = only(sheets_of(text.encode(), "book.csv")).rows
    assert rows == (("number", "description", "price"), ("P1", "a, b; c\td|e\nf", "1,50"))


def test_csv_that_names_its_delimiter_keeps_its_row_numbers() -> None:
    sheet = only(sheets_of(b"sep=;\nnumber;qty\nP1;1,5\n", "book.csv"))
    assert (sheet.first_row, sheet.rows[1]) == (2, ("P1", "1,5"))


def test_blank_rows_keep_their_place() -> None:
    sheet = only(sheets_of(b"number,qty\n\n\nP1,3\n", "book.csv"))
    assert len(sheet.rows) == 4
    assert sheet.rows[3] == ("P1", "3")


def test_xlsx_with_merged_cells_and_days_as_text() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.title = "订单"
        page.append(["2026 orders", None, None, None])
        page.merge_cells("A1:D1")
        page.append(["number", "supplier", "qty", "due"])
        page.append([100234, "Hengtai", 1200, "2026-12-05"])
        page.append([100235, None, 12.5, date(2026, 12, 6)])
        page.append(["007", None, True, datetime(2026, 12, 7, 15, 0)])  # noqa: DTZ001 - cells have no zone
        page.merge_cells("B3:B5")
        hidden = book.create_sheet("prices")
        hidden.append(["secret"])
        hidden.sheet_state = "hidden"

    sheet = only(sheets_of(workbook(fill), "book.xlsx"))
    assert sheet.name == "订单"
    assert sheet.rows == (
        ("2026 orders", "2026 orders", "2026 orders", "2026 orders"),
        ("number", "supplier", "qty", "due"),
        (Decimal(100234), "Hengtai", Decimal(1200), "2026-12-05"),
        (Decimal(100235), "Hengtai", Decimal("12.5"), date(2026, 12, 6)),
        ("007", "Hengtai", True, date(2026, 12, 7)),
    )
    assert cell_text(sheet.rows[2][0]) == "100234", "whole numbers come as floats"


def test_a_formula_that_failed_is_no_empty_cell() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        page = book.active
        assert page is not None
        page.title = "A & B"
        page.append(["number", "linked order"])
        page.append(["P1", "#N/A"])
        page.append(["P2", None])

    sheet = only(sheets_of(workbook(fill), "book.xlsx"))
    assert isinstance(sheet.rows[1][1], CellError)
    assert sheet.rows[2][1] is None


def test_the_old_format() -> None:
    rows = [["2026 orders", None], ["合同号", "交期"], [4711, date(2026, 12, 5)], ["A-1", None], [12.5, True]]
    sheet = only(sheets_of(xls(rows, merged=[(0, 0, 0, 1), (2, 3, 1, 1)]), "book.xls"))
    assert sheet.name == "订单"
    assert sheet.rows == (
        ("2026 orders", "2026 orders"),
        ("合同号", "交期"),
        (Decimal(4711), date(2026, 12, 5)),
        ("A-1", date(2026, 12, 5)),
        (Decimal("12.5"), True),
    )


def test_html_named_xls() -> None:
    page = """<html><head><meta charset="gb2312"></head><body><table><tr><td>
    <table><tr><th>合同号</th><th colspan="2">交期</th></tr>
    <tr><td rowspan=2>HT-1</td><td>2026-12-05</td><td>a&nbsp;b</td></tr>
    <tr><td>2026-12-06</td><td></td></tr></table></td></tr></table></body></html>"""
    sheet = only(sheets_of(page.encode("gb18030"), "export.xls"))
    assert sheet.rows == (("合同号", "交期", "交期"), ("HT-1", "2026-12-05", "a b"), ("HT-1", "2026-12-06", None))


def test_html_with_absurd_spans_stays_small() -> None:
    page = b"<table><tr><td colspan=999999999 rowspan=999999999999999>x</td></tr><tr><td>y</td></tr></table>"
    with pytest.raises(SpreadsheetError, match="columns"):
        sheets_of(page, "export.xls")


def test_tables_of_a_mail() -> None:
    (table,) = tables_of(CHINESE.encode("gb18030"), "回复.csv")
    assert table.caption == "回复.csv"
    assert [[cell.text for cell in row] for row in table.rows][1] == ["HT-1", "宁波恒泰制衣有限公司", "1200"]


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a.xlsx", "neither a spreadsheet nor a text"),
        (b"PK\x03\x04 cut off", "a.xlsx", "damaged workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "a.xls", "cannot be opened"),
        (b"<html><body>Please log in</body></html>", "a.xls", "web page without a table"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
            "a.xls",
            "XML spreadsheet of 2003",
        ),
        (b"\x81\xff\xff,b", "a.csv", "encoding"),
    ],
)
def test_what_is_no_spreadsheet_is_told(data: bytes, name: str, what: str) -> None:
    with pytest.raises(SpreadsheetError, match=what) as told:
        sheets_of(data, name)
    assert told.value.cure


def test_too_much_is_refused() -> None:
    few = Limits(size=1000, unpacked=2000, rows=10, columns=5, cells=30)
    for data, what in (
        (b"a,b\n" * 300, "larger"),
        (b"a,b\n" * 20, "rows"),
        (b"a,b,c,d,e,f\n", "columns"),
        (b"a,b,c,d\n" * 9, "cells"),
    ):
        with pytest.raises(SpreadsheetError, match=what):
            sheets_of(data, "a.csv", few)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    with pytest.raises(SpreadsheetError, match="unpacks"):
        sheets_of(target.getvalue(), "bomb.xlsx", Limits(unpacked=1_000_000))
