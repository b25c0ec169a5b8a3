"""Problems: what is wrong, told by the nearest cause."""

from mailflow.core.orders.model import Role
from mailflow.core.reading.model import UpdateKind
from mailflow.core.reading.text import Clause, Sentence
from mailflow.core.reading.topic import Circumstances, Topic, conditional, span_of

# problems, the nearest cause first: what holds the goods up, not what lies behind it
_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("quality", "problem_quality", ""),
    ("material", "problem_material", "material_noun"),
    ("logistics", "problem_logistics", "logistics_noun"),
    ("capacity", "problem_capacity", "capacity_noun"),
    ("holiday", "problem_holiday", ""),
    ("other", "problem_other", ""),
)


_CAUSES_OF = {
    Role.SUPPLIER: ("quality", "material", "logistics", "capacity", "holiday", "other"),
    Role.CUSTOMER: ("quality",),
    Role.FORWARDER: ("quality", "logistics", "holiday", "other"),
    None: ("quality", "material", "logistics", "capacity", "holiday", "other"),
}


def problem_of(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    for topic, alone, noun in _CAUSES:
        if (
            topic not in _CAUSES_OF[around.role]
            or (around.files and topic != "quality")
            or (topic == "holiday" and not _held_up(sentence))
        ):
            continue
        if topic in ("logistics", "other") and "pay_word" in concepts:
            continue
        for clause in sentence.clauses:
            if clause.has("other_order"):
                continue
            if clause.has("condition") and not clause.has("polite_condition"):
                continue
            if conditional(sentence) and not clause.has("cause", "past"):
                continue
            complains = topic == "quality" and around.role is Role.CUSTOMER and _spoilt(clause)
            if (
                (complains or _hit(clause, alone, noun, topic))
                and not (sentence.asked and topic != "quality")
                and not _said_fine(concepts, topic)
            ):
                return Topic(UpdateKind.PROBLEM, *span_of(sentence), _nature(topic, concepts, around))
    return None


def _spoilt(clause: Clause) -> bool:
    """Say whether a customer finds goods broken, wrong or short."""
    return (
        clause.has("spoilt") and (clause.has("goods_noun") or bool(clause.quantities)) and not clause.has("not_negated")
    )


def _held_up(sentence: Sentence) -> bool:
    """Say whether a holiday is told as the reason of something, and not as a notice of its own."""
    named = any(clause.numbers for clause in sentence.clauses)
    return named or bool(sentence.concepts & {"cause", "delay", "trouble"})


def _said_fine(concepts: frozenset[str], topic: str) -> bool:
    return topic == "quality" and bool(concepts & {"no_quality_problem"})


def _hit(clause: Clause, alone: str, noun: str, topic: str) -> bool:
    if clause.has(alone):
        if topic != "other":
            return True
        return not clause.has("past") or clause.has("trouble", "cause", "problem_other")
    if topic == "material" and clause.has("sub_supplier") and clause.has("trouble") and not clause.has("not_negated"):
        return True
    if not noun or not clause.has(noun) or not clause.has("trouble", *(() if topic == "capacity" else ("negated",))):
        return False
    if clause.has("not_negated") and not clause.has("trouble"):
        return False
    return not clause.has("on_schedule")


def _nature(topic: str, concepts: frozenset[str], around: Circumstances) -> str:
    """Return the topic that counts: a carrier's damage is of the way, a sub-supplier's faults are of the material."""
    if topic == "quality" and around.role is Role.FORWARDER:
        return "logistics"
    if topic == "other" and around.role is Role.FORWARDER and concepts & {"arrive", "ship_etd", "vessel_word", "port"}:
        return "logistics"
    if topic == "quality" and around.role is Role.SUPPLIER and {"sub_supplier", "material_noun"} <= concepts:
        return "material"
    return topic
