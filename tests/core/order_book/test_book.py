"""Books as orders and parties: headings are found, bad rows are told and stop nothing."""

from datetime import date
from decimal import Decimal

from mailflow.core.order_book.book import Source
from mailflow.core.order_book.mapping import parse_rules
from mailflow.core.order_book.model import CellError
from mailflow.core.orders.model import Contact, DateBasis, Handling, Milestone, OrderKind, Role
from tests.core.order_book.book import PARTIES, RULES, STAGES, read, settled, sheet

HEAD = ("Order No.", "Supplier", "Style", "Qty", "Due date")


def said(problems: object) -> list[str]:
    return [str(problem) for problem in problems]  # type: ignore[attr-defined]


def test_chinese_headings_below_a_title_with_totals_and_notes() -> None:
    found = settled(
        PARTIES,
        sheet(
            ("2026年采购订单跟踪表", None, None, None, None),
            (None, None, None, None, None),
            ("合同号", "供应商", "款号", "数量（件）", "交期"),
            ("HT-001", "宁波恒泰制衣有限公司", "ST-1", Decimal(1200), "2026/12/5"),
            (None, None, None, None, None),
            ("合同号", "供应商", "款号", "数量（件）", "交期"),
            (Decimal(100234), "Hengtai", "ST-2", "3,000 件", "2026年12月6日"),
            ("合计", None, None, Decimal(4200), None),
            ("制表：小王", None, None, None, None),
        ),
    )
    orders = [order for _, order in found.orders]
    assert [order.number for order in orders] == ["HT-001", "100234"]
    assert {order.party for order in orders} == {"宁波恒泰制衣有限公司"}
    assert {order.kind for order in orders} == {OrderKind.PURCHASE}
    assert [(order.quantity, order.unit) for order in orders] == [(Decimal(1200), ""), (Decimal(3000), "pcs")]
    assert [order.due_date for order in orders] == [date(2026, 12, 5), date(2026, 12, 6)]


def test_headings_in_two_rows() -> None:
    found = read(
        sheet(
            ("订单号", "供应商", "验货", "验货", "出货", "出货"),
            (None, None, "预计", "实际", "预计", "实际"),
            ("A1", "恒泰", "2026-11-01", "2026-11-03", "2026-11-10", None),
        )
    )
    facts = {(fact.kind, fact.milestone): fact.date for fact in found.orders[0].facts}
    assert facts == {
        ("promised", Milestone.INSPECTION): date(2026, 11, 1),
        ("actual", Milestone.INSPECTION): date(2026, 11, 3),
        ("promised", Milestone.SHIP): date(2026, 11, 10),
    }


def test_a_bad_row_is_told_with_row_and_column_and_the_others_come_in() -> None:
    book = read(
        sheet(
            HEAD,
            ("A1", "Hengtai", "S1", "many", "2026-12-05"),
            ("A2", "Hengtai", "S1", Decimal(10), "2026-13-05"),
            (None, "Hengtai", "S1", Decimal(10), "2026-12-05"),
            ("A3", "Hengtai", "S1", CellError("#N/A"), "2026-12-05"),
            ("A4", "Hengtai", "S1", Decimal(10), "2026-12-05"),
        )
    )
    assert [row.number for row in book.orders] == ["A4"]
    assert said(book.problems) == [
        "book.xlsx:2: column D (Qty): 'many' is no number; write digits only, such as 1200",
        "book.xlsx:3: column E (Due date): '2026-13-05' is no day of the calendar; write the day as 2026-12-05",
        "book.xlsx:4: column A (Order No.): is empty; give the order a number",
        "book.xlsx:5: column D (Qty): holds #N/A; mend the formula, or write the value",
    ]
    assert book.spoilt == {"A1", "A2", "A3", ""}


def test_a_day_in_doubt_is_left_out_with_a_warning() -> None:
    found = settled(PARTIES, sheet(HEAD, ("A1", "Hengtai", "S", Decimal(1), "05/12/2026")))
    assert found.orders[0][1].due_date is None
    book = read(sheet(HEAD, ("A1", "Hengtai", "S", Decimal(1), "05/12/2026")))
    assert [problem.warning for problem in book.problems] == [True]
    assert "can be 2026-05-12 or 2026-12-05" in str(book.problems[0])


def test_the_rules_say_how_days_are_read() -> None:
    text = RULES.read_text(encoding="utf-8").replace("date_order: ask", "date_order: day_first")
    mine, _ = parse_rules(text, stages=STAGES)
    book = read(sheet(HEAD, ("A1", "Hengtai", "S", Decimal(1), "05/12/2026")), with_rules=mine)
    assert book.orders[0].values["due_date"] == date(2026, 12, 5)
    assert book.problems == ()


