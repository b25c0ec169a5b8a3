"""A text taken apart for reading: its sentences and clauses, with the words, numbers and dates found in each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mailflow.core.matching.index import Lookup
from mailflow.core.reading.finders.dates import DateHit, find_dates
from mailflow.core.reading.finders.order_numbers import NumberHit, find_order_numbers, find_tails
from mailflow.core.reading.finders.quantities import QuantityHit, find_quantities
from mailflow.core.reading.finders.references import Found, MaskHit, ReferenceHit, find_references
from mailflow.core.reading.folding import Folded
from mailflow.core.reading.lexicon import Word
from mailflow.core.reading.words import Words

_FIRM = ("exact", "folded")  # what only resembles a number gives way to dates and references
LONG_LINE = 58  # a line this long without a full stop goes on in the next one
_END = re.compile(r"[。!?！？;；\n]|\.(?=\s|$|[^\x00-\x7f])|\.(?=[\"')])")
_CLAUSE = re.compile(
    r",(?!\d{3}(?!\d))|、|(?<=\s)(?:but|however|although|though|aber|mais|pero|ama|fakat)(?=\s)"
    r"|(?<=\s)(?:hence|therefore|thus)(?=\s)|(?<=\s)so(?=\s(?!far|that|much|many|as|long|soon))|但是?|不过|然后"
)
_TITLE = re.compile(r"(?:^|[^a-z])(?:no|nr|st|mr|mrs|ms|dr|art|ref|e\.g|i\.e|i\.a|z\.b|m/v|messrs|attn)$")
_ABBREVIATION = re.compile(
    r"(?:^|[^a-z])(?:dt|pls|approx|appx|abt|ca|qty|pc|pcs|tel|ext|inc|ltd|co|etc|est|vs|resp|incl|vsl|voy|a\.m|p\.m|ing|sr|jr|dept|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|[a-z])$"
)
_LIST_MARK = re.compile(r"\s*(?:[-*•·>]|\(?\d{1,2}[.)、])\s")


@dataclass(slots=True)
class Clause:
    """Part of a sentence between commas; `orders` is filled in when it is known whom it speaks of."""

    start: int
    end: int
    text: str
    words: list[Word] = field(default_factory=list)
    dates: list[DateHit] = field(default_factory=list)
    quantities: list[QuantityHit] = field(default_factory=list)
    references: list[ReferenceHit] = field(default_factory=list)
    numbers: list[NumberHit] = field(default_factory=list)
    concepts: frozenset[str] = frozenset()

    def has(self, *concepts: str) -> bool:
        """Say whether any word of the clause may mean one of these."""
        return not self.concepts.isdisjoint(concepts)


@dataclass(slots=True)
class Sentence:
    """A sentence or a line; `above` is the quoted line of ours that it answers."""

    start: int
    end: int
    clauses: list[Clause] = field(default_factory=list)
    asked: bool = False
    above: str = ""
    line: int = 0
    concepts: frozenset[str] = frozenset()  # what any word of the sentence may mean
    ours: bool = False  # a question of ours, written again before its answer
    leans: frozenset[str] = frozenset()  # what the question above it speaks of


@dataclass(slots=True)
class Part:
    """One text of a mail (subject, body, an attachment) taken apart."""

    name: str
    folded: Folded
    sentences: list[Sentence]
    numbers: list[NumberHit]
    dates: list[DateHit]
    quantities: list[QuantityHit]
    references: list[ReferenceHit]
    doubtful: list[ReferenceHit] = field(default_factory=list)  # called references whose check digit is wrong

    def original(self, start: int, end: int) -> str:
        """Return the original words between two places."""
        return self.folded.words(start, end).strip()


def take_apart(
    name: str, text: str, words: Words, lookup: Lookup, party: str, above: Sequence[str] = (), *, title: bool = False
) -> Part:
    """Find everything in a text and put it into its sentences and clauses; `above` goes line by line."""
    folded = words.folder.fold(text)
    plain = folded.text
    marks = find_references(plain, words.references)
    marks.references = [hit for hit in marks.references if not (hit.called and lookup.exact(hit.value.lower()))]
    found = find_order_numbers(plain, lookup, party, _named_so(marks))
    found = [hit for hit in found if not _masked(hit, marks.masks, lookup)]
    firm = [(hit.start, hit.end) for hit in found if hit.how in _FIRM]
    references = [hit for hit in marks.references if not _within(hit.start, hit.end, firm)]
    taken = firm + [(hit.start, hit.end) for hit in references]
    taken += [(hit.start, hit.end) for hit in marks.masks if hit.hides == "all"]
    dates = find_dates(_blanked(plain, taken), words.dates, taken)
    taken += [(hit.start, hit.end) for hit in dates]
    numbers = [hit for hit in found if hit.how in _FIRM or _may_be_order(plain, hit, taken, words)]
    taken += [(hit.start, hit.end) for hit in numbers if hit.how not in _FIRM]
    no_tails = [*taken, *((hit.start, hit.end) for hit in marks.masks)]
    tails = find_tails(plain, lookup, party, no_tails, subject_end=len(plain) if title else 0)
    numbers = sorted([*numbers, *tails], key=lambda hit: hit.start)
    taken += [(hit.start, hit.end) for hit in tails]
    quantities = find_quantities(plain, words.quantities, taken)
    sentences = _sentences(folded, dates, above)
    part = Part(name, folded, sentences, numbers, dates, quantities, references, marks.doubtful)
    measured = [(hit.start, hit.end) for hit in quantities if hit.unit]
    _fill(part, words.lexicon.find(_blanked(plain, [*taken, *measured])))
    return part


def _within(start: int, end: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in places)


def _named_so(marks: Found) -> list[tuple[int, int]]:
    """Return the places of numbers that a word right before them calls something else than an order."""
    references = [(hit.start, hit.end) for hit in marks.references if hit.called]
    return references + [(hit.start, hit.end) for hit in marks.masks if hit.called and hit.hides == "all"]


def _masked(hit: NumberHit, masks: Sequence[MaskHit], lookup: Lookup) -> bool:
    """Say whether what only resembles an order's number looks like a telephone, a price, a norm; letters and digits as
    in our own numbers outweigh the looks."""
    digits = hit.key.isdigit()
    if not digits and (hit.how in _FIRM or lookup.known_shape(hit.key)):
        return False
    firm = hit.how in _FIRM
    return any(hit.start < mask.end and mask.start < hit.end and (mask.called or not firm) for mask in masks)


def _may_be_order(plain: str, hit: NumberHit, taken: Sequence[tuple[int, int]], words: Words) -> bool:
    """Say whether a number that is in nobody's book may still be meant as an order: no seal, telephone or waybill."""
    if _within(hit.start, hit.end, taken):
        return False
    if hit.how == "near":
        return True
    line = plain[max(plain.rfind("\n", 0, hit.start) + 1, hit.start - 40) : hit.start]
    return not any(word.concepts & {"seal_word", "vessel_word"} for word in words.lexicon.find(line))


