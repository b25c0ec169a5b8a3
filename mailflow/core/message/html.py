"""HTML to lines: tables stay tables, struck-out and hidden words are left out, quotations are known by their marks."""

import re
from dataclasses import dataclass, field, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailflow.core.message.limits import LIMITS, Limits
from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Cell, Table
from mailflow.core.message.styles import PLAIN, Style, class_styles, color_of, marked, similar, style_of
from mailflow.core.message.writer import State, Writer

_SKIPPED = frozenset(
    ("head", "script", "style", "title", "noscript", "object", "svg", "select", "textarea", "template", "-comment")
)
_TEXT_BLOCKS = ("div", "p", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote")
_PAGE_BLOCKS = (
    "hr",
    "center",
    "form",
    "address",
    "article",
    "section",
    "header",
    "footer",
    "fieldset",
    "aside",
    "main",
)
_BLOCKS = frozenset((*_TEXT_BLOCKS, *_PAGE_BLOCKS, "table", "tr", "td", "th", "caption"))
_PARAGRAPHS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote"))
_STRUCK = frozenset(("s", "strike", "del"))
_QUOTE_CLASSES = ("yahoo_quoted", "protonmail_quote", "tutanota_quote")
_QUOTE_IDS = ("OLK_SRC_BODY_SECTION",)
_CELL_CHARS = 600
_COLUMNS = 100
_MANY_TAGS = 3000  # below as many, no nesting can hold up the parser
_DEEPEST = 400
_TAG = re.compile(
    r"<(/?)(?!(?:p|li|t[drh]|br|img|hr|input|meta|link|col|option|tbody|dd|dt)\b)[a-z][a-z0-9]*[^<>]{0,2000}", re.I
)
_SOURCE_BREAK = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class HtmlBody:
    """The lines of an HTML body, the words left out of them, and whether a limit cut it."""

    lines: list[BodyLine]
    aside: str = ""
    struck: str = ""  # of the words left out those that the sender struck out, not in a quotation
    hidden: str = ""  # of the words left out those that no mail program shows
    cut: bool = False


def html_lines(html: str, limits: Limits = LIMITS) -> HtmlBody:
    """Read an HTML body."""
    cut = len(html) > limits.html_chars
    source = html[: limits.html_chars].replace("\x00", "")
    if source.count("<") > _MANY_TAGS:
        depth = _too_deep(source)
        cut, source = cut or depth < len(source), source[:depth]
    tree = LexborHTMLParser(source.encode("utf-8", "replace").decode("utf-8"))
    root = tree.body or tree.root
    if root is None:
        return HtmlBody([], cut=cut)
    sheet = "\n".join(node.text() for node in tree.css("style")) if "<style" in source.lower() else ""
    walk = _Walk(limits, class_styles(sheet))
    writer = Writer(limits)
    walk.read(root, writer, State())
    writer.end()
    return HtmlBody(
        writer.lines,
        " ".join(writer.struck + writer.hidden),
        " ".join(writer.withdrawn),
        " ".join(writer.hidden),
        cut or writer.cut or walk.cut or walk.nodes > limits.html_nodes,
    )


def _too_deep(source: str) -> int:
    """Where tags stand nested deeper than any letter's: the parser would take minutes over them."""
    depth = 0
    for tag in _TAG.finditer(source):
        if tag.group(1):
            depth = max(depth - 1, 0)
        elif not tag.group().endswith("/"):
            depth += 1
            if depth > _DEEPEST:
                return tag.start()
    return len(source)


class _Walk:
    """Goes through the tree without recursion, so that no depth of nesting can break it."""

    def __init__(self, limits: Limits, classes: dict[str, Style]) -> None:
        self.limits, self.classes = limits, classes
        self.nodes = 0
        self.cells = 0
        self.cut = False
        self.items: dict[int, int] = {}  # how many items of a numbered list have been read

    def read(self, root: LexborNode, writer: Writer, state: State) -> None:
        # a node is opened, or (True) closed once all that stands in it has been read
        stack: list[tuple[LexborNode, State, bool]] = [(root, state, False)]
        while stack:
            node, state, closing = stack.pop()
            tag = node.tag
            if closing:
                self._close(node, tag or "", writer, state)
                continue
            self.nodes += 1
            if self.nodes > self.limits.html_nodes:
                return
            if tag == "-text":
                self._text(node, writer, state)
            elif tag is not None and tag not in _SKIPPED:
                inner = self._open(node, tag, writer, state)
                if inner is not None:
                    stack.append((node, state, True))
                    stack.extend((child, inner, False) for child in self._children(node))

    def _children(self, node: LexborNode) -> list[LexborNode]:
        children: list[LexborNode] = []
        child = node.child
        while child is not None and len(children) <= self.limits.html_nodes:
            children.append(child)
            child = child.next
        children.reverse()
        return children

    def _text(self, node: LexborNode, writer: Writer, state: State) -> None:
        text = node.text_content or ""
        if not text:
            return
        if state.struck:
            writer.struck.append(text)
            if not state.depth:
                writer.withdrawn.append(text)
            return
        if state.pre and "\n" in text:
            for number, piece in enumerate(text.replace("\r", "").split("\n")):
                if number:
                    writer.newline(state.depth)
                writer.add(piece, state)
        else:
            writer.add(_collapsed(text, writer.words), state)

    def _open(self, node: LexborNode, tag: str, writer: Writer, state: State) -> State | None:
        """Begin a tag; returns what it hands down, or None where nothing in it is to be read."""
        if tag == "br":
            writer.newline(state.depth)
            return None
        attributes = node.attributes if node.attrs else {}
        style = self._style(attributes)
        inner = _inherit(tag, attributes, style, state)
        if inner is None:
            writer.hidden.append(node.text() or "")
            return None
        if tag == "table":
            rows = self._rows(node, inner)
            if rows is not None:
                writer.table(Table(rows), inner.depth)
                return None
        if tag in _BLOCKS:
            _break(tag, attributes, writer, state.depth)
            if tag == "li":
                writer.pending = self._item_mark(node)
        return inner

    def _close(self, node: LexborNode, tag: str, writer: Writer, state: State) -> None:
        if tag in _BLOCKS:
            writer.end()
            writer.pending = ""
            if tag in _PARAGRAPHS or (tag == "p" and not _tight(node.attributes)):
                writer.gap(state.depth)

    def _item_mark(self, node: LexborNode) -> str:
        parent = node.parent
        if parent is None or parent.tag != "ol":
            return "- "
        self.items[parent.mem_id] = number = self.items.get(parent.mem_id, 0) + 1
        return f"{number}. "

    def _style(self, attributes: dict[str, str | None]) -> Style:
        css = attributes.get("style")
        style = style_of(css) if css else PLAIN
        if self.classes and attributes.get("class"):
            for name in (attributes["class"] or "").split():
                own = self.classes.get(name)
                if own is not None:
                    style = replace(style, hidden=style.hidden or own.hidden, struck=style.struck or own.struck)
        return style

    def _rows(self, table: LexborNode, state: State) -> tuple[tuple[Cell, ...], ...] | None:
        """The rows of a table of data; None for one that only lays out the page."""
        if len(table.css("table")) > 1:
            return None
        nodes = [[cell for cell in _elements(row) if cell.tag in ("td", "th")] for row in _row_nodes(table)]
        if sum(len(row) >= 2 for row in nodes) < 2 or any(
            cell.css_first("blockquote") for row in nodes for cell in row
        ):
            return None
        grid = _Grid()
        for row in nodes:
            if self.cells > self.limits.cells:
                self.cut = True
                break
            self.cut = self.cut or len(row) > _COLUMNS
            grid.next_row()
            for node in row[:_COLUMNS]:
                self.cells += 1
                cell = self._cell(node, state)
                if cell is None:
                    return None
                grid.put(cell, _span(node, "rowspan"), _span(node, "colspan"))
        return grid.rows()

    def _cell(self, node: LexborNode, state: State) -> Cell | None:
        """A cell; None where it holds more than a cell of data would."""
        attributes = node.attributes
        inner = _inherit("td", attributes, self._style(attributes), state)
        if inner is None:
            return Cell("")
        writer = Writer(self.limits)
        self.read(node, writer, inner)
        writer.end()
        words = [line.text for line in writer.lines if line.text]
        text = " ".join(words)
        if len(text) > _CELL_CHARS or len(words) > 12:
            return None
        return Cell(" ".join(text.split()), " ".join(" ".join(writer.struck).split()))


@dataclass(slots=True)
class _Grid:
    """Rows of cells; a cell merged over rows stands in each of them, one merged over columns in the first."""

    done: list[list[Cell]] = field(default_factory=list)
    hanging: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # column → rows that it still reaches into
    below: dict[int, tuple[int, Cell]] = field(default_factory=dict)

    def next_row(self) -> None:
        """Finish the row with what hangs down at its end, and begin another."""
        if self.done:
            row = self.done[-1]
            last = max(self.hanging, default=-1)
            while len(row) <= last:
                if not self._take(row):
                    row.append(Cell(""))
        self.hanging, self.below = self.below, {}
        self.done.append([])

    def put(self, cell: Cell, down: int, across: int) -> None:
        row = self.done[-1]
        while self._take(row):
            continue
        for number in range(min(across, _COLUMNS - len(row))):
            self._append(row, Cell("") if number else cell, down)

    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        self.next_row()
        width = max((len(row) for row in self.done), default=0)
        full = (tuple(row) + (Cell(""),) * (width - len(row)) for row in self.done)
        return tuple(row for row in full if any(cell.text or cell.struck for cell in row))

    def _take(self, row: list[Cell]) -> bool:
        found = self.hanging.get(len(row))
        if found is not None:
            self._append(row, found[1], found[0])
        return found is not None

    def _append(self, row: list[Cell], cell: Cell, down: int) -> None:
        if down > 1:
            self.below[len(row)] = (down - 1, cell)
        row.append(cell)


def _span(node: LexborNode, name: str) -> int:
    value = (node.attributes.get(name) or "1").strip()
    return max(1, min(int(value), 50)) if value.isascii() and value.isdigit() and len(value) < 5 else 1


def _elements(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.child
    while child is not None:
        if child.is_element_node:
            found.append(child)
        child = child.next
    return found


def _row_nodes(table: LexborNode) -> list[LexborNode]:
    rows: list[LexborNode] = []
    for child in _elements(table):
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("tbody", "thead", "tfoot"):
            rows.extend(row for row in _elements(child) if row.tag == "tr")
    return rows


def _inherit(tag: str, attributes: dict[str, str | None], style: Style, state: State) -> State | None:
    """What a tag hands down; None where it hides what stands in it."""
    if not attributes and tag not in _STRUCK and tag not in ("pre", "blockquote"):
        return state
    if style.hidden or "hidden" in attributes:
        return None
    background = style.background or color_of(attributes.get("bgcolor") or "") or state.background
    color = style.color or color_of(attributes.get("color") or "")
    if similar(color, background):
        return None
    return replace(
        state,
        depth=state.depth + _quotes(tag, attributes, style),
        struck=state.struck or style.struck or tag in _STRUCK,
        pre=state.pre or style.pre or tag == "pre",
        color=(color if marked(color) else "") if color else state.color,
        background=background,
    )


def _quotes(tag: str, attributes: dict[str, str | None], style: Style) -> int:
    """How much deeper quoted what stands in a tag is."""
    if tag == "blockquote":
        marks = attributes.get("type") or attributes.get("cite") or attributes.get("class")
        return 0 if style.indent and not marks else 1
    if tag == "div" and attributes:
        if style.quoted:
            return 1
        if (attributes.get("id") or "") in _QUOTE_IDS:
            return 1
        return int(any(name in (attributes.get("class") or "").split() for name in _QUOTE_CLASSES))
    return 0


def _tight(attributes: dict[str, str | None]) -> bool:
    """Whether a paragraph has no room above and below it."""
    css = attributes.get("style") or ""
    return (attributes.get("class") or "").lower().startswith("mso") or "margin:0" in css.replace(" ", "").lower()


def _break(tag: str, attributes: dict[str, str | None], writer: Writer, depth: int) -> None:
    writer.end()
    if tag in _PARAGRAPHS or (tag == "p" and not _tight(attributes)):
        writer.gap(depth)


def _collapsed(text: str, before: list[str]) -> str:
    """Line breaks in the source are blanks; runs of blanks stay, people align columns with them."""
    if "\n" in text or "\r" in text:
        first, *rest = _SOURCE_BREAK.split(text)
        text = " ".join((first.rstrip(" \t"), *(piece.strip(" \t") for piece in rest[:-1]), rest[-1].lstrip(" \t")))
    if text.startswith(" ") and before and before[-1].endswith(" "):
        text = text.lstrip(" ")
    return text
