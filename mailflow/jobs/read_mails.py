"""Read: from stored bytes to committed events, one transaction a batch; a mail that cannot be read is set aside."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Protocol, TypeVar

from mailflow.core.deciding.decide import MailInHand, decide, set_aside_events
from mailflow.core.letters.build import place_after
from mailflow.core.letters.model import OutboxLetter
from mailflow.core.mails import MailState, StoredMail
from mailflow.core.message.model import Message
from mailflow.core.orders.events import AnswerWanted, Change, MailRead, NewEvent, Recorded
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.model import SURE, Disposition, Reading
from mailflow.jobs.ahead import CHANGES_THE_BOOK, Grounded, MadeAhead
from mailflow.jobs.our_letters import answered_by, letters_of_ours
from mailflow.jobs.ports import Store, Transaction
from mailflow.jobs.sent import SentMail, SentReader, settle_sent
from mailflow.jobs.steering import Arrived, Steering
from mailflow.jobs.steering_done import WouldSteer, carry_out

T = TypeVar("T")

_NOTHING: Mapping[int, MadeAhead] = MappingProxyType({})
AHEAD = 200
"""So many mails behind a batch are reported as waiting, if there are as many."""


class MailReader(SentReader, Protocol):
    """The core's reading, made ready with the rules and the order book as they are now."""

    def parse(self, mail: StoredMail) -> Message: ...
    def expect(self, messages: Sequence[Message]) -> None:
        """Be told which messages will be read, so that what they may name is looked up together."""
        ...

    def read(self, message: Message, ours: Sequence[OutboxLetter]) -> Reading:
        """Read a message; `ours` are the letters of ours that it answers, latest first."""
        ...

    def differing(self, mail: MailInHand, states: Mapping[str, OrderState]) -> Mapping[str, tuple[Change, ...]]:
        """Return, by order, where a confirmation in it is not what was ordered."""
        ...

    def filed(self, mail: MailInHand, parties: Mapping[str, PartyState]) -> Sequence[NewEvent]:
        """Return which of its files are documents of orders, and what is asked about the others."""
        ...

    def wants_answer(self, mail: StoredMail, message: Message, reading: Reading) -> AnswerWanted | None:
        """Return that somebody must answer a customer's mail, where it wants an answer."""
        ...

    def read_grounded(self, message: Message, ours: Sequence[OutboxLetter]) -> Grounded:
        """Read a message, and say what the reading rests on."""
        ...

    def holds(self, grounded: Grounded, message: Message, ours: Sequence[OutboxLetter]) -> bool:
        """Say whether a reading would be the same now, as long as names and senders are."""
        ...


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a batch did.

    `recorded` holds the events in the order of recording, `would` what shadow mode left undone, `behind` the mails
    that wait behind the batch, at most `AHEAD`.
    """

    mails: int = 0
    aside: int = 0
    recorded: tuple[Recorded, ...] = ()
    would: tuple[WouldSteer, ...] = ()
    behind: tuple[int, ...] = ()


@dataclass(slots=True)
class _Batch:
    """What has been decided but not recorded yet; orders in it must be recorded before they are looked at again."""

    parties: Mapping[str, PartyState]  # no mail changes who they are
    ahead: Mapping[int, MadeAhead]
    stale: bool  # whether names or senders have changed since those were made
    events: list[NewEvent] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    recorded: list[Recorded] = field(default_factory=list)
    would: list[WouldSteer] = field(default_factory=list)

    def flush(self, tx: Transaction, now: datetime) -> None:
        if self.events:
            self.recorded += tx.ledger.record(self.events, now)
        self.events, self.orders = [], set()

    def made(self, mail: StoredMail) -> Grounded | None:
        made = None if self.stale else self.ahead.get(mail.id)
        return made.grounded if made is not None else None


def read_mails(
    store: Store,
    make_reader: Callable[[Transaction], MailReader],
    now: datetime,
    limit: int = 50,
    crash_point: Callable[[str], None] = lambda name: None,
    sent: Mapping[str, str] | None = None,
    steering: Steering | None = None,
    ahead: Mapping[int, MadeAhead] = _NOTHING,
) -> ReadReport:
    """Read up to `limit` stored mails and commit everything that follows from them.

    What our own people write to us is `steering` where that is given.
    `sent` names each account's folder of sent mail: what lies there our own people wrote.
    `ahead` holds by mail what was made of it before; it is made anew where it no longer holds.
    """
    folders = frozenset((sent or {}).items())
    with store.begin() as tx:
        mails = tx.mails.unread(limit)
        if not mails:
            return ReadReport()
        reader = make_reader(tx)
        batch = _Batch(tx.views.parties(), ahead, _book_moved(tx, ahead.values()))
        parsed = [(mail, _parsed(reader, mail, batch)) for mail in mails]
        reader.expect([message for mail, message in parsed if isinstance(message, Message) and not batch.made(mail)])
        ours = letters_of_ours(tx, (message for _, message in parsed if isinstance(message, Message)))
        aside = sum(
            _read_one(
                tx,
                reader,
                mail,
                message,
                ours,
                batch,
                now,
                own=(mail.key.account, mail.key.folder) in folders,
                steering=steering,
            )
            for mail, message in parsed
        )
        batch.flush(tx, now)
        behind = tx.mails.unread_behind(mails[-1].id, AHEAD)
        crash_point("before_read_commit")
    crash_point("after_read_commit")
    return ReadReport(len(mails), aside, tuple(batch.recorded), tuple(batch.would), tuple(behind))


def _book_moved(tx: Transaction, ahead: Iterable[MadeAhead]) -> bool:
    """Say whether names or senders have changed since any of these readings was made."""
    seen = min((made.seen for made in ahead if made.grounded is not None), default=None)
    return seen is not None and tx.ledger.any_after(seen, CHANGES_THE_BOOK)


def _parsed(reader: MailReader, mail: StoredMail, batch: _Batch) -> Message | str:
    made = batch.ahead.get(mail.id)
    return made.message if made is not None else _guarded(partial(reader.parse, mail))


def _read_one(
    tx: Transaction,
    reader: MailReader,
    mail: StoredMail,
    message: Message | str,
    ours: Mapping[str, OutboxLetter],
    batch: _Batch,
    now: datetime,
    *,
    own: bool,
    steering: Steering | None,
) -> bool:
    """Settle one mail; return whether it was set aside."""
    if isinstance(message, str):
        return _set_aside(tx, mail, message, batch)
    if own:
        return _read_own(tx, reader, SentMail(mail, message, answered_by(message, ours)), batch, now)
    if tx.mails.identify(mail.id, message.message_id, message.content_hash) != mail.id:
        tx.mails.settle(mail.id, MailState.REPEATED)
        return False
    if message.message_id in ours:
        batch.events.append(NewEvent(_own_letter(mail, message)))
        tx.mails.settle(mail.id, MailState.READ, "a letter of ours")
        return False
    arrived = Arrived(mail, message, answered_by(message, ours))
    if steering is not None:
        steered = _steer(tx, steering, arrived, reader, batch, now)
        if steered is not None:
            return steered
    found = _said(tx, reader, arrived, batch, now)
    if isinstance(found, str):
        return _set_aside(tx, mail, found, batch)
    _enter(tx, reader, MailInHand(mail.id, message, found.reading), mail, batch, now)
    return False


def _enter(
    tx: Transaction, reader: MailReader, hand: MailInHand, mail: StoredMail, batch: _Batch, now: datetime
) -> None:
    """Settle a mail by what it says."""
    message, reading = hand.message, hand.reading
    named = {m.order for m in reading.orders} | {u.order for u in reading.updates}
    if named & batch.orders:
        batch.flush(tx, now)
    batch.orders |= named
    states = tx.views.orders(named)
    batch.events += decide(hand, states, batch.parties, reader.differing(hand, states))
    if message.attachments:
        batch.events += reader.filed(hand, batch.parties)
    if (wanted := reader.wants_answer(mail, message, reading)) is not None:
        batch.events.append(NewEvent(replace(wanted, at=min(wanted.at, now))))
    _continue_threads(tx, message, reading, now)
    tx.mails.settle(mail.id, MailState.READ)


def _said(tx: Transaction, reader: MailReader, arrived: Arrived, batch: _Batch, now: datetime) -> Grounded | str:
    """Return what a mail says, counted from what the mails before it promised, or why it cannot be read."""
    message, answered = arrived.message, arrived.answered
    read: Callable[[], Grounded] = partial(reader.read_grounded, message, answered)
    made = batch.made(arrived.mail)
    found = _guarded(read) if made is None else made
    if isinstance(found, str):
        return found
    if any(one.order in batch.orders for one in found.promises):
        batch.flush(tx, now)
    return found if reader.holds(found, message, answered) else _guarded(read)


def _steer(
    tx: Transaction, steering: Steering, arrived: Arrived, reader: MailReader, batch: _Batch, now: datetime
) -> bool | None:
    """Settle a mail by which one of ours steers and return whether it was set aside; None for an ordinary mail."""
    if not steering.may_concern(arrived.message, arrived.answered):
        return None
    batch.flush(tx, now)
    found = _guarded(partial(steering.understand, tx, arrived, reader.parse, now))
    if isinstance(found, str):
        return _set_aside(tx, arrived.mail, found, batch)
    if found is None:
        return None
    done = carry_out(tx, steering.steerers, found, arrived, now, reader.read)
    batch.recorded += done.recorded
    batch.stale = batch.stale or _book_moved(tx, batch.ahead.values())
    batch.would += [done.would] if done.would is not None else []
    return None if done.ordinary else False


def _read_own(tx: Transaction, reader: MailReader, sent: SentMail, batch: _Batch, now: datetime) -> bool:
    """Settle a mail from Sent; it is none of those that arrive, so it has an identity of its own."""
    mail, message = sent.mail, sent.message
    if tx.mails.identify(mail.id, message.message_id, f"sent {message.content_hash}") != mail.id:
        tx.mails.settle(mail.id, MailState.REPEATED)
        return False
    batch.flush(tx, now)
    found = _guarded(partial(settle_sent, tx, reader, sent, batch.parties, now))
    if isinstance(found, str):
        return _set_aside(tx, mail, found, batch)
    batch.events += found
    batch.flush(tx, now)
    tx.mails.settle(mail.id, MailState.READ, "written by one of ours")
    return False


def _guarded(work: Callable[[], T]) -> T | str:
    """Return what `work` returns, or why it failed: no mail may stop the ones behind it."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever a mail does to the reader, it is set aside with the reason
        return f"{type(error).__name__}: {error}"


def _set_aside(tx: Transaction, mail: StoredMail, reason: str, batch: _Batch) -> bool:
    tx.mails.settle(mail.id, MailState.ASIDE, reason)
    batch.events += set_aside_events(mail.id, reason)
    return True


def _own_letter(mail: StoredMail, message: Message) -> MailRead:
    return MailRead(mail.id, message.message_id, message.sender.email, message.subject, Disposition.IGNORE.value)


def _continue_threads(tx: Transaction, message: Message, reading: Reading, now: datetime) -> None:
    """Remember where the next letter about these orders to this party goes on (RFC 5322, 3.6.4)."""
    if not reading.party or not message.message_id:
        return
    if reading.disposition in {Disposition.AUTO_REPLY, Disposition.BOUNCE}:
        return
    place = place_after(message)
    for match in reading.orders:
        if match.confidence >= SURE:
            tx.threads.note(match.order, reading.party, place, now)
