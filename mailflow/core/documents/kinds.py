"""Which document a file is, and which one an order book means: both by the words of rules/playbook.yaml."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

DocumentWords = Mapping[str, Sequence[str]]
"""By the kind of a document, the words that stand for it in names of files and in order books."""

_HEADING = 400
"""So many letters from its beginning a file's own heading is looked for."""
_SHORT = 5
"""Words of fewer letters (BL, PL, CI) say what a file is in its name alone."""


def kinds_of(name: str, text: str, words: DocumentWords) -> tuple[str, ...]:
    """Return what a file is by its name, or else by the heading in it; of two headings neither counts."""
    named = _found(plain(name), words, least=1)
    if named:
        return named
    headed = _found(plain(text[:_HEADING]), words, least=_SHORT)
    return headed if len(headed) == 1 else ()


def kind_of(asked: str, words: DocumentWords) -> str:
    """Return the kind that an order book means by `Packing List` or `B/L`; nothing where it is none that is known."""
    found = plain(asked)
    return next((kind for kind, own in words.items() if found == plain(kind) or found in map(plain, own)), "")


def plain(text: str) -> str:
    """Return a text in small letters, its words apart by one blank: `PO26-1_B/L.PDF` → `po26 1 b l pdf`."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _found(text: str, words: DocumentWords, *, least: int) -> tuple[str, ...]:
    """Return the kinds whose words stand in a text; a longer word is taken before a shorter one within it."""
    known = [(plain(word), kind) for kind, own in words.items() for word in (kind, *own)]
    kinds: dict[str, None] = {}
    for word, kind in sorted(known, key=lambda pair: -len(pair[0])):
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word.isascii() else re.escape(word))
        enough = len(word) >= least or not word.isascii()
        if enough and pattern.search(text):
            text = pattern.sub(" | ", text)
            kinds[kind] = None
    return tuple(kinds)
