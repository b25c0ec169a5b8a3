"""Folding of text: one spelling for what looks or means the same, so that words and numbers are found however typed."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_SPECIAL = {
    "ı": "i",
    "ß": "s",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "’": "'",
    "‘": "'",
    "´": "'",
    "`": "'",
    "“": '"',
    "”": '"',
    "〜": "~",
    "∼": "~",
    "−": "-",
    "﹣": "-",
    "ー": "ー",  # a long vowel of Japanese words, not a dash
}
_LOOK_ALIKE = dict(zip("авекмнорстухіѕјԁ", "abekmhopctyxisjd", strict=True)) | dict(
    zip("αβεικμνορτυχ", "abeikmvoptux", strict=True)
)


class FoldTable(dict[int, str | None]):
    """A translation table that is filled as characters turn up; every entry keeps one character one character."""

    def __init__(self, variants: Mapping[str, str]) -> None:
        super().__init__()
        self._variants = variants

    def __missing__(self, code: int) -> str | None:
        folded = self[code] = self._fold(chr(code))
        return folded

    def _fold(self, char: str) -> str | None:
        if char in "\n\t":
            return char
        category = unicodedata.category(char)
        if category in ("Cf", "Mn") and not "\u3099" <= char <= "\u309a":
            return None
        if char in _SPECIAL:
            return _SPECIAL[char]
        if category == "Pd":
            return "-"
        if category in ("Zs", "Zl", "Zp", "Cc"):
            return " "
        plain = unicodedata.normalize("NFKC", char)
        char = plain if len(plain) == 1 else char
        bare = unicodedata.normalize("NFKD", char)
        if len(bare) > 1 and bare[0] < "\u0250":
            char = bare[0]
        lower = char.lower()
        char = lower if len(lower) == 1 else lower[0]
        char = _SPECIAL.get(char, char)
        char = _LOOK_ALIKE.get(char, char)
        return self._variants.get(char, char)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that still knows where each of its characters stood."""

    text: str
    original: str
    offsets: tuple[int, ...] | None  # None: nothing was dropped, places are the same

    def words(self, start: int, end: int) -> str:
        """Return the original words between two places of the folded text."""
        if self.offsets is None:
            return self.original[start:end]
        if start >= end:
            return ""
        return self.original[self.offsets[start] : self.offsets[end - 1] + 1]


@cache
def _table(variants: tuple[tuple[str, str], ...]) -> FoldTable:
    return FoldTable(dict(variants))


@dataclass(frozen=True)
class Folder:
    """Folds text; `variants` maps characters to the ones that the words are written in (繁 → 简)."""

    variants: tuple[tuple[str, str], ...] = ()
    table: FoldTable = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # kept here: looking the table up by its hundreds of pairs costs more than folding a line
        object.__setattr__(self, "table", _table(self.variants))

    def plain(self, text: str) -> str:
        """Return the folded text alone."""
        table: Any = self.table
        return text.translate(table)

    def fold(self, text: str) -> Folded:
        """Return the folded text with its places."""
        folded = self.plain(text)
        if len(folded) == len(text):
            return Folded(folded, text, None)
        table = self.table
        return Folded(folded, text, tuple(i for i, char in enumerate(text) if table[ord(char)] is not None))
