"""Steps about something that happened to an order: a change, a problem, a complaint, a date that slipped."""

from dataclasses import replace
from datetime import date

from mailflow.core.letters.model import Difference, LetterFacts
from mailflow.core.orders.model import Milestone, Order
from mailflow.core.orders.state import Happening, OrderState
from mailflow.core.playbook.asked import answered, asks_status
from mailflow.core.playbook.conditions import holds
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Later, Outcome
from mailflow.core.playbook.moments import Happened, Slipped
from mailflow.core.playbook.standing import convert
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.turns import STALE, Case, turn
from mailflow.core.playbook.writing import Said, write

SHOWN = (
    *("quantity", "unit", "unit_price", "currency", "due_date", "date_basis", "style", "product", "description"),
    *("ship_mode", "port", "destination_port", "destination_country", "incoterm", "shipping_mark", "payment_terms"),
    *("customer_ref", "supplier_ref", "required_documents"),
)
"""The fields of an order of which its own party is told when they change; the others are ours."""

ANSWERED = frozenset({"question", "request", "complaint", "problem", "approved", "rejected", "claimed", "differs"})
"""What somebody writes to us and is answered: the question which that mail asks our people does not stop it."""


def happened_due(frame: Frame, step: Step, when: Happened, state: OrderState) -> Outcome:
    """Return what a step wants for an order because of the last thing of its kind that happened to it."""
    found = [one for one in state.happenings if one.kind == when.kind and _wanted(step, when, one)]
    if not found or not holds(frame, step.only, state):
        return None
    if any(frame.reached(state, milestone) for milestone in step.stops):
        return None
    last = max(found, key=lambda one: one.event)
    together = [one for one in found if one.event == last.event]
    changes = tuple(line for one in together if (line := _change(state.order, one)) is not None)
    if last.kind == "changed" and not step.inside and not changes:
        return None  # nothing of it concerns them
    if not step.inside and asks_status(last) and answered(state, last):
        return None
    facts = LetterFacts((), topic=last.topic, new_date=last.day, old_date=_day(last.before), changes=changes)
    why = (
        f"{step.name}: {state.order.number} {last.kind}{f' ({last.topic})' if last.topic else ''} on {last.at:%Y-%m-%d}"
    )
    stage = last.topic if last.kind == "promised" else str(Milestone.SHIP)
    said = Said(why, stage, facts, asks=last.kind not in ANSWERED)
    if asks_status(last):  # their question itself waits in the digest: it is no reason to leave it unanswered
        said = replace(said, asked=last)
    return _after(frame, step, state, last, when, said)


def slipped_due(frame: Frame, step: Step, when: Slipped, state: OrderState) -> Outcome:
    """Return what a step wants because a supplier's new date is later than what was agreed and promised before."""
    last = slipped(frame, state)
    if last is None or last.day is None or frame.reached(state, Milestone.SHIP) is not None:
        return None
    if any(frame.reached(state, milestone) for milestone in step.stops) or not holds(frame, step.only, state):
        return None
    agreed = agreed_ship(frame, state)
    topic = next((topic for topic in reversed(state.problems)), "")
    facts = LetterFacts((), topic=topic, old_date=agreed, new_date=last.day)
    said = Said(f"{step.name}: {state.order.number} slipped from {agreed} to {last.day}", facts=facts)
    return _after(frame, step, state, last, Happened("promised", when.offset), said)


def slipped(frame: Frame, state: OrderState) -> Happening | None:
    """Return the last promise of the shipment, where it is later than agreed and than what was promised before."""
    made = [one for one in state.happenings if one.kind == "promised" and one.topic == Milestone.SHIP]
    agreed = agreed_ship(frame, state)
    if not made or agreed is None:
        return None
    last = max(made, key=lambda one: one.event)
    before = _day(last.before)
    late = last.day is not None and (last.day - agreed).days >= frame.playbook.delay.min_days
    worse = before is None or last.day is None or last.day > before
    return last if late and worse else None


def agreed_ship(frame: Frame, state: OrderState) -> date | None:
    """Return the day that was agreed for the shipment, in the meaning of the date that is promised now."""
    order, due = state.order, state.order.due_date
    if due is None:
        return None
    return convert(frame.playbook, due, order.date_basis, frame.standing(state, Milestone.SHIP).basis, order.ship_mode)


def _after(frame: Frame, step: Step, state: OrderState, last: Happening, when: Happened, said: Said) -> Outcome:
    party = frame.party(frame.reader(step, state))
    someone = party.party if party else None
    days = frame.days(someone) if someone else frame.house_days
    first = when.offset.apply(frame.local(last.at, someone), days)
    case = Case(about=f"event:{last.event}", first=first, at=when.at, said=last.at, expires=STALE)
    found = turn(frame, step, case, state, party)
    if found is None or isinstance(found, Later):
        return found
    found = replace(found, at=max(found.at, last.at)) if last.at <= frame.now else found
    return write(frame, step, state, party, case, found, said)


def _wanted(step: Step, when: Happened, one: Happening) -> bool:
    return (not when.topic or one.topic == when.topic) and (not step.only.topic or one.topic in step.only.topic)


def _change(order: Order, one: Happening) -> Difference | None:
    if one.kind != "changed" or one.topic not in SHOWN:
        return None
    value = getattr(order, one.topic)
    after = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return Difference(one.topic, one.before, after)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
