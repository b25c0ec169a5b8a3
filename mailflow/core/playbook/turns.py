"""Whose turn it is: which rung of a step comes next for an order, since when, and why it may have to wait."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from mailflow.core.calendars.windows import start_of
from mailflow.core.calendars.working_days import Days
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Done, Later
from mailflow.core.playbook.phrases import Offset
from mailflow.core.playbook.steps import Step

STALE = Offset(14)
"""How long something that happened asks for a letter, where the step says nothing of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a step is about, for one order: the anchored date or the event.

    `about` is the occasion of its duties; `first` the day on which the first rung has its turn; `before` the day that
    is asked about, where it is asked ahead; `said` when the event was; `once`: never asked about anything again.
    """

    about: str
    first: date
    at: time = time()
    before: date | None = None
    said: datetime | None = None
    once: bool = False
    expires: Offset | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which rung of a step has its turn, since when (aware UTC), how often was asked before, and why it waits."""

    rung: int
    at: datetime
    asked_before: int
    waits: str = ""
    until: datetime | None = None


def occasion(step: Step, about: str, rung: int) -> str:
    """Return what a duty is about, with the rung where a step has several."""
    return f"{about}#{rung + 1}" if len(step.ladder) > 1 else about


def rung_of(about: str) -> int:
    """Return which rung, from 1, a duty is about."""
    number = about.partition("#")[2]
    return int(number) if number.isdigit() else 1


def turn(frame: Frame, step: Step, case: Case, state: OrderState, party: PartyState | None) -> Turn | Later | None:
    """Return whose turn it is at this moment; None once there is nothing more to ask."""
    someone = party.party if party else None
    days = frame.days(someone) if someone else frame.house_days
    today = frame.today(someone)

    def begins(day: date) -> datetime:
        return start_of(day, frame.zone(someone), case.at)

    if case.before is not None and today >= case.before:
        return None
    first = min(case.first, days.last_sendable(case.first)) if case.before is not None else case.first
    if begins(first) > frame.now:
        return Later(begins(first))
    if _too_late(frame, step, case, state, first, today, days):
        return None
    history = _history(frame, step, state, case.about)
    rung = rung_of(history[-1].duty.occasion) if history else 0  # one before it may be lost on an address that fails
    if rung >= len(step.ladder) or (case.once and frame.was_done(step.name, state.order.number)):
        return None
    moment = first
    if history:
        moment = step.ladder[rung].after.apply(frame.local(history[-1].at, someone), days)
        if begins(moment) > frame.now:
            return Later(begins(moment))
        if history[-1].open:
            return Turn(rung, begins(moment), rung, "the letter before has not gone out yet")
    return _since_live(frame, step, case, state, party, rung, moment, begins)


def _since_live(
    frame: Frame,
    step: Step,
    case: Case,
    state: OrderState,
    party: PartyState | None,
    rung: int,
    moment: date,
    begins: Callable[[date], datetime],
) -> Turn | None:
    """Return the turn, if it is not of the time before the party was switched on."""
    someone = party.party if party else None
    live_at = party.live_at if party else None
    due_at = begins(moment)
    if live_at is not None:
        if case.said is not None and case.said < live_at:
            return None
        if moment < frame.local(live_at, someone):
            if step.at_go_live == "skip":
                return None
            moment = frame.local(live_at, someone)
            due_at = begins(moment)
        due_at = min(max(due_at, live_at), frame.now)
    waits, until = _resting(frame, step, state, someone)
    return Turn(rung, due_at, _asked(frame, step, state, case.about), waits, until)


def _too_late(frame: Frame, step: Step, case: Case, state: OrderState, first: date, today: date, days: Days) -> bool:
    """Say whether the time of a step is over: the letter would be stale."""
    expires = step.expires or case.expires
    if expires is not None and today > expires.apply(first, days):
        return True
    if step.until is None:
        return False
    limit = frame.standing(state, step.until).anchor
    return limit is not None and today > limit


def _history(frame: Frame, step: Step, state: OrderState, about: str) -> list[Done]:
    """Return what this step has written already about what holds now, oldest first."""
    written = frame.was_done(step.name, state.order.number)
    same = [done for done in written if done.duty.occasion.partition("#")[0] == about]
    rungs = {done.duty.occasion: done for done in sorted(same, key=lambda done: done.at)}
    return sorted(rungs.values(), key=lambda done: (rung_of(done.duty.occasion), done.at))


def _asked(frame: Frame, step: Step, state: OrderState, about: str) -> int:
    """Count how often we have asked about this date, whichever step it was; a notice asks nothing."""
    if not step.merge:
        return 0
    steps = (name for name, other in frame.playbook.by_name.items() if other.merge)
    return sum(
        done.duty.occasion.partition("#")[0] == about and not done.open
        for name in steps
        for done in frame.done.get((name, state.order.number), ())
    )


def _resting(frame: Frame, step: Step, state: OrderState, party: Party | None) -> tuple[str, datetime | None]:
    """Return why a step rests, and until when: they wrote lately, or one of ours asked them by hand."""
    number = state.order.number
    spoken = (
        (state.answered_at, f"they wrote about {number} lately"),
        (state.written_at, f"one of ours wrote to them about {number} lately"),
    )
    if step.rest is None:
        return "", None
    days = frame.days(party) if party else frame.house_days
    for at, reason in spoken:
        if at is not None and (again := step.rest.apply(frame.local(at, party), days)) > frame.today(party):
            return f"{reason}; asked again from {again}", start_of(again, frame.zone(party))
    return "", None
