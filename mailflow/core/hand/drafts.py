"""Which draft of ours a mail in Sent or in Drafts is, also when the client changed its Message-ID or its text."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.message.model import Message

ALIKE = 60.0
"""From this likeness on (0–100) a text is the draft's, changed."""
_TOKEN = re.compile(r"\s*\[mf[0-9]+\.[a-z2-7]{8}\]", re.IGNORECASE)
_LONGEST = 4000  # characters that are compared

Drafts = Sequence[tuple[OutboxLetter, Message]]
"""Drafts of ours, each with its own bytes parsed."""


def draft_of(message: Message, drafts: Drafts, named: Sequence[int]) -> OutboxLetter | None:
    """Return the draft that a mail is, or None; `named` are the letters whose signed tokens stand in its subject.

    The Message-ID settles it. A client that gives another one leaves recipients, subject and text, which must all speak
    for one draft and no other; where the text was written anew the token must be that of the draft itself.
    """
    for letter, drafted in drafts:
        if message.message_id and drafted.message_id == message.message_id:
            return letter
    addressed = [(letter, drafted) for letter, drafted in drafts if _recipients(message) & _recipients(drafted)]
    alike = [letter for letter, drafted in addressed if _alike(message, drafted)]
    if len(alike) == 1:
        return alike[0]
    own = [letter for letter, _ in addressed if letter.id in named]
    return own[0] if len(own) == 1 else None


def edited(message: Message, drafted: Message) -> bool:
    """Say whether a person changed the words of a draft before sending it."""
    return _words(message) != _words(drafted)


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
