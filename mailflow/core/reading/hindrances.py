"""Hindrances: words beside a date that make it another thing's, less than done, or nobody's promise."""

import re
from collections.abc import Callable
from itertools import pairwise

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.finders.quantities import QuantityHit
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.text import Clause, Sentence
from mailflow.core.reading.unknown import Setting

NEAR = 12  # letters around a date
_GOODS = frozenset((Milestone.SHIP, Milestone.PRODUCTION, Milestone.ARRIVE, Milestone.RECEIVE))
_SHARE = re.compile(r"(?<![\d.])(?!100)\d{1,3} ?(?:%|percent|per cent|成(?=[^\u4e00-\u9fff]|[做完好了]))")
_NO_LETTERS = re.compile(r"[\W\d_]*")
_WHICH = re.compile(r"[ ,]*(?:which|that one|welche[rs]?|que|qui)\b")


def not_the_goods(s: Setting) -> str:
    """Spare parts, returned goods, papers: what goes or is ready is not what was ordered."""
    st = s.statement
    if st.milestone is Milestone.SAMPLE or not st.by[1]:
        return ""
    if st.milestone is Milestone.MATERIAL:
        if s.clause.has("logistics_noun", "goods_noun") and "material_noun" not in s.sentence.concepts:
            return s.text[st.by[0] : st.by[1]]
        hit = s.plain.patterns["returned"].search(s.text, s.clause.start, s.clause.end)
        return hit.group() if hit else ""
    for hit in s.plain.patterns["not_goods"].finditer(s.text, s.clause.start, s.clause.end):
        beside = s.plain.endings["comes_with"].search(s.text[s.clause.start : hit.start()])
        if not beside and hit.group() not in s.own:
            return hit.group()
    for word in s.clause.words:
        if "document_noun" in word.concepts and word.end <= st.by[0] and _is_subject(s, word.end, st.by[0]):
            return word.text
    return ""


def _is_subject(s: Setting, end: int, begin: int) -> bool:
    """Say whether nothing but helping verbs, days and numbers stands between a noun and its verb."""
    between = s.text[end:begin]
    for hits in (s.clause.dates, s.clause.numbers):
        for hit in hits:
            if end <= hit.start and hit.end <= begin:
                between = between.replace(s.text[hit.start : hit.end], " ")
    return bool(_NO_LETTERS.fullmatch(s.plain.patterns["helping"].sub(" ", between)))


def not_all(s: Setting) -> str:
    """A share of it, nearly, or all but something: it is not done."""
    if s.statement.quantity is not None:
        return ""
    share = _SHARE.search(s.text, s.clause.start, s.clause.end)
    if share is not None:
        return share.group()
    if not s.statement.done:
        return ""
    hit = s.plain.patterns["nearly"].search(s.text, s.clause.start, s.clause.end)
    end = s.sentence.end if s.statement.source is Source.TODAY else s.clause.end
    hit = hit or s.plain.patterns["remains"].search(s.text, s.clause.start, end)
    return hit.group() if hit else ""


def told_on(s: Setting) -> str:
    """On that day somebody will say or settle when it is."""
    at = s.statement.at
    if not at[1] or s.statement.done:
        return ""
    hit = s.plain.endings["told_on"].search(s.text[s.clause.start : at[0]])
    if hit is None:
        hit = s.plain.patterns["told_then"].match(s.text, at[1] + (s.text[at[1] : at[1] + 1] == " "))
        rest = s.text[hit.end() : s.clause.end] if hit else ""
        if s.plain.patterns["told_what"].sub("", rest).strip(" 。.!！~了的吧哈您你") or (hit and hit.group() == ""):
            hit = None
    return hit.group().strip() if hit else ""


def compound(s: Setting) -> str:
    """Papers, people and costs of shipping are not the shipping ("loading photos", "出货资料", "交了订舱")."""
    st = s.statement
    if st.milestone is Milestone.SAMPLE or not st.by[1]:
        return ""
    for word in s.clause.words if st.default else ():
        if "idle" in word.concepts and not word.text.isascii() and s.plain.patterns["compounds"].search(word.text):
            return word.text
    place = st.by[1]
    while s.text[place : place + 1] in ("了", "过", " "):
        place += 1
    hit = s.plain.patterns["compounds"].match(s.text, place)
    return hit.group() if hit and hit.group() not in s.own else ""


def failed_inspection(s: Setting) -> str:
    """An inspection after which there is another was none that was passed."""
    if s.statement.milestone is not Milestone.INSPECTION or not s.statement.done:
        return ""
    hit = s.plain.patterns["inspected_again"].search(s.text, s.clause.start, s.sentence.end)
    return hit.group() if hit else ""


def still_here(s: Setting) -> str:
    """What is said to have gone, and to be here still."""
    if not s.statement.done or s.statement.milestone not in _GOODS:
        return ""
    hit = s.plain.patterns["still"].search(s.text, s.clause.start, s.sentence.end)
    return hit.group() if hit else ""


