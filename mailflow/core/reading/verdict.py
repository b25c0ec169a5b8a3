"""The verdict: what becomes of a mail, rule by rule, with what hit and what missed."""

import re
from collections.abc import Callable

from mailflow.core.matching.matcher import State
from mailflow.core.message.model import MessageKind
from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reading.case import Case, Verdict
from mailflow.core.reading.model import Disposition, UpdateKind
from mailflow.core.reading.statement import Statement
from mailflow.core.reading.strangers import judge_stranger
from mailflow.core.reading.topic import Topic
from mailflow.core.reading.unknown import unknown_words

_TEMPLATE = re.compile(r"\{\{.*?\}\}|%%\w+%%|\$\{\w+\}|<<\w+>>|\[\[\w+\]\]|\*\|\w+\|\*")
_FORWARDED = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|pd|i|ilt|vb|doorst|转发|轉寄|转寄|轉發|転送|전달)\s?[:：]", re.IGNORECASE
)
WORDLESS = 3  # letters
FEW = 30  # letters of a mail that forwards another, or shows a picture, and says nothing
EMBLEM = 20_000  # bytes of a picture that may be a signature's
SHORT = 200  # letters of a mail that only points to something
SIGNED_WITH = 12  # letters of a line that is no more than a name
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
    verdict.disposition = _silent(case, verdict)
    return verdict


def _silent(case: Case, verdict: Verdict) -> Disposition:
    """A mail with nothing to enter: thanks, greetings and "I will ask" are filed, the rest is shown."""
    if case.message.kind is MessageKind.BULK:
        return Disposition.IGNORE
    question = _not_in_words(case)
    if not question and _wordless(case):
        return Disposition.IGNORE
    question = question or _says_too_little(case)
    if not question and "will_revert" in case.concepts:
        return Disposition.IGNORE
    question = question or _left_open(case)
    if not question:
        return _unread(case, verdict)
    verdict.questions.append(question)
    return Disposition.ATTENTION


def _wordless(case: Case) -> bool:
    return len("".join(case.message.new_text.split())) < WORDLESS


def _not_in_words(case: Case) -> str:
    """Return what must be asked where the matter is a new one, or stands below, in a file, or in a picture."""
    concepts, message = case.concepts, case.message
    if "inquiry" in concepts and not concepts & {"advert"} and not case.names_orders:
        return "A new inquiry?"
    dated = case.gathered.loose or any(part.dates for part in case.gathered.parts)
    if "closure" in concepts and "will_revert" not in concepts and dated:
        return "A closure is announced. Which orders does it touch?"
    if _points_below(case):
        return "The mail points to what stands below it. What does it say?"
    files = [attachment for attachment in message.attachments if not attachment.inline]
    if files and _wordless(case):
        return "The mail says nothing beside its attachments. What is in them?"
    if files and (any(file.content.problem for file in files) or _only_points_to_files(case)):
        return "What is in the attachments?"
    if _shows_a_picture(case):
        return "The mail shows a picture and says nothing, or hardly anything. What is in it?"
    if any(char.isdigit() for char in message.withdrawn):
        return "Words with a number are struck out, and nothing stands in their place. What is withdrawn?"
    return ""


def _shows_a_picture(case: Case) -> bool:
    """Say whether a mail without words of its own has a picture in it that is no signature's emblem."""
    pictures = [attachment for attachment in case.message.attachments if attachment.inline]
    if len(case.message.new_text) >= FEW or case.concepts & {"thanks"}:
        return False
    return any(picture.size >= EMBLEM or not case.message.signature for picture in pictures)


def _left_open(case: Case) -> str:
    """Return what must be asked where something is wanted, cancelled or dated, and it could not be told what."""
    concepts, named = case.concepts, case.names_orders
    if "cancel" in concepts and named:
        return "A cancellation is spoken of."
    wants = concepts & {"please", "need", "request"} and concepts & {"trouble", "problem_quality", "pay_word"}
    if wants or (_wants_something(case) and (named or case.gathered.quoted)):
        return "The sender wants something, and it cannot be told what."
    if case.gathered.loose and (named or case.gathered.quoted) and not concepts & {"thanks"}:
        return "A date is given, and it cannot be told of what."
    return ""


def _unread(case: Case, verdict: Verdict) -> Disposition:
    if not _not_understood(case):
        return Disposition.IGNORE
    verdict.questions.append("The mail names an order, and what it says was not understood. What does it say?")
    return Disposition.ATTENTION


def _not_understood(case: Case) -> bool:
    """Say whether a mail that names one of its sender's orders says more than thanks, greetings and plain words."""
    if case.concepts & {"thanks", "advert"} or not any(m.state is State.SURE for m in case.gathered.mentions):
        return False
    plain = case.words.plain
    return any(
        not clause.has("step", "other_order", *(("cutoff",) if case.sender.role is Role.FORWARDER else ()))
        and (bool(clause.dates) or bool(unknown_words(part, clause, plain, frozenset())))
        for part in case.gathered.parts
        if part.name == "body"
        for sentence in part.sentences
        if len(sentence.clauses) > 1 or len(sentence.clauses[0].text) > SIGNED_WITH
        for clause in sentence.clauses
    )


def _points_below(case: Case) -> bool:
    """Say whether a short mail says no more than that something stands in the history or the forwarded mail below."""
    if not case.message.quoted or len(case.message.new_text) > SHORT or "thanks" in case.concepts:
        return False
    if _FORWARDED.match(case.message.subject) and len(case.message.new_text) < FEW:
        return True
    bodies = [part.folded.text for part in case.gathered.parts if part.name == "body"]
    return any(case.words.plain.points_below.search(text) for text in bodies)


def _says_too_little(case: Case) -> str:
    """Return what must be asked of a mail about an order that promises no day or tells of trouble without one."""
    concepts = case.concepts
    if "someday" in concepts and case.sender.role is not Role.CUSTOMER and (case.names_orders or case.gathered.quoted):
        return "An answer without a day. Shall we ask again?"
    troubled = concepts & {"delay", "trouble"} and ("will_revert" not in concepts or "condition" in concepts)
    if troubled and case.sender.role is not Role.CUSTOMER and (case.names_orders or case.gathered.quoted):
        return "Something is wrong or late, and no new date is given."
    return ""


def _wants_something(case: Case) -> bool:
    """Say whether a mail asks for something that was not understood; of a customer any plea counts."""
    concepts = case.concepts
    if concepts & {"request", "need", "appeal", "plead"}:
        return not concepts & {"thanks"} or case.sender.role is Role.CUSTOMER
    pleads = "please" in concepts and not concepts & {"idle", "thanks"}
    return pleads and case.sender.role is Role.CUSTOMER


def _only_points_to_files(case: Case) -> bool:
    return len(case.message.new_text) < 200 and not case.concepts & {"thanks"}


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


def _damaged(case: Case) -> bool:
    return bool(case.message.problems)


Rule = Callable[[Case], bool]
NO_DATE = "A problem, and no new date: what shall be done?"
UNDER_CONDITION = "A day is given under a condition. Shall we wait for it?"
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
    ("not read whole", _damaged, True, "The mail could not be read whole ({problems}). What does it say?"),
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
    ("a problem without an order", _unread_problem, False, "A problem is told, and not of which order."),
)
