"""Topics: problems, requests for a change, questions, approvals, payments and acknowledgements in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.orders.model import Role
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.model import UpdateKind
from mailflow.core.reading.text import Clause, Sentence


@dataclass(frozen=True, slots=True)
class Topic:
    """What a sentence says beside the dates of milestones."""

    kind: UpdateKind
    start: int
    end: int
    topic: str = ""
    verdict: str = ""
    quantity: Decimal | None = None
    more: bool = False  # `quantity` is to be added to the order's
    day: date | None = None
    asked: bool = False  # with a question mark


@dataclass(frozen=True)
class Circumstances:
    """What the sentence stands in: who writes, when, and what subject and history are about."""

    role: Role | None
    context: DayContext
    about: frozenset[str] = frozenset()  # concepts of the subject
    quoted: frozenset[str] = frozenset()  # concepts of the quoted history
    before: frozenset[str] = frozenset()  # concepts of the sentence before
    files: bool = False  # the text is an attachment's


def topics_of(sentence: Sentence, around: Circumstances) -> list[Topic]:
    """Return what a sentence says beside the dates of milestones."""
    out: list[Topic] = []
    for find in FILE_FINDERS if around.files else FINDERS:
        topic = find(sentence, around)
        if topic is not None:
            out.append(topic)
    return out


def _span(sentence: Sentence) -> tuple[int, int]:
    return sentence.start, sentence.end


def _pleads(sentence: Sentence) -> bool:
    return _asks(sentence) or bool(sentence.concepts & {"please", "request", "need"})


def _asks(sentence: Sentence) -> bool:
    return sentence.asked or bool(sentence.concepts & {"appeal"})


def _conditional(sentence: Sentence) -> bool:
    return any(c.has("condition") and not c.has("polite_condition") for c in sentence.clauses)


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
    Role.FORWARDER: ("logistics", "holiday", "other"),
    None: ("quality", "material", "logistics", "capacity", "holiday", "other"),
}


def _problem(sentence: Sentence, around: Circumstances) -> Topic | None:
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
            if clause.has("condition") and not clause.has("polite_condition"):
                continue
            if _conditional(sentence) and not clause.has("cause", "past"):
                continue
            complains = topic == "quality" and around.role is Role.CUSTOMER and _spoilt(clause)
            if (
                (complains or _hit(clause, alone, noun, topic))
                and not (sentence.asked and topic != "quality")
                and not _said_fine(concepts, topic)
            ):
                return Topic(UpdateKind.PROBLEM, *_span(sentence), _nature(topic, concepts, around))
    return None


def _spoilt(clause: Clause) -> bool:
    """Say whether a customer finds goods broken, wrong or short."""
    return (
        clause.has("spoilt") and (clause.has("goods_noun") or bool(clause.quantities)) and not clause.has("not_negated")
    )


def _held_up(sentence: Sentence) -> bool:
    return bool(sentence.concepts & {"cause", "closure", "problem_holiday"})


def _said_fine(concepts: frozenset[str], topic: str) -> bool:
    return topic == "quality" and bool(concepts & {"no_quality_problem"})


def _hit(clause: Clause, alone: str, noun: str, topic: str) -> bool:
    if clause.has(alone):
        if topic != "other":
            return True
        return not clause.has("past") or clause.has("trouble", "cause", "problem_other")
    if not noun or not clause.has(noun) or not clause.has("trouble", *(() if topic == "capacity" else ("negated",))):
        return False
    if clause.has("not_negated") and not clause.has("trouble"):
        return False
    return not clause.has("on_schedule")


def _nature(topic: str, concepts: frozenset[str], around: Circumstances) -> str:
    if topic == "quality" and around.role is Role.FORWARDER:
        return "logistics"
    return topic


def _price(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    asked = _pleads(sentence) or concepts & {"wish", "renewed"}
    if "money" in concepts and concepts & {"cancel", "reject"} and around.role is Role.SUPPLIER:
        return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "price")
    if ("price_change" in concepts and not concepts & {"inquiry", "paid"}) or (
        "money" in concepts and "request" in concepts and "quantity_change" in concepts and "pay_word" not in concepts
    ):
        return (
            Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "price") if asked or "price_change" in concepts else None
        )
    return None


def _quantity(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    if "quantity_change" not in concepts or concepts & {
        "money",
        "reject",
        "problem_quality",
        "price_change",
        "inquiry",
    }:
        return None
    quantities = [
        q
        for clause in sentence.clauses
        for q in clause.quantities
        if (q.unit or q.value >= 10) and q.unit not in ("ctns", "pallets", "rolls")
    ]
    if not quantities or not (_pleads(sentence) or concepts & {"wish"}):
        return None
    words = [w for clause in sentence.clauses for w in clause.words if "quantity_change" in w.concepts]
    text = {w.text for w in words}
    adding = text & {
        "add",
        "additional",
        "追加",
        "加单",
        "增加",
        "多加",
        "top up",
        "extra pcs",
        "追加数量",
        "aufstocken",
    }
    totals = [q for q in quantities if _preceded(sentence, q.start, _TOTAL)]
    old = [q for q in quantities if _preceded(sentence, q.start, _OLD)]
    left = totals or [q for q in quantities if q not in old]
    if not left:
        return None
    if adding and not totals and len(left) >= 1:
        return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "quantity", quantity=left[-1].value, more=True)
    chosen = left[-1] if totals else left[0]
    return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "quantity", quantity=chosen.value)


_TOTAL = ("to", "成", "为", "到", "按", "total", "accept", "总数", "共", "auf", "a", "at", "is")
_OLD = ("from", "of", "than", "原来的", "合同是", "statt", "原", "von", "de", "合同", "against", "the")


def _preceded(sentence: Sentence, place: int, words: Sequence[str]) -> bool:
    for clause in sentence.clauses:
        if clause.start <= place < clause.end:
            before = clause.text[: place - clause.start].rstrip(" :")
            return any(before.endswith(w) and (not w.isascii() or before[: -len(w)][-1:] in ("", " ")) for w in words)
    return False


def _spec(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    if (
        "spec_change" not in concepts
        or "bank_word" in concepts
        or (concepts & {"quantity_change", "price_change"} and "request" not in concepts)
    ):
        return None
    if around.role is Role.FORWARDER:
        return None
    return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "spec")


_ADDRESS_MOVES = (
    "change",
    "new",
    "different",
    "改",
    "变更",
    "更改",
    "新",
    "换",
    "neu",
    "ander",
    "nouv",
    "nuev",
    "nuov",
    "nov",
    "yeni",
    "degis",
    "変更",
    "zmiana",
    "nieuw",
)


def _address(sentence: Sentence, around: Circumstances) -> Topic | None:
    words = [w for clause in sentence.clauses for w in clause.words if "address_change" in w.concepts]
    if not words or "bank_word" in sentence.concepts:
        return None
    moved = any(m in w.text for w in words for m in _ADDRESS_MOVES)
    if moved or sentence.concepts & {"request", "renewed", "please"}:
        return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "address")
    return None


def _cancel(sentence: Sentence, around: Circumstances) -> Topic | None:
    if "money" in sentence.concepts and around.role is Role.SUPPLIER:
        return None
    for clause in sentence.clauses:
        if (
            clause.has("cancel")
            and not clause.has("logistics_noun", "vessel_word", "problem_logistics", "document_noun")
            and not clause.has("not_negated")
        ):
            if clause.has("condition") or (clause.has("appeal") and around.role is not Role.CUSTOMER):
                continue
            return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "cancel")
    return None


def _bank(sentence: Sentence, around: Circumstances) -> Topic | None:
    if "bank_word" not in sentence.concepts:
        return None
    return Topic(UpdateKind.CHANGE_REQUEST, *_span(sentence), "bank")


def _payment_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    if "pay_first" in concepts or ("pay_word" in concepts and _pleads(sentence)):
        if "paid" in concepts and not sentence.asked:
            return None
        if concepts & {"part_word"} and not concepts & {"pay_first"} and not _money_meant(sentence):
            return None
        return Topic(UpdateKind.QUERY, *_span(sentence), "payment")
    return None


def _money_meant(sentence: Sentence) -> bool:
    words = {w.text for clause in sentence.clauses for w in clause.words if "pay_word" in w.concepts}
    return bool(words - {"balance", "saldo", "solde", "余额", "deposit", "费用"})


def _document_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    if "document_noun" not in concepts or ("pay_word" in concepts and _payment_asked(sentence, around)):
        return None
    if "accept" in concepts and not sentence.asked and not concepts & {"need", "negated"}:
        return None
    if _pleads(sentence):
        if concepts & {"thanks"} and not concepts & {"need", "appeal"} and not sentence.asked:
            return None
        if _only_attached(sentence):
            return None
        return Topic(UpdateKind.QUERY, *_span(sentence), "document")
    return None


def _only_attached(sentence: Sentence) -> bool:
    """Say whether the document is what the writer sends, not what they want."""
    text = " ".join(clause.text for clause in sentence.clauses)
    sends = any(
        mark in text
        for mark in (
            "attached",
            "enclosed",
            "见附件",
            "附上",
            "请查收",
            "anbei",
            "ci-joint",
            "adjunt",
            "allegat",
            "ekte",
            "添付",
            "w zalaczeniu",
            "bijgaand",
            "查收",
            "见照片",
            "我发您",
            "发您",
        )
    )
    return sends and not sentence.asked and "need" not in sentence.concepts - {"request"}


def _status_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    asks = _asks(sentence) or bool(sentence.concepts & {"question", "please"})
    if around.role is Role.SUPPLIER or "status_query" not in sentence.concepts or not asks:
        return None
    return Topic(UpdateKind.QUERY, *_span(sentence), "status")


def _something_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    if not _asks(sentence):
        return None
    if sentence.concepts & {"will_revert"} and not sentence.asked:
        return None
    return Topic(UpdateKind.QUERY, *_span(sentence), "other", asked=sentence.asked)


def _acknowledged(sentence: Sentence, around: Circumstances) -> Topic | None:
    if around.role not in (Role.SUPPLIER, None) or sentence.asked:
        return None
    for clause in sentence.clauses:
        if clause.has("acknowledge") and not clause.has("negated", "condition", "appeal"):
            if clause.has("cancel", "reject"):
                continue
            return Topic(UpdateKind.ACKNOWLEDGED, *_span(sentence))
    return None


def _paid(sentence: Sentence, around: Circumstances) -> Topic | None:
    if around.role is not Role.CUSTOMER or "paid" not in sentence.concepts or sentence.asked:
        return None
    if any(c.has("paid") and c.has("negated", "condition", "request", "please") for c in sentence.clauses):
        return None
    day = None
    for clause in sentence.clauses:
        for hit in clause.dates:
            if hit.kind is not DateKind.SPAN and day is None:
                day = hit.resolve(around.context, Mode.BEHIND)
    return Topic(UpdateKind.PAYMENT, *_span(sentence), day=day)


def _approved(sentence: Sentence, around: Circumstances) -> Topic | None:
    if around.role is not Role.CUSTOMER:
        return None
    concepts = sentence.concepts
    rejected = "reject" in concepts or any(
        c.has("accept") and c.has("negated") and not c.has("not_negated") for c in sentence.clauses
    )
    if not rejected and ("accept" not in concepts or _asks(sentence)):
        return None
    if any(c.has("condition") for c in sentence.clauses) and not rejected:
        return None
    topic = _approved_topic(concepts, around, rejected=rejected)
    if topic is None:
        return None
    return Topic(UpdateKind.APPROVAL, *_span(sentence), topic, "rejected" if rejected else "approved")


def _approved_topic(concepts: frozenset[str], around: Circumstances, *, rejected: bool) -> str | None:
    if "sample_noun" in concepts:
        return "sample"
    if "document_noun" in concepts and not rejected:
        return "document"
    if "date_word" in concepts and "problem_quality" not in concepts:
        return "date"
    for said in (around.before, around.about, around.quoted):
        if "sample_noun" in said:
            return "sample"
        if said & {"date_word", "delay"}:
            return "date"
        if "document_noun" in said:
            return "document"
    return None


Find = Callable[[Sentence, Circumstances], Topic | None]
FINDERS: tuple[Find, ...] = (
    _acknowledged,
    _problem,
    _price,
    _quantity,
    _spec,
    _address,
    _cancel,
    _bank,
    _payment_asked,
    _document_asked,
    _status_asked,
    _something_asked,
    _paid,
    _approved,
)
FILE_FINDERS: tuple[Find, ...] = (_problem,)
