"""Languages of letters: which templates and words serve a language tag, and how dates are written in it."""

from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton

_FALLBACK = "en"
_TRADITIONAL = frozenset({"zh-tw", "zh-hk", "zh-mo"})
_DATES = {"en": "d MMM y"}  # others: the locale's long form


@lru_cache(maxsize=256)
def language_chain(tag: str) -> tuple[str, ...]:
    """Return the languages that may serve a BCP 47 tag, best first, in lower case; English serves everybody.

    zh-TW is asked for as zh-tw, zh-hant, zh, en.
    """
    wanted = tag.strip().lower().replace("_", "-")
    parts = wanted.split("-")
    chain = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    if wanted in _TRADITIONAL:
        chain.insert(1, "zh-hant")
    return tuple(dict.fromkeys(part for part in (*chain, _FALLBACK) if part))


@lru_cache(maxsize=4096)
def format_day(day: date, language: str) -> str:
    """Return a calendar day as people write it in a language, with its year and the month never as a bare number."""
    return format_date(day, _DATES.get(language, "long"), locale=_locale(language))


@lru_cache(maxsize=512)
def format_month(day: date, language: str) -> str:
    """Return the month of a day as people write it in a language: November 2026."""
    return format_skeleton("yMMMM", day, locale=_locale(language))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
