"""Claim letters of the outbox: look at their reasons again, freeze their bytes, keep to the caps."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jinja2 import TemplateError

from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.calendar import WriteCalendar
from mailflow.core.letters.manifest import missing_fields
from mailflow.core.letters.mime import AttachedFile
from mailflow.core.letters.model import Envelope, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.letters.templates import Templates
from mailflow.core.letters.workbook import WriteWorkbook
from mailflow.core.orders.events import LetterWithdrawn, NewEvent, ReviewOpened
from mailflow.core.orders.state import PartyState
from mailflow.core.reports.mails import STEPS as REPORTS
from mailflow.core.steering.model import STEPS
from mailflow.jobs.approved_drafts import LookAtDrafts
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.ports import Transaction

Look = Callable[[OutboxLetter], PlannedLetter | str]
"""Looks at a letter's duties again: the plan as it stands now, or why the letter is withdrawn."""

Recheck = Callable[[Transaction, Sequence[OutboxLetter]], Look]
"""Gathers, once for all of them, what some letters rest on."""

Enclose = Callable[[Transaction, PlannedLetter], Sequence[AttachedFile]]
"""Gathers what goes along with a letter; raises ValueError where that cannot be had."""

Frozen = tuple[OutboxLetter, Envelope]

MOST_REPEATS = 8  # identical bytes, which mail programs show once; more than that is no accident
CLAIM_AHEAD = 8
"""Letters claimed at once for each connection; those handed over at once are one a connection, so that a crash leaves
few of which nobody knows."""
DATA_FAULTS = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What one letter's odd facts may raise (our own errors among them): it is held, the letters behind it go on."""
_CAP_WAIT = timedelta(days=1)
_SILENT_WAIT = timedelta(minutes=1)
_UNREAD_WAIT = timedelta(seconds=1)


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
    waits: str = ""  # why letters to others must wait: an answer may lie unheard
    write_workbook: WriteWorkbook | None = None  # for letters that a list goes along with
    enclose: Enclose = lambda tx, planned: ()
    write_calendar: WriteCalendar | None = None  # for letters that name a day
    look_at_drafts: LookAtDrafts | None = None  # whether approved drafts still lie in Drafts


@dataclass(slots=True)
class Round:
    """What one round knows and counts; `open` once the server has been reached."""

    now: datetime
    worker: str
    parties: Mapping[str, PartyState]
    today: Counter[str]
    this_hour: int
    refused: int
    report: DeliverReport = field(default_factory=DeliverReport)
    open: bool = False


def stopped(tx: Transaction, account: str) -> str:
    """Return why nothing is sent for an account: a question that a person has not decided yet."""
    prefixes = (f"mailbox:{account}:", f"breaker:{account}:")
    return next((r.opened.question for item, r in tx.views.reviews().items() if item.startswith(prefixes)), "")


def begin(tx: Transaction, now: datetime, worker: str) -> Round:
    """Count what went out before this round."""
    today = Counter(dict(tx.outbox.sent_since(now - timedelta(days=1))))
    hour = now - timedelta(hours=1)
    return Round(
        now, worker, tx.views.parties(), today, sum(tx.outbox.sent_since(hour).values()), tx.outbox.refused_since(hour)
    )


def left_over(tx: Transaction, account: str, worker: str) -> list[OutboxLetter]:
    """Return letters that an earlier round of this very worker broke off over (a full disk, a lost database)."""
    busy = tx.outbox.letters([LetterState.CLAIMED, LetterState.HANDED])
    return [letter for letter in busy if letter.worker == worker and _is_left(letter, account)]


def _is_left(letter: OutboxLetter, account: str) -> bool:
    drafted = letter.planned.mode is Mode.DRAFT and not letter.approved and letter.envelope is not None
    return letter.planned.account == account and not (drafted and letter.state is LetterState.CLAIMED)


def take_up(tx: Transaction, letters: Sequence[OutboxLetter], turn: Round) -> None:
    """Let left-over letters be claimed again; of those that were handed over nobody knows."""
    for letter in letters:
        if letter.state is LetterState.HANDED:
            tx.outbox.unknown(letter.id, turn.now, "the answer was not recorded")
        else:
            tx.outbox.later(letter.id, turn.now, letter.reply)


def claim(tx: Transaction, outgoing: Outgoing, turn: Round) -> list[Frozen] | None:
    """Claim some letters and freeze their bytes; None where nothing waits any more."""
    claimed = tx.outbox.claim(turn.worker, turn.now, outgoing.connections * CLAIM_AHEAD, outgoing.account)
    if not claimed:
        return None
    reasons = _Reasons(tx, outgoing.recheck, claimed)
    ready: list[Frozen] = []
    unread = tx.mails.waiting()
    for letter in claimed:
        if (outgoing.waits or unread) and _unasked(letter):
            _wait_for_answers(tx, letter, outgoing.waits, turn)
            continue
        frozen = _prepare(tx, letter, reasons, outgoing, turn)
        if frozen is not None and not _capped(tx, *frozen, outgoing.limits, turn):
            turn.today.update(recipient.lower() for recipient in frozen[1].recipients)
            ready.append(frozen)
    return ready


def _unasked(letter: OutboxLetter) -> bool:
    """Say whether a letter goes to others by our own decision, which the answer that lies unread may change."""
    return bool(letter.planned.party) and not letter.approved


