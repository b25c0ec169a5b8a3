"""Chinese letters in traditional characters: the words of templates are converted, what is put into them is not."""

from collections.abc import Mapping
from functools import cache, lru_cache

from opencc import OpenCC

Words = dict[str, "str | Words"]
"""Phrases by name; a group of phrases is a mapping of its own."""

TERMS = "terms"
"""In `_words/zh-Hant.yaml`: words of the trade that are not just other characters (质量: 品質)."""


def traditional(text: str, terms: Words) -> str:
    """Return a text in traditional characters; `terms` go first."""
    for simplified, wanted in terms.items():
        text = text.replace(simplified, str(wanted))
    return _converted(text)


def traditional_words(words: Words, own: Words) -> Words:
    """Return phrases in traditional characters, those of `own` as they are."""
    found = own.get(TERMS)
    terms: Words = found if isinstance(found, dict) else {}
    return _merged(words, own, terms)


def _merged(words: Words, own: Mapping[str, object], terms: Words) -> Words:
    done: Words = {}
    for key, value in words.items():
        mine = own.get(key)
        if isinstance(value, dict):
            done[key] = _merged(value, mine if isinstance(mine, dict) else {}, terms)
        else:
            done[key] = mine if isinstance(mine, str) else traditional(value, terms)
    return done


@lru_cache(maxsize=4096)
def _converted(text: str) -> str:
    return str(_converter().convert(text))


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")