def test_warnings_of_the_whole_book() -> None:
    head = ("number", "kind", "party", "linked order", "order date", "due date")
    days = ("2026-11-01", "2026-12-01")
    found = settled(
        PARTIES,
        sheet(
            head,
            ("P1", "采购", "Hengtai", "S9", *days),
            ("P2", "purchase", "Nobody Ltd", None, "2026-12-01", "2026-11-01"),
            ("P3", "purchase", "Nobody Ltd", None, *days),
            ("P4", "sales", "Hengtai", None, *days),
            ("P5", "purchase", "Hengtai", "P1", "2026-11-01", None),
            file="b.csv",
        ),
    )
    assert len(found.orders) == 5
    assert all(problem.warning for problem in found.problems)
    assert [(problem.line, str(problem).split(": ", 1)[1].split(";")[0]) for problem in found.problems] == [
        (3, "party 'Nobody Ltd' of order P2 and 1 more is not known"),
        (2, "column D (linked order): linked order 'S9' is in no book"),
        (3, "column F (due date): 2026-11-01 is before the order date 2026-12-01"),
        (5, "column B (kind): a sales order of 宁波恒泰制衣有限公司, who is a supplier"),
        (6, "column F (due date): order P5 has no due date"),
        (6, "column D (linked order): a purchase order is linked to purchase order P1"),
    ]


def test_the_columns_beyond_the_usual() -> None:
    cells = {
        "订单号": "S1",
        "客户": "Northwind Outfitters",
        "品名": "卫衣",
        "唛头": "NW/LA/1-UP",
        "起运港": "宁波",
        "目的港": "Los Angeles",
        "目的国": "美国",
        "贸易条款": "FOB Ningbo",
        "交期类型": "离港",
        "付款方式": "30% T/T",
        "订单类型": "rush",
        "单据": "invoice、packing list、CO",
        "状态": "进行中",
        "跟单员": "小林",
        "单价": "¥12.50",
        "币种": None,
        "运输方式": "海运",
    }
    book = read(sheet(tuple(cells), tuple(cells.values())), people={"小林": "amy@lanmei.example"})
    assert book.problems == ()
    values = dict(book.orders[0].values)
    assert values == {
        "product": "卫衣",
        "shipping_mark": "NW/LA/1-UP",
        "port": "宁波",
        "destination_port": "Los Angeles",
        "destination_country": "US",
        "incoterm": "FOB Ningbo",
        "date_basis": DateBasis.ETD,
        "payment_terms": "30% T/T",
        "order_type": "rush",
        "required_documents": ("invoice", "packing list", "CO"),
        "status": "open",
        "merchandiser": "amy@lanmei.example",
        "unit_price": Decimal("12.50"),
        "currency": "CNY",
        "ship_mode": "sea",
    }


def test_lines_of_one_order_are_put_together_and_contradictions_refused() -> None:
    book = read(
        sheet(
            HEAD,
            ("A1", "Hengtai", "S1", "100 pcs", "2026-12-05"),
            ("A1", "Hengtai", "S2", "50 pcs", "2026-12-05"),
            ("A2", "Hengtai", "S1", Decimal(10), "2026-12-05"),
            ("A2", "Hengtai", "S1", Decimal(10), "2026-12-06"),
            ("A3", "Hengtai", "S1", Decimal(10), "2026-12-05"),
            ("A3", "Hengtai", "S1", Decimal(10), "2026-12-05"),
        )
    )
    assert [(row.number, row.values["style"], row.values["quantity"]) for row in book.orders] == [
        ("A1", "S1 / S2", Decimal(150)),
        ("A3", "S1", Decimal(10)),
    ]
    assert [(problem.line, problem.warning) for problem in book.problems] == [(3, True), (5, False), (7, True)]
    assert "another due_date" in str(book.problems[1])
    assert book.spoilt == {"A2"}


def test_a_misspelt_heading_is_proposed() -> None:
    book = read(sheet(("Order No", "Supplier", "Quantitty", "Remarks"), ("A1", "Hengtai", Decimal(5), "x")))
    assert [str(problem) for problem in book.problems] == [
        "book.xlsx:1: column C (Quantitty) is no heading that is known; "
        "is it 'quantity'? Then add it to rules/order_book.yaml; it was passed over"
    ]
    assert book.ignored == ("book.xlsx: Quantitty", "book.xlsx: Remarks")


