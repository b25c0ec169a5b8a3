"""The verdict: what becomes of a mail, rule by rule, with what hit and what missed."""

import re
from collections.abc import Callable

from mailflow.core.matching.matcher import State
from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.case import Case, Verdict
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.dates import DateKind
from mailflow.core.reading.model import Disposition, UpdateKind
from mailflow.core.reading.silence import silent
from mailflow.core.reading.statement import Statement
from mailflow.core.reading.strangers import judge_stranger
from mailflow.core.reading.topic import Topic

_TEMPLATE = re.compile(r"\{\{.*?\}\}|%%\w+%%|\$\{\w+\}|<<\w+>>|\[\[\w+\]\]|\*\|\w+\|\*")
_GOING = frozenset((Milestone.PRODUCTION, Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE))
_ENTERED = frozenset((UpdateKind.ACKNOWLEDGED, UpdateKind.DONE, UpdateKind.FORECAST))


def judge(case: Case) -> Verdict:
    """Try every rule; what makes a person necessary adds up, and where nothing does the mail is entered or filed."""
    if case.sender.party is None:
        return judge_stranger(case)
    verdict = Verdict()
    for name, rule, forbids, question in ATTENTION:
        hit = rule(case)
        verdict.trace.append(f"{'hit ' if hit else 'miss'} {name}")
        if hit:
            verdict.disposition = Disposition.ATTENTION
            verdict.nothing = verdict.nothing or forbids
            if question:
                verdict.questions.append(question.format(mail=case.message, problems="; ".join(case.message.problems)))
    if verdict.disposition is Disposition.ATTENTION:
        return verdict
    if case.settled.updates:
        verdict.disposition = Disposition.UPDATE
        return verdict
    verdict.disposition = silent(case, verdict)
    return verdict


def _disagrees(case: Case) -> bool:
    return case.message.parts_disagree


def _template(case: Case) -> bool:
    return bool(_TEMPLATE.search(case.message.subject + "\n" + case.message.new_text))


def _machine_talk(case: Case) -> bool:
    return "machine_talk" in case.concepts


def _bank(case: Case) -> bool:
    return (
        any(isinstance(s.what, Topic) and s.what.topic == "bank" for s in case.gathered.said)
        or "bank_word" in case.concepts
    )


def _reply_to(case: Case) -> bool:
    """Say whether an answer would go to none of the sender's party, and to none of ours."""
    own = case.message.sender.email.rpartition("@")[2]
    return any(
        other.email.rpartition("@")[2] not in ("", own) and not other.internal and other.party != case.sender.party
        for other in case.answers_to
    )


def _unproven(case: Case) -> bool:
    return bool(case.message.unproven)


def _open(case: Case) -> bool:
    return bool(case.settled.open)


def _must_be_seen(case: Case) -> bool:
    for update in case.settled.updates:
        if update.kind in (UpdateKind.CHANGE_REQUEST, UpdateKind.QUERY) or update.verdict == "rejected":
            return True
        if update.kind in _ENTERED and (not update.applied or update.confidence < case.words.apply_from):
            return True
    return False


def _problem_without_date(case: Case) -> bool:
    """A problem is quiet only beside a new date for the same order; a customer's complaint never is."""
    problems = {u.order for u in case.settled.updates if u.kind is UpdateKind.PROBLEM}
    if problems and case.sender.role is Role.CUSTOMER:
        return True
    dated = {
        u.order
        for u in case.settled.updates
        if u.kind is UpdateKind.FORECAST and u.date is not None and u.applied and u.milestone in _GOING
    }
    return bool(problems - dated)


def _unsure_order(case: Case) -> bool:
    """A name that could not be told for certain is asked about, unless the same order is told beside it."""
    sure = {m.order for m in case.gathered.mentions if m.state is State.SURE}
    for mention in case.gathered.mentions:
        if mention.state in (State.SURE, State.UNKNOWN):
            continue
        if mention.state is State.AMBIGUOUS and set(mention.orders) & sure:
            continue
        if mention.how == "style" and sure:
            continue
        if _other_side(case, mention.orders, sure):
            continue
        return True
    return any(m.state is State.UNKNOWN for m in case.gathered.mentions) and not sure


def _other_side(case: Case, orders: tuple[str, ...], sure: set[str]) -> bool:
    for said in case.gathered.said:
        if said.mention is not None and said.mention.orders == orders and said.mention.state is not State.SURE:
            return False
    return bool(sure)


def _conditional_date(case: Case) -> bool:
    """A day under a condition that was not understood is still more than nothing."""
    own = case.sender.role is not Role.CUSTOMER
    return own and any(
        "condition" in s.concepts and "polite_condition" not in s.concepts for _, _, s in case.gathered.loose
    )


def _unheard(case: Case) -> bool:
    """Say whether something answers a question of ours and was not understood ("Is it finished?" "Yes")."""
    return bool(case.gathered.unheard)


def _unsaid_acceptance(case: Case) -> bool:
    """Say whether a supplier speaks of accepting an order, and not so that it may be entered."""
    if case.sender.role is not Role.SUPPLIER or "acknowledge" not in case.gathered.body_concepts:
        return False
    return not case.settled.updates and not case.settled.open and case.names_orders


