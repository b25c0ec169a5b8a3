"""A lexicon: many phrases, each with its concepts, found in one pass; the longest phrase at a place wins."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

_LATIN = re.compile(r"[a-z0-9]")
_BLANKS = re.compile(r"\s+")
_COMPOUND = re.compile(r"[a-z]{7,}")

Trie = dict[str, "Trie"]

NOTHING = r"(?!)"
"""A pattern that nothing fits."""


def trie_pattern(phrases: Iterable[str]) -> str:
    """Return a regular expression of all phrases; ` ` stands for any blanks, a closing `*` for any further letters."""
    root: Trie = {}
    for phrase in phrases:
        node = root
        for char in phrase:
            node = node.setdefault(char, {})
        node[""] = {}
    return _render(root) if root else NOTHING


def _render(node: Trie) -> str:
    if not any(node):
        return ""
    branches = [_piece(char) + _render(child) for char, child in sorted(node.items(), key=_wild_last) if char]
    joined = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    if "" not in node:
        return joined
    return f"(?:{joined})?"


def _wild_last(branch: tuple[str, Trie]) -> tuple[bool, str]:
    """Sort a wild card behind the letters, so that a longer phrase is tried first."""
    return branch[0] == "*", branch[0]


def _piece(char: str) -> str:
    if char == " ":
        return r"\s+"
    if char == "*":
        return "[a-z]*"
    return re.escape(char)


def bounded(phrases: Iterable[str]) -> str:
    """Return a pattern of all phrases where those of letters stand as whole words, those of characters anywhere."""
    latin: list[str] = []
    others: list[str] = []
    for phrase in phrases:
        (latin if _LATIN.match(phrase[0]) and _LATIN.match(phrase.rstrip("*")[-1]) else others).append(phrase)
    parts = []
    if others:
        parts.append(trie_pattern(others))
    if latin:
        parts.append(rf"(?<![a-z0-9])(?:{trie_pattern(latin)})(?![a-z0-9])")
    return "|".join(parts) or r"(?!)"


class Word(NamedTuple):  # thirty of them in a short mail: a frozen dataclass takes three times as long to make
    """A phrase that was found, with what it may mean."""

    start: int
    end: int
    text: str
    concepts: frozenset[str]


class Lexicon:
    """Finds every phrase of every concept in a folded text."""

    def __init__(self, phrases: Mapping[str, frozenset[str]]) -> None:
        self._exact = {phrase: concepts for phrase, concepts in phrases.items() if not phrase.endswith("*")}
        self._stems = {phrase[:-1]: concepts for phrase, concepts in phrases.items() if phrase.endswith("*")}
        self._endings = {phrase[1:]: concepts for phrase, concepts in phrases.items() if phrase.startswith("*")}
        firsts: dict[str, list[str]] = defaultdict(list)
        for phrase in phrases:
            if not phrase.startswith("*"):
                firsts[phrase[0]].append(phrase)
        # one small pattern for each first character: a single alternation of thousands is ten times slower
        self._patterns = {first: re.compile(bounded(some)) for first, some in firsts.items()}
        # only where a phrase can begin: the engine passes over all other characters by itself
        self._starts = self._places()

    def _places(self) -> re.Pattern[str]:
        """Return what finds every place where a phrase may begin; a compound may begin with any letter."""
        latin = "a-z" if self._endings else ""
        latin += "".join(first for first in self._patterns if _LATIN.match(first) and not (latin and first.isalpha()))
        others = "".join(re.escape(first) for first in self._patterns if not _LATIN.match(first))
        return re.compile(rf"(?<![a-z0-9])[{latin or 'a-z'}]" + (f"|[{others}]" if others else ""))

    def find(self, text: str) -> Iterator[Word]:
        """Yield the phrases in `text`, left to right; one of letters may begin within another that ends before it."""
        end = 0
        for place in self._starts.finditer(text):
            start = place.start()
            if start < end and not "a" <= text[start] <= "z":
                continue
            pattern = self._patterns.get(text[start])
            hit = pattern.match(text, start) if pattern else None
            if hit is not None and hit.end() > end:
                end = hit.end()
                yield Word(start, end, hit.group(), self.concepts(hit.group()))
            elif self._endings and start >= end and (word := _COMPOUND.match(text, start)):
                concepts = self._ending(word.group())
                if concepts:
                    end = word.end()
                    yield Word(start, end, word.group(), concepts)

    def _ending(self, word: str) -> frozenset[str]:
        """Return what a compound may mean by its ending (Eichenholz, Kunststoffteile)."""
        for start in range(2, len(word) - 3):
            known = self._endings.get(word[start:])
            if known is not None:
                return known
        return frozenset()

    def concepts(self, phrase: str) -> frozenset[str]:
        """Return what a phrase may mean; nothing for an unknown one."""
        phrase = _BLANKS.sub(" ", phrase)
        known = self._exact.get(phrase)
        if known is not None:
            return known
        for end in range(len(phrase), 0, -1):
            known = self._stems.get(phrase[:end])
            if known is not None:
                return known
        return frozenset()
