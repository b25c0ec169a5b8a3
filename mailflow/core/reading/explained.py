"""Explained: whether every word beside a statement is known, so that its date can belong to nothing else."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.plain_words import PlainWords
from mailflow.core.reading.statements import Source, Statement
from mailflow.core.reading.text import Clause, Part, Sentence

_TAKES = frozenset(("inquiry", "bank_word", "cutoff", "closure", "others_said", "advert", "pay_word", "will_revert"))
_ME = re.compile(
    r"(?:^|[\s,.:])(?:i|we|he|she|they|my \w+|mr\.? \w+|ms\.? \w+)\s+(?:will\s+|can\s+|shall\s+|plan to\s+)?$"
    r"|[我他她](?:们)?\s*$"
)
_YOURS = re.compile(
    r"\b(?:in|on|per|of|by) (?:your|the) (?:po|p\.o\.?|order|contract|mail|email|schedule|request|letter)\b"
)
_YOU_SAID = re.compile(
    r"(?<![照按依])(?:您|你|您们|你们|贵司|客户|客人)(?:那边)?(?:说|要求|讲|提|要|定|问|写|答应)(?:过|好)?的?"
    r"|\byou (?:said|told|asked|want|wanted|wrote|promised|requested|mentioned|need|required|ordered)\b"
)
_AGREES = re.compile(r"可以|同意|确认|没问题|\b(?:ok|okay|agree|accept|confirm)")
_OTHERS = re.compile(
    r"\b(?:they|he|she|it seems|your competitor|(?:an)?other (?:customer|buyer|order|client)s?)\b"
    r"|他们|她|他(?!们)|另外那|那个客户|别的|别家|另一家|其[他它](?:客户|单|家)"
)
_THE_ONE = re.compile(r"的(?:那|这|上)?(?:批|单|款|票|货|柜)")  # "the lot that went on the 15th"
_WRONG = re.compile(r"\b(?:wrong|incorrect|faulty|defective|damaged|mistaken)\b|错|不对|不符|不合格")
_OR = re.compile(r"\b(?:or|oder|ou|o)\b|或|还是")
_LATER = re.compile(r"等[^,。]{1,14}?(?:再|才|后)|看[^,。]{0,8}(?:再|情况)|如[^何期下上]|拿到|批下来")
_TELLS_YOU = re.compile(r"(?:inform|update|advise|tell) you$")
_GONE_BY = re.compile(r"yesterday|last |ago|昨|前天|今[天日]|上周|上星期|上个?月|gestern|letzte|hier|ayer|dun\b")
_NAMES = re.compile(
    r"(?:\b(?:from|in|at|to|via|with|by|ex|ex our|of|near|for|mr\.?|mrs\.?|ms\.?|m/v|mv|vessel|on|de|in unserem|aus"
    r"|nach|pour|vers|dear|hi|hello|hey|hola|bonjour|hallo|estimad[ao]|lieber?|merhaba|sayin)"
    r"(?: the| our| your)?\s+)(?:[a-z]+[ -])?$"
)
_SAID_AS_FACT = re.compile(r"是.{2,24}的\W*$")
_BETWEEN = re.compile(r"[\s\-/]*(?:(?:of|for|on|zu|aus|von|de|pour|para|order|po|style|的|这单|之)\s*){0,2}")
_TAG = 18  # letters of a question that only asks for a yes
_KATAKANA = re.compile("[\u30a0-\u30ff]+")
_TOWARDS = re.compile("着|港|向け|に|へ|到着")
_DASH = re.compile(r"\s*[-:]\s|\s*,|\s+(?:from|of) (?:our|the) ")
_ARROW = re.compile(r"->|=>|→|⇒|➔")
_CODE = re.compile(r"[a-z]{1,4}[ -]?\d")  # a flight, a plate
_OUT_OF = re.compile(r"[从由自]$")


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


MOST_CHARACTERS = 4  # of a place's name
NEAR = 12  # letters behind a date
Signal = Callable[[Setting], str]


def unexplained(setting: Setting) -> tuple[str, ...]:
    """Return why a statement is not explained; nothing where it is."""
    return tuple(f"{name}{': ' + told if told != '!' else ''}" for name, signal in SIGNALS if (told := signal(setting)))


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
        if not _is_name(part, clause, start, end)
    ]


def _is_name(part: Part, clause: Clause, start: int, end: int) -> bool:
    """Say whether an unknown run is the name of a place or house: with a capital, behind "from", "at", "with"."""
    before = clause.text[:start]
    if clause.text[start] >= "\u2e80":
        if _KATAKANA.fullmatch(clause.text, start, end) and _TOWARDS.match(clause.text, end):
            return True
        return end - start <= MOST_CHARACTERS and bool(_OUT_OF.search(before))
    original = part.folded.words(clause.start + start, clause.start + end)
    if original[:1].isupper() and not before.strip() and _DASH.match(clause.text, end):
        return True
    if original.isupper() and _CODE.match(clause.text, start):
        return True
    return original[:1].isupper() and bool(_NAMES.search(before))


def _unknown(s: Setting) -> str:
    runs = unknown_words(s.part, s.clause, s.plain, s.own)
    if s.statement.strong:
        runs = [run for run in runs if not _names_goods(s, run)]
    return ", ".join(s.clause.text[a:b] for a, b in runs[:4])


def _names_goods(s: Setting, run: tuple[int, int]) -> bool:
    """Say whether an unknown word beside an order's number, and away from date and milestone, is what its goods are."""
    start, end = run[0] + s.clause.start, run[1] + s.clause.start
    low, high = min(s.statement.at[0], s.statement.by[0]), max(s.statement.at[1], s.statement.by[1])
    beside = low - 2 < end and start < high + 2
    if beside and not (s.statement.milestone is Milestone.MATERIAL and end <= low):
        return False
    for number in s.clause.numbers:
        between = s.text[end : number.start] if end <= number.start else s.text[number.end : start]
        if _BETWEEN.fullmatch(between):
            return True
    return False


