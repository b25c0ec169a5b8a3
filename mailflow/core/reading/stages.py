"""Stages: which milestone a word speaks of, given what else stands in its clause and who writes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from mailflow.core.orders.model import DateBasis, Milestone, Role
from mailflow.core.reading.lexicon import Word
from mailflow.core.reading.text import Clause


class Mark(StrEnum):
    """What a word does with the date beside it."""

    STAGE = "stage"  # it is the date of a milestone
    OTHER = "other"  # it is the date of something that is no milestone (a cut-off)
    OUTLIVED = "outlived"  # it stood once
    RENEWED = "renewed"  # it stands now


@dataclass(frozen=True, slots=True)
class Stage:
    """A word with its milestone; `done` forms say by themselves that it has happened, `weak` ones need a date."""

    start: int
    end: int
    mark: Mark
    milestone: Milestone | None = None
    done: bool = False
    weak: bool = False
    basis: DateBasis | None = None
    default: bool = False  # told from the asked question, not from a word


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the clause speaks of, for words that mean one thing of fabric and another of a container."""

    clause: Clause
    role: Role | None
    concepts: frozenset[str]

    def has(self, *concepts: str) -> bool:
        """Say whether the clause holds any of these."""
        return not self.concepts.isdisjoint(concepts)


_SENDS = frozenset(("send", "sent", "发", "寄", "送", "寄出", "发出", "enviar", "envoyer", "senden", "送", "out"))


def _of_paper(around: Surroundings, word: Word) -> bool:
    """Say whether a short verb has a document for its subject, named behind the order's number ("4711设计稿8号出")."""
    papers = [w.start for w in around.clause.words if "document_noun" in w.concepts and w.end <= word.start]
    numbers = [hit.start for hit in around.clause.numbers]
    return len(word.text) == 1 and bool(papers) and papers[-1] > max(numbers, default=-1)


_INTO_STORE = re.compile("[进入]仓|入库")


def _ship(around: Surroundings, word: Word) -> Milestone | None:
    if around.has("sample_noun"):
        return Milestone.SAMPLE
    if around.has("material_noun") and not around.has("goods_noun") and _INTO_STORE.search(word.text):
        return Milestone.MATERIAL if around.role is Role.SUPPLIER else None
    if _of_paper(around, word) and not around.has("goods_noun"):
        return None
    if word.text in _SENDS and around.has("asked_for"):
        return None
    if word.text == "开" and around.role is not Role.FORWARDER and not around.has("vessel_word", "logistics_noun"):
        return None
    if word.text == "sent" and (
        around.has("paid", "pay_word", "money") or not (around.has("goods_noun") or around.clause.numbers)
    ):
        return None
    if (
        around.has("document_noun")
        and not around.has("goods_noun")
        and not around.clause.numbers
        and not around.clause.quantities
    ):
        return None
    if (
        around.has("material_noun")
        and not around.clause.numbers
        and around.has("trouble")
        and not around.has("goods_noun")
    ):
        return None
    return Milestone.SHIP


def _deliver(around: Surroundings, word: Word) -> Milestone | None:
    if around.has("sample_noun"):
        return Milestone.SAMPLE
    if around.has("material_noun") and not around.has("goods_noun"):
        return Milestone.MATERIAL
    if around.has("store", "receive", "receive_done"):
        return Milestone.RECEIVE
    return Milestone.SHIP if around.role is Role.SUPPLIER else Milestone.RECEIVE


def _delivered(around: Surroundings, word: Word) -> Milestone | None:
    if around.has("material_noun") and not around.has("goods_noun", "store") and around.role is Role.SUPPLIER:
        return Milestone.MATERIAL
    return Milestone.RECEIVE


_ELSEWHERE = re.compile(
    r" (?:at|in) (?!our|the|my|us|here|this|good|perfect|full|time|order|your|bad|poor)[a-z][a-z']{2}"
)


