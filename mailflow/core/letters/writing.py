"""Plain writing (NAME/letter.LANGUAGE.j2) as the subject, the text and the HTML of a letter: words are written once.

The first line is the subject; behind it paragraphs stand apart by empty lines, `- ` and `1. ` begin the points of a
list, `| name | value |` is a row of a table, `**words**` are strong, `words` in backticks are to be typed. A line with
nothing but `{% ... %}` ends a paragraph; one with nothing but `{{ listing(...) }}` (or another block of the layout)
stands by itself. Lines stay where they are, so that a fault in one of the three is told with the line of the writing.
"""

import html
import re
from dataclasses import dataclass

SUBJECT = "Subject:"
BLOCKS = (
    *("about", "accounts", "alert", "asked", "charts", "differences", "figures"),
    *("listing", "points", "quote", "rows", "told"),
)
"""What `_layout/blocks.text.j2` and `_layout/blocks.html.j2` have for every letter."""

_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_KEPT = re.compile("\x00(\\d+)\x01")
_STATEMENTS = re.compile(r"(?:\s*(?:\{%.*?%\}|\{#.*?#\}))+\s*", re.DOTALL)
_BLOCK = re.compile(rf"\s*\{{\{{-?\s*(?:{'|'.join(BLOCKS)})\(.*\}}\}}\s*", re.DOTALL)
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_TYPED = re.compile(r"`(.+?)`")
_POINT = re.compile(r"\s*(-|\d+\.)\s+(.*)")
_HEAD = '{{% extends "_layout/letter.{0}.j2" %}}{{% from "_layout/blocks.{0}.j2" import {1} with context %}}'
_TAGS = {"p": ("<p>", "</p>"), "ul": ("<ul>", "</ul>"), "ol": ("<ol>", "</ol>")}
_TAGS["table"] = ('<table class="list">', "</table>")


@dataclass(frozen=True, slots=True)
class Written:
    """The three parts of a letter as templates."""

    subject: str
    text: str
    html: str


def written(source: str) -> Written | None:
    """Return the parts of a letter that is written once; None where it does not begin with its subject."""
    first, _, rest = source.partition("\n")
    if not first.startswith(SUBJECT):
        return None
    kept: list[str] = []
    lines = _JINJA.sub(lambda hit: _put_aside(hit[0], kept), rest).split("\n")
    text = [_text_line(line, kept) for line in lines]
    page = [line for chunk in _chunks(lines) for line in _html_chunk(chunk, kept)]
    return Written(first.removeprefix(SUBJECT).strip(), _framed("text", text, kept), _framed("html", page, kept))


def _put_aside(jinja: str, kept: list[str]) -> str:
    kept.append(jinja)
    return f"\x00{len(kept) - 1}\x01"


def _framed(part: str, lines: list[str], kept: list[str]) -> str:
    head = _HEAD.format(part, ", ".join(BLOCKS)) + "{% block body %}"
    return "\n".join((head, *(_restored(line, kept) for line in lines))) + "{% endblock %}"


def _restored(line: str, kept: list[str]) -> str:
    return _KEPT.sub(lambda hit: kept[int(hit[1])], line)


def _text_line(line: str, kept: list[str]) -> str:
    if _kind(line, kept) == "table":
        name, value = _cells(line)
        line = f"{name}{{{{ words.forms.colon }}}}{value}"
    return _TYPED.sub(r'"\1"', _STRONG.sub(r"\1", line))


def _cells(line: str) -> tuple[str, str]:
    name, _, value = line.strip().strip("|").partition("|")
    return name.strip(), value.strip()


def _kind(line: str, kept: list[str]) -> str:
    """Return what a line is: empty, a statement, a block of the layout, a row, a point, or part of a paragraph."""
    if not line.strip():
        return ""
    whole = _restored(line, kept)
    if _STATEMENTS.fullmatch(whole):
        return "statement"
    if _BLOCK.fullmatch(whole):
        return "block"
    if line.lstrip().startswith("|"):
        return "table"
    point = _POINT.fullmatch(line)
    return "p" if point is None else "ul" if point[1] == "-" else "ol"


def _chunks(lines: list[str]) -> list[list[str]]:
    """Return the lines in groups, an empty line at the end of each."""
    chunks: list[list[str]] = [[]]
    for line in lines:
        chunks[-1].append(line)
        if not line.strip():
            chunks.append([])
    return chunks


def _html_chunk(lines: list[str], kept: list[str]) -> list[str]:
    """Write tags around the lines of a group: around all where all are rows or points, else around each run."""
    kinds = [_kind(line, kept) for line in lines]
    said = {kind for kind in kinds if kind not in ("", "statement")}
    done = [_html_line(line, kind) for line, kind in zip(lines, kinds, strict=True)]
    if len(said) == 1 and said <= {"table", "ul", "ol"}:
        last = max(n for n, kind in enumerate(kinds) if kind)
        before, behind = _TAGS[said.pop()]
        done[0], done[last] = before + done[0], done[last] + behind
        return done
    for n, kind in enumerate(kinds):
        if kind in _TAGS:
            before, behind = _TAGS[kind]
            begins = n == 0 or kinds[n - 1] != kind
            ends = n + 1 == len(kinds) or kinds[n + 1] != kind
            done[n] = f"{before if begins else ''}{done[n]}{behind if ends else ''}"
    return done


def _html_line(line: str, kind: str) -> str:
    if kind in ("", "statement", "block"):
        return line
    words = html.escape(line.strip(), quote=False)
    words = _TYPED.sub(r"<code>\1</code>", _STRONG.sub(r"<strong>\1</strong>", words))
    if kind == "table":
        name, value = _cells(words)
        return f'<tr><td class="key">{name}</td><td class="value">{value}</td></tr>'
    point = _POINT.fullmatch(words)
    return words if point is None else f"<li>{point[2]}</li>"