def _taken(s: Setting) -> str:
    """A word that has dates of its own (an invoice, a meeting, a price) stands in the clause."""
    st = s.statement
    bound = max(st.by[1], st.at[1]) if st.done and st.strong else s.clause.end
    for word in s.clause.words:
        if (
            word.start < bound
            and not word.concepts.isdisjoint(_TAKES)
            and word.concepts.isdisjoint(("not_negated", "idle", "bare"))
        ):
            if _TELLS_YOU.search(word.text) or ("cutoff" in word.concepts and st.source is Source.OFFSET):
                continue
            if word.text == "balance" and st.quantity is not None:
                continue
            if st.by[1] and (word.start >= st.by[0] and word.end <= st.by[1]):
                continue
            return word.text
    return ""


def _asked(s: Setting) -> str:
    if not s.sentence.asked or s.statement.done:
        return ""
    last = s.sentence.clauses[-1]
    width = sum(1 if c < "\u2e80" else 3 for c in last.text.strip())
    return "!" if last.start <= s.clause.start or width <= _TAG else ""


def _asked_after(s: Setting) -> str:
    after = s.after
    if after is None or not after.asked or s.statement.done:
        return ""
    return "!" if after.end - after.start < 40 and not any(c.dates or c.numbers for c in after.clauses) else ""


def _hedged(s: Setting) -> str:
    if s.statement.done:
        hit = s.plain.hedged.search(s.text, s.clause.start, s.clause.end)
    else:
        hit = s.plain.hedged.search(s.text, s.sentence.start, s.after.end if s.after else s.sentence.end)
    if hit is not None and hit.end() <= s.clause.start and s.clause.has("renewed", "delay"):
        return ""  # the cause of the new date
    return hit.group() if hit else ""


def _later(s: Setting) -> str:
    hit = _LATER.search(s.text, s.statement.end if s.statement.end else s.sentence.start, s.sentence.end)
    return hit.group() if hit and not s.statement.done else ""


def _lot(s: Setting) -> str:
    if s.statement.quantity is not None:
        return ""
    for clause in s.sentence.clauses:
        if clause is not s.clause and clause.has("material_noun", "problem_quality"):
            continue
        for hit in s.plain.lot.finditer(s.text, clause.start, clause.end):
            if not any(d.start <= hit.start() < d.end for d in clause.dates):
                return hit.group()
    return ""


def _until(s: Setting) -> str:
    at = s.statement.at
    if not at[1] or s.clause.has("delay", "renewed"):
        return ""
    hit = s.plain.ends_with_until.search(s.text[s.clause.start : at[0]])
    return hit.group().strip() if hit else ""


def _person(s: Setting) -> str:
    st = s.statement
    place = min(x for x in (st.at[0] or st.clause.start, st.by[0] or st.at[0]))
    if st.milestone in (Milestone.ARRIVE, Milestone.RECEIVE) and not s.clause.has("goods_noun", "store", "vessel_word"):
        hit = _ME.search(s.text[st.clause.start : place])
        return hit.group().strip() if hit else ""
    return ""


