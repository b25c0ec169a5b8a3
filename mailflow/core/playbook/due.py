"""What is due: everything that should have been written by now and is not in the outbox yet."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.model import Mode
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.dated import dated_due
from mailflow.core.playbook.delay import delay_due, improved_due
from mailflow.core.playbook.frame import Frame, followed
from mailflow.core.playbook.happened import happened_due, slipped_due
from mailflow.core.playbook.inside import backlog_dues, waiting_dues
from mailflow.core.playbook.lists import by_party, inside_dues, list_due
from mailflow.core.playbook.mailed import mailed_dues
from mailflow.core.playbook.model import Due, Held, Outcome, Situation
from mailflow.core.playbook.moments import Dated, Endangered, Happened, Improved, Mailed, QuietBacklog, Slipped, Waiting
from mailflow.core.playbook.people import is_off
from mailflow.core.playbook.rhythm import one_a_day
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.steps import Step


def due(
    situation: Situation, playbook: Playbook, calendars: Calendars, now: datetime
) -> tuple[tuple[Due, ...], tuple[Held, ...]]:
    """Return what is due at `now`, and what would be but is held back, with the reason."""
    frame = Frame(situation, playbook, calendars, now)
    return settle(frame, *gather(frame))


def settle(frame: Frame, dues: list[Due], held: list[Held]) -> tuple[tuple[Due, ...], tuple[Held, ...]]:
    """Return what goes of all candidates now, and what is held back: one letter a party and day."""
    kept, waiting = one_a_day(frame, dues)
    ready = sorted((one for one in kept if one.due_at <= frame.now), key=_order)
    return tuple(ready), tuple(sorted({*held, *waiting}, key=lambda one: (one.duty.step, one.duty.order, one.reason)))


def slot(situation: Situation, playbook: Playbook, calendars: Calendars, day: date) -> tuple[Due, ...]:
    """Return what falls due on one day of ours (the day's slot of the tickler), if nothing happens until then."""
    probe = Frame(situation, playbook, calendars, datetime.combine(day, time(12), UTC))
    first, last = start_of(day, probe.house_zone), start_of(day + timedelta(days=1), probe.house_zone)
    dues, _ = gather(Frame(situation, playbook, calendars, last - timedelta(seconds=1)))
    return tuple(sorted((one for one in dues if first <= one.due_at < last), key=_order))


def gather(frame: Frame) -> tuple[list[Due], list[Held]]:
    """Return every candidate of every step, before the rhythm is looked at; lists may be due later on this day."""
    states = list(frame.situation.orders.values())
    per_order = [step for step in frame.playbook.steps if step.of_order]
    found: list[Outcome] = []
    for state in states:
        mine = (step for step in per_order if step.orders == state.order.kind and followed(state, step))
        found += [of_order(frame, step, state) for step in mine]
    for step in frame.playbook.steps:
        if step.of_many:
            found += of_many(frame, step, states)
    return [one for one in found if isinstance(one, Due)], [one for one in found if isinstance(one, Held)]


def of_order(frame: Frame, step: Step, state: OrderState) -> Outcome:
    """Return what a step about single orders wants for one of them."""
    name = frame.reader(step, state)
    party = frame.party(name)
    if is_off(frame, step, party.party if party else None, state.order):
        return None
    step = frame.playbook.step_for(step, name, state.order)
    for kind, look in _LOOKS:
        if isinstance(step.when, kind):
            return look(frame, step, state)
    return None


def of_many(frame: Frame, step: Step, states: Iterable[OrderState]) -> list[Due | Held]:
    """Return what a step wants that writes about several orders at once; nothing of what is switched off."""
    found = _of_many(frame, step, states)
    return [one for one in found if not isinstance(one, Due) or one.mode != Mode.OFF]


def _of_many(frame: Frame, step: Step, states: Iterable[OrderState]) -> list[Due | Held]:
    if isinstance(step.when, QuietBacklog):
        open_ones = [state for state in states if followed(state, step)]
        return _unwritten(frame, step, backlog_dues(frame, step, open_ones))
    if isinstance(step.when, Waiting):
        return list(waiting_dues(frame, step))
    if isinstance(step.when, Mailed):
        return mailed_dues(frame, step, step.when)
    own = by_party(states, step)
    if step.inside:
        return list(inside_dues(frame, step, [state for some in own.values() for state in some]))
    found: list[Due | Held] = []
    for name, some in own.items():
        party = frame.party(name)
        if party is not None and (one := list_due(frame, frame.playbook.step_for(step, name), party, some)) is not None:
            found.append(one)
    return found


def _unwritten(frame: Frame, step: Step, dues: list[Due]) -> list[Due | Held]:
    return [one for one in dues if all(done.duty != one.duty for done in frame.was_done(step.name, "*"))]


def _order(one: Due) -> tuple[datetime, str, str, str]:
    return one.due_at, one.party, one.step, one.duty.order


def _dated(frame: Frame, step: Step, state: OrderState) -> Outcome:
    assert isinstance(step.when, Dated)
    return dated_due(frame, step, step.when, state)


def _happened(frame: Frame, step: Step, state: OrderState) -> Outcome:
    assert isinstance(step.when, Happened)
    return happened_due(frame, step, step.when, state)


def _slipped(frame: Frame, step: Step, state: OrderState) -> Outcome:
    assert isinstance(step.when, Slipped)
    return slipped_due(frame, step, step.when, state)


_LOOKS: tuple[tuple[type, Callable[[Frame, Step, OrderState], Outcome]], ...] = (
    (Dated, _dated),
    (Happened, _happened),
    (Slipped, _slipped),
    (Endangered, delay_due),
    (Improved, improved_due),
)