def test_a_file_without_headings_is_told() -> None:
    book = read(sheet(("a", "b"), ("c", "d")))
    assert len(book.problems) == 1
    assert "no row of headings" in str(book.problems[0])
    assert "" in book.spoilt


def test_what_has_happened_and_what_is_promised() -> None:
    head = ("number", "supplier", "acknowledged", "ship promised", "shipped", "container no", "told", "inspection")
    book = read(sheet(head, ("P1", "Hengtai", "是", "2026-12-05", "2026-12-04", "MSKU 123456-7", None, "yes")))
    facts = {(fact.kind, fact.milestone): (fact.date, fact.refs) for fact in book.orders[0].facts}
    assert facts == {
        ("actual", Milestone.ACKNOWLEDGED): (None, ()),
        ("promised", Milestone.SHIP): (date(2026, 12, 5), ()),
        ("actual", Milestone.SHIP): (date(2026, 12, 4), ("MSKU1234567",)),
    }
    assert [str(problem) for problem in book.problems] == [
        "book.xlsx:2: column H (inspection): 'yes' says no day, and was left out; write the day"
    ]


def test_parties_from_a_spreadsheet_one_row_a_person() -> None:
    book = read(
        sheet(
            ("供应商名称", "简称", "国家", "联系人", "邮箱", "职务", "处理方式", "信件模式", "免跟踪"),
            ("绍兴锦绣", "Jinxiu", "中国", "王海燕", "Wang@jinxiu.example", "业务", "温和", "delay_notice=auto", "是"),
            (None, None, None, "李强", "li@jinxiu.example; qc@jinxiu.example", "经理", None, None, None),
            ("绍兴锦绣", None, None, "无邮箱", None, None, None, None, None),
        )
    )
    (row,) = book.parties
    assert dict(row.values) == {
        "role": Role.SUPPLIER,
        "short": "Jinxiu",
        "country": "CN",
        "language": "zh",
        "timezone": "Asia/Shanghai",
        "handling": Handling.GENTLE,
        "modes": (("delay_notice", "auto"),),
        "trusted": True,
        "contacts": (
            Contact("王海燕", "wang@jinxiu.example", "业务"),
            Contact("", "li@jinxiu.example", "经理"),
            Contact("", "qc@jinxiu.example", "经理"),
        ),
    }
    assert [problem.line for problem in book.problems] == [4]
    assert book.problems[0].warning


def test_parties_with_people_beside_one_another() -> None:
    book = read(
        sheet(
            ("name", "role", "contact", "email", "contact 2", "email 2"),
            ("Acme", "customer", "Ann", "ann@acme.example", "Bob", "bob@acme.example"),
        )
    )
    assert book.parties[0].values["contacts"] == (
        Contact("Ann", "ann@acme.example"),
        Contact("Bob", "bob@acme.example"),
    )


def test_faults_of_yaml_have_lines_and_the_right_word() -> None:
    text = """\
compny: x
parties:
- name: A
  role: suplier
  contcts: []
- role: customer
- name: B
  role: customer
  handling: sometimes
  modes: {delay_notice: maybe}
  contacts:
  - {name: Ann, mail: ann@b.example}
orders:
- number: 4711
  kind: sales
  party: B
  quantity: 12
  due_date: 2026-12-05
"""
    book = read(Source("p.yaml", text=text))
    assert [str(problem).split(";")[0] for problem in book.problems] == [
        "p.yaml:1: unknown key 'compny'",
        "p.yaml:5: unknown key 'contcts'",
        "p.yaml:6: an item of 'parties' has no 'name'",
        "p.yaml:12: unknown key 'mail'",
        "p.yaml:4: role: 'suplier' is not known",
        "p.yaml:9: handling: 'sometimes' is not known",
        "p.yaml:12: contacts: 'Ann' has no e-mail address",
        "p.yaml:7: modes: 'maybe' of 'delay_notice' is no mode",
    ]
    (order,) = book.orders
    assert (order.number, order.values["quantity"], order.values["due_date"]) == ("4711", 12, date(2026, 12, 5))


def test_one_address_at_two_parties_is_doubted() -> None:
    text = "parties:\n" + "".join(
        f"- name: {name}\n  role: supplier\n  contacts:\n  - {{name: X, email: x@a.example}}\n" for name in ("A", "B")
    )
    (problem,) = read(Source("p.yaml", text=text)).problems
    assert problem.warning
    assert "x@a.example is a contact of A" in str(problem)


def test_a_day_of_yaml_that_is_none_is_told() -> None:
    book = read(Source("p.yaml", text="orders:\n- number: A\n  due_date: 2026-02-31\n"))
    assert "holds a date that is none" in str(book.problems[0])
