"""Where a milestone of an order stands: plan, promise, actual, and the date that holds now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from mailflow.core.calendars.working_days import Days
from mailflow.core.orders.model import DOCUMENTS, DateBasis, Milestone, Order, document_stage, place
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.playbook.rules import Playbook

LATER: dict[str, tuple[Milestone, ...]] = {
    Milestone.ACKNOWLEDGED: tuple(Milestone)[1:-1],
    Milestone.MATERIAL: (Milestone.PRODUCTION, Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE),
    Milestone.PRODUCTION: (Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE),
    Milestone.SHIP: (Milestone.ARRIVE, Milestone.RECEIVE),
    Milestone.ARRIVE: (Milestone.RECEIVE,),
}
"""What cannot have happened without the milestone having happened before."""

BASES = (DateBasis.EXW, DateBasis.ETD, DateBasis.ETA, DateBasis.DELIVERED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A milestone of an order that has not wholly happened; `anchor` is the date that holds now, of what is open.

    `latest` is when the last open part is expected; `basis` what `latest` means; `event` the promise it rests on.
    """

    plan: date | None
    anchor: date | None
    latest: date | None
    basis: DateBasis
    promised: bool = False
    promised_at: datetime | None = None
    event: int = 0


def reached(state: OrderState, stage: str) -> date | None:
    """Return the day on which a milestone (or the part that is named) had wholly happened; None while any is open."""
    milestone, part = place(stage)
    if milestone == Milestone.ACKNOWLEDGED and state.acknowledged is not None:
        return state.acknowledged
    if not (state.lots or state.papers):
        return None
    here = _of_part(state, milestone, part) if part else _whole(state, milestone)
    if part and here is None:
        return reached(state, milestone)
    if here is not None:
        return here
    return next((day for later in LATER.get(milestone, ()) if (day := _whole(state, later)) is not None), None)


def standing(playbook: Playbook, days: Days, state: OrderState, milestone: str) -> Standing:
    """Return the dates of a milestone, or of a part of one, that has not wholly happened."""
    plan = planned(playbook, days, state.order, milestone)
    own = basis_of(state.order, milestone)
    lots, rest = _open_promises(state, milestone)
    dates = [(lot.promise, lot.basis or own, lot) for lot in lots if lot.promise is not None]
    if not dates:
        return Standing(plan, plan, plan, own)
    first = min(day for day, _, _ in dates)
    last, basis, lot = max(dates, key=lambda one: (one[0], one[2].promise_event))
    if rest and plan is not None:
        first = min(first, plan)
        if plan > last:
            return Standing(plan, first, plan, own)
    return Standing(plan, first, last, basis, True, lot.promised_at, lot.promise_event)


def planned(playbook: Playbook, days: Days, order: Order, milestone: str) -> date | None:
    """Return when a milestone is planned by the formula of the order's type."""
    formula = playbook.order_type(order.order_type).milestones.get(milestone)
    if formula is None or not playbook.has(order, milestone):
        return None
    if formula.base == "due":
        basis = basis_of(order, milestone)
        base = order.due_date and convert(playbook, order.due_date, order.date_basis, basis, order.ship_mode)
    elif formula.base == "order":
        base = order.order_date
    else:
        base = planned(playbook, days, order, formula.base)
    return base and formula.offset.apply(base, days)


def basis_of(order: Order, stage: str) -> DateBasis:
    """Return what a date of a milestone means for an order where nothing else is said."""
    milestone = place(stage)[0]
    if milestone == Milestone.ARRIVE:
        return DateBasis.ETA
    if milestone in (Milestone.RECEIVE, Milestone.PAYMENT):
        return DateBasis.DELIVERED
    if milestone == Milestone.SHIP and order.date_basis != DateBasis.EXW:
        return DateBasis.ETD
    return DateBasis.EXW


def convert(playbook: Playbook, day: date, basis: DateBasis, wanted: DateBasis, ship_mode: str) -> date:
    """Carry a date of one meaning to another through the lead times."""
    if basis == wanted:
        return day
    lead = playbook.lead(ship_mode)
    reach = (0, lead.exw_etd, lead.exw_etd + lead.etd_eta, lead.exw_etd + lead.etd_eta + lead.eta_delivered)
    return day + timedelta(days=reach[BASES.index(wanted)] - reach[BASES.index(basis)])


def _of_part(state: OrderState, milestone: str, part: str) -> date | None:
    days = (lot.actual for lot in state.lots if lot.milestone == milestone and lot.part == part)
    known = next((day for day in days if day is not None), None)
    if known is None and milestone == DOCUMENTS:
        return next((paper.filed for paper in state.papers if paper.kind == part), None)
    return known


def _whole(state: OrderState, milestone: str) -> date | None:
    """Return when all of it had happened: the whole order, all its quantity, or all of several parts."""
    lots = [lot for lot in state.lots if lot.milestone == milestone]
    done = [lot for lot in lots if lot.actual is not None]
    if not done:
        return None
    last = max(lot.actual for lot in done if lot.actual is not None)
    if milestone == DOCUMENTS and all(lot.part for lot in done):
        wanted = {place(document_stage(name))[1] for name in state.order.required_documents}
        return last if wanted and wanted <= {lot.part for lot in done} else None
    total = state.order.quantity
    if any(not lot.part and (lot.quantity is None or total is None or lot.quantity >= total) for lot in done):
        return last
    if total is not None and all(lot.quantity is not None for lot in done):
        return last if sum((lot.quantity or Decimal(0) for lot in done), Decimal(0)) >= total else None
    return last if len(done) == len(lots) > 1 else None


def _open_promises(state: OrderState, stage: str) -> tuple[list[Lot], bool]:
    """Return the parts that are promised and have not happened, and whether of some quantity nothing is promised.

    A promise for the whole order stands for what the named parts leave over.
    """
    milestone, part = place(stage)
    lots = [lot for lot in state.lots if lot.milestone == milestone and (not part or lot.part == part)]
    waiting = [lot for lot in lots if lot.promise is not None and lot.actual is None]
    parts = [lot for lot in lots if lot.part]
    if part or not parts:
        return waiting, False
    total = state.order.quantity
    named = sum((lot.quantity or Decimal(0) for lot in parts), Decimal(0))
    if total is None or named >= total:
        return [lot for lot in waiting if lot.part] or waiting, False
    return waiting, all(lot.part for lot in waiting)
