"""Silence: what becomes of a mail with nothing to enter; it is filed only where it was understood."""

import re

from mailflow.core.matching.matcher import State
from mailflow.core.message.model import MessageKind
from mailflow.core.orders.model import Role
from mailflow.core.reading.asked import answers_in_history
from mailflow.core.reading.case import Case, Verdict
from mailflow.core.reading.model import Disposition
from mailflow.core.reading.stages import STAGES
from mailflow.core.reading.statement import Source, Statement
from mailflow.core.reading.text import Clause
from mailflow.core.reading.unknown import unknown_words

_FORWARDED = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|pd|i|ilt|vb|doorst|转发|轉寄|转寄|轉發|転送|전달)\s?[:：]", re.IGNORECASE
)
_LOOK = re.compile(r"\b(?:see|read|refer|find|look|as)\b|[见看如参]")
_WORDS = re.compile(r"[_.-]")
_HEAD = 300  # characters of a file that tell what it is
WORDLESS = 3  # letters
FEW = 30  # letters of a mail that forwards another, or shows a picture, and says nothing
EMBLEM = 20_000  # bytes of a picture that may be a signature's
SHORT = 200  # letters of a mail that only points to something
SIGNED_WITH = 12  # letters of a line that is no more than a name


def silent(case: Case, verdict: Verdict) -> Disposition:
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
    if len(message.new_text) < FEW and answers_in_history(message.quoted):
        return "Answers seem to stand between the lines of our mail. What does it say?"
    if _points_below(case):
        return "The mail points to what stands below it. What does it say?"
    files = [attachment for attachment in message.attachments if not attachment.inline]
    if files and _wordless(case):
        return "The mail says nothing beside its attachments. What is in them?"
    if files and not _only_papers(case) and (any(f.content.problem for f in files) or _only_points_to_files(case)):
        return "What is in the attachments?"
    if _shows_a_picture(case):
        return "The mail shows a picture and says nothing, or hardly anything. What is in it?"
    if any(char.isdigit() for char in message.withdrawn):
        return "Words with a number are struck out, and nothing stands in their place. What is withdrawn?"
    return ""


def _only_papers(case: Case) -> bool:
    """Say whether the mail names the usual papers of a shipment, and every file is one of them and says no day."""
    papers = case.words.plain.patterns["shipping_papers"]
    plain = case.words.folder.plain
    files = [attachment for attachment in case.message.attachments if not attachment.inline]
    if case.concepts & {"question", "appeal", "need", "acknowledge"} or not papers.search(plain(case.message.new_text)):
        return False
    if any(isinstance(said.what, Statement) for said in case.gathered.said):
        return False
    heads = (plain(f"{_WORDS.sub(' ', file.filename)} {file.content.text[:_HEAD]}") for file in files)
    return all(papers.search(head) for head in heads)


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
    said = [s for s in case.gathered.said if isinstance(s.what, Statement) and s.what.source is Source.DATE]
    if any(s.mention is None for s in said) and not concepts & {"thanks", "advert"}:
        return "A date is given, and it cannot be told of which order."
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
        and (bool(clause.dates) or _counts(clause) or bool(unknown_words(part, clause, plain, frozenset())))
        for part in case.gathered.parts
        if part.name == "body"
        for sentence in part.sentences
        if len(sentence.clauses) > 1 or len(sentence.clauses[0].text) > SIGNED_WITH
        for clause in sentence.clauses
    )


def _counts(clause: Clause) -> bool:
    """Say whether a bare number stands beside a milestone: a day as no rule writes it, or an amount."""
    return any(not quantity.unit for quantity in clause.quantities) and not clause.concepts.isdisjoint(_STAGED)


_STAGED = frozenset(concept for concept, *_ in STAGES)


def _points_below(case: Case) -> bool:
    """Say whether a short mail says no more than that something stands in the history or the forwarded mail below."""
    if not case.message.quoted or len(case.message.new_text) > SHORT or "thanks" in case.concepts:
        return False
    if _FORWARDED.match(case.message.subject) and len(case.message.new_text) < FEW:
        return True
    bodies = [part.folded.text for part in case.gathered.parts if part.name == "body"]
    if "will_revert" in case.concepts and not any(_LOOK.search(text) for text in bodies):
        return False  # the mail below is what they will look into
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