def _sentences(folded: Folded, dates: Sequence[DateHit], above: Sequence[str]) -> list[Sentence]:
    """Cut a text at full stops, question marks and line ends, but not in abbreviations, dates and wrapped lines."""
    plain = folded.text
    inside = [(hit.start, hit.end) for hit in dates]
    sentences: list[Sentence] = []
    start, line, first_line = 0, 0, 0
    for stop in _END.finditer(plain):
        at, mark = stop.start(), stop.group()
        if mark == "." and not _full_stop(folded, at, inside):
            continue
        line += mark == "\n"
        if mark == "\n" and _wraps(plain, at):
            continue
        _add(sentences, plain, (start, at), inside, Sentence(start, at, asked=mark in "?？", line=first_line), above)
        start, first_line = stop.end(), line
    _add(sentences, plain, (start, len(plain)), inside, Sentence(start, len(plain), line=first_line), above)
    return sentences


def _full_stop(folded: Folded, at: int, inside: Sequence[tuple[int, int]]) -> bool:
    """Say whether a point ends a sentence: not inside a date, and not behind an abbreviation that goes on small."""
    plain = folded.text
    if any(a <= at < b - 1 for a, b in inside):
        return False
    if _TITLE.search(plain, max(0, at - 8), at):
        return False
    after = folded.words(at + 1, min(len(plain), at + 4)).lstrip(" ")
    goes_on = after[:1].islower() or after[:1].isdigit() or after[:1] in ",;:-("
    if any(a <= at < b for a, b in inside) or _ABBREVIATION.search(plain, max(0, at - 8), at):
        return not goes_on
    return True


