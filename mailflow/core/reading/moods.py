"""Moods: why what a clause states may not be entered: a condition, a question, a wish, a denial."""

from enum import StrEnum

from mailflow.core.reading.text import Clause, Sentence


class Doubt(StrEnum):
    """Why a statement may not be entered."""

    CONDITION = "condition"
    ASKED = "asked"
    WISHED = "wished"
    REQUESTED = "requested"
    NEGATED = "negated"
    MONEY = "money"
    UNCLEAR = "unclear"


def doubts_of(sentence: Sentence) -> list[set[Doubt]]:
    """Return the doubts of each clause: a condition and a question reach on, a negation its clause."""
    out: list[set[Doubt]] = []
    told = any(clause.has("told_on") for clause in sentence.clauses) and not sentence.asked
    conditional = any("condition" in c.concepts and not _only_polite(c) for c in sentence.clauses)
    first_condition = next(
        (i for i, c in enumerate(sentence.clauses) if "condition" in c.concepts and not _only_polite(c)), 99
    )
    asking = next((i for i, c in enumerate(sentence.clauses) if c.has("question", "appeal")), None)
    for index, clause in enumerate(sentence.clauses):
        doubts: set[Doubt] = set()
        if conditional:
            doubts.add(Doubt.CONDITION)
            if index < first_condition and not _opens_with_condition(sentence.clauses[first_condition]):
                doubts.discard(Doubt.CONDITION)
            over = not clause.has("future") and (clause.has("past") or _has_done(clause)) and not clause.dates
            if index < first_condition and over:
                doubts.discard(Doubt.CONDITION)
        if sentence.asked and index >= (len(sentence.clauses) - 1 if asking is None else asking):
            doubts.add(Doubt.ASKED)
        if clause.has("appeal") and not sentence.asked and not clause.has("idle"):
            doubts.add(Doubt.ASKED)
        if clause.has("wish"):
            doubts.add(Doubt.WISHED)
        if clause.has("request", "plead"):
            doubts.add(Doubt.REQUESTED)
        if (clause.has("negated") and not clause.has("not_negated")) or clause.has("reject"):
            doubts.add(Doubt.NEGATED)
        if told:
            doubts -= {Doubt.ASKED, Doubt.REQUESTED, Doubt.WISHED}
        if any(c.has("pay_first") for c in sentence.clauses[: index + 1]):
            doubts.add(Doubt.MONEY)
        out.append(doubts)
    return out


def _opens_with_condition(clause: Clause) -> bool:
    """Say whether a clause begins with its condition, so that it also bears on what stands before it."""
    first = next((w for w in clause.words if "condition" in w.concepts), None)
    return (first is not None and not clause.text[: first.start - clause.start].strip(" ,")) or clause.has("appeal")


def _only_polite(clause: Clause) -> bool:
    return clause.has("polite_condition") and sum("condition" in w.concepts for w in clause.words) <= sum(
        "polite_condition" in w.concepts for w in clause.words
    )


def _has_done(clause: Clause) -> bool:
    return any(concept.endswith("_done") for concept in clause.concepts)
