"""Deliver: letters of the outbox go to SMTP, each once; what lost its reason on the way is withdrawn.

Claimed and frozen in one transaction, `handed` in a second, then DATA, then every reply in a third (which also hands
over the next ones): a crash anywhere leaves a letter that is due again, or one of which nobody knows whether it went
out (`unknown`: the same bytes again).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mailflow.core.orders.events import NewEvent, ReviewOpened
from mailflow.jobs.approved_drafts import kept_back
from mailflow.jobs.claiming import (
    Frozen,
    Limits,
    Look,
    Outgoing,
    Recheck,
    Round,
    begin,
    breaker,
    claim,
    left_over,
    stopped,
    take_up,
)
from mailflow.jobs.delivered import Attempt, DeliverReport, record_replies, stop_mailbox
from mailflow.jobs.ports import Delivery, Store, Transaction, Transport

__all__ = ["DeliverReport", "Limits", "Look", "Outgoing", "Recheck", "deliver"]

_CONNECT_WAIT = timedelta(minutes=5)


def deliver(store: Store, transport: Transport, outgoing: Outgoing, now: datetime, worker: str) -> DeliverReport:
    """Send what may go now until nothing is left or something stops the account."""
    with store.look() as tx:
        if reason := stopped(tx, outgoing.account):
            return DeliverReport(stopped=reason)
        turn = begin(tx, now, worker)
        left = left_over(tx, outgoing.account, worker)
    if left:
        with store.begin() as tx:
            take_up(tx, left, turn)
    try:
        while not outgoing.stopping() and _some(store, transport, outgoing, turn):
            pass
    finally:
        if turn.open:
            transport.close()
    return turn.report


def _some(store: Store, transport: Transport, outgoing: Outgoing, turn: Round) -> bool:
    """Claim some letters and hand them over, as many at once as there are connections; return whether to go on."""
    with store.begin() as tx:
        claimed = claim(tx, outgoing, turn)
        outgoing.crash_point("before_claim_commit")
    outgoing.crash_point("after_claim_commit")
    if claimed and outgoing.look_at_drafts is not None:
        letters = [letter for letter, _ in claimed]
        back = kept_back(store, outgoing.look_at_drafts, letters, turn.now, turn.report)
        claimed = [frozen for frozen in claimed if frozen[0].id not in back]
    if claimed and not turn.open and not _open(store, transport, outgoing, turn, claimed):
        return False
    waiting, attempts = list(claimed or ()), list[Attempt]()
    while waiting or attempts:
        with store.begin() as tx:
            _record(tx, outgoing, turn, attempts)
            handed = _hand(tx, outgoing, turn, waiting)
        if attempts:
            outgoing.crash_point("after_reply_commit")
        attempts = _send(transport, outgoing, handed)
        waiting = waiting[len(handed) :] if handed else []
    return claimed is not None and not turn.report.stopped


def _record(tx: Transaction, outgoing: Outgoing, turn: Round, attempts: Sequence[Attempt]) -> None:
    """Record how the letters fared that were handed over before."""
    if not attempts:
        return
    record_replies(tx, outgoing.account, attempts, turn.now, turn.report)
    turn.this_hour += sum(len(attempt.envelope.recipients) for attempt in attempts)
    turn.refused += sum(attempt.delivery.outcome == "refused" for attempt in attempts)
    outgoing.crash_point("before_reply_commit")


def _hand(tx: Transaction, outgoing: Outgoing, turn: Round, waiting: Sequence[Frozen]) -> Sequence[Frozen]:
    """Note the next letters as handed over, to be committed before DATA; where nothing may go, put all back."""
    if not waiting:
        return ()
    if not turn.report.stopped and (reason := breaker(outgoing.limits, turn)):
        item = f"breaker:{outgoing.account}:{turn.now:%Y%m%dT%H%M%S}"
        tx.ledger.record([NewEvent(ReviewOpened(item, reason))], turn.now)
        turn.report.stopped = reason
    if turn.report.stopped or outgoing.stopping():
        for letter, _ in waiting:
            tx.outbox.later(letter.id, turn.now, letter.reply)
        return ()
    handed = waiting[: outgoing.connections]
    tx.outbox.handed([letter.id for letter, _ in handed], turn.now)
    outgoing.crash_point("before_handed_commit")
    return handed


def _send(transport: Transport, outgoing: Outgoing, handed: Sequence[Frozen]) -> list[Attempt]:
    if not handed:
        return []
    outgoing.crash_point("after_handed_commit")
    outgoing.crash_point("before_data")
    deliveries = transport.send([envelope for _, envelope in handed])
    outgoing.crash_point("after_data")
    pairs = zip(handed, deliveries, strict=True)
    return [Attempt(letter, envelope, delivery) for (letter, envelope), delivery in pairs]


def _open(store: Store, transport: Transport, outgoing: Outgoing, turn: Round, claimed: Sequence[Frozen]) -> bool:
    """Connect; where that fails the claimed letters wait, and a refused login stops the account."""
    failed = transport.open(outgoing.connections)
    turn.open = True
    if failed:
        with store.begin() as tx:
            _put_off(tx, outgoing, turn, claimed, failed[0])
    return not failed


def _put_off(tx: Transaction, outgoing: Outgoing, turn: Round, claimed: Sequence[Frozen], failed: Delivery) -> None:
    turn.report.unreachable = failed.reply
    wait = max(_CONNECT_WAIT, timedelta(seconds=failed.retry_after))
    for letter, _ in claimed:
        tx.outbox.later(letter.id, turn.now + wait, failed.reply)
        turn.report.later.append(letter.id)
    if failed.stops_mailbox:
        stop_mailbox(tx, outgoing.account, failed.reply, turn.now, turn.report)
