"""Unknown words: which of the words beside a statement that no rule knows could give its date another meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.plain_words import PlainWords
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.text import Clause, Part, Sentence

MOST_CHARACTERS = 6  # of a place's name
_KATAKANA = re.compile("[\u30a0-\u30ff]+")
_TOWARDS = re.compile("着|港|向け|に|へ|到着")
_DASH = re.compile(r"\s*[-:]\s|\s*,|\s+(?:from|of) (?:our|the) ")
_CODE = re.compile(r"[a-z]{1,4}[ -]?\d")  # a flight, a plate
_NAME_BEGUN = re.compile(r"(?:[a-z]+[ -])?$")
_WORDS_BETWEEN = re.compile(r"(?:^|\s)(?:[a-z-]+\s+){0,3}$")
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]]*$")
SHORTEST_VERB = 3
_NEAR = (34, 10)  # letters, characters between a milestone's word and its date
_CJK = "\u2e80"


@dataclass(frozen=True, slots=True)
class Setting:
    """A statement with the text around it: what is needed to say whether it is explained."""

    statement: Statement
    sentence: Sentence
    after: Sentence | None
    before: Sentence | None
    plain: PlainWords
    own: frozenset[str]
    role: Role | None
    part: Part

    @property
    def text(self) -> str:
        """Return the whole part, folded."""
        return self.part.folded.text

    @property
    def clause(self) -> Clause:
        """Return the statement's clause."""
        return self.statement.clause

    @property
    def pair(self) -> tuple[int, int]:
        """Return where the pair of milestone and date begins and ends."""
        st = self.statement
        if not st.at[1]:
            return st.by if st.by[1] else (self.clause.end, self.clause.end)
        return min(st.at[0], st.by[0]), max(st.at[1], st.by[1])


def _known(clause: Clause) -> list[tuple[int, int]]:
    spans = [(hit.start, hit.end) for hit in clause.words] + [(hit.start, hit.end) for hit in clause.dates]
    spans += [(hit.start, hit.end) for hit in clause.quantities] + [(hit.start, hit.end) for hit in clause.references]
    spans += [(hit.start, hit.end) for hit in clause.numbers]
    return [(start - clause.start, end - clause.start) for start, end in spans]


def unknown_words(part: Part, clause: Clause, plain: PlainWords, own: frozenset[str]) -> list[tuple[int, int]]:
    """Return the runs of a clause that no rule, name or plain word explains, as places in its text."""
    return [
        (start, end)
        for start, end in plain.unknown(clause.text, _known(clause), own)
        if not is_name(part, clause, plain, start, end) and not is_own(clause.text[start:end], own)
    ]


def is_own(run: str, own: frozenset[str]) -> bool:
    """Say whether a run of characters is a piece of what the book calls the order's goods."""
    return run[0] >= _CJK and any(run in words for words in own)


def is_name(part: Part, clause: Clause, plain: PlainWords, start: int, end: int) -> bool:
    """Say whether an unknown run is the name of a place or house: with a capital, behind "from", "at", "with"."""
    before = clause.text[:start]
    if clause.text[start] >= _CJK:
        if _KATAKANA.fullmatch(clause.text, start, end) and _TOWARDS.match(clause.text, end):
            return True
        return end - start <= MOST_CHARACTERS and before[-1:] in ("从", "由", "自")
    original = part.folded.words(clause.start + start, clause.start + end)
    if original[:1].isupper() and not before.strip() and _DASH.match(clause.text, end):
        return True
    if original.isupper() and _CODE.match(clause.text, start):
        return True
    begun = _NAME_BEGUN.search(before)
    place = begun.start() if begun else start
    ends = plain.endings["before_names"]
    return original[:1].isupper() and bool(ends.search(before) or ends.search(before[:place]))


def unknown(s: Setting) -> str:
    """Return the unknown words beside a statement that may give its date another meaning, or nothing."""
    runs = [(a + s.clause.start, b + s.clause.start) for a, b in unknown_words(s.part, s.clause, s.plain, s.own)]
    if not runs:
        return ""
    firm = s.statement.strong or _verb_behind_date(s) or s.statement.source is Source.SCHEDULE
    if firm:
        runs = [run for run in runs if not _names_goods(s, run)]
        near = _near(s, runs)
        runs = [run for run in runs if not _harmless(s, run, near=near)]
    return ", ".join(s.text[a:b] for a, b in runs[:4])


