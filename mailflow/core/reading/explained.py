"""Explained: whether every word beside a statement is known, so that its date can belong to nothing else."""

import re
from collections.abc import Callable, Sequence

from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.core.reading.bare import HARMLESS
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.hindrances import HINDRANCES
from mailflow.core.reading.plain_words import PlainWords
from mailflow.core.reading.stages import STAGES
from mailflow.core.reading.statement import Source
from mailflow.core.reading.text import Clause, Part, Sentence
from mailflow.core.reading.unknown import MOST_CHARACTERS, Setting, is_name, is_own, unknown, unknown_words

_TAKES = frozenset(("inquiry", "bank_word", "cutoff", "closure", "others_said", "advert", "pay_word", "will_revert"))
_TELLS_YOU = re.compile(r"(?:inform|update|advise|tell) you$")
_SAID_AS_FACT = re.compile(r"是.{2,24}的\W*$")
_TAG = 18  # letters of a question that only asks for a yes
_ARROW = re.compile(r"->|=>|→|⇒|➔")


_CJK = "\u2e80"
_PROBLEMS = frozenset(("problem_logistics", "problem_other", "problem_material", "problem_capacity"))
LAST_DAY = 31
_SHORT = 24  # letters of a clause that takes back the one before it
NEAR = 12  # letters behind a date
Signal = Callable[[Setting], str]


def unexplained(setting: Setting) -> tuple[str, ...]:
    """Return why a statement is not explained; nothing where it is."""
    return tuple(f"{name}{': ' + told if told != '!' else ''}" for name, signal in SIGNALS if (told := signal(setting)))


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
            if (
                _TELLS_YOU.search(word.text)
                or "cause" in word.concepts
                or ("cutoff" in word.concepts and st.source is Source.OFFSET)
            ):
                continue
            if word.text == "balance" and st.quantity is not None:
                continue
            if st.by[1] and (word.start >= st.by[0] and word.end <= st.by[1]):
                continue
            return word.text
    return ""


_QUESTIONS = ("do you", "did you", "are you", "have you", "is it", "is there", "would it", "why", "who", "when ")


def _asked(s: Setting) -> str:
    if s.statement.done:
        return ""
    first = s.sentence.clauses[0].words[:1]
    if first and "question" in first[0].concepts and first[0].text.startswith(_QUESTIONS):
        begins = not s.text[s.sentence.start : first[0].start].strip()
        return first[0].text if begins else ""
    if not s.sentence.asked:
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
    hedges = s.plain.patterns["hedges"]
    if s.statement.done:
        hit = hedges.search(s.text, s.clause.start, s.clause.end)
    else:
        hit = hedges.search(s.text, s.sentence.start, s.after.end if s.after else s.sentence.end)
    renewed = s.clause.has("renewed", "delay") or "outlived" in s.sentence.concepts
    renewed = renewed or (hit is not None and bool(_ANEW.search(s.text, hit.end(), s.clause.end)))
    if hit is not None and renewed and (hit.end() <= s.clause.start or _is_cause(s, hit)):
        return ""  # the cause of the new date
    return hit.group() if hit else ""


_ANEW = re.compile(r"下一|安排|改|换|另|\bnext\b|\bnow\b|\bnew\b")


def _is_cause(s: Setting, hit: re.Match[str]) -> bool:
    """Say whether a hedge is why there is a new day: what became of the vessel before, the weather."""
    words = (w for c in s.sentence.clauses for w in c.words if not w.concepts.isdisjoint(_PROBLEMS))
    return any(word.start < hit.end() and hit.start() < word.end for word in words)


def _later(s: Setting) -> str:
    if s.statement.done or s.statement.milestone is Milestone.MATERIAL:
        return ""
    for hit in s.plain.patterns["waits"].finditer(s.text, s.sentence.start, s.sentence.end):
        ordinary = s.plain.patterns["awaits"].finditer(s.text, s.sentence.start, s.sentence.end)
        if any(one.start() <= hit.start() and one.end() >= hit.end() - 1 for one in ordinary):
            continue
        if not any(hit.start() < d.end and d.start < hit.end() for c in s.sentence.clauses for d in c.dates):
            return hit.group()
    return ""


def _lot(s: Setting) -> str:
    if s.statement.quantity is not None:
        return ""
    for clause in s.sentence.clauses:
        if clause is not s.clause and clause.has("material_noun", "problem_quality"):
            continue
        for hit in s.plain.patterns["lots"].finditer(s.text, clause.start, clause.end):
            if not any(d.start < hit.end() and hit.start() < d.end for d in clause.dates):
                return hit.group()
    return ""


