"""Finds what may name an order: spans that the index knows, or that are built like a number of ours."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailflow.core.matching.index import Entry, Lookup

_ATOM = re.compile(r"[a-z0-9]+")
_RUN = re.compile(r"[a-z0-9]+(?:(?: ?[-/._#] ?\n?| )[a-z0-9]+)*")  # atoms, any of which may be one number
_DIGIT = re.compile(r"[0-9]")
_LONGEST = 6  # atoms of one number
SHORTEST, LONGEST = 3, 24  # characters of a number
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


Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key that a text may name an order by; one slip is only looked for in `one_word`, and without need of a known
    shape where it is `tight`."""

    key: str
    one_word: bool
    tight: bool


def candidates(text: str) -> Iterator[Candidate]:
    """Yield every key that will be looked up when a folded text is read."""
    for spans in _all_spans(text, ()):
        for start, end, key in spans:
            one_word = _one_word(text, start, end)
            yield Candidate(key, one_word, one_word and _tight(text, start, end))


def find_order_numbers(
    text: str, lookup: Lookup, party: str, elsewhere: Sequence[tuple[int, int]] = ()
) -> list[NumberHit]:
    """Return the spans of a folded text that name or seem to name orders, longest first at each place.

    What stands at the places `elsewhere` is something else for certain.
    """
    found: list[NumberHit] = []
    end = 0
    for spans in _all_spans(text, elsewhere):
        if spans[0][0] < end:
            continue
        hit = _at(text, spans, lookup)
        if hit is not None:
            found.append(hit)
            end = hit.end
            for sibling in _siblings(text, hit, lookup):
                found.append(sibling)
                end = max(end, sibling.end)
    return sorted(found, key=lambda hit: hit.start)


