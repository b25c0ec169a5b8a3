"""Which documents go along with a letter to a customer, and who lets the letter go then."""

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.letters.model import Mode
from mailflow.core.orders.state import Paper
from tests.core.playbook.situations import Look, at, happened, look, purchase, sale, without_lists

FORWARDERS = Paper("bill_of_lading", 7, 0, "BL.pdf", date(2026, 12, 10), role="forwarder", readable=True)
SUPPLIERS = Paper("packing_list", 8, 1, "恒泰 PL.XLSX", date(2026, 12, 9), role="supplier", readable=True)
SOLD = sale("SO/26 1", "2026-12-18")
SHIPPED = happened(purchase("PO1", "2026-12-15", linked_order="SO/26 1"), "2026-12-10", refs=("MSCU1234566",))
BILL = "bill_of_lading-SO_26_1.pdf"


def advice(*papers: Paper) -> Look:
    return look(at("2026-12-10", "17:00"), SOLD, replace(SHIPPED, papers=papers))


@pytest.mark.parametrize(
    ("papers", "names", "mode"),
    [
        ((), [], Mode.AUTO),
        ((FORWARDERS,), [BILL], Mode.DRAFT),
        ((replace(FORWARDERS, released=True),), [BILL], Mode.AUTO),
        ((replace(FORWARDERS, names="Hengtai"),), [], Mode.AUTO),
        ((replace(FORWARDERS, readable=False),), [], Mode.AUTO),
        ((SUPPLIERS,), [], Mode.AUTO),
        ((replace(SUPPLIERS, released=True),), ["packing_list-SO_26_1.xlsx"], Mode.AUTO),
        ((replace(SUPPLIERS, released=True), FORWARDERS), [BILL, "packing_list-SO_26_1.xlsx"], Mode.DRAFT),
        ((FORWARDERS, replace(FORWARDERS, mail=9)), [BILL], Mode.DRAFT),
        ((replace(FORWARDERS, kind="draft_bl", released=True),), [], Mode.AUTO),
    ],
)
def test_released_or_the_carrier_s_own(papers: tuple[Paper, ...], names: list[str], mode: Mode) -> None:
    (letter,) = advice(*papers).of("shipment_advice")
    assert [one.name for one in letter.enclosed] == names
    assert letter.mode is mode
    assert len(letter.facts.lines[0].documents) == len(names)


def test_of_the_carrier_s_the_newest_and_a_released_one_before_it() -> None:
    newer = replace(FORWARDERS, mail=9)
    assert [one.mail for one in advice(newer, FORWARDERS).of("shipment_advice")[0].enclosed] == [9]
    chosen = advice(newer, replace(FORWARDERS, released=True)).of("shipment_advice")[0].enclosed
    assert [one.mail for one in chosen] == [7]


def test_a_step_attaches_what_there_is_and_to_customers_alone() -> None:
    for before, after, told in (
        ("attach: [bill_of_lading,", "attach: [bill_of_ladding,", "did you mean 'bill_of_lading'"),
        ("    letter: weekly_list\n", "    letter: weekly_list\n    attach: [invoice]\n", "letters to customers"),
    ):
        with pytest.raises(AssertionError, match=told):
            without_lists((before, after))