def _wait_for_answers(tx: Transaction, letter: OutboxLetter, reason: str, turn: Round) -> None:
    wait = _SILENT_WAIT if reason else _UNREAD_WAIT
    tx.outbox.later(letter.id, turn.now + wait, reason or "mails wait to be read first")
    turn.report.later.append(letter.id)


def breaker(limits: Limits, turn: Round) -> str:
    """Return why the breaker stops the account, or nothing."""
    if turn.refused > limits.refusals_an_hour:
        return f"{turn.refused} letters were refused within an hour; sending has stopped until a person has looked"
    if turn.this_hour > limits.an_hour:
        return f"{turn.this_hour} letters went out within an hour; sending has stopped until a person has looked"
    return ""


class _Reasons:
    """Looks at claimed letters again; what they rest on is gathered once, unless a letter before changed it."""

    def __init__(self, tx: Transaction, recheck: Recheck, letters: Sequence[OutboxLetter]) -> None:
        self._tx = tx
        self._recheck = recheck
        self._moved: set[str] = set()
        self._together: Look | None = None
        with suppress(*DATA_FAULTS):  # then each is looked at by itself, and only the one at fault is held
            self._together = recheck(tx, letters)

    def look(self, letter: OutboxLetter) -> PlannedLetter | str:
        orders = letter.planned.orders
        changed = not self._moved.isdisjoint(orders) if orders else bool(self._moved)
        if self._together is None or changed:
            return self._recheck(self._tx, [letter])(letter)
        return self._together(letter)

    def moved(self, letter: OutboxLetter) -> None:
        """Note that duties of a letter may have become due again."""
        self._moved.update(duty.order for duty in letter.planned.duties)


def _prepare(
    tx: Transaction, letter: OutboxLetter, reasons: _Reasons, outgoing: Outgoing, turn: Round
) -> Frozen | None:
    """Check a claimed letter's reason again and freeze its bytes; None where it does not go out now."""
    try:
        found = reasons.look(letter)
    except DATA_FAULTS as error:
        _hold(tx, letter, f"cannot be checked again: {error!r}", turn)
        return None
    checked = found if isinstance(found, str) else _plan_to_follow(letter, found)
    if isinstance(checked, str):
        _withdraw(tx, letter, checked, turn)
        reasons.moved(letter)
        return None
    if letter.repeated > MOST_REPEATS:
        _hold(tx, letter, f"was handed over {letter.repeated} times without an answer; it may have arrived", turn)
        return None
    envelope = letter.envelope or _freeze(tx, letter, checked, outgoing, turn)
    if envelope is None:
        return None
    if checked.duties != letter.planned.duties:
        reasons.moved(letter)
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
    tx: Transaction, letter: OutboxLetter, planned: PlannedLetter, outgoing: Outgoing, turn: Round
) -> Envelope | None:
    """Write the letter once and for all; one that cannot be written is held, and a person asked."""
    party = turn.parties.get(planned.party)
    known = tx.threads.place(planned.orders[0], planned.party) if len(planned.orders) == 1 else None
    place = planned.answers or known
    try:
        envelope = compose(
            outgoing.templates,
            planned,
            outgoing.sender,
            letter.id,
            turn.now,
            party=party.party if party else None,
            place=place,
            write_workbook=outgoing.write_workbook,
            write_calendar=outgoing.write_calendar,
            enclosed=outgoing.enclose(tx, planned),
        )
        missing = missing_fields(outgoing.templates.manifests[planned.template], planned.facts)
    except (*DATA_FAULTS, TemplateError) as error:
        _hold(tx, letter, f"cannot be written: {error}", turn)
        return None
    if missing:
        _hold(tx, letter, f"waits for: {', '.join(missing)}", turn)
        return None
    tx.outbox.freeze(letter.id, envelope, planned if planned != letter.planned else None)
    return envelope


def _withdraw(tx: Transaction, letter: OutboxLetter, reason: str, turn: Round) -> None:
    told = f"{reason} (it may have gone out before)" if letter.repeated else reason
    tx.outbox.withdraw(letter.id, told)
    tx.ledger.record([NewEvent(LetterWithdrawn(letter.id, letter.planned.orders, told))], turn.now)
    turn.report.withdrawn.append(letter.id)


def _hold(tx: Transaction, letter: OutboxLetter, reason: str, turn: Round) -> None:
    planned = letter.planned
    tx.outbox.hold(letter.id, reason)
    question = f"{planned.template} for {', '.join(planned.orders) or planned.to[0].email} {reason}"
    review = ReviewOpened(f"L{letter.id}", question, planned.orders, party=planned.party)
    tx.ledger.record([NewEvent(review)], turn.now)
    turn.report.held.append(letter.id)


def _capped(tx: Transaction, letter: OutboxLetter, envelope: Envelope, limits: Limits, turn: Round) -> bool:
    """Put a letter off where somebody, or everybody, has had enough for a day; what may be out already goes on."""
    most = max((turn.today[recipient.lower()] for recipient in envelope.recipients), default=0)
    if letter.planned.step in STEPS or letter.planned.step in REPORTS:
        most = 0  # our own people are answered as often as they write, and told of each period whatever else they got
    full = most >= limits.per_address_a_day or turn.today.total() >= limits.a_day
    if not full or letter.repeated:
        return False
    reason = "enough letters for one address today" if most >= limits.per_address_a_day else "enough letters for today"
    tx.outbox.later(letter.id, turn.now + _CAP_WAIT, reason)
    turn.report.later.append(letter.id)
    return True
