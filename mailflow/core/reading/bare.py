"""Bare dates: clauses that are little more than a date, which then answers what was asked."""

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.text import Clause

ELSEWHERE = frozenset(
    [
        "step",
        "closure",
        "vessel_word",
        "capacity_noun",
        "logistics_noun",
        "document_noun",
        "sample_noun",
        "pay_word",
        "money",
        "will_revert",
        "material_noun",
        "problem_quality",
        "problem_other",
        "problem_capacity",
        "problem_logistics",
        "problem_material",
        "negated",
        "bank_word",
        "others_said",
        "cutoff",
        "outlived",
        "inquiry",
        "advert",
        "seal_word",
        "appeal",
        "question",
        "condition",
        "trouble",
        "cause",
        "inspection",
        "inspection_done",
        "reject",
        "accept",
        "price_change",
        "spec_change",
        "address_change",
        "cancel",
        "need",
        "paid",
    ]
)


HARMLESS = frozenset(
    [
        "bare",
        "thanks",
        "not_negated",
        "on_schedule",
        "future",
        "renewed",
        "part_word",
        "order_word",
        "style_word",
        "goods_noun",
        "polite_condition",
        "idle",
        "past",
        "date_word",
        "advance",
        "delay",
        "please",
        "correction",
        "our_factory",
        "wish",
        "booked",
        "quantity_change",
    ]
)


NO_GOODS = frozenset(
    ("document_noun", "pay_word", "need", "sample_noun", "inquiry", "money", "bank_word", "will_revert")
)


BARE_WORDS = 2  # a date with at most so many unknown words beside it stands for itself


NOT_GOODS = frozenset(
    {
        "step",
        "closure",
        "document_noun",
        "sample_noun",
        "material_noun",
        "pay_word",
        "money",
        "will_revert",
        "bank_word",
        "inspection",
        "negated",
        "others_said",
        "cutoff",
        "inquiry",
        "advert",
        "seal_word",
        "condition",
        "vessel_word",
    }
)


def is_bare(clause: Clause, *, terse: bool) -> bool:
    """Say whether a clause is little more than its date, so that the date answers what was asked."""
    if any(not word.concepts.isdisjoint(ELSEWHERE) and "bare" not in word.concepts for word in clause.words) or (
        clause.quantities and clause.has("quantity_change")
    ):
        return False
    known = [word for word in clause.words if not word.concepts.isdisjoint(HARMLESS)]
    hits = [(word.start, word.end) for word in known] + [(hit.start, hit.end) for hit in clause.dates]
    hits += [(q.start, q.end) for q in clause.quantities] + [(n.start, n.end) for n in clause.numbers]
    hits += [(r.start, r.end) for r in clause.references] + [(clause.end, clause.end)]
    unknown, place = 0.0, clause.start
    for start, end in sorted(hits):
        gap = clause.text[max(0, place - clause.start) : max(0, start - clause.start)]
        unknown += sum(w.isascii() and any(c.isalpha() for c in w) for w in gap.replace("-", " ").split())
        unknown += sum(c > "\u2e80" and c.isalnum() for c in gap) / 2
        place = max(place, end)
    return unknown <= (BARE_WORDS if terse else 1)


_ALREADY = frozenset(("已", "已经", "刚", "刚刚", "already", "bereits", "deja", "ya", "gia", "済み"))


def says_already(clause: Clause) -> bool:
    """Say whether a clause says by a word of its own that something is over."""
    return any(word.text in _ALREADY for word in clause.words)


def grounded(milestone: Milestone | None, clause: Clause) -> bool:
    """Say whether an arrival without a day names what arrived or where; "all received" alone is of anything."""
    if milestone not in (Milestone.RECEIVE, Milestone.ARRIVE, Milestone.MATERIAL) or clause.has("deliver_done"):
        return True
    named = clause.has("goods_noun", "store", "port", "material_noun", "material") or bool(clause.numbers)
    return named or bool(clause.quantities)
