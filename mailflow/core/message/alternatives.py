"""A body given twice, as text and as HTML: which of the two to read, and whether they say the same."""

import re
from collections.abc import Iterable
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Line, line_text

_NOISE = re.compile(
    r"https?://[^\s<>\"]{1,2000}|www\.[^\s<>\"]{1,500}|\[(?:cid|image|inline)[^\]]{0,300}\]|[\w.+-]{1,80}@[\w.-]{1,120}|&\w{1,8};",
    re.I,
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•·]|\(?\d{1,2}[.)、])\s*", re.MULTILINE)
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")


def flat(lines: Iterable[BodyLine]) -> str:
    """The letters and digits of a body, nothing else: alike in both forms when they say the same."""
    words = []
    for line in lines:
        if line.table is None:
            words.append(line.text)
        else:
            words.extend(cell.text for row in line.table.rows for cell in row)
    return "".join(filter(str.isalnum, "".join(words)))


def disagree(text: tuple[Line, ...], html: tuple[Line, ...], aside: str) -> bool:
    """Whether the sender's words in the two forms differ in a date or a number; `aside` was struck out or hidden."""
    in_text, in_html = _said(text), _said(html)
    spare = _facts(_TOKEN.findall(aside.lower()))
    facts_text, facts_html = _facts(in_text), _facts(in_html)
    only_text = facts_text - facts_html - spare
    only_html = facts_html - facts_text
    if only_text and only_html:
        return True
    if only_text:  # the HTML leaves it out: is it another text, or a stub?
        return len(in_html) >= 5 and _shared(in_text, in_html) < 0.5
    return False


def _said(lines: tuple[Line, ...]) -> list[str]:
    text = "\n".join(line_text(line) for line in lines).lower()
    return _TOKEN.findall(_LIST_MARK.sub("", _NOISE.sub(" ", text)))


def _facts(tokens: list[str]) -> set[str]:
    months = _months()
    found = set()
    for token in tokens:
        if token.isdigit():
            found.add(token.lstrip("0") or "0")
        elif token in months:
            found.add(token[:3])
    return found


def _shared(one: list[str], other: list[str]) -> float:
    smaller = set(one) if len(set(one)) < len(set(other)) else set(other)
    return len(set(one) & set(other)) / max(len(smaller), 1)


@cache
def _months() -> frozenset[str]:
    names = "january february march april may june july august september october november december"
    short = "jan feb mar apr jun jul aug sep sept oct nov dec"
    return frozenset((names + " " + short).split())