def _until(s: Setting) -> str:
    at = s.statement.at
    if not at[1] or s.clause.has("delay", "renewed"):
        return ""
    hit = s.plain.endings["until"].search(s.text[s.clause.start : at[0]])
    return hit.group().strip() if hit else ""


def _person(s: Setting) -> str:
    st = s.statement
    place = min(x for x in (st.at[0] or st.clause.start, st.by[0] or st.at[0]))
    if s.text[st.by[0] : st.by[1]].startswith("receiv") or s.clause.has("goods_noun", "vessel_word"):
        return ""
    before = s.text[st.clause.start : place]
    hit = s.plain.endings["people"].search(before) if not st.strong else None
    if st.milestone in (Milestone.ARRIVE, Milestone.RECEIVE) and not s.clause.has("store"):
        hit = hit or s.plain.endings["people"].search(before) or s.plain.endings["persons"].search(before)
    return hit.group().strip() if hit else ""


def _yours(s: Setting) -> str:
    """It is our own day that they repeat."""
    scheduled = s.clause.has("on_schedule") and s.statement.source is Source.SCHEDULE
    if s.statement.by_done or scheduled or s.clause.has("renewed", "delay"):
        return ""
    if s.plain.patterns["agrees"].search(s.text, s.sentence.start, s.sentence.end):
        return ""
    days = [d.start for c in s.sentence.clauses for d in c.dates if d.start < s.statement.at[0]]
    hit = s.plain.patterns["yours"].search(s.text, s.sentence.start, s.clause.end)
    return hit.group() if hit and not any(hit.end() <= day for day in days) else ""


def _others(s: Setting) -> str:
    """Somebody else does it or says it, or does it to something else."""
    st = s.statement
    end = max(st.by[1], st.at[1]) + len("的那批") if st.at[1] else s.clause.end
    hit = s.plain.patterns["others"].search(s.text, s.clause.start, min(end, s.clause.end))
    if hit is not None:
        return hit.group()
    for said in s.plain.patterns["reported"].finditer(s.text, s.sentence.start, s.clause.end):
        leads = said.start() >= s.clause.start or not s.text[said.end() : s.clause.start].strip(" ,:")
        carried = st.milestone is Milestone.ARRIVE and s.plain.patterns["carriers"].match(said.group())
        if leads and not carried and s.text[said.end() : said.end() + 1] != "的":
            return said.group()
    return ""


def _either(s: Setting) -> str:
    """Two days are given to choose from."""
    at = s.statement.at
    if not at[1] or s.statement.done:
        return ""
    hit = s.plain.patterns["or"].search(s.text, at[1], s.clause.end)
    if hit is None or hit.start() >= at[1] + NEAR:
        after = next((c for c in s.sentence.clauses if c.start >= s.clause.end and not c.numbers), None)
        open_ = after is not None and all(hit.kind is DateKind.SPAN for hit in after.dates)
        hit = s.plain.patterns["or"].match(after.text.lstrip()) if after is not None and open_ else None
    return hit.group() if hit else ""


def _denied_beside(s: Setting) -> str:
    """What follows a promise denies something; what came is not what was wanted."""
    if s.statement.done:
        came = s.statement.milestone in (Milestone.MATERIAL, Milestone.SAMPLE)
        bad = s.plain.patterns["wrong"].search(s.text, s.clause.start, s.sentence.end) if came else None
        return bad.group() if bad else ""
    for clause in s.sentence.clauses:
        own = not clause.numbers and not clause.dates and not s.plain.patterns["others"].search(clause.text)
        if own and clause.start > s.clause.start and not clause.has("not_negated") and "不便" not in clause.text:
            wrong = s.plain.patterns["wrong"].search(clause.text)
            if wrong is not None and len(clause.text) < _SHORT and not clause.has("cause", "correction", *_NOUNS):
                return wrong.group()
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
    told = told or bool(_SAID_AS_FACT.search(s.clause.text)) or _sailed(s) or _came_in(s)
    return (
        ""
        if told or s.plain.patterns["gone_by"].search(s.text[max(s.clause.start, st.at[0] - NEAR) : st.at[1]])
        else "!"
    )


def _sailed(s: Setting) -> bool:
    """Say whether a departure on a day gone by stands beside the bill of lading or waybill that was made of it."""
    paid_for = any(hit.type in ("bill_of_lading", "air_waybill") for hit in s.part.references)
    return s.statement.basis is DateBasis.ETD and paid_for


