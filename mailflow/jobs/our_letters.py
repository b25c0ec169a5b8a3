"""Which letters of ours a mail answers."""

from collections.abc import Iterable, Mapping

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.message.model import Message
from mailflow.jobs.ports import Transaction


def letters_of_ours(tx: Transaction, messages: Iterable[Message]) -> dict[str, OutboxLetter]:
    """Return by Message-ID the letters of ours that messages are or answer."""
    ids = {i for m in messages for i in (m.message_id, *m.in_reply_to, *m.references) if i}
    letters = tx.outbox.by_message_id(sorted(ids))
    return {letter.envelope.message_id: letter for letter in letters if letter.envelope}


def answered_by(message: Message, ours: Mapping[str, OutboxLetter]) -> tuple[OutboxLetter, ...]:
    """Return the letters of ours that a mail answers, latest first."""
    refs = dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
    return tuple(ours[i] for i in refs if i in ours)
