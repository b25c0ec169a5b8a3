"""Finds references: containers, bills of lading, air waybills, courier and postal numbers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mailflow.core.reading.lexicon import bounded

NEAR = 24  # how far before a number its label may stand


@dataclass(frozen=True)
class ReferenceFormat:
    """One format of references.yaml; `after` are labels, one of which must stand before the number."""

    name: str
    type: str
    pattern: str
    after: tuple[str, ...] = ()
    digits: int = 0
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceHit:
    """A reference and where it stands; `value` is in capitals, without blanks and hyphens."""

    start: int
    end: int
    type: str
    value: str


Adder = Callable[[int, int, ReferenceFormat], None]


@dataclass(frozen=True)
class ReferenceGrammar:
    """All formats compiled: those that speak for themselves as one pattern, the others behind their labels."""

    bare: re.Pattern[str]
    labels: re.Pattern[str]
    labelled: tuple[tuple[re.Pattern[str], ReferenceFormat], ...] = ()
    formats: tuple[ReferenceFormat, ...] = ()
    seals: re.Pattern[str] = field(default=re.compile(r"(?!)"))


def build_references(formats: Sequence[ReferenceFormat], seals: Sequence[str] = ()) -> ReferenceGrammar:
    """Compile the formats; `seals` are labels of numbers that are no references (seals, plates, telephones)."""
    bare = [f for f in formats if not f.after]
    alternatives = "|".join(f"(?P<{f.name}>{_spelled(f.pattern)})" for f in bare)
    labelled = tuple(
        (
            re.compile(rf"(?:{bounded(f.after)})[^\d\n]{{0,18}}?(?<![a-z0-9])({_spelled(f.pattern)})(?![a-z0-9])"),
            f,
        )
        for f in formats
        if f.after
    )
    every = [label for f in formats for label in f.after]
    return ReferenceGrammar(
        re.compile(rf"(?<![a-z0-9])(?=[a-z0-9]*\d|[a-z]+[ -]\d)(?:{alternatives or '(?!)'})(?![a-z0-9])"),
        re.compile(bounded(every)),
        labelled,
        tuple(formats),
        re.compile(rf"(?:{bounded(seals)})[ :.#号]*(?:no\.?)?[ :/]*$") if seals else re.compile(r"(?!)"),
    )


def _spelled(pattern: str) -> str:
    return pattern.replace("~", "[ -]?")


def find_references(text: str, grammar: ReferenceGrammar, taken: Sequence[tuple[int, int]] = ()) -> list[ReferenceHit]:
    """Return the references of a folded text, outside the places already `taken`."""
    found: list[ReferenceHit] = []

    def add(start: int, end: int, form: ReferenceFormat) -> None:
        value = re.sub(r"[^a-z0-9]", "", text[start:end]).upper()
        places = [*taken, *((hit.start, hit.end) for hit in found)]
        if sum(c.isdigit() for c in value) < max(form.digits, 1) or any(start < b and a < end for a, b in places):
            return
        if form.type == "container" or not grammar.seals.search(text, max(0, start - 20), start):
            found.append(ReferenceHit(start, end, form.type, value))

    by_name = {form.name: form for form in grammar.formats}
    if any(c.isdigit() for c in text):
        for hit in grammar.bare.finditer(text):
            add(hit.start(), hit.end(), by_name[hit.lastgroup or ""])
        for label in grammar.labels.finditer(text):
            _behind_label(text, label.start(), label.end(), grammar, add)
    return sorted(found, key=lambda hit: hit.start)


def _behind_label(text: str, start: int, end: int, grammar: ReferenceGrammar, add: Adder) -> None:
    label = text[start:end]
    for pattern, form in grammar.labelled:
        if label not in form.after:
            continue
        hit = pattern.match(text, start, min(len(text), end + NEAR + 40))
        if hit is not None and hit.start(1) - end <= NEAR:
            add(hit.start(1), hit.end(1), form)
