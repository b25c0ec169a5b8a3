"""Identifiers: one key for every way of writing a number, and the keys that one slip away."""

import re
import zlib
from collections.abc import Iterator
from functools import cache

from rapidfuzz.distance import OSA

from mailflow.core.reading.folding import Folder

# with every letter and digit in it: a character that the table lacks costs an exception
_CONFUSED = {code: code for code in range(128)} | str.maketrans("oilsb", "01158")
_NO_KEY = re.compile(r"[^a-z0-9]+")
_RUNS = re.compile(r"\d+")
KEYS_VERSION = 1
"""Goes up by one whenever keys, neighbourhoods or endings are made in another way: stored ones are then made anew."""
SHORTEST_SLIP = 5  # keys shorter than this have too many neighbours to be told apart by a slip
SHORTEST_TAIL = 3
LONGEST_TAIL = 7


@cache
def _folder() -> Folder:
    return Folder()


def normalise(text: str) -> str:
    """Return the key of a folded identifier: the letters a–z and digits alone, as numbers are found in mails."""
    return _NO_KEY.sub("", text)


def plain_identifier(text: str) -> str:
    """Return an identifier folded; words' other forms (繁 → 简) make no difference to keys."""
    return _folder().plain(text)


def confusable(key: str) -> str:
    """Return the key with letters that look like digits read as digits (O0 I1 L1 S5 B8)."""
    return key.translate(_CONFUSED)


def deletions(key: str) -> Iterator[str]:
    """Yield the key with each of its characters left out once, each result once."""
    for i, char in enumerate(key):
        if i and key[i - 1] == char:
            continue
        yield key[:i] + key[i + 1 :]


def neighbourhood(key: str) -> tuple[int, ...]:
    """Return the numbers under which a key is found from one slip away; those of two keys that a slip parts meet."""
    if len(key) < SHORTEST_SLIP:
        return ()
    return tuple(dict.fromkeys(hashed(each) for each in (key, *deletions(key))))


def hashed(text: str) -> int:
    """Return a text as a number of 32 bits with sign; what shares one is told apart again."""
    number = zlib.crc32(text.encode())
    return number - 0x1_0000_0000 if number & 0x8000_0000 else number


def one_slip(a: str, b: str) -> bool:
    """Say whether one typing slip (a character wrong, missing, added, or two swapped) lies between two keys."""
    return a != b and OSA.distance(a, b, score_cutoff=1) <= 1


def shape(key: str) -> str:
    """Return how a key is built: letters as `a`, digits as `9`."""
    return "".join("9" if c.isdigit() else "a" for c in key)


def endings(plain: str) -> frozenset[str]:
    """Return the runs of digits of a folded identifier, by whose ends people call it; the last also across signs."""
    runs = {run[-LONGEST_TAIL:] for run in (*_RUNS.findall(plain), last_digits(normalise(plain)))}
    return frozenset(run for run in runs if len(run) >= SHORTEST_TAIL)


def last_digits(key: str) -> str:
    """Return the last run of digits of a key."""
    end = len(key)
    while end and not key[end - 1].isdigit():
        end -= 1
    start = end
    while start and key[start - 1].isdigit():
        start -= 1
    return key[start:end]
