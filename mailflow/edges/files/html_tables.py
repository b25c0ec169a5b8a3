"""Tables of an HTML page as rows of text, merged cells filled."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MOST_SPAN = 1000  # a page may say rowspan=99999999
_Hanging = dict[int, tuple[int, str]]  # column → how many more rows a cell from above covers, and its text


def html_rows(text: str, most_rows: int, most_columns: int) -> list[list[list[str]]]:
    """Return the tables that hold data, one list of rows each; one around others only lays out the page."""
    found = []
    for table in LexborHTMLParser(text).css("table"):
        if any(True for inner in table.css("table") if inner.mem_id != table.mem_id):
            continue
        if rows := _expand(table, most_rows, most_columns):
            found.append(rows)
    return found


def _expand(table: LexborNode, most_rows: int, most_columns: int) -> list[list[str]]:
    """Put each cell into every place that its spans cover."""
    grid: list[list[str]] = []
    hanging: _Hanging = {}
    for line in table.css("tr")[: most_rows + 1]:
        row: list[str] = []
        below: _Hanging = {}
        for cell in line.iter():
            if cell.tag not in ("td", "th"):
                continue
            _take_from_above(row, hanging, below)
            text = " ".join(cell.text(separator=" ").split())
            rows = _span(cell, "rowspan")
            for _ in range(min(_span(cell, "colspan"), most_columns + 1 - len(row))):
                if rows > 1:
                    below[len(row)] = (rows - 1, text)
                row.append(text)
        _take_from_above(row, hanging, below)
        hanging = below
        grid.append(row)
    return grid


def _take_from_above(row: list[str], hanging: _Hanging, below: _Hanging) -> None:
    """Fill the next places of a row that cells of the rows above reach down into."""
    while len(row) in hanging:
        rows, text = hanging[len(row)]
        if rows > 1:
            below[len(row)] = (rows - 1, text)
        row.append(text)


def _span(cell: LexborNode, name: str) -> int:
    said = (cell.attributes.get(name) or "1").strip()
    return min(max(int(said), 1), _MOST_SPAN) if said.isascii() and said.isdigit() and len(said) < 10 else 1
