"""The delay rule: when a purchase order's new date endangers what stands with the customer, and what is told then."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.letters.model import Duty, LetterFacts, Mode, Told
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.conditions import holds
from mailflow.core.playbook.expectation import Expectation, expected, stands_with_customer
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Due, Held, Outcome
from mailflow.core.playbook.people import FAR, obstacle, obstacle_until, opening, stricter
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.turns import Case, Turn
from mailflow.core.playbook.writing import Said, write


def delay_due(frame: Frame, step: Step, state: OrderState) -> Outcome:
    """Return the notice that a customer must get, why it may not be written, or nothing."""
    stands = stands_with_customer(state)
    expectation = _news(frame, step, state)
    if stands is None or expectation is None:
        return None
    if expectation.date < stands + timedelta(days=frame.playbook.delay.min_days):
        return None
    return _notice(frame, step, state, expectation, stands, _undecided(frame, step, expectation, state, stands))


def improved_due(frame: Frame, step: Step, state: OrderState) -> Outcome:
    """Return the notice that an order comes earlier than the customer was told; never of a date by plan alone."""
    stands = state.told
    expectation = _news(frame, step, state)
    if stands is None or expectation is None or not expectation.promised:
        return None
    best = max(expectation.date, state.order.due_date or expectation.date)
    if best > stands - timedelta(days=frame.playbook.delay.better_days):
        return None
    return _notice(frame, step, state, replace(expectation, date=best), stands, None)


def _news(frame: Frame, step: Step, state: OrderState) -> Expectation | None:
    """Return when an order is expected that is still to be shipped and that a step may tell of."""
    if state.order.number not in frame.serving or not holds(frame, step.only, state):
        return None
    if any(frame.reached(state, milestone) for milestone in (*step.stops, Milestone.SHIP)):
        return None
    return expected(frame, state)


def _undecided(frame: Frame, step: Step, expectation: Expectation, state: OrderState, stands: date) -> Held | None:
    """Return why a customer is not told of a delay yet, as something held for nobody."""
    number = expectation.purchase.order.number
    party = frame.party(state.order.party)
    someone = party.party if party else None
    today = frame.today(someone)

    def because(reason: str, until: datetime | None = None) -> Held:
        return Held(Duty("", state.order.number, "-", ""), reason, until)

    if not expectation.endangered:
        return because(f"by plan {number} comes too late for the customer's date; no new date was given yet", FAR)
    if expectation.date < today:
        return because(f"the date of {number} has passed: a new one must be had before the customer is told", FAR)
    promised_at, wait = expectation.standing.promised_at, frame.playbook.delay.wait
    if wait.days and promised_at is not None and not step.inside:
        tell = min(wait.apply(frame.local(promised_at, None), frame.house_days), stands - timedelta(days=1))
        if tell > frame.house_today:
            until = start_of(tell, frame.house_zone)
            return because(f"the supplier of {number} is asked first to hold the date, until {tell}", until)
    return None


def _occasion(frame: Frame, step: Step, state: OrderState, day: date) -> str | None:
    """Return what the notice is about, the new date; None where a notice of this date is written already.

    The customer is never told one date twice. Told something else in between, the date is news again and is numbered.
    """
    before = [d for d in frame.was_done(step.name, state.order.number) if d.duty.occasion.startswith(day.isoformat())]
    stale = [d for d in before if not d.open and state.told_at is not None and d.at < state.told_at]
    if len(stale) < len(before):
        return None
    return f"{day}#{len(before) + 1}" if before else day.isoformat()


def _notice(
    frame: Frame, step: Step, state: OrderState, expectation: Expectation, stands: date, held: Held | None
) -> Outcome:
    """Return the notice of a new date, or why it is not written."""
    about = _occasion(frame, step, state, expectation.date)
    if about is None:
        return None
    order, party = state.order, frame.party(state.order.party)
    nobody = Duty(step.name, order.number, "-", about)
    reason = obstacle(frame, order.party, party, (state,), inside=step.inside)
    if reason or party is None:
        return Held(nobody, reason, obstacle_until(frame, party, (state,)))
    if held is not None:
        return replace(held, duty=nobody)
    promised_at = expectation.standing.promised_at
    due_at = min(frame.now, promised_at or frame.now)
    if party.live_at is not None:
        due_at = min(max(due_at, party.live_at), frame.now)
    topic = _topic(frame, expectation.purchase)
    facts = LetterFacts((), topic=topic, old_date=stands, new_date=expectation.date)
    purchase = expectation.purchase.order.number
    moves = f"{order.number} moves from {stands} to {expectation.date}"
    late = expectation.date > stands
    said = Said(
        f"{step.name}: {purchase} is now expected so {'late' if late else 'early'} that {moves}",
        facts=facts,
        told=() if step.inside else (Told(order.number, expectation.date),),
        expected=expectation.date,
        asks=False,
    )
    written = write(frame, step, state, party, Case(about, frame.house_today), Turn(0, due_at, 0), said)
    if not isinstance(written, Due) or step.inside:
        return written
    sure = (topic or not late) and not _needs_eyes(frame, expectation, state, party)
    mode = written.mode if sure else stricter(written.mode, Mode.DRAFT)
    not_before = opening(frame, party.party, mode, due_at, step.urgent, order.party)
    return replace(written, mode=mode, not_before=not_before, facts=replace(written.facts, rung=0))


def _topic(frame: Frame, purchase: OrderState) -> str:
    """Return the reason that the customer may be given: the last one reported that is fit for it."""
    fit = frame.playbook.delay.topics
    return next((topic for topic in reversed(purchase.problems) if topic in fit), "")


def _needs_eyes(frame: Frame, expectation: Expectation, state: OrderState, party: PartyState) -> bool:
    """Say whether a person must look first: a question is open, or the date was known before the customer went live."""
    if frame.question(expectation.purchase) or frame.question(state):
        return True
    promised = expectation.standing.promised_at
    return promised is not None and party.live_at is not None and promised < party.live_at
