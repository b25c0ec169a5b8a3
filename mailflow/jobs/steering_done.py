"""What a person's mail comes to is written: events, letters let go or stopped, and one short mail that says so."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailflow.core.deciding.decide import MailInHand, decide
from mailflow.core.letters.build import place_after
from mailflow.core.letters.model import Duty, LetterFacts, Mode, OutboxLetter, PlannedLetter
from mailflow.core.mails import MailState
from mailflow.core.message.model import Address, Message
from mailflow.core.orders.about import about
from mailflow.core.orders.by_hand import Steered, SteeringRefused, SteeringUndone
from mailflow.core.orders.events import Event, LetterQueued, MailRead, NewEvent, Recorded
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.handover import Handover, handover_letters
from mailflow.core.reading.model import Reading
from mailflow.core.steering.authority import Standing
from mailflow.core.steering.chasing import Ordered, chase_letter
from mailflow.core.steering.forwarded import only_questions
from mailflow.core.steering.keys import find_keys
from mailflow.core.steering.model import BOOK_REPLY, REPLY, SteerLine
from mailflow.core.steering.words import Verb
from mailflow.jobs.digest import Steerers
from mailflow.jobs.follow_up import situation
from mailflow.jobs.ports import Transaction
from mailflow.jobs.steering import Arrived, Understood
from mailflow.jobs.steering_record import LAST_STEERED

COMMAND = "command"
"""The disposition of a mail by which one of ours steers."""
Read = Callable[[Message, Sequence[OutboxLetter]], Reading]
_A_DAY = timedelta(days=1)
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class WouldSteer:
    """What a person's mail would have come to (shadow mode): the events, letters let go or stopped, orders chased, and
    whether its writer would have been asked first."""

    mail: int
    person: str
    words: str
    events: tuple[Event, ...] = ()
    send: tuple[int, ...] = ()
    stop: tuple[int, ...] = ()
    chase: tuple[str, ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What was recorded, whether the mail goes on to the ordinary reading, and what was not done in shadow mode."""

    recorded: list[Recorded] = field(default_factory=list)
    ordinary: bool = False
    would: WouldSteer | None = None


def carry_out(
    tx: Transaction, steerers: Steerers, understood: Understood, arrived: Arrived, now: datetime, read: Read
) -> CarriedOut:
    """Write what a mail comes to; in shadow mode only that it was read, or why it would not be obeyed."""
    found = understood.heard.authority
    refused = found.standing is not Standing.OBEY
    heard = understood.heard
    out = understood.floor.out
    wants = bool(heard.wants or find_keys(arrived.message.subject) or out.book or out.confirm)
    recorded: list[Recorded] = []
    if (refused and wants) or found.standing is Standing.REFUSE or heard.unseen:
        claims = found.person.email if found.person else ""
        reason = found.reason or heard.unseen
        event = SteeringRefused(arrived.mail.id, arrived.message.sender.email, reason, claims)
        recorded += tx.ledger.record([NewEvent(event)], now)
    if found.person is None:
        return CarriedOut(recorded, ordinary=True)
    events = _filed(tx, understood, arrived, read) or [NewEvent(_read(arrived, understood))]
    recorded += tx.ledger.record(events, now)
    tx.mails.settle(arrived.mail.id, MailState.READ, "steering")
    if found.standing is Standing.REFUSE:
        return CarriedOut(recorded)
    if steerers.shadow:
        return CarriedOut(recorded, would=_would(understood, arrived, obeyed=not refused))
    if not refused:
        recorded += _write(tx, steerers, understood, arrived, now)
    return CarriedOut([*recorded, *_reply(tx, steerers, understood, arrived, now)])


def _would(understood: Understood, arrived: Arrived, *, obeyed: bool) -> WouldSteer:
    out, person = understood.floor.out, understood.floor.person.email
    asked = WouldSteer(arrived.mail.id, person, _words(understood), asks=bool(out.confirm))
    if not obeyed:
        return asked
    return replace(
        asked, events=tuple(out.events), send=tuple(out.send), stop=tuple(out.decline), chase=tuple(out.chase)
    )


def _words(understood: Understood) -> str:
    book = understood.floor.out.book
    return "\n".join(([book.file] if book else []) + list(understood.heard.wants))[:_MOST_WORDS]


