"""Deliver: letters of the outbox go to SMTP, each once; what lost its reason on the way is withdrawn.

Claimed and frozen in one transaction, `handed` in a second, then DATA, then every reply in a third: a crash anywhere
leaves a letter that is due again, or one of which nobody knows whether it went out (`unknown`: the same bytes again).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jinja2 import TemplateError

from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.headers import AddressError
from mailflow.core.letters.manifest import missing_fields
from mailflow.core.letters.model import Envelope, Mode, OutboxLetter, PlannedLetter
from mailflow.core.letters.templates import Templates, UnknownLetterError
from mailflow.core.orders.events import LetterWithdrawn, NewEvent, ReviewOpened
from mailflow.core.orders.state import PartyState
from mailflow.jobs.delivered import Attempt, DeliverReport, record_replies, stop_mailbox
from mailflow.jobs.ports import Store, Transaction, Transport

Recheck = Callable[[OutboxLetter, Transaction], PlannedLetter | str]
"""Looks at a letter's duties again: the plan as it stands now, or why the letter is withdrawn."""

MOST_REPEATS = 3
_CAP_WAIT = timedelta(days=1)
_CONNECT_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps: beyond the daily ones letters wait; beyond the hourly ones the breaker stops the account."""

    per_address_a_day: int = 6
    a_day: int = 1000
    an_hour: int = 300
    refusals_an_hour: int = 20


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What delivering for one account needs beside the database, the server and the time."""

    account: str
    sender: Sender
    templates: Templates
    recheck: Recheck
    limits: Limits = Limits()
    connections: int = 4
    crash_point: Callable[[str], None] = lambda name: None
    stopping: Callable[[], bool] = lambda: False  # asked between batches: finish what is in hand, begin nothing new


@dataclass(slots=True)
class _Round:
    """What one round knows and counts; `open` once the server has been reached."""

    now: datetime
    worker: str
    parties: Mapping[str, PartyState]
    today: Counter[str]
    this_hour: int
    refused: int
    report: DeliverReport = field(default_factory=DeliverReport)
    open: bool = False


def deliver(store: Store, transport: Transport, outgoing: Outgoing, now: datetime, worker: str) -> DeliverReport:
    """Send what may go now, batch after batch, until nothing is left or something stops the account."""
    with store.look() as tx:
        if stopped := _stopped(tx, outgoing.account):
            return DeliverReport(stopped=stopped)
        turn = _begin(tx, now, worker)
    try:
        while not outgoing.stopping() and _batch(store, transport, outgoing, turn):
            pass
    finally:
        if turn.open:
            transport.close()
    return turn.report


def _stopped(tx: Transaction, account: str) -> str:
    """Return why nothing is sent for an account: a question that a person has not decided yet."""
    prefixes = (f"mailbox:{account}:", f"breaker:{account}:")
    return next((r.opened.question for item, r in tx.views.reviews().items() if item.startswith(prefixes)), "")


def _begin(tx: Transaction, now: datetime, worker: str) -> _Round:
    today = Counter(dict(tx.outbox.sent_since(now - timedelta(days=1))))
    hour = now - timedelta(hours=1)
    return _Round(
        now, worker, tx.views.parties(), today, sum(tx.outbox.sent_since(hour).values()), tx.outbox.refused_since(hour)
    )


def _batch(store: Store, transport: Transport, outgoing: Outgoing, turn: _Round) -> bool:
    """Claim, hand over and record some letters; return whether to go on."""
    with store.begin() as tx:
        claimed = _claim(tx, outgoing, turn)
        outgoing.crash_point("before_claim_commit")
    outgoing.crash_point("after_claim_commit")
    if claimed is None:
        return False
    if not claimed:
        return True
    if not turn.open and not _open(store, transport, outgoing, turn, claimed):
        return False
    attempts = _hand_over(store, transport, outgoing, turn, claimed)
    with store.begin() as tx:
        record_replies(tx, outgoing.account, attempts, turn.now, turn.report)
        outgoing.crash_point("before_reply_commit")
    outgoing.crash_point("after_reply_commit")
    for attempt in attempts:
        turn.today.update(recipient.lower() for recipient in attempt.envelope.recipients)
        turn.this_hour += len(attempt.envelope.recipients)
        turn.refused += attempt.delivery.outcome == "refused"
    return not turn.report.stopped


def _open(
    store: Store,
    transport: Transport,
    outgoing: Outgoing,
    turn: _Round,
    claimed: Sequence[tuple[OutboxLetter, Envelope]],
) -> bool:
    """Connect; where that fails the claimed letters wait, and a refused login stops the account."""
    failed = transport.open(outgoing.connections)
    turn.open = True
    if not failed:
        return True
    reply = failed[0].reply
    wait = max(_CONNECT_WAIT, timedelta(seconds=failed[0].retry_after))
    turn.report.unreachable = reply
    with store.begin() as tx:
        for letter, _ in claimed:
            tx.outbox.later(letter.id, turn.now + wait, reply)
            turn.report.later.append(letter.id)
        if any(delivery.stops_mailbox for delivery in failed):
            stop_mailbox(tx, outgoing.account, reply, turn.now, turn.report)
    return False


def _hand_over(
    store: Store,
    transport: Transport,
    outgoing: Outgoing,
    turn: _Round,
    claimed: Sequence[tuple[OutboxLetter, Envelope]],
) -> list[Attempt]:
    """Commit that the letters are handed over, then hand them over."""
    with store.begin() as tx:
        tx.outbox.handed([letter.id for letter, _ in claimed], turn.now)
        outgoing.crash_point("before_handed_commit")
    outgoing.crash_point("after_handed_commit")
    outgoing.crash_point("before_data")
    deliveries = transport.send([envelope for _, envelope in claimed])
    outgoing.crash_point("after_data")
    return [
        Attempt(letter, envelope, delivery) for (letter, envelope), delivery in zip(claimed, deliveries, strict=True)
    ]


