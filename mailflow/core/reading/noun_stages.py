"""Nouns that tell what a date beside them is the date of: a material, a truck that is booked, a port, a vessel."""

import re

from mailflow.core.orders.model import DateBasis, Milestone, Role
from mailflow.core.reading.finders.dates import DateHit
from mailflow.core.reading.stages import Mark, Stage
from mailflow.core.reading.text import Clause

_NO_MATERIAL = frozenset(
    ("document_noun", "sample_noun", "step", "cutoff", "pay_word", "money", "goods_noun", "negated")
)


def told_by_noun(clause: Clause, role: Role | None) -> Stage | None:
    """Return the stage of a date beside nothing but a material, a truck that is booked, or the port it goes to."""
    if role is Role.SUPPLIER and clause.has("material_noun") and not clause.concepts & _NO_MATERIAL:
        told = clause.has("future", "our_factory") and not clause.has("accept", "reject", "trouble", "delay")
        return _noun_stage(clause, "material_noun", Milestone.MATERIAL) if told else None
    if clause.has("port") and (role is Role.FORWARDER or clause.has("future")) and not clause.has("cutoff", "negated"):
        return _noun_stage(clause, "port", Milestone.ARRIVE) if role is not None else None
    if role is Role.SUPPLIER and clause.has("booked") and clause.has("logistics_noun"):
        sample = clause.has("sample_noun")
        return _noun_stage(clause, "logistics_noun", Milestone.SAMPLE if sample else Milestone.SHIP)
    return None


_VESSEL_BEHIND = re.compile(r" ?的(?:船|航班|飞机|那水)")
_VESSEL_BEFORE = re.compile(
    r"(?:(?<!下)(?:船期?|航班)|下一(?:班|水|航次)船?)(?:是|在|为|定在|:)? ?$"
    r"|\b(?:vessel|sailing)(?: of| on|:)?(?: the)? ?$"
)


def of_vessel(clause: Clause, hit: DateHit) -> Stage | None:
    """Return the stage of a date that is the vessel's which takes the goods ("订了3/24的船", "船是19号的")."""
    if clause.has("cutoff", "negated", "question", "condition", "cancel", "outlived", "trouble"):
        return None
    start, end = hit.start - clause.start, hit.end - clause.start
    word = _VESSEL_BEHIND.match(clause.text, end) or _VESSEL_BEFORE.search(clause.text, 0, start)
    if word is None:
        return None
    place = clause.start + word.start(), clause.start + word.end()
    return Stage(*place, Mark.STAGE, Milestone.SHIP, weak=True, basis=DateBasis.ETD)


def _noun_stage(clause: Clause, concept: str, milestone: Milestone) -> Stage:
    word = next(word for word in clause.words if concept in word.concepts)
    return Stage(word.start, word.end, Mark.STAGE, milestone, weak=True, default=True)