def _filed(tx: Transaction, understood: Understood, arrived: Arrived, read: Read) -> list[NewEvent]:
    """File a mail that was forwarded under its writer; what it says is asked about, never entered by itself."""
    inner, person = understood.forwarded, understood.floor.person
    if inner is None:
        return []
    reading = only_questions(read(inner, ()), person.name or person.email)
    named = {match.order for match in reading.orders} | {order for one in reading.questions for order in one.candidates}
    states = tx.views.orders(named)
    events = decide(MailInHand(arrived.mail.id, inner, reading), states, tx.views.parties())
    orders = (*understood.filed, *(match.order for match in reading.orders))
    kind = "filed" if orders else "filed_open"
    shown = ", ".join(dict.fromkeys(orders[:3]))
    understood.floor.out.done.append(SteerLine(kind, shown, person=inner.sender.email))
    return [_to_orders(new, understood, arrived) for new in events]


def _to_orders(new: NewEvent, understood: Understood, arrived: Arrived) -> NewEvent:
    """Put the orders that the forwarder named first."""
    event = new.event
    if not isinstance(event, MailRead):
        return new
    orders = tuple(dict.fromkeys((*understood.filed, *event.orders)))
    why = f"forwarded by {understood.floor.person.email}"
    return NewEvent(replace(event, orders=orders, message_id=arrived.message.message_id), new.actor, why)


def _read(arrived: Arrived, understood: Understood) -> MailRead:
    message = arrived.message
    orders = _orders(understood.floor.out.events, understood)
    return MailRead(arrived.mail.id, message.message_id, message.sender.email, message.subject, COMMAND, orders)


def _orders(events: Iterable[Event], understood: Understood) -> tuple[str, ...]:
    """Return what a mail is about; the hundreds of orders of a book have their own events, and that is enough."""
    if understood.floor.out.book is not None:
        return ()
    return tuple(dict.fromkeys(order for event in events for order in about(event).orders))


def _write(
    tx: Transaction, steerers: Steerers, understood: Understood, arrived: Arrived, now: datetime
) -> list[Recorded]:
    out, person, mail = understood.floor.out, understood.floor.person.email, understood.obeys
    if not out.changes:
        return []
    words = _words(understood)
    why = f"by mail: {words}".replace("\n", " / ")
    for letter in out.send:
        tx.outbox.approve(letter, now)
    for letter in out.decline:
        tx.outbox.decline(letter)
    for letter in out.withdraw:
        tx.outbox.withdraw(letter, "a date was entered by a person")
    for letter in out.hold:
        tx.outbox.hold(letter, "its yes was taken back")
    for again in out.reread:
        tx.mails.settle(again, MailState.STORED)
    done = tx.ledger.record([NewEvent(event, person, why) for event in out.events], now)
    done += _chases(tx, steerers, understood, arrived, now)
    done += _anew(tx, understood, now)
    done += _handed_over(tx, steerers, understood, arrived, now)
    orders = _orders((one.event for one in done), understood)
    undone = any(command.verb is Verb.UNDO for command in understood.heard.said.commands)
    last: list[Event] = []
    if undone and understood.heard.undoes is not None:
        last.append(SteeringUndone(understood.heard.undoes, person, orders))
    else:
        answered = understood.heard.authority.letter
        letter_id = answered.id if answered is not None else None
        last.append(Steered(mail, person, tuple(one.id for one in done), letter_id, orders, words))
        tx.notes.put(LAST_STEERED + person, str(mail))
    return [*done, *tx.ledger.record([NewEvent(event, person, why) for event in last], now)]


def _chases(
    tx: Transaction, steerers: Steerers, understood: Understood, arrived: Arrived, now: datetime
) -> list[Recorded]:
    """Plan the letters of chases that were ordered."""
    events: list[Event] = []
    plan = steerers.plan
    for order in understood.floor.out.chase:
        frame = Frame(situation(tx, plan, [order]), plan.playbook, plan.calendars, now)
        ordered = Ordered(understood.floor.person.email, understood.obeys, arrived.mail.key.account)
        state = frame.situation.orders.get(order)
        letter = chase_letter(frame, state, ordered) if state is not None else None
        number = tx.outbox.plan(letter, now) if letter is not None else None
        if letter is not None and number is not None:
            events.append(_queued(number, letter))
    return tx.ledger.record([NewEvent(event, understood.floor.person.email) for event in events], now)


