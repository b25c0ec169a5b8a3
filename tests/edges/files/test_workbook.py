"""The workbook that goes along with a list: what people see, what tells it is ours, and nothing that acts."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl

from mailflow.core.letters.tokens import list_tag, our_list, token
from mailflow.core.letters.workbook import FIRST_HIDDEN_ROW, HIDDEN, Workbook
from mailflow.edges.files.spreadsheet import sheets_of
from mailflow.edges.files.workbook import write_workbook

SECRET = b"sesame"
ORDERS = ("PO26-0042", "0043")
LIST = Workbook(
    name="orders-2026-12-08.xlsx",
    title="Open orders",
    headings=("Order", "Product", "Due", "Your date / remark"),
    rows=(("PO26-0042", "=1+1", "ex-factory 8 Dec 2026", ""), ("0043", "面料 & <b>\x07", "", "")),
    fill_in=3,
    orders=ORDERS,
    id=token(SECRET, 57),
    tag=list_tag(SECRET, 57, ORDERS),
    author="Lanmei Trading",
    made=datetime(2026, 12, 8, 1, 30, tzinfo=UTC),
)


def opened(workbook: Workbook = LIST) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(workbook)))


def test_people_see_the_list_and_where_to_write() -> None:
    sheet = opened().worksheets[0]
    assert [[cell.value or "" for cell in row] for row in sheet.rows] == [
        ["Order", "Product", "Due", "Your date / remark"],
        ["PO26-0042", "=1+1", "ex-factory 8 Dec 2026", ""],
        ["0043", "面料 & <b>", "", ""],
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet["D2"].fill.fgColor.rgb != sheet["C2"].fill.fgColor.rgb


def test_nothing_is_a_formula_and_a_number_keeps_its_noughts() -> None:
    sheet = opened().worksheets[0]
    assert {cell.data_type for row in sheet.rows for cell in row if cell.value} == {"s"}
    assert sheet["A3"].value == "0043"
    with zipfile.ZipFile(io.BytesIO(write_workbook(LIST))) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist())


def test_the_hidden_sheet_tells_that_the_list_is_ours_and_which() -> None:
    book = opened()
    hidden = book[HIDDEN]
    assert hidden.sheet_state == "veryHidden"
    numbers = [hidden.cell(FIRST_HIDDEN_ROW + n, 2).value for n in range(2)]
    assert [hidden.cell(FIRST_HIDDEN_ROW + n, 1).value for n in range(2)] == [2, 3]
    assert our_list(SECRET, hidden["A1"].value, hidden["A2"].value, numbers) == 57
    assert our_list(SECRET, hidden["A1"].value, hidden["A2"].value, ["PO26-0042", "0044"]) is None
    assert our_list(SECRET, token(SECRET, 58), hidden["A2"].value, numbers) is None
    assert our_list(b"guess", hidden["A1"].value, hidden["A2"].value, numbers) is None


def test_its_properties_name_us_and_nobody_else() -> None:
    said = opened().properties
    assert (said.creator, said.lastModifiedBy, said.title) == ("Lanmei Trading", "Lanmei Trading", None)
    assert said.created == datetime(2026, 12, 8, 1, 30)  # noqa: DTZ001 - the file's own time has no zone


def test_a_title_that_no_sheet_may_have_is_made_one() -> None:
    assert opened(replace(LIST, title="a/b:c[" + "x" * 40)).worksheets[0].title == "a b c " + "x" * 25


def test_our_own_reader_reads_it() -> None:
    (sheet, *_) = sheets_of(write_workbook(LIST), LIST.name)
    assert sheet.rows[1][0] == "PO26-0042"
    assert sheet.rows[2][0] == "0043"
