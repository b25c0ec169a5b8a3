"""What becomes of letters that were handed over: sent, refused, tried later, unknown; each with its events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailflow.core.letters.build import place_of
from mailflow.core.letters.model import Envelope, LetterState, OutboxLetter
from mailflow.core.orders.events import (
    AddressFailed,
    CustomerTold,
    Event,
    LetterRefused,
    LetterSent,
    NewEvent,
    ReviewOpened,
)
from mailflow.jobs.answered import settled_by
from mailflow.jobs.ports import Delivery, Store, Transaction

BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240, 480, 720, 1440, 1440))
"""How long a letter waits after each refusal for now; after the last, some three days, a person is asked."""
_AGAIN = timedelta(minutes=2)
_FATES = ("sent", "refused", "later", "unknown", "withdrawn", "held", "drafts")


@dataclass(slots=True)
class DeliverReport:
    """What one round did, by the numbers of letters; `stopped` and `unreachable` say why it ended early."""

    sent: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    drafts: list[int] = field(default_factory=list)  # frozen, to be put into Drafts
    would: list[int] = field(default_factory=list)  # in shadow mode: would be looked at again, and sent or drafted
    stopped: str = ""
    unreachable: str = ""

    def counts(self) -> dict[str, int]:
        """Return how many letters fared how."""
        return {name: len(getattr(self, name)) for name in _FATES}

    @property
    def changed(self) -> bool:
        """Whether anything became of any letter."""
        return any(self.counts().values())


@dataclass(frozen=True, slots=True)
class Attempt:
    """A letter that was handed over, and how it fared."""

    letter: OutboxLetter
    envelope: Envelope
    delivery: Delivery


def would_deliver(store: Store, account: str, now: datetime) -> DeliverReport:
    """Say which letters would be looked at again now, and sent or put into Drafts (shadow mode)."""
    with store.look() as tx:
        waiting = tx.outbox.letters([LetterState.QUEUED, LetterState.UNKNOWN])
    return DeliverReport(would=[one.id for one in waiting if one.planned.account == account and one.next_try <= now])


Recorder = Callable[[Transaction, Attempt, datetime, DeliverReport], list[Event]]


def record_replies(
    tx: Transaction, account: str, attempts: Sequence[Attempt], now: datetime, report: DeliverReport
) -> None:
    """Record every reply with its events."""
    events: list[Event] = []
    for attempt in attempts:
        events += _RECORDERS[_outcome(attempt)](tx, attempt, now, report)
        events += [
            AddressFailed(a, permanent=True, reply=attempt.delivery.reply) for a in attempt.delivery.bad_addresses
        ]
    tx.ledger.record([NewEvent(event) for event in events], now)
    stops = next((attempt.delivery.reply for attempt in attempts if attempt.delivery.stops_mailbox), None)
    if stops is not None:
        stop_mailbox(tx, account, stops, now, report)


def stop_mailbox(tx: Transaction, account: str, reply: str, now: datetime, report: DeliverReport) -> None:
    """Ask a person to look at an account; until they decide nothing more is tried (a retry does harm)."""
    report.stopped = f"the mail server refuses the account {account}: {reply}"
    review = ReviewOpened(f"mailbox:{account}:{now:%Y%m%dT%H%M%S}", report.stopped)
    tx.ledger.record([NewEvent(review)], now)


def _outcome(attempt: Attempt) -> str:
    if attempt.delivery.outcome == "refused" and attempt.delivery.stops_mailbox:
        return "blocked"
    if attempt.delivery.outcome in ("later", "untried") and attempt.letter.attempts >= len(BACKOFF):
        return "given_up"
    return attempt.delivery.outcome


def _accepted(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    letter, planned, envelope = attempt.letter, attempt.letter.planned, attempt.envelope
    refused = tuple(attempt.delivery.refused)
    tx.outbox.sent(letter.id, now, attempt.delivery.reply, refused)
    report.sent.append(letter.id)
    if planned.party and planned.orders:
        place = place_of(envelope)
        for order in planned.orders:
            tx.threads.note(order, planned.party, place, now)
    sent = LetterSent(
        letter.id,
        planned.orders,
        envelope.message_id,
        planned.template,
        envelope.recipients,
        letter.repeated,
        party=planned.party,
        approved=letter.approved,
    )
    told = [CustomerTold(told.order, told.date, letter.id) for told in planned.told]
    settled = [new.event for new in settled_by(tx, [sent], "", now)]
    return [sent, *told, *settled, *_refusals(attempt, refused, permanent=True)]


def _refused(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    return _ended(tx, attempt, report, "was refused", permanent=True)


def _given_up(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    return _ended(tx, attempt, report, "was put off for days and is given up", permanent=False)


def _ended(tx: Transaction, attempt: Attempt, report: DeliverReport, fate: str, *, permanent: bool) -> list[Event]:
    """Note that nobody gets a letter, and ask a person."""
    everybody, reply = attempt.envelope.recipients, attempt.delivery.reply
    tx.outbox.refused(attempt.letter.id, reply, everybody)
    report.refused.append(attempt.letter.id)
    return [
        *_refusals(attempt, everybody, permanent=permanent),
        _review(attempt, f"{_name(attempt)} {fate}: {reply}"),
    ]


def _blocked(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    """Hold a letter at which the server shut the account: sent again it would do the same."""
    tx.outbox.hold(attempt.letter.id, attempt.delivery.reply)
    report.held.append(attempt.letter.id)
    return [_review(attempt, f"{_name(attempt)} is held: {attempt.delivery.reply}")]


def _later(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    tx.outbox.later(attempt.letter.id, now + BACKOFF[attempt.letter.attempts], attempt.delivery.reply)
    report.later.append(attempt.letter.id)
    return []


def _unknown(tx: Transaction, attempt: Attempt, now: datetime, report: DeliverReport) -> list[Event]:
    tx.outbox.unknown(attempt.letter.id, now + _AGAIN, attempt.delivery.reply)
    report.unknown.append(attempt.letter.id)
    return []


def _refusals(attempt: Attempt, recipients: Sequence[str], *, permanent: bool) -> list[Event]:
    letter, orders, reply = attempt.letter.id, attempt.letter.planned.orders, attempt.delivery.reply
    return [LetterRefused(letter, orders, recipient, permanent, reply) for recipient in recipients]


def _review(attempt: Attempt, question: str) -> ReviewOpened:
    planned = attempt.letter.planned
    return ReviewOpened(f"L{attempt.letter.id}", question, planned.orders, party=planned.party)


def _name(attempt: Attempt) -> str:
    planned = attempt.letter.planned
    return (
        f"{planned.template} for {', '.join(planned.orders) or 'the house'} to {', '.join(attempt.envelope.recipients)}"
    )


_RECORDERS: dict[str, Recorder] = {
    "accepted": _accepted,
    "refused": _refused,
    "blocked": _blocked,
    "given_up": _given_up,
    "later": _later,
    "untried": _later,
    "unknown": _unknown,
}