def _came_in(s: Setting) -> bool:
    """Say whether material, and nothing of a plan, stands before a day gone by with its verb right behind it."""
    st = s.statement
    if st.milestone is not Milestone.MATERIAL or st.by[0] != st.at[1] or s.sentence.concepts & {"outlived", "future"}:
        return False
    return s.text[st.by[0] : st.by[1]] >= _CJK


def _second_date(s: Setting) -> str:
    if s.statement.source is Source.TODAY:
        return _day_beside(s)
    others = [d for d in s.clause.dates if d.kind is not DateKind.SPAN and (d.start, d.end) != s.statement.at]
    renewed = s.clause.has("renewed", "outlived", "correction") or s.statement.renewed
    renewed = renewed or bool(_ARROW.search(s.clause.text))
    if not s.statement.at[1] or not others or renewed:
        return ""
    bound = max(s.statement.by[1], s.statement.at[1]) if s.statement.done and s.statement.strong else s.clause.end
    free = [d for d in others if (d.start, d.end) not in s.statement.paired and d.start < bound]
    return s.text[free[0].start : free[0].end] if free else ""


def _day_beside(s: Setting) -> str:
    """What happened without a day has not happened today where a day gone by stands in the next clause."""
    loose = next((q for q in s.clause.quantities if not q.unit and q.value <= LAST_DAY), None)
    if loose is not None:
        return s.text[loose.start : loose.end]
    clauses = s.sentence.clauses
    index = next((i for i, c in enumerate(clauses) if c is s.clause), 0)
    for clause in clauses[max(0, index - 1) : index + 2]:
        bare = not any(c.endswith("_done") or c in _OTHER_STAGES for c in clause.concepts)
        for hit in clause.dates if bare and clause is not s.clause else ():
            if hit.kind is DateKind.RELATIVE and hit.a == 0:
                continue
            if hit.kind in (DateKind.WEEKDAY, DateKind.RELATIVE, DateKind.WEEK_OF) or clause.end - clause.start < NEAR:
                return s.text[hit.start : hit.end]
    return ""


_OTHER_STAGES = frozenset(concept for concept, *_ in STAGES if not concept.endswith("_done"))


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


_NOUNS = frozenset(
    ("material_noun", "goods_noun", "store", "our_factory", "port", "logistics_noun", "booked", "vessel_word")
)


def _guessed(s: Setting) -> str:
    """A day without a word of its own stands for shipping only beside words that answer; others may take it."""
    st = s.statement
    named = st.by != st.at and not st.weak
    if not st.default or named or not st.at[1] or s.clause.has("delay", "advance"):
        return ""
    known_here = HARMLESS | {"will_revert"} | (_NOUNS if st.by != st.at else frozenset())
    harmless = [word for word in s.clause.words if not word.concepts.isdisjoint(known_here)]
    known = [(hit.start, hit.end) for hit in harmless]
    for hits in (s.clause.dates, s.clause.quantities, s.clause.references, s.clause.numbers):
        known += [(hit.start, hit.end) for hit in hits]
    places = [(start - s.clause.start, end - s.clause.start) for start, end in known]
    runs = [
        run
        for run in s.plain.beside_days.unknown(s.clause.text, places, s.own)
        if not is_name(s.part, s.clause, s.plain, *run) and not is_own(s.clause.text[run[0] : run[1]], s.own)
    ]
    return ", ".join(s.clause.text[a:b] for a, b in runs[:4])


def _is_address(clause: Clause) -> bool:
    """Say whether a clause is no more than the name of the person spoken to."""
    text = clause.text.strip()
    return len(text) <= MOST_CHARACTERS if text[:1] >= "\u2e80" else len(text.split()) <= 2


SIGNALS: tuple[tuple[str, Signal], ...] = (
    ("unknown words", unknown),
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
    ("no word says what happens on that day", _guessed),
    *HINDRANCES,
)


def doubted(part: Part, sentence: Sentence, plain: PlainWords) -> str:
    """Return why what a sentence says of its order is not the sender's plain word, or nothing."""
    for name in ("reported", "hedges", "waits"):
        hit = plain.patterns[name].search(part.folded.text, sentence.start, sentence.end)
        if hit is not None:
            return hit.group()
    return ""


def goods_words(texts: Sequence[str]) -> frozenset[str]:
    """Return the words by which an order's goods are called, singular and plural."""
    return frozenset(word for text in texts for word in re.findall(r"[a-z]{2,}|[\u3400-\u9fff]+", text.lower()))
