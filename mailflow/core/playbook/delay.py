"""The delay rule: when a purchase order's new date endangers what stands with the customer, and what is told then."""

from dataclasses import dataclass
from datetime import date, timedelta

from mailflow.core.letters.model import Duty, LetterFacts, Mode, Told
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.dated import holds
from mailflow.core.playbook.disclosure import line_for_customer
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.people import letterhead, obstacle, opening, stricter
from mailflow.core.playbook.rules import Step
from mailflow.core.playbook.standing import Standing, convert


@dataclass(frozen=True, slots=True)
class Expectation:
    """When a sales order is expected, in its own date basis; `purchase` is the order that decides it."""

    date: date
    purchase: OrderState
    standing: Standing
    endangered: bool  # a promise (not only a plan) lies after what stands with the customer


def stands_with_customer(state: OrderState) -> date | None:
    """Return the date that the customer counts on: what they were told last, else the due date."""
    return state.told or state.order.due_date


def expected(frame: Frame, state: OrderState) -> Expectation | None:
    """Return when a sales order is expected by what is still open of the purchase orders that serve it."""
    stands = stands_with_customer(state)
    found: list[tuple[date, OrderState, Standing]] = []
    for purchase in frame.serving.get(state.order.number, ()):
        if not is_open(purchase) or frame.reached(purchase, Milestone.SHIP) is not None:
            continue
        now = frame.standing(purchase, Milestone.SHIP)
        if now.latest is not None:
            day = convert(frame.playbook, now.latest, now.basis, state.order.date_basis, state.order.ship_mode)
            found.append((day + timedelta(days=frame.playbook.delay.buffer_days), purchase, now))
    if not found:
        return None
    day, purchase, now = max(found, key=lambda one: (one[0], one[2].promised, one[1].order.number))
    least = timedelta(days=frame.playbook.delay.min_days)
    endangered = stands is not None and any(one[2].promised and one[0] >= stands + least for one in found)
    return Expectation(day, purchase, now, endangered)


def delay_due(frame: Frame, step: Step, state: OrderState) -> Due | Held | None:
    """Return the notice that a customer must get, why it may not be written, or nothing."""
    stands = stands_with_customer(state)
    if stands is None or state.order.number not in frame.serving:
        return None
    if any(frame.reached(state, milestone) for milestone in (*step.stops, Milestone.SHIP)):
        return None
    expectation = expected(frame, state)
    if expectation is None or expectation.date < stands + timedelta(days=frame.playbook.delay.min_days):
        return None
    if not holds(frame, step.only, state):
        return None
    about = _occasion(frame, step, state, expectation.date)
    if about is None:
        return None
    party = frame.party(state.order.party)
    duty = Duty(step.name, state.order.number, "-", about)
    reason = obstacle(frame, state.order.party, party, (state,)) or _undecided(frame, expectation, party)
    if reason or party is None:
        return Held(duty, reason)
    return _notice(frame, step, state, party, expectation, stands, about)


def _undecided(frame: Frame, expectation: Expectation, party: PartyState | None) -> str:
    number = expectation.purchase.order.number
    if not expectation.endangered:
        return f"by plan {number} comes too late for the customer's date; no new date was given yet"
    if expectation.date < frame.today(party.party if party else None):
        return f"the date of {number} has passed: a new one must be had before the customer is told"
    return ""


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
    frame: Frame, step: Step, state: OrderState, party: PartyState, expectation: Expectation, stands: date, about: str
) -> Due | Held:
    rung = step.ladder[0]
    order = state.order
    head = letterhead(frame, step, rung, party.party, order)
    topic = _topic(frame, expectation.purchase)
    mode = head.mode if topic and not _needs_eyes(frame, expectation, state, party) else stricter(head.mode, Mode.DRAFT)
    if not head.to:
        return Held(Duty(step.name, order.number, "-", about), f"no address of {order.party} can be written to")
    duty = Duty(step.name, order.number, head.to[0].email, about)
    if mode == Mode.OFF:
        return Held(duty, f"{rung.letter} is switched off for {order.party}")
    due_at = min(frame.now, expectation.standing.promised_at or frame.now)
    if party.live_at is not None:
        due_at = min(max(due_at, party.live_at), frame.now)
    return Due(
        duty=duty,
        step=step.name,
        template=rung.letter,
        mode=mode,
        party=order.party,
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=LetterFacts(
            (line_for_customer(state, expectation.date),), topic=topic, old_date=stands, new_date=expectation.date
        ),
        due_at=due_at,
        not_before=opening(frame, party.party, mode, due_at, step.urgent, order.party),
        orders=(order.number,),
        told=(Told(order.number, expectation.date),),
        merge=step.merge,
        urgent=step.urgent,
        why=f"{step.name}: {expectation.purchase.order.number} is now expected so late that {order.number} "
        f"moves from {stands} to {expectation.date}",
    )


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
