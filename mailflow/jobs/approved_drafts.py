"""Approved drafts: before one is handed over we look whether it still lies in Drafts, or a person has just sent it.

One window remains: a client that has handed the mail to its server, and has neither taken the draft out of Drafts nor
put its copy into Sent yet, which takes it seconds. Letters that never lay in Drafts have no such window.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from mailflow.core.letters.model import Mode, OutboxLetter
from mailflow.core.orders.events import LetterDrafted, NewEvent, ReviewOpened
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.ports import Mailbox, Store, Transaction
from mailflow.jobs.watch_drafts import GRACE, DraftReader, changed_drafts, lies_there

_AGAIN = timedelta(minutes=1)
_ASKED = "asked"
_QUESTIONS = {
    "gone": "was let go, but is neither in Drafts nor in Sent: was it sent or deleted by hand? Send it?",
    "changed": "was let go, and was changed in Drafts: send it from there, or let it go again as it was written",
}


class DraftFate(StrEnum):
    """What a look into the mailbox tells of a draft of ours."""

    THERE = "there"
    GONE = "gone"
    CHANGED = "changed"  # it lies there in other words
    SENT = "sent"
    UNSEEN = "unseen"  # the mailbox could not be looked into


LookAtDrafts = Callable[[Sequence[OutboxLetter]], Mapping[int, DraftFate]]


def fates(
    store: Store,
    mailbox: Mailbox,
    folders: tuple[str, str],
    make_reader: Callable[[Transaction], DraftReader],
    letters: Sequence[OutboxLetter],
    now: datetime,
) -> dict[int, DraftFate]:
    """Look for drafts in the folders of drafts and of sent mail (empty: there is none). Changes nothing."""
    drafts, sent = folders
    found: dict[int, DraftFate] = {}
    missing: list[OutboxLetter] = []
    for letter in letters:
        own = letter.envelope.message_id if letter.envelope is not None else ""
        if sent and own and lies_there(mailbox, sent, own):
            found[letter.id] = DraftFate.SENT
        elif not drafts or (own and lies_there(mailbox, drafts, own)):
            found[letter.id] = DraftFate.THERE
        else:
            missing.append(letter)
    other = changed_drafts(store, mailbox, drafts, missing, make_reader, now) if missing else set()
    return found | {one.id: DraftFate.CHANGED if one.id in other else DraftFate.GONE for one in missing}


def kept_back(
    store: Store, look: LookAtDrafts, letters: Sequence[OutboxLetter], now: datetime, report: DeliverReport
) -> set[int]:
    """Put back or hold the claimed letters that a person may have sent by hand; return their numbers.

    What is gone from Drafts waits until Sent has been read; where it is not there either, a person is asked.
    """
    with store.look() as tx:
        doubtful = [letter for letter in letters if _lay_in_drafts(tx, letter)]
    if not doubtful:
        return set()
    seen = look(doubtful)
    back = [letter for letter in doubtful if seen.get(letter.id, DraftFate.UNSEEN) is not DraftFate.THERE]
    if back:
        with store.begin() as tx:
            for letter in back:
                _keep_back(tx, letter, seen.get(letter.id, DraftFate.UNSEEN), now, report)
    return {letter.id for letter in back}


def _lay_in_drafts(tx: Transaction, letter: OutboxLetter) -> bool:
    """Say whether an approved letter lay in Drafts; one that may be out already goes on with the same bytes."""
    if letter.planned.mode is not Mode.DRAFT or not letter.approved or letter.repeated or letter.envelope is None:
        return False
    if tx.notes.get(_note(letter)) == _ASKED:
        return False
    history = (recorded.event for order in letter.planned.orders[:1] for recorded in tx.ledger.history(order))
    return any(isinstance(event, LetterDrafted) and event.letter == letter.id for event in history)


def _keep_back(tx: Transaction, letter: OutboxLetter, fate: DraftFate, now: datetime, report: DeliverReport) -> None:
    since = tx.notes.get(_note(letter))
    waited = bool(since) and now - datetime.fromisoformat(since or "") >= GRACE
    if fate is DraftFate.CHANGED or (fate is DraftFate.GONE and waited):
        _ask(tx, letter, _QUESTIONS[fate], now)
        report.held.append(letter.id)
        return
    if fate is not DraftFate.UNSEEN and not since:
        tx.notes.put(_note(letter), now.isoformat())
    told = "Drafts cannot be looked into" if fate is DraftFate.UNSEEN else "it may have been sent by hand"
    tx.outbox.later(letter.id, now + _AGAIN, told)
    report.later.append(letter.id)


def _ask(tx: Transaction, letter: OutboxLetter, question: str, now: datetime) -> None:
    planned = letter.planned
    tx.outbox.hold(letter.id, question)
    tx.notes.put(_note(letter), _ASKED)
    whole = f"{planned.template} for {', '.join(planned.orders)} {question}"
    tx.ledger.record([NewEvent(ReviewOpened(f"L{letter.id}", whole, planned.orders, party=planned.party))], now)


def _note(letter: OutboxLetter) -> str:
    return f"approved draft:{letter.id}"