_NO_COUNT = (  # no date, count or price goes on behind a number
    r"(?![\da-z年月日号%°]|[.,:/-]\d| ?(?:pcs|pieces|sets|pairs|kgs?|m\b|mtrs?|ctns?|cartons|doz|usd|eur|%|days|weeks)"
    r"| ?(?:件|个|套|双|米|箱|元|只|公斤|台|天|周)"
    r"| (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
# "KX26056/57", "4411 & 12", "1187 and 1188": the end of another number behind the whole of one
_SIBLING = re.compile(
    r" ?(?:(?P<tight>/|&|\+|、|和|与|及|跟|,)|(?<= )(?:and|und|et|y|e|ve|i)(?= )) ?(?:no\.? ?|nr\.? ?|# ?)?"
    rf"(?P<end>\d{{1,6}}){_NO_COUNT}"
)
_RANGE = re.compile(
    r"(?: ?[~至] ?|-| (?:to|thru|through|till) | ?到 ?)(?:no\.? ?|nr\.? ?|# ?)?(?P<name>[a-z]{0,4}[-/ ]?)"
    rf"(?P<end>\d{{1,6}}){_NO_COUNT}"
)
_MOST_IN_RANGE = 12  # orders from one number to another
_SAFE = 3  # so many digits behind a word or comma are the end of a number; fewer need "/" or the like


def _siblings(text: str, hit: NumberHit, lookup: Lookup) -> Iterator[NumberHit]:
    """Yield the numbers that stand shortened behind a whole one and differ from it in their last digits alone."""
    if hit.how != "exact" or not hit.key[-1].isdigit():
        return
    end = hit.end
    while (short := _SIBLING.match(text, end)) is not None:
        digits = short["end"]
        if len(digits) >= len(hit.key) or (
            len(digits) < _SAFE and short["tight"] in (None, ",") and not _ends(text, short.end())
        ):
            return
        key = hit.key[: -len(digits)] + digits
        entries = lookup.exact(key) if key != hit.key and hit.key[-len(digits) :].isdigit() else ()
        if not entries:
            return
        yield NumberHit(short.start("end"), short.end(), key, "exact", tuple(entries))
        end = short.end()
    yield from _range(text, hit, end, lookup)


def _range(text: str, hit: NumberHit, end: int, lookup: Lookup) -> Iterator[NumberHit]:
    """Yield the other orders of "4711 to 4713": all that are in the book; those between stand within the first."""
    last = _RANGE.match(text, end) if end == hit.end else None
    if last is None or len(last["end"]) > len(hit.key) or not hit.key[-len(last["end"]) :].isdigit():
        return
    digits, stem = last["end"], hit.key[: -len(last["end"])]
    name = "".join(char for char in last["name"] if char.isalnum())
    first, final = int(hit.key[len(stem) :]), int(digits)
    if name and not hit.key.startswith(name + digits[:1]):
        return
    if not 0 < final - first < _MOST_IN_RANGE or (len(digits) < _SAFE and not _ends(text, last.end())):
        return
    keys = [f"{stem}{number:0{len(digits)}}" for number in range(first + 1, final + 1)]
    entries = [tuple(lookup.exact(key)) for key in keys]
    if not entries[-1]:
        return
    for place, (key, some) in enumerate(zip(keys[:-1], entries, strict=False), hit.start + 1):
        if some:
            yield NumberHit(place, place + 1, key, "exact", some)
    yield NumberHit(last.start("end"), last.end(), keys[-1], "exact", entries[-1])


_VERB_NEXT = re.compile(
    r"\s*(?:$|[\n.;:,!?)(]|(?:will|are|is|were|was|have|has|both|all|be|shall|can|on|at|by|ready|ship|shipped)\b"
    r"|(?:sind|werden|wurden|sont|seront|se|son|estan)\b)"
)


def _ends(text: str, place: int) -> bool:
    """Say whether a shortened number is not followed by what it could be the count of."""
    return _VERB_NEXT.match(text, place) is not None


_DAY = r"(?:20\d\d(?:年|[-/.]))?(?:1[0-2]|0?[1-9])(?:月\d?|[/.-]\d{1,2}(?:[日号]|(?![\d/.-])))"
_GLUED = re.compile(rf"(?<=[a-z0-9])(?={_DAY}|[0-3]?\d[日号])")


def _before_a_day(text: str, start: int, end: int, lookup: Lookup) -> NumberHit | None:
    """Return the number that a day was written to without a blank, where only one way of cutting gives one."""
    found = []
    for cut in _GLUED.finditer(text, start + SHORTEST, end + 2):
        key = "".join(c for c in text[start : cut.start()] if c.isalnum())
        entries = lookup.exact(key) if text[cut.start() - 1].isalnum() else ()
        if entries:
            found.append(NumberHit(start, cut.start(), key, "exact", tuple(entries)))
    return found[0] if len(found) == 1 else None


def _at(text: str, spans: Sequence[Span], lookup: Lookup) -> NumberHit | None:
    for start, end, key in spans:
        entries = lookup.exact(key)
        if entries and not (key.isdigit() and len(key) <= _SHORT_NUMBER and _UNIT_BEHIND.match(text, end)):
            return NumberHit(start, end, key, "exact", tuple(entries))
    glued = _before_a_day(text, spans[0][0], spans[0][1], lookup)
    if glued is not None:
        return glued
    for start, end, key in spans:
        if len(key) >= _SHORT_NUMBER and not key.isdigit() and (entries := lookup.folded(key)):
            return NumberHit(start, end, key, "folded", tuple(entries))
    words = [span for span in spans if _one_word(text, span[0], span[1])]
    for start, end, key in words:
        if lookup.known_shape(key) or _tight(text, start, end):
            entries = lookup.near(key)
            if entries:
                return NumberHit(start, end, key, "near", tuple(entries))
    for start, end, key in words:
        if lookup.known_shape(key) and not key.isdigit():
            return NumberHit(start, end, key, "unknown", ())
    return None


def _all_spans(text: str, elsewhere: Sequence[tuple[int, int]]) -> Iterator[list[Span]]:
    """Yield, for each run of letters and digits, the spans that begin with it and hold a digit, the longest first."""
    for atoms in _runs(text, elsewhere):
        numeric = [index for index, (_, _, atom) in enumerate(atoms) if not atom.isalpha()]
        for index in range(max(0, numeric[0] - _LONGEST + 1), numeric[-1] + 1) if numeric else ():
            nearest = numeric[bisect_left(numeric, index)]
            spans = _spans(atoms[index : index + _LONGEST], nearest - index)
            if spans:
                yield spans


def _runs(text: str, elsewhere: Sequence[tuple[int, int]]) -> Iterator[list[Span]]:
    """Yield the atoms that stand so close together that any of them may be one number, where there are digits."""
    for run in _RUN.finditer(text):
        if _DIGIT.search(text, *run.span()) is None:
            continue
        atoms = [(hit.start(), hit.end(), hit.group()) for hit in _ATOM.finditer(text, *run.span())]
        begin = 0
        for index, (start, end, _) in enumerate(atoms) if elsewhere else ():
            if any(start < b and a < end for a, b in elsewhere):
                yield atoms[begin:index]
                begin = index + 1
        yield atoms[begin:]


def _spans(atoms: Sequence[Span], numeric: int) -> list[Span]:
    """Return the spans that begin with the first atom and end with the `numeric`th or later, the longest first."""
    key = ""
    spans = []
    for place, (_, end, atom) in enumerate(atoms):
        key += atom
        if place and len(key) > LONGEST:
            break
        if place >= numeric and len(key) >= SHORTEST:
            spans.append((atoms[0][0], end, key))
    spans.reverse()
    return spans


def _one_word(text: str, start: int, end: int) -> bool:
    """Say whether a span is written without blanks: what only resembles a number must not be put together of two."""
    span = text[start:end]
    return " " not in span and "\n" not in span


def _tight(text: str, start: int, end: int) -> bool:
    """Say whether a span is written as one number, without blanks, and holds enough digits to be one."""
    span = text[start:end]
    return " " not in span and "\n" not in span and sum(c.isdigit() for c in span) >= 4 and not span.isdigit()


_TAIL = re.compile(
    r"(?<![a-z0-9./%#$€¥-])(?<!\d,)#?(\d{3,7})(?![a-z0-9%]|[./,-]\d|:\d\d(?![\d月])|[-/][a-z]|年|月|日|号(?!单)|元|点)"
)
_TAIL_BEHIND = re.compile(r" ?(?:那|这|该|此|的?单|票|订单|的|号单|合同|款)")
_TAIL_BEFORE = re.compile(
    r"(?:po|p\.o\.|order|orders|no\.?|nr\.?|number|#|ref\.?|contract|单号|订单|尾号|合同|单|pedido|commande|auftrag|bestellung"
    r"|siparis|ordine|注文)[ :.#号no]*$"
)


def find_tails(
    text: str, lookup: Lookup, party: str, taken: Sequence[tuple[int, int]], *, subject_end: int
) -> list[NumberHit]:
    """Return bare digits that end the number of one of the party's orders, where they stand like an order's name."""
    found = list(_several_tails(text, lookup, party, taken, subject_end))
    taken = [*taken, *((hit.start, hit.end) for hit in found)]
    for hit in _TAIL.finditer(text):
        start, end = hit.span(1)
        if any(start < b and a < end for a, b in taken) or _UNIT_BEHIND.match(text, end):
            continue
        entries = lookup.tail(party, hit[1])
        if not entries:
            continue
        if _stands_as_name(text, start, end, hit[1], subject_end):
            found.append(NumberHit(start, end, hit[1], "tail", tuple(entries)))
    return sorted(found, key=lambda hit: hit.start)


def _stands_as_name(text: str, start: int, end: int, digits: str, subject_end: int) -> bool:
    """Say whether digits stand where an order is named: beside a word for it, or where a clause begins."""
    named = _TAIL_BEHIND.match(text, end) or _TAIL_BEFORE.search(text, max(0, start - 14), start)
    front = text[max(0, start - 2) : start].rstrip(" ")[-1:]
    leading = front in ("", "\n", ",", ";", "。", "、") or start <= subject_end
    return bool(named) or (leading and len(digits) >= _SURE_TAIL)


_SURE_TAIL = 4  # digits that name an order where they begin a clause
_TAILS = re.compile(
    r"(?<![a-z0-9./%#$€¥-])(?<!\d,)#?\d{4,7}(?: ?(?:[/,&+、和与及跟]|and) ?#?\d{4,7}){1,5}"
    r"(?![a-z0-9%]|[.,/-]\d|年|月|日|号(?!单)|元|点)"
)


def _several_tails(
    text: str, lookup: Lookup, party: str, taken: Sequence[tuple[int, int]], subject_end: int
) -> Iterator[NumberHit]:
    """Yield the ends of several numbers in a row ("4711/4712", "4711、4712都"), each of them one of the party's."""
    for row in _TAILS.finditer(text):
        pieces = [hit.span() for hit in re.finditer(r"\d{4,7}", text[row.start() : row.end()])]
        spans = [(row.start() + a, row.start() + b) for a, b in pieces]
        if any(a < end and start < b for a, b in spans for start, end in taken) or _UNIT_BEHIND.match(text, row.end()):
            continue
        if not _stands_as_name(text, spans[0][0], row.end(), text[slice(*spans[0])], subject_end):
            continue
        entries = [tuple(lookup.tail(party, text[a:b])) for a, b in spans]
        if all(entries):
            yield from (NumberHit(a, b, text[a:b], "tail", some) for (a, b), some in zip(spans, entries, strict=True))