def _come(around: Surroundings, word: Word) -> Milestone | None:
    if around.has("document_noun") and not around.clause.numbers and not around.has("vessel_word", "goods_noun"):
        return None
    if around.has("material_noun", "material") and not around.has("goods_noun", "port"):
        return Milestone.MATERIAL
    if around.has("sample_noun") or (around.has("our_factory") and around.role is not Role.SUPPLIER):
        return None
    if around.has("inspection", "inspection_done") and not around.has("goods_noun", "vessel_word"):
        return Milestone.INSPECTION
    if around.has("store"):
        return Milestone.RECEIVE
    if word.text.endswith(" into"):
        return Milestone.ARRIVE
    if around.has("port", "vessel_word") or _ELSEWHERE.match(around.clause.text, word.end - around.clause.start):
        return Milestone.ARRIVE
    return Milestone.RECEIVE if around.role is Role.CUSTOMER else Milestone.ARRIVE


def _received(around: Surroundings, word: Word) -> Milestone | None:
    if around.role is Role.FORWARDER and around.has("port"):
        return None  # by the carrier, before it sails
    if around.has("material_noun") and not around.has("goods_noun") and around.role is Role.SUPPLIER:
        return Milestone.MATERIAL
    about_goods = around.has("goods_noun") or bool(around.clause.numbers) or bool(around.clause.dates)
    if around.has("document_noun", "sample_noun", "pay_word", "acknowledge") and not around.has("store"):
        return None
    if around.has("thanks", "accept") and not (around.has("store") or (about_goods and around.role is Role.CUSTOMER)):
        return None
    if around.role is Role.SUPPLIER and not around.has("store", "deliver_done", "goods_noun"):
        return None
    return Milestone.RECEIVE


def _produced(around: Surroundings, word: Word) -> Milestone | None:
    if around.role is Role.FORWARDER:
        return None
    others = (w for w in around.clause.words if w is not word and w.concepts & {"production", "production_done"})
    if word.text == "成品" and any(others):
        return None  # what is finished, beside the word that it is
    if around.has("inspection", "inspection_done"):
        return Milestone.INSPECTION if word.text.startswith(("finish", "complet", "done", "完")) else None
    if around.has("sample_noun", "step", "document_noun") and not around.has("goods_noun"):
        return None
    if around.clause.has("material_noun") and not around.has("goods_noun") and not around.clause.numbers:
        return Milestone.MATERIAL
    return Milestone.PRODUCTION


def _handed_in(around: Surroundings, word: Word) -> Milestone | None:
    if word.text.endswith(" receive") and around.has("document_noun", "pay_word", "sample_noun", "money"):
        return None
    if around.has("material_noun") and not around.has("goods_noun", "store") and around.role is Role.SUPPLIER:
        return Milestone.MATERIAL
    return Milestone.RECEIVE


def _always(milestone: Milestone) -> Callable[[Surroundings, Word], Milestone | None]:
    def tell(around: Surroundings, word: Word) -> Milestone | None:
        return milestone

    return tell


def _inspect(around: Surroundings, word: Word) -> Milestone | None:
    return (
        None
        if around.has("document_noun") and not around.has("booked", "inspection_done") and not around.clause.dates
        else Milestone.INSPECTION
    )


Teller = Callable[[Surroundings, Word], Milestone | None]

# concept, who tells its milestone, done, weak, basis; the first concept of a word that stands here decides
STAGES: tuple[tuple[str, Teller, bool, bool, DateBasis | None], ...] = (
    ("ship_etd_done", _ship, True, False, DateBasis.ETD),
    ("ship_etd", _ship, False, False, DateBasis.ETD),
    ("ship_exw", _ship, False, False, DateBasis.EXW),
    ("ship_done", _ship, True, False, DateBasis.EXW),
    ("inspection_done", _inspect, True, False, None),
    ("production_done", _produced, True, False, None),
    ("deliver_done", _delivered, True, False, None),
    ("arrive_done", _come, True, False, None),
    ("receive_done", _received, True, False, None),
    ("come_done", _come, True, False, None),
    ("sample_sent", _always(Milestone.SAMPLE), False, False, None),
    ("ship", _ship, False, False, DateBasis.EXW),
    ("arrive", _come, False, False, None),
    ("receive", _handed_in, False, False, None),
    ("material", _always(Milestone.MATERIAL), False, False, None),
    ("inspection", _inspect, False, False, None),
    ("production_state", _produced, False, False, None),
    ("production", _produced, False, False, None),
    ("deliver", _deliver, False, False, None),
    ("come", _come, False, True, None),
    ("ship_left", _ship, True, True, DateBasis.EXW),
    ("ship_weak", _ship, False, True, None),
    ("inspection_weak", _inspect, False, True, None),
)
_ARRIVAL_LABELS = frozenset(("eta", "e.t.a.", "eta pod", "eta date", "ata", "到港", "抵港", "靠泊", "入港"))