def _claim(tx: Transaction, outgoing: Outgoing, turn: _Round) -> list[tuple[OutboxLetter, Envelope]] | None:
    """Claim letters and freeze their bytes; None where there is nothing more to claim, or the breaker stops."""
    if reason := _breaker(outgoing.limits, turn):
        item = f"breaker:{outgoing.account}:{turn.now:%Y%m%dT%H%M%S}"
        tx.ledger.record([NewEvent(ReviewOpened(item, reason))], turn.now)
        turn.report.stopped = reason
        return None
    claimed = tx.outbox.claim(turn.worker, turn.now, outgoing.connections, outgoing.account)
    if not claimed:
        return None
    ready: list[tuple[OutboxLetter, Envelope]] = []
    for letter in claimed:
        frozen = _prepare(tx, letter, outgoing, turn)
        if frozen is not None and not _capped(tx, *frozen, outgoing.limits, turn):
            ready.append(frozen)
    return ready


def _breaker(limits: Limits, turn: _Round) -> str:
    if turn.refused > limits.refusals_an_hour:
        return f"{turn.refused} letters were refused within an hour; sending has stopped until a person has looked"
    if turn.this_hour > limits.an_hour:
        return f"{turn.this_hour} letters went out within an hour; sending has stopped until a person has looked"
    return ""


def _prepare(
    tx: Transaction, letter: OutboxLetter, outgoing: Outgoing, turn: _Round
) -> tuple[OutboxLetter, Envelope] | None:
    """Check a claimed letter's reason again and freeze its bytes; None where it does not go out now."""
    found = outgoing.recheck(letter, tx)
    checked = found if isinstance(found, str) else _plan_to_follow(letter, found)
    if isinstance(checked, str):
        _withdraw(tx, letter, checked, turn)
        return None
    if letter.repeated > MOST_REPEATS:
        _hold(tx, letter, f"was handed over {letter.repeated} times without an answer; it may have arrived", turn)
        return None
    envelope = letter.envelope or _freeze(tx, letter, checked, outgoing, turn)
    if envelope is None:
        return None
    if checked.mode is Mode.DRAFT and not letter.approved:
        turn.report.drafts.append(letter.id)
        return None
    return replace(letter, planned=checked), envelope


def _plan_to_follow(letter: OutboxLetter, checked: PlannedLetter) -> PlannedLetter | str:
    """Return the plan as it stands now, or why the letter must be planned anew.

    Frozen bytes say what they say: the plan of the row holds for them, unless they name a date that no longer stands.
    """
    if checked.mode is Mode.DRAFT and letter.planned.mode is not Mode.DRAFT and not letter.approved:
        return "it now waits for a yes, which it was not planned to do"
    if letter.envelope is None:
        return checked
    return letter.planned if checked.told == letter.planned.told else "it names a date that no longer stands"


def _freeze(
    tx: Transaction, letter: OutboxLetter, planned: PlannedLetter, outgoing: Outgoing, turn: _Round
) -> Envelope | None:
    """Write the letter once and for all; one that cannot be written is held, and a person asked."""
    party = turn.parties.get(planned.party)
    place = tx.threads.place(planned.orders[0], planned.party) if len(planned.orders) == 1 else None
    try:
        envelope = compose(
            outgoing.templates,
            planned,
            outgoing.sender,
            letter.id,
            turn.now,
            party=party.party if party else None,
            place=place,
        )
        missing = missing_fields(outgoing.templates.manifests[planned.template], planned.facts)
    except (AddressError, UnknownLetterError, TemplateError) as error:
        _hold(tx, letter, f"cannot be written: {error}", turn)
        return None
    if missing:
        _hold(tx, letter, f"waits for: {', '.join(missing)}", turn)
        return None
    tx.outbox.freeze(letter.id, envelope, planned if planned != letter.planned else None)
    return envelope


def _withdraw(tx: Transaction, letter: OutboxLetter, reason: str, turn: _Round) -> None:
    told = f"{reason} (it may have gone out before)" if letter.repeated else reason
    tx.outbox.withdraw(letter.id, told)
    tx.ledger.record([NewEvent(LetterWithdrawn(letter.id, letter.planned.orders, told))], turn.now)
    turn.report.withdrawn.append(letter.id)


def _hold(tx: Transaction, letter: OutboxLetter, reason: str, turn: _Round) -> None:
    planned = letter.planned
    tx.outbox.hold(letter.id, reason)
    question = f"{planned.template} for {', '.join(planned.orders) or planned.to[0].email} {reason}"
    review = ReviewOpened(f"L{letter.id}", question, planned.orders, party=planned.party)
    tx.ledger.record([NewEvent(review)], turn.now)
    turn.report.held.append(letter.id)


def _capped(tx: Transaction, letter: OutboxLetter, envelope: Envelope, limits: Limits, turn: _Round) -> bool:
    """Put a letter off where somebody, or everybody, has had enough for a day; what may be out already goes on."""
    most = max((turn.today[recipient.lower()] for recipient in envelope.recipients), default=0)
    full = most >= limits.per_address_a_day or turn.today.total() >= limits.a_day
    if not full or letter.repeated:
        return False
    reason = "enough letters for one address today" if most >= limits.per_address_a_day else "enough letters for today"
    tx.outbox.later(letter.id, turn.now + _CAP_WAIT, reason)
    turn.report.later.append(letter.id)
    return True
