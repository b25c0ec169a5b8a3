"""Signed keys in digests: each chooses one candidate of one item, for one person, until one day.

A key reads `mf-20261124-3B-k7q29xwafz`: item 3 of the digest of 24 November, candidate B.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import date

from mailflow.core.reading.finders.calendar import make

_KEY = re.compile(r"(?<![0-9a-z])mf-(\d{8})-(\d{1,2})([a-f])-([a-z2-7]{10})(?![0-9a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it stands in a text; only `verify` tells whether it is ours and whose."""

    day: date
    number: int
    letter: str
    tag: str


def key_of(secret: bytes, person: str, day: date, number: int, letter: str) -> str:
    """Return the key by which a person chooses a candidate of the digest of a day."""
    return f"mf-{day:%Y%m%d}-{number}{letter}-{_mac(secret, person, day, number, letter)}"


def find_keys(text: str) -> tuple[Key, ...]:
    """Return what looks like a key, each once."""
    found: list[Key] = []
    for hit in _KEY.finditer(text):
        day = make(int(hit[1][:4]), int(hit[1][4:6]), int(hit[1][6:]))
        if day is not None:
            found.append(Key(day, int(hit[2]), hit[3].upper(), hit[4].lower()))
    return tuple(dict.fromkeys(found))


def without_keys(text: str) -> str:
    """Return a text without what looks like a key: it speaks to us alone."""
    return _KEY.sub(" ", text)


def verify(secret: bytes, key: Key, person: str) -> bool:
    """Whether a key is ours and was given to this person."""
    return hmac.compare_digest(_mac(secret, person, key.day, key.number, key.letter), key.tag)


def _mac(secret: bytes, person: str, day: date, number: int, letter: str) -> str:
    text = f"answer\n{person.lower()}\n{day.isoformat()}\n{number}\n{letter}"
    digest = hmac.digest(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return b32encode(digest[:7]).decode("ascii").lower()[:10]
