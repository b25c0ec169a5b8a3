"""HTML to lines and tables."""

import pytest

from mailflow.core.message.html import html_lines
from mailflow.core.message.limits import Limits
from mailflow.core.message.model import Cell


def texts(html: str) -> list[str]:
    return [line.text for line in html_lines(html).lines if line.text]


def rows(html: str) -> list[list[Cell]]:
    tables = [line.table for line in html_lines(html).lines if line.table is not None]
    assert len(tables) == 1
    return [list(row) for row in tables[0].rows]


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display: none">x</div>',
        '<span style="visibility:hidden">x</span>',
        '<span style="font-size:0px">x</span>',
        '<span style="font-size:1px;color:#333">x</span>',
        '<font color="white">x</font>',
        '<span style="color: rgb(255, 255, 255)">x</span>',
        '<p style="color:#fefefe">x</p>',
        '<div style="max-height:0;overflow:hidden">x</div>',
        '<div style="opacity:0">x</div>',
        '<div style="position:absolute;left:-9999px">x</div>',
        "<div hidden>x</div>",
        "<title>x</title>",
        "<script>x</script>",
        "<style>.a{}</style>",
        "<!-- x -->",
        "<s>x</s>",
        "<del>x</del>",
        "<strike>x</strike>",
        '<span style="text-decoration: line-through red">x</span>',
        '<style>.gone {display:none}</style><p class="b gone">x</p>',
    ],
)
def test_what_nobody_sees_is_left_out(hidden: str) -> None:
    assert texts(f"<html><body>{hidden}<p>seen</p></body></html>") == ["seen"]


@pytest.mark.parametrize(
    "shown",
    [
        '<table bgcolor="#000080"><tr><td><font color="#fff">x</font></td></tr></table>',
        '<div style="background:#c00"><span style="color:white">x</span></div>',
        '<span style="font-size:0.8em">x</span>',
        '<span style="opacity:0.9">x</span>',
        '<div style="height:100%;overflow:hidden">x</div>',
        "<ins>x</ins>",
    ],
)
def test_what_is_seen_stays(shown: str) -> None:
    assert texts(shown) == ["x"]


def test_blocks_are_lines_and_source_breaks_are_blanks() -> None:
    assert texts("<div>one\n   two</div><div>three<br>four</div><p>five</p>six") == [
        "one two",
        "three",
        "four",
        "five",
        "six",
    ]
    assert texts("<pre>a\n  b</pre>") == ["a", "b"]
    assert texts("5 <s>Dec</s> <b>9</b> Dec") == ["5 9 Dec"]


def test_quotations_are_known_by_their_marks() -> None:
    html = (
        "new<blockquote>one<blockquote type=cite>two</blockquote></blockquote>"
        '<div style="border-left: 2px solid #ccc; padding-left:4px">three</div>'
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">indented</blockquote><div>&gt; four</div>'
    )
    depths = [(line.text, line.depth) for line in html_lines(html).lines if line.text]
    assert depths == [("new", 0), ("one", 1), ("two", 2), ("three", 1), ("indented", 0), ("four", 1)]


def test_cells_keep_what_was_struck_apart() -> None:
    table = rows("<table><tr><th>Order<th>Ship</tr><tr><td>BW-1<td><s>5 Dec</s> 9&nbsp;Dec</table>")
    assert table[1] == [Cell("BW-1"), Cell("9 Dec", struck="5 Dec")]


def test_merged_cells_stand_in_every_row_they_cover() -> None:
    table = rows(
        "<table><tr><th>Order<th colspan=2>Dates</tr><tr><td rowspan=2>BW-1<td>1 Dec<td>2 Dec</tr>"
        "<tr><td>7 Dec<td>8 Dec</tr><tr><td>BW-2<td>3 Dec<td>4 Dec</tr></table>"
    )
    assert [[cell.text for cell in row] for row in table] == [
        ["Order", "Dates", ""],
        ["BW-1", "1 Dec", "2 Dec"],
        ["BW-1", "7 Dec", "8 Dec"],
        ["BW-2", "3 Dec", "4 Dec"],
    ]


def test_a_table_that_only_lays_out_the_page_is_lines() -> None:
    assert texts("<table><tr><td>Dear Jana</td></tr><tr><td><table><tr><td>a</td></tr></table></td></tr></table>") == [
        "Dear Jana",
        "a",
    ]
    assert texts("<table><tr><td>left</td><td>right</td></tr></table>") == ["left", "right"]


def test_colours_that_mark_words_are_kept() -> None:
    lines = html_lines(
        '<p>asked</p><p><span style="color:red">answered</span></p><p>half <font color=red>red</font></p>'
    ).lines
    assert {line.text: line.color for line in lines if line.text} == {"asked": "", "answered": "ff0000", "half red": ""}


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 50_000 + "x",
        "<table><tr>" + "<td rowspan=9999 colspan=9999>a" * 3_000 + "</tr>" + "<tr><td>b<td>c" * 3_000,
        "<ol>" + "<li>a" * 60_000,
        "<" * 300_000,
    ],
)
def test_bombs_are_cut(bomb: str) -> None:
    page = html_lines(bomb, Limits(html_nodes=10_000))
    assert len(page.lines) <= Limits().lines
