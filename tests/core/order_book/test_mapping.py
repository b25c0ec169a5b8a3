"""rules/order_book.yaml: its faults have lines, and every field and word is reached."""

from mailflow.core.order_book.mapping import parse_rules, plain
from tests.core.order_book.book import RULES, STAGES, rules


def test_the_mapping_that_comes_with_mailflow_is_sound() -> None:
    assert parse_rules(RULES.read_text(encoding="utf-8"), stages=STAGES)[1] == []


def test_usual_headings_in_both_languages() -> None:
    found = {word: rules().orders[plain(word)] for word in ("合同号", "客户", "供应商", "款号", "数量", "交期", "唛头")}
    assert found == {
        "合同号": "number",
        "客户": "customer",
        "供应商": "supplier",
        "款号": "style",
        "数量": "quantity",
        "交期": "due_date",
        "唛头": "shipping_mark",
    }
    assert rules().orders[plain("Order No.")] == "number"
    assert rules().orders[plain("Port of Destination")] == "destination_port"
    assert rules().orders[plain("实际出货日期")] == "actual.ship"
    assert rules().orders[plain("承诺交期")] == "promised.ship"


def test_every_fault_is_told_at_once_with_its_line() -> None:
    text = """\
date_order: sometimes
orders:
  number: [po]
  quantitty: [qty]
  style: [po]
  unit: uom
  port: [1, {a: b}]
milestones:
  shiped:
    actual: [gone]
  ship:
    actually: [gone]
words:
  kind:
    purchases: [buy]
  colours: {red: [红]}
"""
    _, problems = parse_rules(text, "order_book.yaml")
    said = [str(problem) for problem in sorted(problems, key=lambda problem: problem.line)]
    assert said == [
        "order_book.yaml:1: date_order 'sometimes' is not known; write one of ask, day_first, month_first",
        "order_book.yaml:4: unknown key 'quantitty'; did you mean 'quantity'?",
        "order_book.yaml:5: 'po' stands for both 'number' and 'style'; keep it in one of the lists",
        "order_book.yaml:6: 'unit' must be a list; write the words between [ and ], with commas",
        "order_book.yaml:7: '{'a': 'b'}' in 'port' is read as something else than a word; put it in quotes",
        "order_book.yaml:9: unknown key 'shiped'; did you mean 'ship'? known here: acknowledged, arrive,"
        " inspection, material, payment, production, receive, sample, ship",
        "order_book.yaml:12: unknown key 'actually'; did you mean 'actual'? known here: actual, promised",
        "order_book.yaml:15: unknown key 'purchases'; did you mean 'purchase'? known here: purchase, sales",
        "order_book.yaml:16: unknown key 'colours'; known here: country, currency, date_basis, handling, kind,"
        " language, role, ship_mode, status, unit, yes_no",
    ]


def test_broken_yaml_has_its_line() -> None:
    _, problems = parse_rules("orders:\n  number: [a, b\n  style: [c]\n", "order_book.yaml")
    assert len(problems) == 1
    assert problems[0].line >= 2


def test_an_empty_file_is_told() -> None:
    assert parse_rules("", "order_book.yaml")[1]


def test_milestones_of_the_playbook_and_parts_of_one_have_columns_of_their_own() -> None:
    lines = ("  bom: {actual: [bom in]}", "  payment.deposit: {actual: [deposit in]}", "  documents.co: {actual: [co]}")
    text = "\n".join(("milestones:", *lines))
    found, problems = parse_rules(text, "order_book.yaml", STAGES)
    assert problems == []
    assert found.orders[plain("Deposit in")] == "actual.payment.deposit"
    assert [str(one) for one in parse_rules(text, "order_book.yaml")[1]] == [
        "order_book.yaml:2: unknown key 'bom'; known here: acknowledged, arrive, inspection, material, payment,"
        " production, receive, sample, ship"
    ]
