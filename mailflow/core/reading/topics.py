"""Topics: problems, requests for a change, questions, approvals, payments and acknowledgements in a sentence."""

import re
from collections.abc import Callable, Sequence

from mailflow.core.orders.model import Role
from mailflow.core.reading.finders.calendar import Mode
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.model import UpdateKind
from mailflow.core.reading.problems import problem_of
from mailflow.core.reading.stages import STAGES
from mailflow.core.reading.text import Clause, Sentence
from mailflow.core.reading.topic import Circumstances, Topic, asks, pleads, span_of


def topics_of(sentence: Sentence, around: Circumstances) -> list[Topic]:
    """Return what a sentence says beside the dates of milestones."""
    out: list[Topic] = []
    for find in FILE_FINDERS if around.files else FINDERS:
        topic = find(sentence, around)
        if topic is not None:
            out.append(topic)
    return out


def _price(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    asked = pleads(sentence) or concepts & {"wish", "renewed"}
    if "money" in concepts and concepts & {"cancel", "reject"} and around.role is Role.SUPPLIER:
        return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "price")
    if ("price_change" in concepts and "paid" not in concepts) or (
        "money" in concepts and "request" in concepts and "quantity_change" in concepts and "pay_word" not in concepts
    ):
        return (
            Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "price")
            if asked or "price_change" in concepts
            else None
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
    if not quantities or not (pleads(sentence) or concepts & {"wish"}):
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
        return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "quantity", quantity=left[-1].value, more=True)
    chosen = left[-1] if totals else left[0]
    return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "quantity", quantity=chosen.value)


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
    if around.role is Role.FORWARDER or _only_day_for_day(sentence):
        return None
    return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "spec")


def _only_day_for_day(sentence: Sentence) -> bool:
    """Say whether what takes another's place is a day ("8 April in place of 5 April")."""
    words = [(w, c) for c in sentence.clauses for w in c.words if "spec_change" in w.concepts]
    return bool(words) and all(
        "outlived" in word.concepts and any(0 <= hit.start - word.end <= 2 for hit in clause.dates)
        for word, clause in words
    )


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
        return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "address")
    return None


def _cancel(sentence: Sentence, around: Circumstances) -> Topic | None:
    if "money" in sentence.concepts and around.role is Role.SUPPLIER:
        return None
    if any(c.has("condition") and not c.has("polite_condition") for c in sentence.clauses):
        return None
    for clause in sentence.clauses:
        if (
            clause.has("cancel")
            and not clause.has("logistics_noun", "vessel_word", "problem_logistics", "document_noun")
            and not clause.has("not_negated")
        ):
            if clause.has("condition") or (clause.has("appeal") and around.role is not Role.CUSTOMER):
                continue
            return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "cancel")
    return None


def _bank(sentence: Sentence, around: Circumstances) -> Topic | None:
    if "bank_word" not in sentence.concepts:
        return None
    return Topic(UpdateKind.CHANGE_REQUEST, *span_of(sentence), "bank")


def _payment_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    concepts = sentence.concepts
    if "pay_first" in concepts or ("pay_word" in concepts and pleads(sentence)):
        if "paid" in concepts and not sentence.asked:
            return None
        if concepts & {"part_word"} and not concepts & {"pay_first"} and not _money_meant(sentence):
            return None
        return Topic(UpdateKind.QUERY, *span_of(sentence), "payment")
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
    if pleads(sentence):
        if concepts & {"thanks"} and not concepts & {"need", "appeal"} and not sentence.asked:
            return None
        if _only_attached(sentence):
            return None
        return Topic(UpdateKind.QUERY, *span_of(sentence), "document")
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
    return sends and not sentence.asked and not sentence.concepts & {"need", "appeal"}


_PROGRESS = frozenset(
    ("ship", "ship_done", "deliver", "production", "production_done", "ship_etd", "ship_etd_done", "arrive")
)


def _status_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    wondering = asks(sentence) or (around.role is Role.CUSTOMER and bool(sentence.concepts & {"question", "please"}))
    dated = any(clause.dates for clause in sentence.clauses)
    of_goods = "status_query" in sentence.concepts or (
        around.role is Role.CUSTOMER
        and (sentence.asked or (asks(sentence) and not dated))
        and bool(sentence.concepts & _PROGRESS)
    )
    if around.role is Role.SUPPLIER or not of_goods or not wondering:
        return None
    return Topic(UpdateKind.QUERY, *span_of(sentence), "status")


def _something_asked(sentence: Sentence, around: Circumstances) -> Topic | None:
    if not asks(sentence):
        return None
    if sentence.concepts & {"will_revert"} and not sentence.asked:
        return None
    if not sentence.asked and _only_asks_to_look(sentence, around):
        return None
    return Topic(UpdateKind.QUERY, *span_of(sentence), "other", asked=sentence.asked)


_LOOK = re.compile(r"\W*(?:please|pls|kindly|plz) (?:do )?(?:check|comment|review|look|see)\b[a-z' ,&]*")