def _left_over(case: Case) -> bool:
    """Say whether a day to come, beside what is entered, became neither an update nor a question."""
    today = case.message.date.date() if case.message.date else None
    if today is None or case.sender.role is Role.CUSTOMER or not case.settled.updates:
        return False
    entered = {u.date for u in case.settled.updates if u.date is not None}
    for part, hit, sentence in case.gathered.loose:
        clause = next((c for c in sentence.clauses if c.start <= hit.start < c.end), None)
        if part.name not in ("body", "cell") or clause is None or hit.kind not in _WHOLE_DAYS or clause.quantities:
            continue
        days = {hit.resolve(DayContext(today, first), Mode.AHEAD) for first in (False, True)}
        told = not clause.concepts.isdisjoint(_NOT_OURS) or bool(days & (entered | {None}))
        told = told or case.words.plain.patterns["people"].search(clause.text) is not None
        if not told and min(day for day in days if day is not None) > today:
            return True
    return False


_WHOLE_DAYS = frozenset((DateKind.FULL, DateKind.DAY_MONTH, DateKind.NUMBERS, DateKind.DAY))
_NOT_OURS = frozenset(
    ("step", "cutoff", "closure", "other_order", "paid", "outlived", "thanks", "will_revert", "others_said", "negated")
) | frozenset(("correction", "trouble", "cause", "problem_logistics", "problem_other", "problem_capacity", "please"))


def _past_left_over(case: Case) -> bool:
    """Say whether something happened on a day, beside what is entered, and became neither update nor question."""
    today = case.message.date.date() if case.message.date else None
    if today is None or case.sender.role is Role.FORWARDER or not case.settled.updates:
        return False
    entered = {u.date for u in case.settled.updates if u.date is not None}
    for part, hit, sentence in case.gathered.loose:
        clause = next((c for c in sentence.clauses if c.start <= hit.start < c.end), None)
        if part.name != "body" or clause is None or not (clause.quantities or clause.has("vessel_word", "goods_noun")):
            continue
        day = hit.resolve(DayContext(today, month_first=False), Mode.BEHIND)
        over = clause.has("past") or any(concept.endswith("_done") for concept in clause.concepts)
        if over and clause.concepts.isdisjoint(_NOT_OURS) and day not in entered:
            return True
    return False


def _unread_problem(case: Case) -> bool:
    """Things that a clerk would not file unseen although no update came of them."""
    return any(
        isinstance(s.what, Topic)
        and s.mention is None
        and s.what.kind is UpdateKind.PROBLEM
        and s.what.topic != "holiday"
        for s in case.gathered.said
    ) and not any(isinstance(s.what, Statement) for s in case.gathered.said)


def _wrong_check_digit(case: Case) -> bool:
    return any(part.doubtful for part in case.gathered.parts)


def _packed(case: Case) -> bool:
    """Say whether files came in a packet that only Outlook opens: what is in it was seen by nobody."""
    return any(
        "tnef" in file.content_type or file.filename.lower() == "winmail.dat" for file in case.message.attachments
    )


def _damaged(case: Case) -> bool:
    return bool(case.message.problems)


Rule = Callable[[Case], bool]
NO_DATE = "A problem, and no new date: what shall be done?"
UNDER_CONDITION = "A day is given under a condition. Shall we wait for it?"
UNSAID = "An acceptance is spoken of. Is the order accepted?"
LEFT_OVER = "A day is given, and it cannot be told of what. What happens on it?"
SAID_BY_OPEN = frozenset((NO_DATE, UNDER_CONDITION))  # said already where a day is asked about

# name, rule, whether nothing may be entered, what a person is asked (`mail` and its `problems` may stand in it)
ATTENTION: tuple[tuple[str, Rule, bool, str], ...] = (
    ("text and HTML disagree", _disagrees, True, "The mail's text and its HTML say different things. Which is right?"),
    (
        "template that was not filled in",
        _template,
        True,
        "The mail is a template that was not filled in. What was meant?",
    ),
    ("speaks to programs", _machine_talk, True, "The mail speaks to programs, not to people. What is it?"),
    ("not read whole", _damaged, True, "The mail cannot be taken as it stands ({problems}). What does it say?"),
    (
        "a packet of Outlook's",
        _packed,
        False,
        "Files came in a packet (winmail.dat) that cannot be opened. What is in it?",
    ),
    ("bank details", _bank, False, "Likely fraud: bank details change. Call a number that you know."),
    (
        "Reply-To is somebody else's",
        _reply_to,
        True,
        "Likely fraud: answers would go to an address that is not the sender's. Who wrote?",
    ),
    (
        "not proven to be the sender's",
        _unproven,
        True,
        "Likely fraud: our mail server does not hold the sender's address for genuine ({mail.unproven}). Who wrote?",
    ),
    ("something is open", _open, False, ""),
    ("an order that is not certain", _unsure_order, False, "Which order is meant?"),
    ("a request, question or refusal", _must_be_seen, False, ""),
    ("a problem without a new date", _problem_without_date, False, NO_DATE),
    ("a day under a condition", _conditional_date, False, UNDER_CONDITION),
    (
        "a check digit that is wrong",
        _wrong_check_digit,
        False,
        "The check digit of a container's or air waybill's number is wrong. Which number is it?",
    ),
    (
        "an answer that was not understood",
        _unheard,
        False,
        "A question of ours is answered, and the answer was not understood.",
    ),
    ("an acceptance that is not plain", _unsaid_acceptance, False, UNSAID),
    ("a day left over", _left_over, False, LEFT_OVER),
    ("a day gone by left over", _past_left_over, False, LEFT_OVER),
    ("a problem without an order", _unread_problem, False, "A problem is told, and not of which order."),
)
