"""A body given twice, as text and as HTML: which of the two to read, and whether they say the same."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.model import Line, line_text
from mailflow.core.message.phrases import Phrases, finder

_NOISE = re.compile(
    r"(?:https?://|tel:)[^\s<>\"]{1,2000}|www\.[^\s<>\"]{1,500}|\[(?:cid|image|inline)[^\]]{0,300}\]|[\w.+-]{1,80}@[\w.-]{1,120}|&\w{1,8};",
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


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a body: the sender's own lines in it, and all of its lines."""

    own: tuple[Line, ...]
    whole: Sequence[BodyLine]


def disagree(text: Form, html: Form, aside: str, phrases: Phrases) -> bool:
    """Whether the sender's words in the two forms differ in a date, a number or a word that turns them.

    `aside` was struck out or hidden in the HTML.
    """
    in_text, in_html = _tokens(_said(text.own)), _tokens(_said(html.own))
    if not in_text or not in_html:
        return False
    spare = _facts(_tokens(aside.lower()))
    facts_text, facts_html = _facts(in_text), _facts(in_html)
    only_text = facts_text - facts_html - spare
    if only_text and facts_html - facts_text:
        return True
    if only_text - _facts(_tokens(_all(html))):  # the HTML leaves it out: is it another text, or a stub?
        return len(in_html) >= 5 or not facts_html
    if not facts_text & facts_html and _shared(in_text, in_html) < 0.5:
        return False  # "this mail can only be read as HTML"
    return _other_order(in_text, in_html, spare) or _turned(text, html, aside, phrases)


def _other_order(in_text: list[str], in_html: list[str], spare: set[str]) -> bool:
    """Whether the two forms give the same days and numbers, and not one after the other."""
    one, other = ([fact for fact in map(_fact, tokens) if fact and fact not in spare] for tokens in (in_text, in_html))
    return one != other and Counter(one) == Counter(other)


def _turned(text: Form, html: Form, aside: str, phrases: Phrases) -> bool:
    """Whether a word such as "not" stands in one of the forms alone, however the history was told apart in them."""
    weighty = finder(phrases, "weighty")
    spare = weighty.count(aside)
    for one, other in ((_said(text.own), _said(html.own)), (_all(text), _all(html))):
        in_text, in_html = weighty.count(one), weighty.count(other)
        if not (in_text - spare) - in_html and not in_html - in_text:
            return False
    return True


def _shared(one: list[str], other: list[str]) -> float:
    smaller = min(set(one), set(other), key=len)
    return len(set(one) & set(other)) / max(len(smaller), 1)


def _all(form: Form) -> str:
    return _without_noise("\n".join(line.text if line.table is None else _cells(line) for line in form.whole))


def _cells(line: BodyLine) -> str:
    return line_text(Line("", table=line.table))


def _said(lines: tuple[Line, ...]) -> str:
    return _without_noise("\n".join(line_text(line) for line in lines))


def _without_noise(text: str) -> str:
    return _LIST_MARK.sub("", _NOISE.sub(" ", text.lower().replace("’", "'")))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _facts(tokens: list[str]) -> set[str]:
    return {fact for fact in map(_fact, tokens) if fact}


def _fact(token: str) -> str:
    """A number without its leading zeros, or the first letters of a month; empty for other words."""
    if token.isdigit():
        return token.lstrip("0") or "0"
    return token[:3] if token in _months() else ""


@cache
def _months() -> frozenset[str]:
    names = "january february march april may june july august september october november december"
    short = "jan feb mar apr jun jul aug sep sept oct nov dec"
    return frozenset((names + " " + short).split())