def stages_of(clause: Clause, role: Role | None, concepts: frozenset[str]) -> list[Stage]:
    """Return the words of a clause that say what a date is the date of, in their order."""
    if not clause.words:
        return []
    around = Surroundings(clause, role, concepts)
    found = []
    for word in clause.words:
        stage = _stage(word, around)
        if stage is not None:
            found.append(stage)
    return found


_GOES_ON = frozenset(" ,.;!?)(~了的给去完掉清齐啊哦吧呀吗这仓厂港货\t/-")


_PLACE = re.compile(r"[^,。;]{0,8}(?:仓|库|港|机场|厂|店|码头|公司|手)")


_UNTIL = tuple("延推拖改挪移调甩换转排顺迟误等要得")  # behind these "到" is "until"
_TO_CITY = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:大概|大约|约|预计|估计|应该|是|在|的时间|:)?[ :]*")
_NO_CITY = re.compile(r"[货料发出现时期底年月日号后前]")


def _leads_to_date(word: Word, clause: Clause) -> bool:
    """Say whether "到" stands before a place and its day ("到汉堡大概3月12日")."""
    ahead = next((hit for hit in clause.dates if hit.start >= word.end), None)
    if ahead is None or ahead.start - word.end > 10:
        return False
    between = clause.text[word.end - clause.start : ahead.start - clause.start]
    return _TO_CITY.fullmatch(between) is not None and _NO_CITY.search(between.replace("时间", "")) is None


def plausible(word: Word, clause: Clause) -> bool:
    """Say whether a single character stands as a verb of its own ("30号出", "能走"), not as part of another word."""
    if word.text == "的船":  # "5号的船" leaves on that day; "4711的船" is any
        return any(hit.end == word.start for hit in clause.dates)
    if len(word.text) > 1 or word.text.isascii():
        return True
    after = clause.text[word.end - clause.start : word.end - clause.start + 1]
    if word.text in "到抵送运" and _PLACE.match(clause.text, word.end - clause.start):
        return True
    if word.text == "到" and clause.text[: word.start - clause.start][-1:] in _UNTIL:
        return False
    if word.text == "到" and _leads_to_date(word, clause):
        return True
    leads = not clause.text[: word.start - clause.start].strip()
    if word.text in "到抵" and ((leads and clause.dates) or any(hit.end == word.start for hit in clause.dates)):
        return True
    return not after or after in _GOES_ON or after.isdigit()


_READY = ("production", "production_done", "material", "come_done", "arrive_done", "ship_done", "receive_done")


def _stage(word: Word, around: Surroundings) -> Stage | None:
    if "cause" in word.concepts and around.has(*_READY):
        return None  # "ready since 5 May" ends nothing
    if "cutoff" in word.concepts or "will_revert" in word.concepts:
        return Stage(word.start, word.end, Mark.OTHER)
    if "outlived" in word.concepts:
        return Stage(word.start, word.end, Mark.OUTLIVED)
    for concept, teller, done, weak, basis in STAGES:
        if concept not in word.concepts:
            continue
        if weak and not plausible(word, around.clause):
            return None
        if concept in ("arrive", "arrive_done") and (
            word.text in _ARRIVAL_LABELS or around.has("vessel_word") or word.text.startswith(("vessel", "船"))
        ):
            milestone: Milestone | None = (
                Milestone.MATERIAL
                if around.has("material_noun") and around.role is Role.SUPPLIER and not around.has("ship_etd")
                else Milestone.ARRIVE
            )
        else:
            milestone = teller(around, word)
        if milestone is None:
            return None
        return Stage(
            word.start, word.end, Mark.STAGE, milestone, done, weak, basis if milestone is Milestone.SHIP else None
        )
    if "renewed" in word.concepts:
        return Stage(word.start, word.end, Mark.RENEWED)
    return None