def _anew(tx: Transaction, understood: Understood, now: datetime) -> list[Recorded]:
    """Plan the letters that a person wants written."""
    numbered = [(tx.outbox.plan(letter, now), letter) for letter in understood.floor.out.anew]
    queued = [_queued(number, letter) for number, letter in numbered if number is not None]
    return tx.ledger.record([NewEvent(event, understood.floor.person.email) for event in queued], now)


def _handed_over(
    tx: Transaction, steerers: Steerers, understood: Understood, arrived: Arrived, now: datetime
) -> list[Recorded]:
    """Plan the letters of a handover, and tell which party gets none."""
    out, giver, plan = understood.floor.out, understood.floor.person, steerers.plan
    queued: list[Event] = []
    for email, orders in out.handed:
        taker = understood.floor.house.people[email]
        frame = Frame(situation(tx, plan, orders), plan.playbook, plan.calendars, now)
        to, by = Address(taker.email, taker.name), Address(giver.email, giver.name)
        handover = Handover(orders, by, to, taker.language, f"mail:{understood.obeys}")
        letters, untold = handover_letters(frame, steerers.manifests, handover, arrived.mail.key.account)
        numbered = [(tx.outbox.plan(letter, now), letter) for letter in letters]
        queued += [_queued(number, letter) for number, letter in numbered if number is not None]
        drafts = sum(letter.mode is Mode.DRAFT for number, letter in numbered if number is not None)
        out.told += [SteerLine("handover_drafts", number=drafts)] if drafts else []
        out.told += [SteerLine("handover_untold", party=party, text=reason) for party, reason in untold]
    return tx.ledger.record([NewEvent(event, giver.email) for event in queued], now)


def _reply(
    tx: Transaction, steerers: Steerers, understood: Understood, arrived: Arrived, now: datetime
) -> list[Recorded]:
    """Write to the address that we know, whatever address the mail gives."""
    out, person, message = understood.floor.out, understood.floor.person, arrived.message
    obeyed = understood.heard.authority.standing is Standing.OBEY  # else its subject may be a stranger's
    if not out.says or _enough(tx, steerers, person.email, now, asks=bool(out.confirm) and not obeyed):
        return []
    place = place_after(message) if message.message_id and obeyed else None
    people = understood.floor.house.people
    copies = (people[email] for email in dict.fromkeys(out.copies) if email in people and email != person.email)
    asked = arrived.mail.id if out.confirm and not out.book else understood.obeys
    letter = PlannedLetter(
        template=BOOK_REPLY if out.book else REPLY,
        step=REPLY,
        party="",
        to=(Address(person.email, person.name),),
        language=person.language,
        mode=Mode.AUTO,
        duties=(Duty(REPLY, "*", person.email, f"mail:{arrived.mail.id}"),),
        orders=(),
        facts=LetterFacts((), steering=out.reply(asked, understood.digest)),
        account=arrived.mail.key.account,
        not_before=now,
        cc=tuple(Address(one.email, one.name) for one in copies),
        urgent=True,
        why=f"{REPLY}: answers “{message.subject[:80]}”",
        answers=place,
    )
    number = tx.outbox.plan(letter, now)
    return tx.ledger.record([NewEvent(_queued(number, letter))], now) if number is not None else []


def _enough(tx: Transaction, steerers: Steerers, person: str, now: datetime, *, asks: bool) -> bool:
    """Say whether a person was written to so often today that a program may be talking to us."""
    rules = steerers.rules.answers
    key = f"asks:{person}:{now.date().isoformat()}"
    count = int(tx.notes.get(key) or 0)
    if asks:
        tx.notes.put(key, str(count + 1))
    return tx.outbox.sent_since(now - _A_DAY).get(person, 0) >= rules.replies_a_day or (
        asks and count >= rules.asks_a_day
    )


def _queued(number: int, letter: PlannedLetter) -> LetterQueued:
    to = tuple(address.email for address in letter.to)
    return LetterQueued(number, letter.template, letter.party, to, letter.orders, letter.mode, letter.why)
