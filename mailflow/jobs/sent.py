"""Sent: what our own people sent by hand, drafts of ours and mails of their own, is recorded as theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mailflow.core.hand.written import Recipient, Written, events_of, recipients
from mailflow.core.letters.build import place_after
from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.mails import StoredMail
from mailflow.core.message.model import Message, MessageKind
from mailflow.core.orders.events import CustomerTold, LetterSent, NewEvent, ReviewDecided, WrittenByHand
from mailflow.core.orders.state import PartyState
from mailflow.core.reading.model import Reading
from mailflow.jobs.answered import settled_by
from mailflow.jobs.ports import Transaction

NOT_SENT_YET = frozenset(
    (
        *(LetterState.DRAFTED, LetterState.DECLINED, LetterState.WITHDRAWN),
        *(LetterState.QUEUED, LetterState.HELD, LetterState.UNKNOWN),
    )
)
"""A letter that is found in Sent has gone out, whatever was last heard of it; `claimed` and `handed` are in hand."""


class SentReader(Protocol):
    """The core's reading for mails that our own people wrote."""

    def read_ours(self, message: Message, to: str, answered: Sequence[OutboxLetter]) -> Reading:
        """Read a mail that one of ours wrote to an address."""
        ...

    def draft_of(self, message: Message, drafts: Sequence[OutboxLetter]) -> tuple[OutboxLetter, bool] | None:
        """Return the draft of ours that a mail is, and whether its words were changed."""
        ...


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail from Sent with the letters of ours that it answers."""

    mail: StoredMail
    message: Message
    answered: tuple[OutboxLetter, ...]


def settle_sent(
    tx: Transaction, reader: SentReader, sent: SentMail, parties: Mapping[str, PartyState], now: datetime
) -> list[NewEvent]:
    """Return the events that a mail in Sent leads to, and note what became of the draft that it is."""
    drafts = tx.outbox.letters([LetterState.DRAFTED])
    own = tx.outbox.by_message_id([sent.message.message_id]) if sent.message.message_id else []
    found = reader.draft_of(sent.message, [*own, *drafts])
    if found is None:
        return _by_hand(tx, reader, sent, parties, now)
    letter, changed = found
    if letter.state not in NOT_SENT_YET or letter.envelope is None:
        return []
    return _draft_sent(tx, reader, sent, letter, changed, parties, now)


def _by_hand(
    tx: Transaction, reader: SentReader, sent: SentMail, parties: Mapping[str, PartyState], now: datetime
) -> list[NewEvent]:
    if sent.message.kind is not MessageKind.PERSONAL:
        return []  # an absence note of our own says nothing to anybody
    events: list[NewEvent] = []
    for to in recipients(sent.message, parties.values()):
        events += _as_written(tx, reader, sent, to, now)
    return [*events, *settled_by(tx, [new.event for new in events], sent.message.sender.email, now)]


def _as_written(tx: Transaction, reader: SentReader, sent: SentMail, to: Recipient, now: datetime) -> list[NewEvent]:
    reading = reader.read_ours(sent.message, to.address.email, sent.answered)
    states = tx.views.orders({m.order for m in reading.orders} | {u.order for u in reading.updates})
    events = events_of(Written(sent.mail.id, sent.message, to, reading, sent.mail.received_at), states)
    for new in events:
        if isinstance(new.event, WrittenByHand):
            _continue_threads(tx, sent.message, new.event.orders, to.party.name, now)
    return events


def _draft_sent(
    tx: Transaction,
    reader: SentReader,
    sent: SentMail,
    letter: OutboxLetter,
    changed: bool,
    parties: Mapping[str, PartyState],
    now: datetime,
) -> list[NewEvent]:
    """Record a draft as sent by the person who sent it; where they changed its words, those say what was told."""
    planned, message, who = letter.planned, sent.message, sent.message.sender.email
    told = [NewEvent(CustomerTold(one.order, one.date, letter.id), who) for one in planned.told]
    if changed and told:
        told = _told_instead(tx, reader, sent, planned.party, parties, now)
    tx.outbox.sent(letter.id, min(now, sent.mail.received_at), "found in Sent")
    _continue_threads(tx, message, planned.orders, planned.party, now)
    to = tuple(dict.fromkeys(address.email for address in (*message.to, *message.cc)))
    gone = LetterSent(
        letter.id,
        planned.orders,
        message.message_id,
        planned.template,
        to,
        letter.repeated,
        sent.mail.id,
        changed,
        planned.party,
    )
    events = [NewEvent(gone, who), *told, *settled_by(tx, [gone], who, now)]
    if f"L{letter.id}" in tx.views.reviews():
        events.append(NewEvent(ReviewDecided(f"L{letter.id}", "sent by hand", planned.orders), who))
    return events


def _told_instead(
    tx: Transaction,
    reader: SentReader,
    sent: SentMail,
    party: str,
    parties: Mapping[str, PartyState],
    now: datetime,
) -> list[NewEvent]:
    """Return what a customer has been told in changed words, or the question which date it was."""
    for to in recipients(sent.message, parties.values()):
        if to.party.name == party:
            said = _as_written(tx, reader, sent, to, now)
            return [new for new in said if not isinstance(new.event, WrittenByHand)]
    return []


def _continue_threads(tx: Transaction, message: Message, orders: Sequence[str], party: str, now: datetime) -> None:
    """The next letter about these orders goes on from what was written by hand."""
    if not message.message_id or not party:
        return
    place = place_after(message)
    for order in orders:
        tx.threads.note(order, party, place, now)
