"""Reports as files: a workbook that filters and colours, a page that escapes, charts that are pictures."""

import io
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import load_workbook

from mailflow.core.reports.figures import Count
from mailflow.core.reports.model import Picture, Sheet
from mailflow.core.reports.scorecard import Scorecard
from mailflow.edges.reports.charts import supplier_chart, trend_chart
from mailflow.edges.reports.page import write_page
from mailflow.edges.reports.workbook import write_report

SHEET = Sheet(
    "供应商",
    ("Party", "Score", "Days"),
    (("=HYPERLINK('x')", 0.75, 3), ("<b>Mill & Co</b>\x07", None, 0)),
    percents=(1,),
    late=(2,),
)
MADE = datetime(2026, 11, 30, 8, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"


def test_a_workbook_with_filters_colours_and_no_formulas() -> None:
    data = write_report([SHEET], "Lanmei", MADE)
    book: Any = load_workbook(io.BytesIO(data))
    page = book["供应商"]
    assert page["A2"].value == "=HYPERLINK('x')"
    assert page["A2"].data_type == "s", "what begins with = is text"
    assert page["A3"].value == "<b>Mill & Co</b>"
    assert (page["B2"].value, page["B2"].number_format) == (0.75, "0%")
    assert page.auto_filter.ref == "A1:C3"
    assert {str(each.sqref) for each in page.conditional_formatting} == {"B2:B3", "C2:C3"}
    assert book.properties.creator == "Lanmei"


def test_a_page_escapes_what_it_shows_and_holds_its_pictures() -> None:
    page = write_page(
        "Report <1>", [SHEET], [Picture(PNG, 'a "chart"')], language="en", company="Lanmei", defined="Defined."
    )
    assert "&lt;b&gt;Mill &amp; Co&lt;/b&gt;" in page
    assert "<b>Mill" not in page
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in page
    assert 'alt="a &#34;chart&#34;"' in page
    assert '<td class="number">75%</td>' in page
    assert "http" not in page, "nothing is fetched"


def test_charts_are_pictures_that_show_the_values() -> None:
    trend = [(date(2026, month, 1), Count(month, 12 if month > 8 else 0)) for month in range(7, 12)]
    drawn = trend_chart(trend, "及时率")
    assert drawn.startswith(PNG)
    assert drawn == trend_chart(trend, "及时率"), "the same values give the same picture"
    assert drawn != trend_chart([*trend[:-1], (trend[-1][0], Count(1, 12))], "及时率")


def test_very_many_suppliers_fit_one_chart() -> None:
    def card(number: int) -> Scorecard:
        return Scorecard(f"Mill {number} of a very long name that nobody can read", 3, Count(1, 2), 0, 0.0,
                         Count(0, 0), 0, 1 - number / 60, "A")  # fmt: skip

    many = supplier_chart([card(number) for number in range(60)], "Suppliers")
    assert many == supplier_chart([*(card(n) for n in range(7)), *(card(n) for n in range(52, 60))], "Suppliers")
