"""Finds what may name an order: spans of letters and digits that the index knows, or that are built like a number of ours."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailflow.core.matching.identifiers import normalise
from mailflow.core.matching.index import Entry, Lookup

_ATOM = re.compile(r"[a-z0-9]+")
_JOINT = re.compile(r"(?: ?[-/._#] ?\n?| )?")
_LONGEST = 6  # atoms of one number
_SHORT_NUMBER = 5  # digits alone up to this length are as easily a quantity
_UNIT_BEHIND = re.compile(
    r" ?(?:pcs|pieces|sets|pairs|kgs?|m\b|mtrs?|ctns?|doz|usd|eur|%|件|个|套|双|米|箱|元|只|公斤|台)"
)


@dataclass(frozen=True, slots=True)
class NumberHit:
    """A span that may name an order; `entries` are the names it could be, `how` the way they were found."""

    start: int
    end: int
    key: str
    how: str  # exact, folded, near, tail, unknown
    entries: tuple[Entry, ...]


def find_order_numbers(text: str, lookup: Lookup, party: str) -> list[NumberHit]:
    """Return the spans of a folded text that name or seem to name orders, longest first at each place."""
    atoms = [(hit.start(), hit.end()) for hit in _ATOM.finditer(text)]
    found: list[NumberHit] = []
    index = 0
    while index < len(atoms):
        hit = _at(text, atoms, index, lookup, party)
        if hit is None:
            index += 1
            continue
        found.append(hit)
        while index < len(atoms) and atoms[index][0] < hit.end:
            index += 1
    return found


def _at(text: str, atoms: Sequence[tuple[int, int]], index: int, lookup: Lookup, party: str) -> NumberHit | None:
    spans = [span for span in _spans(text, atoms, index) if _number_like(text, *span)]
    for start, end, key in spans:
        entries = lookup.exact(key)
        if entries and not (key.isdigit() and len(key) <= _SHORT_NUMBER and _UNIT_BEHIND.match(text, end)):
            return NumberHit(start, end, key, "exact", tuple(entries))
    for start, end, key in spans:
        if len(key) >= _SHORT_NUMBER and any(c.isalpha() for c in key) and (entries := lookup.folded(key)):
            return NumberHit(start, end, key, "folded", tuple(entries))
    for start, end, key in spans:
        if lookup.known_shape(key) or _tight(text, start, end):
            entries = lookup.near(key)
            if entries:
                return NumberHit(start, end, key, "near", tuple(entries))
    for start, end, key in spans:
        if lookup.known_shape(key) and not key.isdigit():
            return NumberHit(start, end, key, "unknown", ())
    return None


def _spans(text: str, atoms: Sequence[tuple[int, int]], index: int) -> Iterator[tuple[int, int, str]]:
    """Yield the spans that begin with an atom, the longest first."""
    start, end = atoms[index]
    ends = [end]
    for next_start, next_end in atoms[index + 1 : index + _LONGEST]:
        joint = _JOINT.fullmatch(text, end, next_start)
        if joint is None:
            break
        end = next_end
        ends.append(end)
    for end in reversed(ends):
        yield start, end, normalise(text[start:end])


def _number_like(text: str, start: int, end: int, key: str) -> bool:
    return 3 <= len(key) <= 24 and any(c.isdigit() for c in key)


def _tight(text: str, start: int, end: int) -> bool:
    """Say whether a span is written as one number, without blanks, and holds enough digits to be one."""
    span = text[start:end]
    return " " not in span and "\n" not in span and sum(c.isdigit() for c in span) >= 4 and not span.isdigit()


_TAIL = re.compile(r"(?<![a-z0-9./,%#$€¥-])#?(\d{3,7})(?![a-z0-9%]|[./,:-]\d|[-/][a-z]|年|月|日|号(?!单)|元|点)")
_TAIL_BEHIND = re.compile(r" ?(?:那|这|该|此|的?单|票|订单|的|号单|合同|款)")
_TAIL_BEFORE = re.compile(
    r"(?:po|p\.o\.|order|orders|no\.?|nr\.?|number|#|ref\.?|contract|单号|订单|尾号|合同|单|pedido|commande|auftrag|bestellung|siparis|ordine|注文)[ :.#号no]*$"
)


def find_tails(
    text: str, lookup: Lookup, party: str, taken: Sequence[tuple[int, int]], *, subject_end: int
) -> list[NumberHit]:
    """Return bare digits that end the number of one of the party's orders, where they stand like an order's name."""
    found = []
    for hit in _TAIL.finditer(text):
        start, end = hit.span(1)
        if any(start < b and a < end for a, b in taken) or _UNIT_BEHIND.match(text, end):
            continue
        entries = lookup.tail(party, hit[1])
        if not entries:
            continue
        named = bool(_TAIL_BEHIND.match(text, end) or _TAIL_BEFORE.search(text, max(0, start - 14), start))
        leading = start == 0 or text[start - 1] == "\n" or start <= subject_end
        if named or (leading and len(hit[1]) >= 4):
            found.append(NumberHit(start, end, hit[1], "tail", tuple(entries)))
    return found