def _yours(s: Setting) -> str:
    hit = _YOURS.search(s.clause.text)
    if hit is None and not s.statement.done and not _AGREES.search(s.text, s.sentence.start, s.sentence.end):
        hit = _YOU_SAID.search(s.clause.text)
    return hit.group() if hit and not s.clause.has("on_schedule") else ""


def _others(s: Setting) -> str:
    """Somebody else does it, or does it to something else."""
    st = s.statement
    hit = _OTHERS.search(s.text, s.clause.start, max(st.by[1], st.at[1]) or s.clause.end)
    hit = hit or (_THE_ONE.match(s.text, st.by[1]) if st.at[1] <= st.by[0] else None)
    return hit.group() if hit else ""


def _either(s: Setting) -> str:
    """Two days are given to choose from."""
    at = s.statement.at
    hit = _OR.search(s.text, at[1], min(s.clause.end, at[1] + NEAR)) if at[1] and not s.statement.done else None
    return hit.group() if hit else ""


def _denied_beside(s: Setting) -> str:
    """What follows a promise denies something; what came is not what was wanted."""
    if s.statement.done:
        came = s.statement.milestone in (Milestone.MATERIAL, Milestone.SAMPLE)
        bad = _WRONG.search(s.text, s.clause.start, s.sentence.end) if came else None
        return bad.group() if bad else ""
    for clause in s.sentence.clauses:
        own = not clause.numbers and not clause.dates and not _OTHERS.search(clause.text)
        if own and clause.start > s.clause.start and not clause.has("not_negated") and "不便" not in clause.text:
            hit = next((word for word in clause.words if "negated" in word.concepts), None)
            if hit is not None:
                return hit.text
    return ""


def _no_verb(s: Setting) -> str:
    """A day gone by is a fact only where a word says that it happened."""
    st = s.statement
    if not st.done or st.source is not Source.DATE or not st.at[1]:
        return ""
    verb = s.text[st.by[0] : st.by[1]].split(" ")[0]
    told = st.by_done or verb.endswith(("ed", "t"))
    told = told or any(concept == "past" or concept.endswith("_done") for concept in s.sentence.concepts)
    told = told or bool(_SAID_AS_FACT.search(s.clause.text))
    return "" if told or _GONE_BY.search(s.text[st.at[0] : st.at[1]]) else "!"


def _second_date(s: Setting) -> str:
    others = [d for d in s.clause.dates if d.kind is not DateKind.SPAN and (d.start, d.end) != s.statement.at]
    renewed = s.clause.has("renewed", "outlived", "correction") or bool(_ARROW.search(s.clause.text))
    if not s.statement.at[1] or not others or renewed:
        return ""
    bound = max(s.statement.by[1], s.statement.at[1]) if s.statement.done and s.statement.strong else s.clause.end
    free = [d for d in others if (d.start, d.end) not in s.statement.paired and d.start < bound]
    return s.text[free[0].start : free[0].end] if free else ""


def _loose_lead(s: Setting) -> str:
    """A date without a word of its own stands for shipping only where nothing else is said beside it."""
    if s.statement.by != s.statement.at or not s.statement.at[1]:
        return ""
    moved = s.clause.has("delay", "renewed", "advance")
    for index, clause in enumerate(s.sentence.clauses):
        denied = clause.has("negated") or (moved and not clause.dates)
        if clause is s.clause or denied or (index == 0 and _is_address(clause)):
            continue
        if unknown_words(s.part, clause, s.plain, s.own):
            return clause.text.strip()[:40]
    return ""


def _is_address(clause: Clause) -> bool:
    """Say whether a clause is no more than the name of the person spoken to."""
    text = clause.text.strip()
    return len(text) <= MOST_CHARACTERS if text[:1] >= "\u2e80" else len(text.split()) <= 2


SIGNALS: tuple[tuple[str, Signal], ...] = (
    ("unknown words", _unknown),
    ("a word with dates of its own", _taken),
    ("it is asked", _asked),
    ("a question follows", _asked_after),
    ("no firm promise", _hedged),
    ("it waits for something", _later),
    ("part of the order without a quantity", _lot),
    ("the date ends something", _until),
    ("a person, not goods", _person),
    ("a date of yours", _yours),
    ("others do it", _others),
    ("one day or another", _either),
    ("something is denied beside it", _denied_beside),
    ("no word says that it happened", _no_verb),
    ("another date beside it", _second_date),
    ("not a plain answer", _loose_lead),
)


def goods_words(texts: Sequence[str]) -> frozenset[str]:
    """Return the words by which an order's goods are called, singular and plural."""
    return frozenset(word for text in texts for word in re.findall(r"[a-z]{2,}|[\u3400-\u9fff]+", text.lower()))
