"""Steps relative to a date of one order: asked once, asked again, and the ladder of the overdue."""

from datetime import date, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.conditions import holds
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.model import Later, Outcome
from mailflow.core.playbook.moments import Dated, Side
from mailflow.core.playbook.parts import advised_of_parts, part_shipped
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.turns import Case, Turn, turn
from mailflow.core.playbook.writing import Said, write


def dated_due(frame: Frame, step: Step, when: Dated, state: OrderState) -> Outcome:
    """Return what a step wants for an order now: a letter, the reason why not, or nothing yet."""
    part = part_shipped(frame, step, state) if step.parts else None
    anchor = part.day if part is not None else _anchor(frame, when, state)
    if part is None and step.parts and advised_of_parts(frame, step, state):
        return None  # the rest has not left, or was advised
    if anchor is None:
        return None
    if (anchor - frame.house_today).days > when.reach:
        return Later(start_of(anchor - timedelta(days=when.reach), frame.house_zone))
    if any(frame.reached(state, milestone) for milestone in step.stops) or not holds(frame, step.only, state):
        return None
    party = frame.party(frame.reader(step, state))
    days = frame.days(party.party) if party else frame.house_days
    case = Case(
        about=part.about if part is not None else f"{anchor}",
        first=when.offset.apply(anchor, days),
        at=when.at,
        before=anchor if when.ahead else None,
        once=when.side == Side.ACTUAL and part is None,
    )
    found = turn(frame, step, case, state, party)
    if found is None or isinstance(found, Later):
        return found
    why = _why(step, when, state, anchor, found) + (f", {part.quantity.normalize():f} of it" if part else "")
    said = Said(why, stage=when.milestone or str(Milestone.SHIP), part=part)
    return write(frame, step, state, party, case, found, said)


def _anchor(frame: Frame, when: Dated, state: OrderState) -> date | None:
    if when.milestone is None:
        return state.order.order_date
    if not frame.playbook.has(state.order, when.milestone):
        return None
    if when.side == Side.ACTUAL:
        return frame.reached(state, when.milestone)
    stands = frame.standing(state, when.milestone)
    if when.side == Side.PLAN:
        return stands.plan
    return stands.anchor if when.side == Side.STANDING or stands.promised else None


def _why(step: Step, when: Dated, state: OrderState, anchor: date, turn: Turn) -> str:
    what = when.milestone or "order"
    kind = "promised" if any(lot.promise == anchor for lot in state.lots) else "planned"
    stands = "done" if when.side == Side.ACTUAL else "placed" if when.milestone is None else kind
    rung = f", rung {turn.rung + 1} of {len(step.ladder)}" if len(step.ladder) > 1 else ""
    return f"{step.name}: {state.order.number} {what} {stands} {anchor}{rung}"
