"""Identifiers: one key for every way of writing a number, and the keys that one slip away."""

from collections.abc import Iterator

from rapidfuzz.distance import OSA

# with every letter and digit in it: a character that the table lacks costs an exception
_CONFUSED = {code: code for code in range(128)} | str.maketrans("oilsb", "01158")


def normalise(text: str) -> str:
    """Return the key of a folded identifier: letters and digits alone."""
    return "".join(c for c in text if c.isalnum())


def confusable(key: str) -> str:
    """Return the key with letters that look like digits read as digits (O0 I1 L1 S5 B8)."""
    return key.translate(_CONFUSED)


def deletions(key: str) -> Iterator[str]:
    """Yield the key with each of its characters left out once, each result once."""
    for i, char in enumerate(key):
        if i and key[i - 1] == char:
            continue
        yield key[:i] + key[i + 1 :]


def one_slip(a: str, b: str) -> bool:
    """Say whether one typing slip (a character wrong, missing, added, or two swapped) lies between two keys."""
    return a != b and OSA.distance(a, b, score_cutoff=1) <= 1


def shape(key: str) -> str:
    """Return how a key is built: letters as `a`, digits as `9`."""
    return "".join("9" if c.isdigit() else "a" for c in key)


def last_digits(key: str) -> str:
    """Return the last run of digits of a key."""
    end = len(key)
    while end and not key[end - 1].isdigit():
        end -= 1
    start = end
    while start and key[start - 1].isdigit():
        start -= 1
    return key[start:end]
