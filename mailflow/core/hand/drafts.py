"""Which draft of ours a mail in Sent or in Drafts is, also when the client changed its Message-ID or its text."""

import re
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import compat32

from rapidfuzz import fuzz

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.message.model import Message

ALIKE = 60.0
"""From this likeness on (0–100) a text is the draft's, changed."""
_TOKEN = re.compile(r"\s*\[mf[0-9]+\.[a-z2-7]{8}\]", re.IGNORECASE)
_LONGEST = 4000  # characters that are compared

Drafts = Sequence[tuple[OutboxLetter, Sequence[Message]]]
"""Drafts of ours, each with its bytes parsed: the whole, and the text alone, which is all that some clients keep."""


def draft_of(message: Message, drafts: Drafts, named: Sequence[int]) -> OutboxLetter | None:
    """Return the draft that a mail is, or None; `named` are the letters whose signed tokens stand in its subject.

    The Message-ID settles it. A client that gives another one leaves recipients, subject and text, which must all speak
    for one draft and no other; where the text was written anew the token must be that of the draft itself.
    """
    for letter, forms in drafts:
        if message.message_id and forms[0].message_id == message.message_id:
            return letter
    addressed = [(letter, forms) for letter, forms in drafts if _recipients(message) & _recipients(forms[0])]
    alike = [letter for letter, forms in addressed if any(_alike(message, form) for form in forms)]
    if len(alike) == 1:
        return alike[0]
    own = [letter for letter, _ in addressed if letter.id in named]
    return own[0] if len(own) == 1 else None


def edited(message: Message, forms: Sequence[Message]) -> bool:
    """Say whether a person changed the words of a draft before sending it."""
    return _words(message) not in {_words(form) for form in forms}


def text_alone(raw: bytes) -> bytes:
    """Return a letter with nothing but its text part; a letter of one part as it is."""
    mail = message_from_bytes(raw, policy=compat32)
    plain = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), None)
    if plain is None or not mail.is_multipart():
        return raw
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del mail[name]
        if plain[name]:
            mail[name] = plain[name]
    mail.set_payload(plain.get_payload())
    return mail.as_bytes()


def _alike(message: Message, drafted: Message) -> bool:
    if _plain(message.subject) != _plain(drafted.subject):
        return False
    return fuzz.ratio(message.new_text[:_LONGEST], drafted.new_text[:_LONGEST]) >= ALIKE


def _plain(subject: str) -> str:
    return " ".join(_TOKEN.sub("", subject).split()).casefold()


def _recipients(message: Message) -> set[str]:
    return {address.email for address in (*message.to, *message.cc)}


def _words(message: Message) -> str:
    return " ".join(message.new_text.split())
