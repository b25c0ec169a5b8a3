"""What is due: everything that should have been written by now and is not in the outbox yet."""

from datetime import UTC, date, datetime, time, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.calendars.working_days import Calendars
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.dated import dated_due
from mailflow.core.playbook.delay import delay_due
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.playbook.lists import backlog_dues, suppliers, weekly_due
from mailflow.core.playbook.model import Due, Held, Situation
from mailflow.core.playbook.phrases import Dated, Endangered, QuietBacklog, Weekly
from mailflow.core.playbook.rhythm import one_a_day
from mailflow.core.playbook.rules import Playbook, Step


def due(
    situation: Situation, playbook: Playbook, calendars: Calendars, now: datetime
) -> tuple[tuple[Due, ...], tuple[Held, ...]]:
    """Return what is due at `now`, and what would be but is held back, with the reason."""
    frame = Frame(situation, playbook, calendars, now)
    dues, held = gather(frame)
    kept, waiting = one_a_day(frame, dues)
    ready = sorted((one for one in kept if one.due_at <= now), key=_order)
    return tuple(ready), tuple(sorted({*held, *waiting}, key=lambda one: (one.duty.step, one.duty.order)))


def slot(situation: Situation, playbook: Playbook, calendars: Calendars, day: date) -> tuple[Due, ...]:
    """Return what falls due on one day of ours (the day's slot of the tickler), if nothing happens until then."""
    probe = Frame(situation, playbook, calendars, datetime.combine(day, time(12), UTC))
    first, last = start_of(day, probe.house_zone), start_of(day + timedelta(days=1), probe.house_zone)
    dues, _ = gather(Frame(situation, playbook, calendars, last - timedelta(seconds=1)))
    return tuple(sorted((one for one in dues if first <= one.due_at < last), key=_order))


def gather(frame: Frame) -> tuple[list[Due], list[Held]]:
    """Return every candidate of every step, before the rhythm is looked at; lists may be due later on this day."""
    found: list[Due | Held] = []
    states = [state for state in frame.situation.orders.values() if is_open(state)]
    per_order = [step for step in frame.playbook.steps if isinstance(step.when, Dated | Endangered)]
    for state in states:
        mine = (of_order(frame, step, state) for step in per_order if step.orders == state.order.kind)
        found += [one for one in mine if one is not None]
    for step in frame.playbook.steps:
        found += _of_many(frame, step, states)
    return [one for one in found if isinstance(one, Due)], [one for one in found if isinstance(one, Held)]


def of_order(frame: Frame, step: Step, state: OrderState) -> Due | Held | None:
    """Return what a step about single orders wants for one of them."""
    if isinstance(step.when, Dated):
        return dated_due(frame, step, step.when, state)
    return delay_due(frame, step, state) if isinstance(step.when, Endangered) else None


def _of_many(frame: Frame, step: Step, states: list[OrderState]) -> list[Due | Held]:
    found: list[Due | Held] = []
    if isinstance(step.when, Weekly):
        for name, own in suppliers(states).items():
            party = frame.party(name)
            if party is not None and (one := weekly_due(frame, step, step.when, party, own)) is not None:
                found.append(one)
    elif isinstance(step.when, QuietBacklog):
        found += [
            one
            for one in backlog_dues(frame, step, states)
            if all(done.duty != one.duty for done in frame.was_done(step.name, "*"))
        ]
    return found


def _order(one: Due) -> tuple[datetime, str, str, str]:
    return one.due_at, one.party, one.step, one.duty.order