def _verb_behind_date(s: Setting) -> bool:
    """Say whether a single character right behind the day is the verb of going ("8号出", "8号能走")."""
    st = s.statement
    if st.done and st.by[1] - st.by[0] > SHORTEST_VERB and st.at[0] >= st.by[1]:
        return not s.text[st.by[1] : st.at[0]].strip(" on")  # "left 5 November"
    between = s.text[st.at[1] : st.by[0]] if st.at[1] and st.by[0] >= st.at[1] else "-"
    verb = s.text[st.by[0] : st.by[1]]
    place = st.milestone is Milestone.ARRIVE and verb in ("到", "抵")
    goes = place or verb in ("出", "走", "发", "交", "装", "寄")
    return not st.default and goes and not between.strip("能可以才就会要都也")


def _near(s: Setting, runs: Sequence[tuple[int, int]]) -> bool:
    """Say whether nothing but known words stands between the word of a milestone and its date, and they are near."""
    st = s.statement
    if not st.at[1]:
        return st.source is not Source.DATE and st.strong
    first, last = (st.by, st.at) if st.by[0] <= st.at[0] else (st.at, st.by)
    inside = any(a < last[0] and b > first[1] for a, b in runs)
    between = s.text[first[1] : last[0]]
    for number in s.clause.numbers:
        if first[1] <= number.start < last[0]:
            between = between.replace(s.text[number.start : number.end], "")
    return not inside and len(between) <= _NEAR[any(c >= _CJK for c in between)]


def _names_goods(s: Setting, run: tuple[int, int]) -> bool:
    """Say whether an unknown word beside an order's number, and away from date and milestone, is what its goods are."""
    start, end = run
    low, high = s.pair
    for number in s.clause.numbers:  # "the tents of 4711", "tents under 4711"
        if end <= number.start and s.plain.patterns["of"].fullmatch(s.text[end : number.start].strip()):
            return True
    beside = low - 2 < end and start < high + 2
    if beside and not (s.statement.milestone is Milestone.MATERIAL and end <= low):
        return False
    for number in s.clause.numbers:
        between = s.text[end : number.start] if end <= number.start else s.text[number.end : start]
        if not between.strip(" -/()") or s.plain.patterns["of"].fullmatch(between.strip(" -/()")):
            return True
    return False


_GOES = frozenset((Milestone.SHIP, Milestone.INSPECTION, Milestone.SAMPLE, Milestone.MATERIAL))


def _harmless(s: Setting, run: tuple[int, int], *, near: bool) -> bool:
    """Say whether an unknown run can change nothing: what it is that goes, who says it, or how it goes."""
    start, end = run
    low, high = s.pair
    if _BRACKETS.search(s.text, s.clause.start, start) or ":" in s.text[end:low]:
        return True  # an aside, or what leads up to the statement
    if not near:
        return False
    goods = _is_goods(s, run)
    if s.text[start] >= _CJK:
        return goods or _chinese(s, run)
    if start >= high:
        return s.text[start:end].endswith("ly") or bool(s.plain.patterns["tails"].search(s.text, high, start))
    if end > low or not (goods or _moves(s)):
        return False
    if s.plain.endings["auxiliaries"].search(s.text[s.clause.start : s.statement.by[0]]) and end < s.statement.by[0]:
        return True
    before = s.text[s.clause.start : start]
    led = _WORDS_BETWEEN.search(before)
    return bool(led and s.plain.patterns["articles"].search(before[led.start() :]))


def _moves(s: Setting) -> bool:
    """Say whether the milestone is one that whatever is spoken of reaches as the order does."""
    milestone = s.statement.milestone
    return milestone in _GOES or (s.role is not Role.SUPPLIER and milestone is not Milestone.PRODUCTION)


def _is_goods(s: Setting, run: tuple[int, int]) -> bool:
    """Say whether a run of characters ends like the name of a thing (抱枕套, 垫片), before date and milestone."""
    low, _ = s.pair
    word = s.text[run[0] : min(low, run[1] + 2)]
    return run[1] <= low and bool(s.plain.patterns["goods_endings"].search(word))


def _chinese(s: Setting, run: tuple[int, int]) -> bool:
    """Say whether a run of characters is away from what it could change."""
    start, end = run
    low, high = s.pair
    if s.text[start - 1 : start] in ("在", "到", "往", "去", "发", "从") and end - start <= MOST_CHARACTERS:
        return end <= low or start >= high  # a place
    arrives = s.statement.milestone is Milestone.ARRIVE and start >= high == s.statement.by[1]
    if arrives and start - high <= 1 and end - start <= MOST_CHARACTERS:
        return True  # where it arrives
    if not _moves(s):
        return False
    if start >= high:
        return start - high >= 1 and not s.text[high:start].strip(" ()")  # something said behind it
    return end <= low and (s.statement.by[0] > s.statement.at[0] or not s.statement.at[1])
