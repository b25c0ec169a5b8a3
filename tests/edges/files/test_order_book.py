"""Whole order books from files."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl

from mailflow.core.orders.model import OrderKind
from mailflow.edges.files.order_book import book_rules, load_book, read_files

CORPUS = Path(__file__).parents[2] / "corpus" / "dev"


def test_the_corpus_comes_in_as_it_is_with_warnings() -> None:
    orders, parties, house, problems = load_book(CORPUS / "orders.csv", CORPUS / "parties.yaml")
    assert (len(orders), len(parties)) == (410, 21)
    assert house is not None
    assert (house.mailbox, len(house.merchandisers)) == ("followup@lanmei.example", 3)
    assert all(problem.warning for problem in problems)
    early = [problem for problem in problems if "before the order date" in problem.what]
    assert len(early) == 13
    assert str(early[0]) == (
        "orders.csv:127: column M (due_date): 2026-11-04 is before the order date 2026-11-07; "
        "check both dates; it was imported as it stands"
    )
    first = orders[0]
    assert (first.number, first.kind, first.quantity, first.due_date) == (
        "SO26-1100",
        OrderKind.SALES,
        Decimal(1200),
        date(2027, 1, 24),
    )
    assert [party.contacts[0].email for party in parties if party.short == "Kaifeng Apparel"] == [
        "sales2@mail163.example"
    ]


def test_either_file_may_be_left_out() -> None:
    orders, parties, house, problems = load_book(CORPUS / "orders.csv", None)
    assert (len(orders), parties, house) == (410, (), None)
    assert sum("is not known" in problem.what for problem in problems) == 19, "once a party, not once an order"
    assert load_book(None, None) == ((), (), None, ())


def test_a_gb18030_book_and_an_excel_book_are_one(tmp_path: Path) -> None:
    head = ["合同号", "类别", "往来单位", "数量", "交期"]
    row = ["4711", "采购", "宁波恒泰制衣有限公司", "1200", "2026-12-05"]
    (tmp_path / "book.csv").write_bytes("\n".join([",".join(head), ",".join(row)]).encode("gb18030"))
    excel = openpyxl.Workbook()
    page = excel.active
    assert page is not None
    page.append(["订单跟踪表"])
    page.merge_cells("A1:E1")
    page.append(head)
    page.append([4711, "采购", "宁波恒泰制衣有限公司", 1200, "2026年12月5日"])
    excel.save(tmp_path / "book.xlsx")
    parties = CORPUS / "parties.yaml"
    from_csv = load_book(tmp_path / "book.csv", parties)
    from_excel = load_book(tmp_path / "book.xlsx", parties)
    assert from_csv[0] == from_excel[0]
    assert from_csv[0][0].number == "4711"
    assert from_csv[3] == from_excel[3] == ()


def test_a_file_that_cannot_be_read_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "good.csv").write_text("number,kind,party\nP1,purchase,A\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("parties: [\n", encoding="utf-8")
    rules, _ = book_rules()
    files = [tmp_path / name for name in ("bad.xlsx", "good.csv", "bad.yaml", "missing.csv")]
    book = read_files(files, rules)
    assert [row.number for row in book.orders] == ["P1"]
    assert sorted(problem.file for problem in book.problems) == ["bad.xlsx", "bad.yaml", "missing.csv"]
    assert "" in book.spoilt


def test_rules_of_ones_own_take_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "order_book.yaml").write_text("orders:\n  number: [Los]\n  supplier: [Lieferant]\n", encoding="utf-8")
    (tmp_path / "book.csv").write_text("Los;Lieferant\n7;Weber\n", encoding="utf-8")
    orders, *_ = load_book(tmp_path / "book.csv", None, rules=tmp_path)
    assert (orders[0].number, orders[0].party) == ("7", "Weber")
