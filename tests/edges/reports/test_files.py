"""Reports as files: a workbook that filters and colours, a page that escapes, charts that are pictures."""

import io
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook

from mailflow.core.reports.model import Chart, Mark, Picture, Sheet
from mailflow.edges.reports.charts import draw
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
    marks = (Mark("2026-09", None), Mark("2026-10", 75.0, "9/12"), Mark("2026-11", 92.0, "11/12"))
    drawn = draw(Chart("trend", "及时率", marks))
    assert drawn.startswith(PNG)
    assert drawn == draw(Chart("trend", "及时率", marks)), "the same values give the same picture"
    assert drawn != draw(Chart("trend", "及时率", (*marks[:-1], Mark("2026-11", 8.0, "1/12"))))


def test_scores_are_bars() -> None:
    marks = (Mark("Mill", 91.0, "A"), Mark("Weaver", 40.0, "D"))
    drawn = draw(Chart("suppliers", "Scores", marks))
    assert drawn.startswith(PNG)
    assert drawn != draw(Chart("suppliers", "Scores", marks[:1]))


def test_a_date_that_was_stored_as_text_is_a_date_in_the_workbook() -> None:
    data = write_report(
        [Sheet("Late", ("Order", "Planned"), (("PO1", "2026-11-20"), ("PO2", None)), days=(1,))], "L", MADE
    )
    page: Any = load_workbook(io.BytesIO(data))["Late"]
    assert page["B1"].value == "Planned"
    assert page["B2"].value == datetime(2026, 11, 20)  # noqa: DTZ001 - workbooks know no zones
    assert page["B3"].value is None