def _wraps(plain: str, at: int) -> bool:
    """Say whether the line break at a place is only the mail program's."""
    begin = plain.rfind("\n", 0, at) + 1
    line = plain[begin:at].rstrip()
    after = plain[at + 1 : at + 60]
    width = sum(1 if c < "\u2e80" else 2 for c in line)
    if width < LONG_LINE or not after.strip() or after[0] in "\n>" or _LIST_MARK.match(after):
        return False
    return line[-1] not in ".:;!?。：；！？"


def _add(
    sentences: list[Sentence],
    plain: str,
    span: tuple[int, int],
    inside: Sequence[tuple[int, int]],
    sentence: Sentence,
    above: Sequence[str],
) -> None:
    """Add a sentence with its clauses, which are cut at commas and at words like "but"."""
    start, end = span
    if not plain[start:end].strip():
        return
    sentence.above = above[sentence.line] if sentence.line < len(above) else ""
    begin = start
    for cut in _CLAUSE.finditer(plain, start, end):
        if any(a < cut.start() < b for a, b in inside):
            continue
        if cut.start() > begin:
            sentence.clauses.append(Clause(begin, cut.start(), plain[begin : cut.start()]))
        begin = cut.end() if plain[cut.start()] in ",、" else cut.start()
    sentence.clauses.append(Clause(begin, end, plain[begin:end]))
    sentences.append(sentence)


def _blanked(plain: str, taken: Iterable[tuple[int, int]]) -> str:
    """Return the text with what is taken made unreadable, so that no word is found in or across it."""
    pieces, place = [], 0
    for start, end in sorted(taken):
        if start >= place:
            pieces += [plain[place:start], "\0" * (end - start)]
            place = end
    return "".join((*pieces, plain[place:]))


def _fill(part: Part, words: Iterable[Word]) -> None:
    """Put what was found into the clauses, each by where it begins; a date cut by a comma stays with its beginning."""
    clauses = [clause for sentence in part.sentences for clause in sentence.clauses]

    def spread(hits: Iterable[object], name: str) -> None:
        index = 0
        for hit in hits:
            start: int = hit.start  # type: ignore[attr-defined]  # every hit knows where it stands
            while index < len(clauses) and clauses[index].end <= start:
                index += 1
            if index < len(clauses) and clauses[index].start <= start:
                getattr(clauses[index], name).append(hit)

    spread(words, "words")
    spread(part.dates, "dates")
    spread(part.quantities, "quantities")
    spread(part.references, "references")
    spread(part.numbers, "numbers")
    for sentence in part.sentences:
        for clause in sentence.clauses:
            clause.concepts = frozenset().union(*(word.concepts for word in clause.words))
        sentence.concepts = frozenset().union(*(clause.concepts for clause in sentence.clauses))


def split_at_numbers(clause: Clause, numbers: Sequence[NumberHit]) -> list[Clause]:
    """Cut a clause that speaks of several orders in turn into one for each."""
    cuts = [clause.start, *(hit.start for hit in numbers[1:]), clause.end]
    pieces = []
    for start, end in pairwise(cuts):
        piece = Clause(start, end, clause.text[start - clause.start : end - clause.start])
        for name in ("words", "dates", "quantities", "references", "numbers"):
            getattr(piece, name).extend(hit for hit in getattr(clause, name) if start <= hit.start < end)
        piece.concepts = frozenset().union(*(word.concepts for word in piece.words))
        pieces.append(replace(piece))
    return pieces
