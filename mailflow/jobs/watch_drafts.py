"""Watch Drafts: a draft of ours that a person deleted is declined; one that they only changed still waits."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.mails import MailKey, MailState, StoredMail
from mailflow.core.message.model import Message
from mailflow.core.orders.events import LetterWithdrawn, NewEvent, ReviewDecided
from mailflow.jobs.ports import Mailbox, Store, Transaction

GRACE = timedelta(minutes=10)
"""A client that sends a draft takes it out of Drafts before or after its copy comes into Sent."""
_MOST_DRAFTS = 200  # the newest that are looked through for a changed one


class DraftReader(Protocol):
    """What tells a draft of ours from a person's own."""

    def parse(self, mail: StoredMail) -> Message: ...
    def draft_of(self, message: Message, drafts: Sequence[OutboxLetter]) -> tuple[OutboxLetter, bool] | None: ...


def watch_drafts(
    store: Store,
    mailbox: Mailbox,
    account: str,
    folder: str,
    make_reader: Callable[[Transaction], DraftReader],
    now: datetime,
) -> tuple[int, ...]:
    """Decline the drafts of an account that are gone from Drafts and did not come into Sent; return their numbers.

    To be called when Sent has just been received and read. Nothing is changed in the mailbox.
    """
    with store.look() as tx:
        waiting = [one for one in tx.outbox.letters([LetterState.DRAFTED]) if one.planned.account == account]
    gone = [one for one in waiting if one.envelope and not lies_there(mailbox, folder, one.envelope.message_id)]
    if gone:
        changed = changed_drafts(store, mailbox, folder, gone, make_reader, now)
        gone = [one for one in gone if one.id not in changed]
    with store.begin() as tx:
        missed = {one.id for one in gone}
        for letter in waiting:
            if letter.id not in missed and tx.notes.get(_note(letter)):
                tx.notes.put(_note(letter), "")
        return tuple(letter.id for letter in gone if _declined(tx, letter, now))


def lies_there(mailbox: Mailbox, folder: str, message_id: str) -> bool:
    """Say whether a mail with this Message-ID lies in a folder."""
    return mailbox.find_message_id(folder, message_id) is not None


def changed_drafts(
    store: Store,
    mailbox: Mailbox,
    folder: str,
    gone: Sequence[OutboxLetter],
    make_reader: Callable[[Transaction], DraftReader],
    now: datetime,
) -> set[int]:
    """Return the drafts that lie there in another form: a client that saves a changed draft may name it anew."""
    status = mailbox.select(folder)
    uids = mailbox.uids_above(0)[-_MOST_DRAFTS:]
    found: set[int] = set()
    with store.look() as tx:
        reader = make_reader(tx)
        for mail in mailbox.fetch(uids):
            if mail.raw is None:
                continue
            key = MailKey(gone[0].planned.account, folder, status.uidvalidity, mail.uid)
            message = reader.parse(StoredMail(0, key, now, mail.size, mail.raw, MailState.STORED))
            draft = reader.draft_of(message, gone)
            if draft is not None:
                found.add(draft[0].id)
    return found


def _declined(tx: Transaction, letter: OutboxLetter, now: datetime) -> bool:
    """Decline a draft that has been missed for long enough; note when it was missed first."""
    since = tx.notes.get(_note(letter))
    if not since:
        tx.notes.put(_note(letter), now.isoformat())
        return False
    known = tx.outbox.get(letter.id)
    if now - datetime.fromisoformat(since) < GRACE or known is None or known.state is not LetterState.DRAFTED:
        return False
    tx.outbox.decline(letter.id)
    orders = letter.planned.orders
    events: list[NewEvent] = [NewEvent(LetterWithdrawn(letter.id, orders, "a person deleted it from Drafts"))]
    if f"L{letter.id}" in tx.views.reviews():
        events.append(NewEvent(ReviewDecided(f"L{letter.id}", "deleted from Drafts", orders)))
    tx.ledger.record(events, now)
    return True


def _note(letter: OutboxLetter) -> str:
    return f"missed draft:{letter.id}"
