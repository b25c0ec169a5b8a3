"""Scope: which order each clause of a mail speaks of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from mailflow.core.matching.index import Lookup, Naming
from mailflow.core.matching.matcher import Beside, Matcher, Mention, State
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.order_numbers import NumberHit, find_order_numbers
from mailflow.core.reading.finders.quantities import QuantityHit
from mailflow.core.reading.text import Clause, Part, Sentence, split_at_numbers
from mailflow.core.reading.words import Words


@dataclass
class Scopes:
    """What was told: the mentions of each clause, and those that hold for clauses that name none."""

    mentions: list[Mention] = field(default_factory=list)
    of_clause: dict[int, tuple[Mention, ...]] = field(default_factory=dict)  # by the clause's identity

    def orders(self, clause: Clause) -> tuple[Mention, ...]:
        """Return the mentions that a clause speaks of."""
        return self.of_clause.get(id(clause), ())


def is_style(hit: NumberHit) -> bool:
    """Say whether a number found can only be a style."""
    return bool(hit.entries) and hit.how == "exact" and all(entry.naming is Naming.STYLE for entry in hit.entries)


def _counted(quantity: QuantityHit, sentence: Sentence) -> bool:
    """Say whether a number without a unit stands behind a word for quantity."""
    for clause in sentence.clauses:
        if clause.start <= quantity.start < clause.end:
            return bool(_QUANTITY.search(clause.text[: quantity.start - clause.start]))
    return False


_QUANTITY = re.compile(r"(?:数量|qty|quantity|menge|quantite|cantidad|adet|miktar)[ :.]*$")


def beside(sentence: Sentence, numbers: Sequence[NumberHit], context: DayContext, quoted: Iterable[str]) -> Beside:
    """Gather what stands beside a number in its sentence."""
    quantities = [q for clause in sentence.clauses for q in clause.quantities if q.unit or q.value >= 100]
    concepts = sentence.concepts
    partial = bool(concepts & {"part_word", "quantity_change", "problem_quality", "money"}) or len(quantities) > 1
    days = [hit.resolve(context, Mode.AHEAD) for clause in sentence.clauses for hit in clause.dates]
    return Beside(
        frozenset(hit.key for hit in numbers if is_style(hit)),
        frozenset(Decimal(q.value) for q in quantities),
        whole=bool(quantities)
        and not partial
        and all(
            _counted(q, sentence) or q.unit in ("pcs", "sets", "pairs", "doz", "m", "kg", "yds") for q in quantities
        ),
        days=frozenset(day for day in days if day is not None),
        quoted=frozenset(quoted),
    )


def tell(part: Part, matcher: Matcher, context: DayContext, quoted: Iterable[str]) -> dict[int, Mention]:
    """Tell every number of a part; the key is where it begins. A style beside a number only corroborates it."""
    told: dict[int, Mention] = {}
    quoted = tuple(quoted)
    real = [hit for hit in part.numbers if not is_style(hit)]
    all_styles = [hit for hit in part.numbers if is_style(hit)]
    for sentence in part.sentences:
        numbers = [hit for clause in sentence.clauses for hit in clause.numbers]
        if not numbers:
            continue
        names = [hit for hit in numbers if not is_style(hit)]
        near_by = beside(sentence, numbers, context, quoted)
        if len(names) > 1:
            near_by = replace(near_by, quantities=frozenset(), whole=False, days=frozenset())
        if len(real) == 1 and not near_by.styles and all_styles:
            near_by = replace(near_by, styles=frozenset(hit.key for hit in all_styles))
        for hit in names:
            mine = near_by if len(names) == 1 else replace(near_by, styles=_styles_after(hit, numbers))
            told[hit.start] = matcher.mention(hit.start, hit.end, hit.key, hit.how, hit.entries, mine)
        if not names:
            for hit in numbers:
                told[hit.start] = matcher.style_mention(hit.start, hit.end, hit.entries, near_by)
    return told


def _styles_after(hit: NumberHit, numbers: Sequence[NumberHit]) -> frozenset[str]:
    """Return the style that stands between this number and the next one."""
    styles = set()
    for other in numbers:
        if other.start <= hit.start:
            continue
        if not is_style(other):
            break
        styles.add(other.key)
    return frozenset(styles)


def spread(
    part: Part, told: dict[int, Mention], default: Sequence[Mention], above: dict[str, tuple[Mention, ...]]
) -> Scopes:
    """Give each clause its orders: those it names, else those of the clause or line before, else the default."""
    scopes = Scopes(sorted(told.values(), key=lambda mention: mention.start))
    current: tuple[Mention, ...] = tuple(default)
    last_above = ""
    for sentence in part.sentences:
        if sentence.above and sentence.above != last_above:
            current = above.get(sentence.above) or current
        elif not sentence.above and last_above:
            current = tuple(default)
        last_above = sentence.above
        sentence.clauses = [piece for clause in sentence.clauses for piece in _pieces(clause, told)]
        first = next((m for clause in sentence.clauses if (m := _named(clause, told))), ())
        before_first = first if first and not current else current
        if first and len(sentence.clauses) > 1 and not _named(sentence.clauses[0], told):
            before_first = first  # "Sorry to inform that, due to rain, PO 1 …": what leads up to a name is about it
        listed: tuple[Mention, ...] = ()
        for clause in sentence.clauses:
            named = _named(clause, told)
            if named:
                current = before_first = listed + tuple(m for m in named if m not in listed)
                listed = before_first if _only_names(clause) else ()
            scopes.of_clause[id(clause)] = before_first
        current = before_first or current
    return scopes


def _only_names(clause: Clause) -> bool:
    """Say whether a clause is a number in a row of them ("4711, 4712 and 4713 will ship")."""
    rest = "".join(
        " " if any(hit.start <= place < hit.end for hit in clause.numbers) else char
        for place, char in enumerate(clause.text, clause.start)
    )
    return not clause.dates and _ROW.fullmatch(rest) is not None


_ROW = re.compile(
    r"[ \n(#]*(?:(?:our|your|the|po|p\.o\.|orders?|nos?|nr|单|订单|单号)[ .:#]*)*[ )]*(?:(?:and|&|和|与|及|跟)[ ]*)*"
)


def _named(clause: Clause, told: dict[int, Mention]) -> tuple[Mention, ...]:
    """Return what a clause names, each order once."""
    found: dict[tuple[str, ...], Mention] = {}
    for hit in clause.numbers:
        mention = told.get(hit.start)
        if mention is not None and mention.orders[:1] not in found:
            found[mention.orders[:1] or (str(mention.start),)] = mention
    return tuple(found.values())


def _pieces(clause: Clause, told: dict[int, Mention]) -> list[Clause]:
    """Cut a clause that names several orders, each with a date of its own."""
    names = [hit for hit in clause.numbers if hit.start in told]
    distinct = {told[hit.start].orders[:1] for hit in names}
    if len(distinct) > 1 and len(clause.dates) > 1:
        return split_at_numbers(clause, names)
    return [clause]


def mentions_of(text: str, matcher: Matcher, words: Words, lookup: Lookup, party: str) -> tuple[Mention, ...]:
    """Return the sure orders that a text names by a number, each once; used for quoted lines and file names."""
    hits = [
        hit for hit in find_order_numbers(words.folder.plain(text), lookup, party) if hit.how in ("exact", "folded")
    ]
    found: dict[str, Mention] = {}
    names = [hit for hit in hits if not is_style(hit)]
    for hit in names:
        mention = matcher.mention(hit.start, hit.end, hit.key, hit.how, hit.entries, Beside())
        if mention.state is State.SURE:
            found.setdefault(mention.order, mention)
    if not names:
        for hit in hits:
            mention = matcher.style_mention(hit.start, hit.end, hit.entries, Beside())
            if mention.state is State.SURE:
                found.setdefault(mention.order, mention)
    return tuple(found.values())
