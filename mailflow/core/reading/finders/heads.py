"""Heads: with which characters a match of a pattern can begin, so that it is tried nowhere else.

Knows the part of the language of regular expressions that the date rules are written in; refuses the rest.
"""

from collections.abc import Iterable

LENGTH = 2  # characters of a head: enough to pass over nearly every word that begins no date
_ANY = "\uffff"  # stands at the end of a head: whatever follows
_ZERO_WIDTH = ("?=", "?!", "?<=", "?<!")
_COUNTS = {"?": (0, 1), "*": (0, LENGTH), "+": (1, LENGTH)}
_DIGITS = frozenset("0123456789")
_BLANKS = frozenset(chr(code) for code in range(128) if chr(code).isspace())
_ANYTHING = frozenset((_ANY,))
_NOTHING = frozenset(("",))

Heads = frozenset[str]


def heads(pattern: str) -> Heads:
    """Return what matches of a pattern begin with: two characters, or one where any may follow.

    Of digits and blanks only the ASCII ones; `is_odd` tells the others. Raises ValueError where a match may be empty
    or begin with anything.
    """
    found, end = _alternatives(pattern, 0)
    if end != len(pattern):
        raise ValueError(f"a bracket too many at {end}: {pattern[:80]}")
    begun = frozenset(head.rstrip(_ANY) for head in found)
    if "" in begun:
        raise ValueError(f"a match may be empty or begin with anything: {pattern[:80]}")
    return begun


def is_odd(head: str) -> bool:
    """Say whether there are digits or blanks in a head that `heads` leaves out."""
    return not head.isascii() and any(char > "\x7f" and (char.isdecimal() or char.isspace()) for char in head)


def _alternatives(pattern: str, at: int) -> tuple[Heads, int]:
    """Return the heads of what stands between two brackets, and where it ends."""
    found: set[str] = set()
    before = _NOTHING
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found |= before
            before = _NOTHING
            at += 1
            continue
        piece, at = _piece(pattern, at)
        least, most, at = _count(pattern, at)
        before = _followed(before, piece, least, most)
    return frozenset(found | before), at


def _piece(pattern: str, at: int) -> tuple[Heads, int]:
    char = pattern[at]
    if char == "(":
        return _group(pattern, at + 1)
    if char == "[":
        return _class(pattern, at + 1)
    if char == "\\":
        return _escaped(pattern[at + 1]), at + 2
    if char == ".":
        return _ANYTHING, at + 1
    return (_NOTHING if char in "^$" else frozenset((char,))), at + 1


def _group(pattern: str, at: int) -> tuple[Heads, int]:
    zero_width = pattern.startswith(_ZERO_WIDTH, at)
    if zero_width:
        at += 3 if pattern[at + 1] == "<" else 2
    elif pattern.startswith("?:", at):
        at += 2
    elif pattern[at] == "?":
        raise ValueError(f"an unknown group at {at}: {pattern[:80]}")
    if pattern.startswith("?!)", at - 2) and zero_width:
        return frozenset(), at + 1  # what never fits
    found, end = _alternatives(pattern, at)
    return (_NOTHING if zero_width else found), end + 1


def _class(pattern: str, at: int) -> tuple[Heads, int]:
    end = pattern.index("]", at + 1)
    if pattern[at] == "^":
        return _ANYTHING, end + 1
    found: set[str] = set()
    while at < end:
        if pattern[at] == "\\":
            found |= _escaped(pattern[at + 1])
            at += 2
        elif pattern[at + 1] == "-" and at + 2 < end:
            found |= {chr(code) for code in range(ord(pattern[at]), ord(pattern[at + 2]) + 1)}
            at += 3
        else:
            found.add(pattern[at])
            at += 1
    return frozenset(found), end + 1


def _escaped(char: str) -> Heads:
    if char in "ds":
        return _DIGITS if char == "d" else _BLANKS
    if char == "b":
        return _NOTHING
    return _ANYTHING if char.isalnum() else frozenset((char,))


def _count(pattern: str, at: int) -> tuple[int, int, int]:
    """Return how often a piece stands, at least and at most, and where its number ends."""
    least, most = 1, 1
    if pattern[at : at + 1] == "{":
        end = pattern.index("}", at)
        low, comma, high = pattern[at + 1 : end].partition(",")
        least, most, at = int(low or 0), int(high or LENGTH) if comma else int(low), end + 1
    elif pattern[at : at + 1] in _COUNTS and at < len(pattern):
        least, most = _COUNTS[pattern[at]]
        at += 1
    else:
        return least, most, at
    return min(least, LENGTH), min(most, LENGTH), at + (pattern[at : at + 1] == "?")


def _followed(before: Heads, piece: Heads, least: int, most: int) -> Heads:
    found: set[str] = set(before) if least == 0 else set()
    for count in range(1, most + 1):
        before = frozenset(_joined(before, piece))
        if count >= least:
            found |= before
    return frozenset(found)


def _joined(before: Heads, piece: Heads) -> Iterable[str]:
    for head in before:
        if len(head) == LENGTH or head.endswith(_ANY):
            yield head
        else:
            yield from ((head + next_)[:LENGTH] for next_ in piece)