def halted(s: Setting) -> str:
    """A day that was called off, or is refused."""
    if s.statement.done:
        return ""
    for clause in s.sentence.clauses:
        if clause.start < s.clause.start or (clause is not s.clause and (clause.dates or clause.numbers)):
            continue
        hit = s.plain.patterns["halted"].search(s.text, clause.start, clause.end)
        if hit is not None and not (clause.has("renewed") and hit.end() <= s.statement.at[0]):
            return hit.group()
    return ""


def asked_of_us(s: Setting) -> str:
    """We are asked to do it on that day."""
    if s.statement.done or not s.statement.at[1]:
        return ""
    for word in s.clause.words:
        if "please" not in word.concepts or word.concepts & {"idle"} or word.start > s.statement.at[1]:
            continue
        if not s.plain.patterns["no_plea"].match(s.text, word.end + (s.text[word.end : word.end + 1] == " ")):
            return word.text
    return ""


def compared(s: Setting) -> str:
    """Another order stands beside it, before or after which, or instead of which, something happens."""
    numbers = s.clause.numbers
    everywhere = numbers or [hit for clause in s.sentence.clauses for hit in clause.numbers]
    for first, second in pairwise(everywhere):
        hit = s.plain.patterns["compares"].search(s.text, first.end, second.start)
        if hit is not None and first.key != second.key:
            return hit.group()
    which = _WHICH.match(s.text, s.clause.start, s.clause.end)
    if which and not numbers and any(len(c.numbers) > 1 for c in s.sentence.clauses):
        return which.group().strip(" ,")
    return ""


def excepted(s: Setting) -> str:
    """An order is named only to be left out, or several are given their days in one row."""
    numbers = [hit for clause in s.sentence.clauses for hit in clause.numbers]
    for number in numbers:
        hit = s.plain.endings["except"].search(s.text[s.sentence.start : number.start])
        hit = hit or s.plain.patterns["excepted"].match(s.text, number.end)
        if hit is not None:
            return hit.group().strip()
    hit = s.plain.patterns["respectively"].search(s.text, s.sentence.start, s.sentence.end)
    days = [hit for clause in s.sentence.clauses for hit in clause.dates if hit.kind is not DateKind.SPAN]
    alone = len(s.clause.numbers) == 1 and len(days) == len(numbers)
    return hit.group() if hit is not None and len(numbers) > 1 and not alone else ""


def other_base(s: Setting) -> str:
    """A day counted from that of another order."""
    if s.statement.source is not Source.OFFSET:
        return ""
    own = {hit.key for hit in s.clause.numbers}
    for clause in s.sentence.clauses:
        others = {hit.key for hit in clause.numbers} - own
        if clause.end <= s.clause.start and own and others and _days(clause):
            return s.text[clause.dates[0].start : clause.dates[0].end]
    return ""


def _days(clause: Clause) -> bool:
    return any(hit.kind is not DateKind.SPAN for hit in clause.dates)


def money_first(s: Setting) -> str:
    """Money is to come first, on a day of its own."""
    if s.statement.done or s.statement.milestone is not Milestone.SHIP:
        return ""
    for clause in s.sentence.clauses:
        if clause.end <= s.clause.start and clause.has("pay_word") and _days(clause) and not clause.has("past", "paid"):
            return s.text[clause.start : clause.end].strip()
    return ""


def either_before(s: Setting) -> str:
    """The second of two days to choose from."""
    at = s.statement.at
    if not at[1] or s.statement.done:
        return ""
    before = [hit for hit in s.clause.dates if hit.end <= at[0] and hit.kind is not DateKind.SPAN]
    between = s.text[before[-1].end : at[0]] if before else ""
    hit = s.plain.patterns["or"].search(between) if len(between) < NEAR else None
    return hit.group() if hit and not s.plain.patterns["latest"].search(between) else ""


def only_after(s: Setting) -> str:
    """It begins with that day; when it will be is left open."""
    at = s.statement.at
    if not at[1] or s.statement.done:
        return ""
    behind = at[1] + (s.text[at[1] : at[1] + 1] == " ")
    hit = s.plain.patterns["only_after"].match(s.text, behind)
    hit = hit or s.plain.endings["begins_with"].search(s.text[s.clause.start : at[0]])
    return hit.group().strip() if hit else ""


def of_papers(s: Setting) -> str:
    """An order, a mail or a request that was received is no goods."""
    st = s.statement
    if st.milestone is not Milestone.RECEIVE or not st.done:
        return ""
    behind = s.text[st.by[1] : s.clause.end] if st.by[1] else s.clause.text
    hit = s.plain.patterns["papers"].search(behind)
    if hit is None and s.role is Role.SUPPLIER and not s.clause.has("store", "deliver_done"):
        hit = s.plain.patterns["order_words"].search(behind)
    return hit.group() if hit else ""


