"""Customers' mails that nobody has answered: one is acknowledged after some of its writer's working hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256

from mailflow.core.calendars.windows import evening, later
from mailflow.core.deciding.wanted import DELICATE
from mailflow.core.letters.model import Duty, LetterFacts, Mode, ThreadPlace
from mailflow.core.message.model import Address
from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.disclosure import line_for_customer
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.moments import Mailed
from mailflow.core.playbook.people import letterhead, obstacle, opening
from mailflow.core.playbook.steps import Step

_LAST_MINUTES = timedelta(minutes=30)
"""So long before their evening a mail is acknowledged that has not lain for its hours by then."""


def mailed_dues(frame: Frame, step: Step, when: Mailed) -> list[Due | Held]:
    """Return the acknowledgements that are due: one a conversation and day, of the latest mail in it."""
    found: dict[Duty, Due | Held] = {}
    for name, mails in sorted(frame.situation.unanswered.items()):
        party = frame.party(name)
        if party is None:
            continue
        own = frame.playbook.step_for(step, name)
        for wanted in mails.owed:
            moment = _moment(frame, when, party, wanted)
            if moment is not None and moment <= frame.now:
                one = _due(frame, own, party, wanted, moment)
                found |= {one.duty: one} if one is not None else {}
    written = {done.duty for done in frame.was_done(step.name, "*")}
    return [one for duty, one in found.items() if duty not in written]


def deadline(frame: Frame, party: Party, moment: datetime) -> datetime:
    """Return the evening of a customer's by which a mail that came at a moment is to be answered."""
    return evening(frame.playbook.sending.window, frame.days(party), frame.zone(party), moment)


def _moment(frame: Frame, when: Mailed, party: PartyState, wanted: AnswerWanted) -> datetime | None:
    """Return when a mail is to be acknowledged; None where it is not, or the time for it is over."""
    someone = party.party
    if wanted.topic == DELICATE or wanted.copied or not wanted.message_id:
        return None
    if party.live_at is None or wanted.at < party.live_at:
        return None
    until = deadline(frame, someone, wanted.at)
    if frame.now > deadline(frame, someone, until):
        return None  # the evening of the next day has passed: it would only show that nobody looked
    moment = later(frame.playbook.sending.window, frame.days(someone), frame.zone(someone), wanted.at, when.hours)
    return moment if moment <= until else max(wanted.at, until - _LAST_MINUTES)


def _due(frame: Frame, step: Step, party: PartyState, wanted: AnswerWanted, moment: datetime) -> Due | Held | None:
    someone = party.party
    duty = Duty(step.name, "*", wanted.sender, _occasion(frame, someone, wanted))
    reason = obstacle(frame, someone.name, party, ())
    if not reason and step.cheerful and someone.name in frame.complaining:
        reason = f"a complaint of {someone.name} is open"
    if not reason and not frame.usable(wanted.sender):
        reason = f"no mail reaches {wanted.sender}"
    if reason:
        return Held(duty, reason)
    rung = step.ladder[0]
    head = letterhead(frame, step, rung, someone, None)
    if head.mode == Mode.OFF:
        return None
    within = frame.playbook.customers.answer_within.apply(frame.house_today, frame.house_days)
    lines = tuple(line_for_customer(state) for state in _states(frame, wanted) if state.order.party == someone.name)
    return Due(
        duty=duty,
        step=step.name,
        template=rung.letter,
        mode=head.mode,
        party=someone.name,
        to=(Address(wanted.sender, wanted.name),),
        language=head.language,
        facts=LetterFacts(lines, about=wanted.subject, until=within),
        due_at=moment,
        not_before=opening(frame, someone, head.mode, moment, step.urgent, someone.name),
        orders=tuple(line.number for line in lines),
        why=f"{step.name}: nobody has answered “{wanted.subject[:80]}” of {wanted.sender} yet",
        answers=ThreadPlace(wanted.message_id, wanted.chain, wanted.subject),
    )


def _states(frame: Frame, wanted: AnswerWanted) -> Iterator[OrderState]:
    found = (frame.situation.orders.get(number) for number in wanted.orders)
    return (state for state in found if state is not None)


def _occasion(frame: Frame, party: Party, wanted: AnswerWanted) -> str:
    """Return what stands for a conversation on a day of theirs."""
    first = (*wanted.chain, wanted.message_id)[0]
    return f"thread:{sha256(first.encode()).hexdigest()[:16]}:{frame.local(wanted.at, party)}"
