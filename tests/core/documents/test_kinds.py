"""What a file is: by the words of its name, else by its heading; and what an order book means by its own words."""

import pytest

from mailflow.core.documents.kinds import kind_of, kinds_of
from tests.core.playbook.situations import without_lists

WORDS = without_lists().documents


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("PO26-0042 packing list.pdf", ("packing_list",)),
        ("PL_PO26-0042.xlsx", ("packing_list",)),
        ("BL-COSU6263748590.PDF", ("bill_of_lading",)),
        ("提单草稿 PO26-0042.pdf", ("draft_bl",)),
        ("提单.pdf", ("bill_of_lading",)),
        ("draft B_L 42.pdf", ("draft_bl",)),
        ("CI & PL 26-0042.xls", ("invoice", "packing_list")),
        ("proforma invoice 118.pdf", ("proforma",)),
        ("Commercial Invoice.pdf", ("invoice",)),
        ("验货报告1120.pdf", ("inspection_report",)),
        ("plan.pdf", ()),
        ("company logo.png", ()),
        ("scan0012.pdf", ()),
    ],
)
def test_by_the_name_of_the_file(name: str, kinds: tuple[str, ...]) -> None:
    assert sorted(kinds_of(name, "", WORDS)) == sorted(kinds)


def test_by_its_heading_where_the_name_says_nothing() -> None:
    assert kinds_of("scan0012.pdf", "HARBOUR GATE\nBILL OF LADING\nB/L No. COSU62637", WORDS) == ("bill_of_lading",)
    assert kinds_of("scan0012.pdf", "please see packing list and commercial invoice", WORDS) == (), "which of them?"
    assert kinds_of("scan0012.pdf", "our plan for PL and CI", WORDS) == (), "two letters in a text say nothing"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("Packing List", "packing_list"), ("B/L", "bill_of_lading"), ("FORM A", "origin"), ("ISF form", ""), ("", "")],
)
def test_what_an_order_book_means(asked: str, kind: str) -> None:
    assert kind_of(asked, WORDS) == kind
