"""Finds numbers of consignments (containers, bills of lading, waybills) and of things that no order is named by."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailflow.core.reading.check_digits import holds
from mailflow.core.reading.lexicon import bounded, trie_pattern
from mailflow.core.reading.number_forms import NOTHING, NumberForm

_NEAR = 18  # characters that may stand between a carrier's name and its number
_FAR = 64  # how far behind a cue a number is looked for
_GROUPS = 3  # so many groups of a number with a check digit may belong to what follows
_MOST = 24  # letters and digits of a reference
# what may stand between a cue and its number: "no.:", "(HBL) is", "号码为"
_JOINT = (
    r"(?:[ \t]*(?:\([^()\d\n]{0,20}\)|#|\bn[or]s?\.?(?![a-z])|\bnum(?:ber|mer|ero)?s?(?![a-z])|号码|编号|单号|号|番号"
    r"|为|是|\b(?:is|are|was|ist|lautet|est|es|ref)(?![a-z])|:\n?|[.=,\"'*-])){0,4}[ \t]*"
)
_OVER = r"(?![a-z0-9]|-\d)"
_DATE = re.compile(r"(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d")
_NUMBER = re.compile(r"(?<![a-z0-9])(?:[a-z]{1,4}[ -]?)?(?P<digits>\d)")
# only where a number can begin are all forms tried
_MAY_BEGIN = r"[+$€£¥(]?[a-z0-9]*\d|[a-z]+[ /-][a-z]{0,6}[ -]?\d|[\u4e00-\u9fff][a-z][ .·-]?[a-z]*\d"
_MORE = re.compile(r" ?(?:[,;/&+、]|(?<= )(?:and|und|et|y|e|ve)(?= )|和|及|与) ?")  # leads to one more of the same kind


@dataclass(frozen=True, slots=True)
class ReferenceHit:
    """A reference and where it stands; `value` is in capitals, without blanks and hyphens. One that is `called` so by a
    word right before it is what it is even where the book has such a number."""

    start: int
    end: int
    type: str
    value: str
    called: bool = False


@dataclass(frozen=True, slots=True)
class MaskHit:
    """A number of something that no order is named by; one that is `called` so outranks every other reading."""

    start: int
    end: int
    kind: str
    called: bool
    hides: str


@dataclass(slots=True)
class Found:
    """What stands in a text; `doubtful` are called references whose check digit is wrong."""

    references: list[ReferenceHit] = field(default_factory=list)
    doubtful: list[ReferenceHit] = field(default_factory=list)
    masks: list[MaskHit] = field(default_factory=list)


@dataclass(frozen=True)
class _Compiled:
    """A form ready for use: right behind a cue, and by itself."""

    form: NumberForm
    behind: re.Pattern[str]
    single: re.Pattern[str]


@dataclass(frozen=True)
class ReferenceGrammar:
    """All forms compiled: those that speak for themselves (with a check digit, without one) as one
    pattern, the others behind their cues."""

    checked: re.Pattern[str]
    alone: re.Pattern[str]
    cues: re.Pattern[str]
    by_cue: Mapping[str, tuple[_Compiled, ...]]
    singles: tuple[_Compiled, ...]
    forms: tuple[NumberForm, ...] = ()
    seals: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    counted: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    orders: re.Pattern[str] = field(default=re.compile(r"(?!)"))
    ambiguous: frozenset[str] = frozenset()  # cues that may as well name an order (单号)


def build_references(
    forms: Sequence[NumberForm], seals: Sequence[str] = (), orders: Sequence[str] = (), units: Sequence[str] = ()
) -> ReferenceGrammar:
    """Compile the forms. `seals` are words before numbers that are no references, `orders` words that say that an order
    is named, `units` what makes a group of digits a count of something."""
    compiled = [
        _Compiled(f, re.compile(_JOINT + rf"(?<![a-z0-9])({_spelled(f)}){_OVER}"), re.compile(_spelled(f) + _OVER))
        for f in forms
    ]
    by_cue: dict[str, list[_Compiled]] = defaultdict(list)
    for each in compiled:
        for cue in each.form.cues:
            by_cue[cue].append(each)
    return ReferenceGrammar(
        _either(f for f in forms if f.alone and f.check),
        _either(f for f in forms if f.alone and not f.check),
        re.compile(_any_of(by_cue)),
        {cue: tuple(some) for cue, some in by_cue.items()},
        tuple(each for each in compiled if each.form.alone),
        tuple(forms),
        re.compile(rf"(?:{bounded(seals)})[ :.#号]*(?:no\.?)?[ :/]*$") if seals else re.compile(r"(?!)"),
        re.compile(rf" ?(?:{bounded(units) if units else '(?!)'}|年|月|日|号(?!码)|%|°|[:/.]\d)"),
        re.compile(bounded(orders)),
        frozenset(orders),
    )


def _either(forms: Iterable[NumberForm]) -> re.Pattern[str]:
    """Return a pattern of all forms."""
    either = "|".join(_spelled(form) for form in forms)
    return re.compile(rf"(?<![a-z0-9])(?={_MAY_BEGIN})(?:{either or '(?!)'}){_OVER}")


def _any_of(cues: Iterable[str]) -> str:
    """Return a pattern of all cues; letters stand as whole words, before a full stop too ("p.", "ext.")."""
    latin = [cue for cue in cues if "a" <= cue[0] <= "z"]
    others = [cue for cue in cues if not "a" <= cue[0] <= "z"]
    ends = r"(?:(?<![a-z0-9])|(?![a-z0-9]))"
    return rf"(?<![a-z0-9])(?:{trie_pattern(latin)}){ends}|(?:{trie_pattern(others)})"


def _spelled(form: NumberForm) -> str:
    """Return a form's pattern; `~` is a blank, a hyphen or nothing, and a line's end where a check digit tells."""
    gap = r"(?:[ -]|-?\n)?" if form.check else "[ -]?"
    never = rf"(?!(?:{'|'.join(map(re.escape, form.never))})(?![a-z]))" if form.never else ""
    return rf"{never}(?:{form.pattern.replace('~', gap)})"


def find_references(text: str, grammar: ReferenceGrammar) -> Found:
    """Return the references and masks of a folded text, none within another."""
    search = _Search(text, grammar)
    if any(c.isdigit() for c in text):
        for hit in grammar.checked.finditer(text):  # a check digit that holds outweighs every word
            search.alone(hit.start(), checked=True)
        for cue in grammar.cues.finditer(text):
            search.behind(cue.end(), " ".join(cue.group().split()))
        for hit in grammar.alone.finditer(text):
            search.alone(hit.start(), checked=False)
    found = search.found
    found.references.sort(key=lambda hit: hit.start)
    return found


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).upper()


def under_heading(heading: str, cell: str, grammar: ReferenceGrammar) -> list[ReferenceHit]:
    """Return the references of a cell whose heading says what they are."""
    front = f"{heading}: "
    hits = find_references(front + cell, grammar).references
    shift = len(front)
    return [
        ReferenceHit(hit.start - shift, hit.end - shift, hit.type, hit.value, hit.called)
        for hit in hits
        if hit.start >= shift
    ]


class _Search:
    """One search of one text."""

    def __init__(self, text: str, grammar: ReferenceGrammar) -> None:
        self._text = text
        self._grammar = grammar
        self._taken: list[tuple[int, int]] = []
        self.found = Found()

    def behind(self, end: int, cue: str) -> None:
        """Look behind a cue: right behind it first, then a few words on."""
        forms = self._grammar.by_cue.get(cue, ())
        called = cue not in self._grammar.ambiguous
        for compiled in forms:
            hit = compiled.behind.match(self._text, end, end + _FAR)
            if hit is not None and self._take(hit.start(1), hit.end(1), compiled.form, called=called):
                self._and_more(compiled, called=called)
                return
            if self.found.doubtful and hit is not None and self.found.doubtful[-1].start == hit.start(1):
                return  # called so, and wrong: no looser form takes it
        for start in self._near(end):
            for compiled in forms:
                hit = compiled.single.match(self._text, start) if compiled.form.near else None
                if hit is not None and self._take(start, hit.end(), compiled.form, called=False):
                    self._and_more(compiled, called=False)
                    return

    def _near(self, end: int) -> tuple[int, ...]:
        """Return where the first number behind a cue may begin (with its letters, without them), unless it is too far
        or an order is named between."""
        first = _NUMBER.search(self._text, end, end + _NEAR + 8)
        if first is None or first.start() - end > _NEAR:
            return ()
        between = self._text[end : first.start()]
        if "\n" in between or self._grammar.orders.search(between):
            return ()
        return tuple(dict.fromkeys((first.start(), first.start("digits"))))

    def _and_more(self, compiled: _Compiled, *, called: bool) -> None:
        """Take what is listed behind a number: the same word holds for it."""
        more = compiled.form.type != NOTHING
        while more and (joint := _MORE.match(self._text, self._taken[-1][1])) is not None:
            hit = compiled.single.match(self._text, joint.end())
            if (
                hit is None
                or self._grammar.counted.match(self._text, hit.end())
                or not self._take(hit.start(), hit.end(), compiled.form, called=called)
            ):
                return

    def alone(self, start: int, *, checked: bool) -> None:
        """Take the number that begins at a place and speaks for itself."""
        for compiled in self._grammar.singles:
            if bool(compiled.form.check) is not checked:
                continue
            hit = compiled.single.match(self._text, start)
            if hit is not None and self._take(start, hit.end(), compiled.form, called=False):
                return

    def _take(self, start: int, end: int, form: NumberForm, *, called: bool) -> bool:
        end = self._end_that_holds(start, end, form.check) if form.check else self._without_count(start, end)
        value = _plain(self._text[start:end])
        if sum(c.isdigit() for c in value) < form.digits or len(value) > _MOST + 10 * (form.type == NOTHING):
            return False
        if self.taken(start, end) or _DATE.fullmatch(self._text, start, end):
            return False
        if form.type != NOTHING and form.type != "container" and self._sealed(start):
            return False
        if not holds(form.check, value):
            if form.ask and called:
                self.found.doubtful.append(ReferenceHit(start, end, form.type, value, called))
                self._taken.append((start, end))
            return False
        self._taken.append((start, end))
        if form.type == NOTHING:
            self.found.masks.append(MaskHit(start, end, form.name, called or form.firm, form.hides))
        else:
            self.found.references.append(ReferenceHit(start, end, form.type, value, called))
        return True

    def taken(self, start: int, end: int) -> bool:
        """Say whether something has been found at a place."""
        return any(start < b and a < end for a, b in self._taken)

    def _sealed(self, start: int) -> bool:
        return self._grammar.seals.search(self._text, max(0, start - 20), start) is not None

    def _end_that_holds(self, start: int, end: int, check: str) -> int:
        """Return where a number ends so that its check digit is right: what follows may look like its last group."""
        shorter = end
        for _ in range(_GROUPS):
            if holds(check, _plain(self._text[start:shorter])):
                return shorter
            shorter = self._text.rfind(" ", start, shorter)
            if shorter <= start:
                break
        return end

    def _without_count(self, start: int, end: int) -> int:
        """Leave out a last group of digits that counts what follows it ("… 0976 12 ctns")."""
        while self._grammar.counted.match(self._text, end) and (cut := self._text.rfind(" ", start, end)) > start:
            end = cut
        return end