def not_the_samples(s: Setting) -> str:
    """A swatch of something else, offered for approval, is no sample of the order."""
    if s.statement.milestone is not Milestone.SAMPLE:
        return ""
    hit = s.plain.patterns["substitutes"].search(s.text, s.sentence.start, s.sentence.end)
    for word in s.clause.words if hit is None else ():
        if "sample_noun" in word.concepts and s.statement.by[0] != word.start:
            hit = hit or s.plain.endings["goes_along"].search(s.text[s.clause.start : word.start])
    return hit.group().strip() if hit else ""


def delay_of_another(s: Setting) -> str:
    """What is late by so many days is the material, or the delivery is not late at all."""
    st = s.statement
    if st.source is not Source.OFFSET or not st.default:
        return ""
    things = [word for word in s.clause.words if word.concepts & {"material_noun", "material", "come_done"}]
    late = [word.start for word in s.clause.words if "delay" in word.concepts]
    ordered = [hit.start for hit in s.clause.numbers if things and hit.start > things[0].start]
    if (
        things
        and not ordered
        and things[0].start < max(late, default=0)
        and not s.clause.has("date_word", "goods_noun")
    ):
        return things[0].text
    index = next((i for i, clause in enumerate(s.sentence.clauses) if clause is s.clause), 0)
    before = s.sentence.clauses[index - 1] if index else None
    leans = before is not None and before.has("material_noun") and any(c.endswith("_done") for c in before.concepts)
    keeps = any(clause.has("on_schedule") for clause in s.sentence.clauses if clause is not s.clause)
    own = s.clause.has("date_word", "goods_noun") or bool(s.clause.numbers)
    return s.clause.text.strip() if (keeps and not s.clause.numbers) or (leans and not own) else ""


def arrives_nowhere(s: Setting) -> str:
    """A factory's "到" right before a day is "until" unless a port or vessel is named."""
    st = s.statement
    if s.role is not Role.SUPPLIER or st.milestone is not Milestone.ARRIVE or st.done:
        return ""
    bare = s.text[st.by[0] : st.by[1]] in ("到", "抵", "至") and not s.text[st.by[1] : st.at[0]].strip()
    return s.text[st.by[0] : st.by[1]] if bare and st.by[1] <= st.at[0] and not s.clause.has(*_PORTS) else ""


_PORTS = ("port", "vessel_word", "ship_etd", "store")


def checked_back(s: Setting) -> str:
    """A customer who wants a date confirmed does not tell it."""
    if s.role is not Role.CUSTOMER or s.statement.done:
        return ""
    end = s.after.end if s.after else s.sentence.end
    hit = s.plain.patterns["checks"].search(s.text, s.sentence.start, end)
    return hit.group() if hit else ""


def forwarders_store(s: Setting) -> str:
    """Goods in a forwarder's own store are not with their consignee."""
    if s.role is not Role.FORWARDER or s.statement.milestone not in _THERE:
        return ""
    if s.statement.milestone is Milestone.ARRIVE and not s.statement.done:
        return ""
    hit = s.plain.patterns["own_store"].search(s.text, s.sentence.start, s.sentence.end)
    return hit.group() if hit else ""


def unreal(s: Setting) -> str:
    """What could or should have happened did not."""
    if not s.statement.done:
        return ""
    hit = s.plain.patterns["unreal"].search(s.text, s.clause.start, s.statement.by[1] or s.clause.end)
    return hit.group() if hit else ""


_NOT_OF_IT = frozenset(
    (
        "problem_quality",
        "negated",
        "step",
        "material_noun",
        "sample_noun",
        "document_noun",
        "pay_word",
        "money",
        "trouble",
    )
)


def amounts_beside(sentence: Sentence, statement: Statement) -> tuple[QuantityHit, ...]:
    """Return the amounts of goods in the clauses beside a statement's that name no order and no day of their own."""
    return tuple(
        quantity
        for clause in sentence.clauses
        if clause is not statement.clause and not clause.numbers and not clause.dates
        if clause.concepts.isdisjoint(_NOT_OF_IT)
        for quantity in clause.quantities
        if quantity.unit
    )


_THERE = frozenset((Milestone.ARRIVE, Milestone.RECEIVE))

HINDRANCES: tuple[tuple[str, Callable[[Setting], str]], ...] = (
    ("something else than the goods", not_the_goods),
    ("not all of it", not_all),
    ("it is still here", still_here),
    ("it is called off", halted),
    ("we are asked to do it", asked_of_us),
    ("it will be told on that day", told_on),
    ("papers or people of it", compound),
    ("it is inspected again", failed_inspection),
    ("another order is compared", compared),
    ("an order is left out", excepted),
    ("counted from another day", other_base),
    ("money is to come first", money_first),
    ("one of two days", either_before),
    ("a sample of something else", not_the_samples),
    ("another thing is late", delay_of_another),
    ("no word says where it arrives", arrives_nowhere),
    ("we are asked to confirm it", checked_back),
    ("only after that day", only_after),
    ("it is no goods that came", of_papers),
    ("in the forwarder's own store", forwarders_store),
    ("it did not happen so", unreal),
)
