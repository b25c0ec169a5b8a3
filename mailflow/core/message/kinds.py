"""What sort of mail it is: told from headers and form before anything that it says is believed."""

import re
from dataclasses import dataclass
from functools import cache

from mailflow.core.message.bodies import Body
from mailflow.core.message.bounces import failure_of, is_delivery_receipt
from mailflow.core.message.headers import Headers
from mailflow.core.message.model import Address, Failure, MessageKind
from mailflow.core.message.phrases import Phrases, alternation, finder
from mailflow.core.message.prose import DATE

_IDENTIFIER = re.compile(r"\b[A-Z]{1,5}[-/ ]?\d{2,4}[-/ ]?\d{2,8}\b|\b[A-Z]{1,4}\d{3,}\b", re.IGNORECASE)
_LINK = re.compile(r"https?://\S{1,2000}")
_SENTENCES = re.compile(r"[.!?。！？；\n]+(?=\s|\Z|[^\d\s])")


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a mail its kind is told from."""

    headers: Headers
    body: Body
    sender: Address
    subject: str
    text: str
    new_text: str
    is_reply: bool


def kind_of(seen: Seen, phrases: Phrases) -> tuple[MessageKind, Failure | None]:
    """The kind of a mail, and for a bounce what it says."""
    if is_delivery_receipt(seen.body) or _is_receipt(seen, phrases):
        return MessageKind.RECEIPT, None
    failure = failure_of(seen.headers, seen.body, seen.sender, seen.subject, seen.text, phrases)
    if failure is not None:
        return MessageKind.BOUNCE, failure
    if _is_auto_reply(seen, phrases):
        return MessageKind.AUTO_REPLY, None
    if _is_bulk(seen, phrases):
        return MessageKind.BULK, None
    return MessageKind.PERSONAL, None


def _is_receipt(seen: Seen, phrases: Phrases) -> bool:
    if seen.body.report_type == "disposition-notification":
        return True
    if "disposition-notification" in seen.headers.raw("auto-submitted").lower():
        return True
    if _at_start(phrases, "receipt_subject").match(seen.subject) is None:
        return False
    return finder(phrases, "receipt_body").search(seen.text[:2000]) is not None


def _is_auto_reply(seen: Seen, phrases: Phrases) -> bool:
    headers = seen.headers
    submitted = headers.raw("auto-submitted").lower()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    if headers.raw("precedence").lower() in ("auto_reply", "auto-reply"):
        return True
    if headers.has("x-autoreply") or headers.has("x-autorespond") or headers.has("x-autoresponder"):
        return True
    if _is_ticket(seen, phrases):
        return True
    if _at_start(phrases, "auto_subject").match(seen.subject) is None:
        # some servers mark an absence like any mail of a program
        machine = submitted.startswith("auto-generated") or headers.has("x-auto-response-suppress")
        return machine and seen.is_reply and _says_auto(seen, phrases) and not _answers_order(seen, phrases)
    if _says_auto(seen, phrases):
        return not _answers_order(seen, phrases)
    return not _IDENTIFIER.search(seen.new_text) and not DATE.search(seen.new_text)


def _is_ticket(seen: Seen, phrases: Phrases) -> bool:
    """Whether a ticket system says that it has opened one, and nothing else is said of an order."""
    opened = finder(phrases, "ticket_body")
    if not opened.search(seen.new_text[:4000]):
        return False
    machine = finder(phrases, "auto_body")
    return not any(
        (_IDENTIFIER.search(sentence) or DATE.search(sentence))
        and not opened.search(sentence)
        and not machine.search(sentence)
        for sentence in _SENTENCES.split(_without_our_subject(seen.new_text[:4000], seen.subject))
    )


def _without_our_subject(text: str, subject: str) -> str:
    """A machine's text without links and without our subject, where it is quoted, labelled, or on a line alone."""
    text = _LINK.sub(" ", text)
    for piece in {subject.strip(), subject.rpartition(": ")[2].strip(), subject.rpartition("] ")[2].strip()} - {""}:
        ours = re.escape(piece)
        text = re.sub(rf'["“”「『《\']\s?(?:\w{{1,4}}[:：]\s?)?{ours}\s?["“”」』》\']', " ", text)
        text = re.sub(rf"^(?:[^\n:：]{{2,40}}[:：])?[ \t]*{ours}[ \t]*$", " ", text, flags=re.MULTILINE)
    return text


def _says_auto(seen: Seen, phrases: Phrases) -> bool:
    return finder(phrases, "auto_body").search(seen.new_text) is not None


def _answers_order(seen: Seen, phrases: Phrases) -> bool:
    """Whether a sentence that is not the machine's names an order: somebody answered under an old subject."""
    machine = finder(phrases, "auto_body")
    return any(
        _IDENTIFIER.search(sentence) and not machine.search(sentence)
        for sentence in _SENTENCES.split(seen.new_text[:4000])
    )


def _is_bulk(seen: Seen, phrases: Phrases) -> bool:
    headers = seen.headers
    if seen.is_reply and headers.has("in-reply-to"):
        return False  # an answer that went through a team's mailing list
    if headers.raw("precedence").lower() in ("bulk", "junk"):
        return True
    listed = (
        headers.has("list-unsubscribe")
        or headers.has("list-id")
        or headers.has("x-campaign")
        or headers.has("feedback-id")
    )
    if seen.is_reply:
        return False
    if listed and headers.raw("precedence").lower() == "list":
        return True
    if listed and not _IDENTIFIER.search(seen.new_text + " " + seen.subject):
        return True
    local = seen.sender.email.partition("@")[0]
    if not listed and finder(phrases, "bulk_sender").search(local) is None:
        return False
    return finder(phrases, "bulk_body").search(seen.text[-3000:]) is not None


@cache
def _at_start(phrases: Phrases, name: str) -> re.Pattern[str]:
    words: tuple[str, ...] = getattr(phrases, name)
    return re.compile(rf"[\W_]{{0,4}}(?:\[[^\]]{{0,30}}\]\s?)?{alternation(words)}", re.IGNORECASE)
