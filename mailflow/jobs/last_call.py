"""Last call: before the evening comes at a customer's, our people get the list of the mails that nobody answered."""

from collections.abc import Sequence
from datetime import datetime

from mailflow.core.letters.model import Duty, LetterFacts, Mode, PlannedLetter
from mailflow.core.message.model import Address
from mailflow.core.orders.events import LetterQueued, NewEvent
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Situation
from mailflow.core.steering.digest import Morning, listed, owner_for
from mailflow.core.steering.model import UNANSWERED, Colleague
from mailflow.core.steering.owed import OwedMail, owed_mails, owed_row
from mailflow.jobs.digest import Steerers, gather_morning
from mailflow.jobs.ports import Store, Transaction


def send_last_calls(store: Store, steerers: Steerers, now: datetime) -> tuple[tuple[int, PlannedLetter], ...]:
    """Plan the lists whose hour has come, each once; return them with their numbers."""
    with store.look() as tx:
        if tx.mails.waiting():  # an answer may lie unread
            return ()
        called = _called(_light_frame(tx, steerers, now))
        if all(tx.notes.get(_note(person, moment)) for moment in called for person in steerers.people):
            return ()
    planned: list[tuple[int, PlannedLetter]] = []
    with store.begin() as tx:
        morning = gather_morning(tx, steerers, now)
        for moment in _called(morning.frame):
            for person in steerers.people:
                note = _note(person, moment)
                if tx.notes.get(note) is not None:
                    continue
                letter = _letter(person, morning, moment, steerers, now)
                number = tx.outbox.plan(letter, now) if letter is not None else None
                tx.notes.put(note, str(number or "none"))
                if number is not None and letter is not None:
                    queued = LetterQueued(number, UNANSWERED, "", (person.email,), letter.orders, Mode.AUTO, letter.why)
                    tx.ledger.record([NewEvent(queued)], now)
                    planned.append((number, letter))
    return tuple(planned)


def _light_frame(tx: Transaction, steerers: Steerers, now: datetime) -> Frame:
    """Return what tells whether a list may be due; orders are looked at only then."""
    plan = steerers.plan
    light = Situation({}, tx.views.parties(), plan.house, unanswered=tx.views.unanswered())
    return Frame(light, plan.playbook, plan.calendars, now)


def _called(frame: Frame) -> Sequence[datetime]:
    """Return the hours of lists that have come today and whose evening has not."""
    due = {
        one.told_at
        for one in owed_mails(frame)
        if one.told_at is not None and one.told_at <= frame.now < one.until and _today(frame, one.told_at)
    }
    return sorted(due)


def _today(frame: Frame, moment: datetime) -> bool:
    closes = frame.playbook.sending.closes
    return frame.local(moment, None) == frame.house_today and frame.now.astimezone(frame.house_zone).time() < closes


def _letter(
    person: Colleague, morning: Morning, moment: datetime, steerers: Steerers, now: datetime
) -> PlannedLetter | None:
    frame = morning.frame
    mine = [one for one in owed_mails(frame) if _is_theirs(one, person, morning)]
    if not any(one.told_at == moment for one in mine):
        return None
    mine = [one for one in mine if one.told_at is None or one.told_at <= moment]
    rows = [owed_row(frame, one) for one in mine]
    orders = tuple(dict.fromkeys(number for one in mine for number in one.wanted.orders))
    return PlannedLetter(
        template=UNANSWERED,
        step=UNANSWERED,
        party="",
        to=(Address(person.email, person.name),),
        language=person.language,
        mode=Mode.AUTO,
        duties=(Duty(UNANSWERED, "*", person.email, moment.isoformat()),),
        orders=orders,
        facts=LetterFacts((), owed=listed(rows, steerers.rules.digest.rows)),
        account=steerers.plan.account,
        not_before=now,
        urgent=True,
        why=f"{UNANSWERED}: {len(mine)} mails of customers wait for an answer",
    )


def _is_theirs(one: OwedMail, person: Colleague, morning: Morning) -> bool:
    return owner_for(one.wanted.orders, one.wanted.party, morning) == person.email


def _note(person: Colleague, moment: datetime) -> str:
    return f"unanswered:{person.email}:{moment.isoformat()}"
