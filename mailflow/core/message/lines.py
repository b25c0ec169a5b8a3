"""The body as lines, each with how deep it is quoted: the one form that plain text and HTML are brought into."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from mailflow.core.message.limits import LIMITS, Limits
from mailflow.core.message.model import Table

_PREFIX = re.compile(r"[ \t]{0,3}((?:[>＞][ \t]?){1,50})")
_INITIALS = re.compile(r"([A-Z]{1,3}|[A-Z][a-z]{1,2})>(?=\s|\Z)")
_FRAME = re.compile(r"[|\s]+\Z")  # what is left of a layout table in a telephone's text
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]")


class BodyLine(NamedTuple):  # one for each line of each mail: a frozen dataclass takes three times as long to make
    """A line of the body: its text, how many times it is quoted, its own colour, or a table standing there."""

    text: str
    depth: int = 0
    table: Table | None = None
    color: str = ""  # where the whole line has a colour of its own
    tail: str = ""  # where only its end has one: the words there

    @property
    def blank(self) -> bool:
        """Whether there is nothing to read in it."""
        return not self.text and self.table is None


def tidy(text: str) -> str:
    """Take out what nobody sees (zero-width marks, controls) and the blanks at both ends."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _INVISIBLE.sub("", text.replace("\u00a0", " ")).strip(" \t\r\n\x0b\x0c\u3000")


def unprefixed(line: BodyLine) -> BodyLine:
    """Turn leading `>` marks into depth."""
    if not line.text.startswith((">", "＞")):
        return line
    match = _PREFIX.match(line.text)
    if match is None:
        return line
    return line._replace(
        text=tidy(line.text[match.end() :]),
        depth=match.group(1).count(">") + line.depth + match.group(1).count("＞"),
    )


def with_initials(body: Sequence[BodyLine]) -> Sequence[BodyLine]:
    """Turn the writer's initials before each quoted line (`JV> …`), below a line that names them, into depth."""
    if not any(">" in line.text[:5] for line in body):
        return body
    out = list(body)
    said = ""
    initials = ""
    for number, line in enumerate(body):
        match = _INITIALS.match(line.text)
        if match is not None and (match.group(1) == initials or said.endswith((":", "："))):
            initials = match.group(1)
            out[number] = line._replace(text=tidy(line.text[match.end() :]), depth=line.depth + 1)
        elif not line.blank:
            said = line.text
    return out


def plain_lines(text: str, flowed: bool = False, limits: Limits = LIMITS) -> list[BodyLine]:
    """Split plain text into lines."""
    out: list[BodyLine] = []
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if len(out) >= limits.lines:
            break
        soft = flowed and raw.endswith(" ") and raw != "-- "
        text = tidy(raw[: limits.line_chars])
        line = unprefixed(BodyLine("" if _FRAME.match(text) else text))
        if out and _continues(out[-1], line):
            previous = out.pop()
            line = line._replace(text=f"{previous.text[:-1]} {line.text}".strip())
        out.append(line._replace(text=line.text + _SOFT) if soft and line.text else line)
    return [line._replace(text=line.text.rstrip(_SOFT)) if line.text.endswith(_SOFT) else line for line in out]


_SOFT = "\x1f"  # marks a line of format=flowed that goes on in the next; tidy() has removed any of the mail's own


def _continues(previous: BodyLine, line: BodyLine) -> bool:
    return (
        previous.text.endswith(_SOFT)
        and len(previous.text) < 4000
        and previous.depth == line.depth
        and line.text != "--"
    )
