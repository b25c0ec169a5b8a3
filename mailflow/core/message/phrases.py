"""The words that open history, close a letter, or mark a mail as automatic; data of rules/reading/quoting.yaml."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from itertools import groupby
from typing import cast

_CHINESE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_CJK = re.compile(f"[{_CHINESE}]")
# the borders of a word: Chinese goes on without a blank (发自vivo手机)
_BEGINS, _ENDS = rf"(?-i:(?<![^\W{_CHINESE}]))", rf"(?-i:(?![^\W{_CHINESE}]))"


@dataclass(frozen=True, slots=True, eq=False)  # compared by identity: what is compiled from it is cached by it
class Phrases:
    """Lists of phrases, all languages together; see the file of rules for what each is for."""

    label_from: tuple[str, ...] = ()
    label_sent: tuple[str, ...] = ()
    label_to: tuple[str, ...] = ()
    label_cc: tuple[str, ...] = ()
    label_subject: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    wrote_start: tuple[str, ...] = ()
    quoting: tuple[str, ...] = ()
    divider: tuple[str, ...] = ()
    forward: tuple[str, ...] = ()
    reply_prefix: tuple[str, ...] = ()
    inline_notice: tuple[str, ...] = ()
    answer_mark: tuple[str, ...] = ()
    recall: tuple[str, ...] = ()
    weighty: tuple[str, ...] = ()
    answer_word: tuple[str, ...] = ()
    fill_in: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    honorific: tuple[str, ...] = ()
    postscript: tuple[str, ...] = ()
    disclaimer: tuple[str, ...] = ()
    banner: tuple[str, ...] = ()
    auto_subject: tuple[str, ...] = ()
    auto_body: tuple[str, ...] = ()
    ticket_body: tuple[str, ...] = ()
    receipt_subject: tuple[str, ...] = ()
    receipt_body: tuple[str, ...] = ()
    bounce_sender: tuple[str, ...] = ()
    bounce_subject: tuple[str, ...] = ()
    bounce_body: tuple[str, ...] = ()
    bounce_temporary: tuple[str, ...] = ()
    bounce_delay: tuple[str, ...] = ()
    bounce_original: tuple[str, ...] = ()
    bulk_body: tuple[str, ...] = ()
    bulk_sender: tuple[str, ...] = ()


def phrases_from(data: Mapping[str, object]) -> Phrases:
    """Make Phrases of parsed YAML: name → language → list of phrases; raises ValueError with every problem at once."""
    problems: list[str] = []
    known = {field.name for field in fields(Phrases)}
    lists: dict[str, tuple[str, ...]] = {}
    for name, languages in data.items():
        if name not in known:
            problems.append(f"unknown list '{name}'; known are: {', '.join(sorted(known))}")
            continue
        if not isinstance(languages, Mapping):
            problems.append(f"'{name}' must be a mapping of languages to lists of phrases")
            continue
        lists[name] = _flat(name, cast(Mapping[object, object], languages), problems)
    if problems:
        raise ValueError("; ".join(problems))
    return Phrases(**lists)


def _flat(name: str, languages: Mapping[object, object], problems: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for language, phrases in languages.items():
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            problems.append(f"'{name}: {language}' must be a list of phrases (quote what YAML would read as a number)")
            continue
        found.update((phrase.strip(), None) for phrase in phrases if phrase.strip())
    return tuple(found)


class Finder:
    """Finds any of many phrases; most texts hold none, so the pattern is tried only where a word of one is."""

    __slots__ = ("_keys", "_pattern")

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._keys = tuple({max(phrase.split(), key=len).casefold() for phrase in phrases})
        self._pattern = re.compile(alternation(phrases), re.IGNORECASE)

    def count(self, text: str) -> Counter[str]:
        """How often each phrase stands in the text."""
        return Counter(hit.group() for hit in self._pattern.finditer(text.casefold()))

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first phrase in the text, at or after a place."""
        folded = text.casefold()
        for key in self._keys:
            if key in folded:
                return self._pattern.search(text, start)
        return None


@cache
def finder(phrases: Phrases, name: str) -> Finder:
    """The finder of one list of phrases."""
    words: tuple[str, ...] = getattr(phrases, name)
    return Finder(words)


def alternation(phrases: tuple[str, ...]) -> str:
    """A pattern for any of the phrases: words whole, blanks of any sort and length, between Chinese characters too."""
    parts = []
    ordered = sorted(phrases, key=lambda phrase: (_is_letter(phrase[0]), -len(phrase)))
    # what may stand around a word is said once for many of them: each time costs a millisecond to compile
    for (begins, ends), some in groupby(ordered, key=lambda phrase: (_is_letter(phrase[0]), _is_letter(phrase[-1]))):
        bodies = "|".join(_pattern(phrase) for phrase in some)
        parts.append(f"{_BEGINS if begins else ''}(?:{bodies}){_ENDS if ends else ''}")
    return "(?:" + "|".join(parts) + ")" if parts else r"(?!)"


def _is_letter(char: str) -> bool:
    return char.isalnum() and not _CJK.match(char)


def _pattern(phrase: str) -> str:
    pieces = []
    for word in phrase.split():
        if word.isascii() or not _CJK.search(word):
            pieces.append(re.escape(word))
        else:
            pieces.append(r"\s{0,4}".join(re.escape(char) for char in word))
    return r"\s{1,4}".join(pieces)