def _only_asks_to_look(sentence: Sentence, around: Circumstances) -> bool:
    """Say whether a mail that tells what was sent or paid only asks to look at it ("pls check and comment soonest")."""
    if not around.before & {"sample_noun", "sample_sent", "paid"}:
        return False
    return all(_LOOK.fullmatch(clause.text.strip(" .!")) for clause in sentence.clauses if clause.text.strip())


_OTHER_THINGS = frozenset(
    ("sample_noun", "document_noun", "price_change", "spec_change", "quantity_change", "money", "pay_word", "bank_word")
) | frozenset(("question", "problem_quality", "delay", "will_revert", "others_said", "status_query", "trouble"))
_OTHER_THINGS |= frozenset(("step", "material_noun", "inspection", "cutoff"))
_STAGED = frozenset(concept for concept, *_ in STAGES) - {"deliver"}
_NAMED = re.compile(
    r"order|\bpo\b|p\.o|\bpi\b|\boc\b|contract|sign|单|合同|签|章|承接|受注|注文|请书|接受|commande|pedido|orden|auftrag|bestell"
    r"|siparis|encomenda|zamow|ordine|opdracht|don hang|주문|발주|수주|same|terms|accept"
)


def _acknowledged(sentence: Sentence, around: Circumstances) -> Topic | None:
    if around.role not in (Role.SUPPLIER, None) or sentence.asked:
        return None
    if any(c.has("condition") and not c.has("polite_condition") for c in sentence.clauses):
        return None
    for clause in sentence.clauses:
        if clause.has("negated", "condition", "appeal", "cancel", "reject", "others_said"):
            continue
        if _accepts_order(clause, around):
            return Topic(UpdateKind.ACKNOWLEDGED, *span_of(sentence))
    return None


def _accepts_order(clause: Clause, around: Circumstances) -> bool:
    """Say whether a clause accepts the order itself, and not a date or a thing of it."""
    dated = bool(clause.dates) or not clause.concepts.isdisjoint(_STAGED)
    said = [word.text for word in clause.words if "acknowledge" in word.concepts]
    if said:
        return not dated or any(_NAMED.search(text) for text in said)
    if not clause.has("accept") or not clause.concepts.isdisjoint(_OTHER_THINGS) or dated:
        return False
    asked_for_day = not around.quoted().isdisjoint(_STAGED) or clause.has("date_word")
    return clause.has("order_word") or (bool(clause.numbers) and not asked_for_day)


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
    return Topic(UpdateKind.PAYMENT, *span_of(sentence), day=day)


def _approved(sentence: Sentence, around: Circumstances) -> Topic | None:
    if around.role is not Role.CUSTOMER:
        return None
    concepts = sentence.concepts
    rejected = "reject" in concepts or any(
        c.has("accept") and c.has("negated") and not c.has("not_negated") for c in sentence.clauses
    )
    if not rejected and (not ("accept" in concepts or _works(sentence)) or asks(sentence)):
        return None
    if any(c.has("condition") for c in sentence.clauses) and not rejected:
        return None
    dated = any(hit.kind is not DateKind.SPAN for clause in sentence.clauses for hit in clause.dates)
    topic = _approved_topic(concepts, around, rejected=rejected, dated=dated)
    if topic is None:
        return None
    return Topic(UpdateKind.APPROVAL, *span_of(sentence), topic, "rejected" if rejected else "approved")


_WORKS = re.compile(r"\bworks(?= for\b| fine| well| with (?:us|me)\b|\W*$)|\blive with\b")


def _works(sentence: Sentence) -> bool:
    """Say whether a day suits them ("8 May works")."""
    about_day = "date_word" in sentence.concepts or any(clause.dates for clause in sentence.clauses)
    return about_day and "negated" not in sentence.concepts and any(_WORKS.search(c.text) for c in sentence.clauses)


def _approved_topic(concepts: frozenset[str], around: Circumstances, *, rejected: bool, dated: bool) -> str | None:
    if "sample_noun" in concepts:
        return "sample"
    if "document_noun" in concepts and not rejected:
        return "document"
    if ("date_word" in concepts or (rejected and "delay" in concepts)) and "problem_quality" not in concepts:
        return "date"
    if dated and not concepts & {"problem_quality", "paid", "receive_done", "arrive_done", "deliver_done"}:
        return "date"
    return _thing_of(around.before) or _thing_of(around.about) or _thing_of(around.quoted())


def _thing_of(concepts: frozenset[str]) -> str | None:
    """Return what words around an approval speak of."""
    if "sample_noun" in concepts:
        return "sample"
    if concepts & {"date_word", "delay"}:
        return "date"
    return "document" if "document_noun" in concepts else None


Find = Callable[[Sentence, Circumstances], Topic | None]
FINDERS: tuple[Find, ...] = (
    _acknowledged,
    problem_of,
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
FILE_FINDERS: tuple[Find, ...] = (problem_of,)
