"""Plain words: the known words that take no date for themselves, and the runs of a text that none of them explains."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

_LATIN = re.compile(r"(?<![a-z0-9])[a-z]+(?:['-][a-z]+)*(?![a-z0-9])")
_WEEKDAY = re.compile(r"[(（](?:周|星期)?[一二三四五六日天][)）]")  # behind a date
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
_OTHER = re.compile("(?:(?![a-z\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])[^\\W\\d_])+")  # scripts that no rule reads
_ENDINGS = (
    *(("ies", "y"), ("ied", "y"), ("ves", "f"), ("es", ""), ("s", "")),
    *(("ed", ""), ("ed", "e"), ("d", ""), ("ing", ""), ("ing", "e"), ("ly", "")),
)
_SHORTEST = 3  # letters of the stem that an ending may be cut from


@dataclass(frozen=True)
class PlainWords:
    """Words of the rules by list, folded; `words` are the harmless ones, `lists` what each signal looks for."""

    words: frozenset[str] = field(default_factory=frozenset)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Return what finds the phrases of each list."""
        return {name: any_of(phrases) for name, phrases in self.lists.items()}

    @cached_property
    def endings(self) -> Mapping[str, re.Pattern[str]]:
        """Return what finds a phrase of each list at the end of a text."""
        return {
            name: re.compile(f"(?:{any_of(phrases).pattern})\\s*(?:the )?$") for name, phrases in self.lists.items()
        }

    @cached_property
    def beside_days(self) -> "PlainWords":
        """Return the few words that may stand beside a day which alone answers what was asked."""
        return PlainWords(self.lists["beside_days"])

    @cached_property
    def beside_headings(self) -> "PlainWords":
        """Return the few words that may stand beside a milestone in the heading of a column."""
        return PlainWords(self.lists["in_headings"])

    @cached_property
    def _latin(self) -> frozenset[str]:
        return frozenset(piece for phrase in self.words for whole in _LATIN.findall(phrase) for piece in _pieces(whole))

    @cached_property
    def _han(self) -> re.Pattern[str]:
        found = sorted((w for w in self.words if _HAN.match(w)), key=_longest_first)
        return re.compile("|".join(map(re.escape, found)) or r"(?!)")

    @cached_property
    def points_below(self) -> re.Pattern[str]:
        """Return what finds a word that points to what stands below."""
        return any_of(self.lists["below"])

    @cached_property
    def answers(self) -> re.Pattern[str]:
        """Return what matches the mark before an answer (`Ans: 12 Dec`)."""
        return re.compile(rf"\s*(?:our )?(?:{any_of(self.lists['answer']).pattern})\s*[:.]")

    def unknown(self, text: str, known: Iterable[tuple[int, int]], own: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Yield the runs of `text` outside `known` that are no plain words nor the order's `own`."""
        place = 0
        known = (*known, *(hit.span() for hit in _WEEKDAY.finditer(text)))
        if _HAN.search(text):
            known = (*known, *(hit.span() for hit in self._han.finditer(text) if hit.end() - hit.start() > 1))
        for start, end in (*sorted(known), (len(text), len(text))):
            if start > place:
                yield from self._gap(text, place, start, own)
            place = max(place, end)

    def _gap(self, text: str, start: int, end: int, own: frozenset[str]) -> Iterator[tuple[int, int]]:
        for hit in _LATIN.finditer(text, start, end):
            if not all(len(piece) < 2 or self._is_plain(piece, own) for piece in _pieces(hit.group())):
                yield hit.span()
        for hit in _HAN.finditer(text, start, end):
            place = hit.start()
            for word in self._han.finditer(text, hit.start(), hit.end()):
                if word.start() > place:
                    yield place, word.start()
                place = word.end()
            if place < hit.end():
                yield place, hit.end()
        for hit in _OTHER.finditer(text, start, end):
            yield hit.span()

    def _is_plain(self, word: str, own: frozenset[str]) -> bool:
        if word in self._latin or word in own:
            return True
        if "'" in word and all(len(p) < 3 or self._is_plain(p, own) for p in word.split("'")):
            return True
        for ending, instead in _ENDINGS:
            if word.endswith(ending):
                stem = word[: -len(ending)] + instead
                if len(stem) >= _SHORTEST and (stem in self._latin or stem in own):
                    return True
        return False


def _pieces(word: str) -> list[str]:
    """Return the parts of a compound with hyphens; a word with an apostrophe is one."""
    return word.split("-")


def _longest_first(phrase: str) -> tuple[int, str]:
    """Order phrases of a set by length and then by letters, so that the same mail is always read the same."""
    return -len(phrase), phrase


_BETWEEN = r"(?:[^,.。;\n]|\.(?=\S)){1,14}?"  # what a star in a phrase stands for


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of phrases, where letters stand as whole words and a star for a few words; the longest wins."""
    firsts: dict[str, list[str]] = {}
    for phrase in sorted(filter(None, phrases), key=_longest_first):
        first, rest = re.escape(phrase[0]), re.escape(phrase[1:]).replace(r"\*", _BETWEEN)
        # what stands before is looked at behind the first character: the engine then passes over all others by itself
        whole = rf"(?<![a-z]{first}){rest}(?![a-z])" if phrase.isascii() else rest
        firsts.setdefault(first, []).append(whole)
    return re.compile("|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in firsts.items()) or r"(?!)")
