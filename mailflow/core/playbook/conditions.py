"""The `if` of a step: what must hold for an order before anything is written about it."""

from mailflow.core.documents.kinds import kind_of
from mailflow.core.orders.model import Milestone, Order, OrderKind, document_stage, linked
from mailflow.core.orders.state import OrderState, complains
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.standing import convert
from mailflow.core.playbook.steps import Conditions, Value


def holds(frame: Frame, only: Conditions, state: OrderState) -> bool:
    """Say whether the conditions of a step hold for an order."""
    kind = state.order.order_type
    if kind not in only.order_type and frame.playbook.order_type(kind).apart:
        return False
    return only.empty or (
        _book(only, state.order)
        and _party(frame, only, state)
        and _known(frame, only, state)
        and _more(frame, only, state)
    )


def accepted(frame: Frame, state: OrderState) -> bool:
    """Say whether the other side has taken the order on: said so, or promised or done anything in it."""
    return bool(state.lots) or frame.reached(state, Milestone.ACKNOWLEDGED) is not None


def missing_documents(frame: Frame, state: OrderState) -> tuple[str, ...]:
    """Return the documents that the order book asks for and that are not there, in the book's words."""
    wanted = state.order.required_documents
    return tuple(
        name for name in wanted if frame.reached(state, document_stage(name)) is None and not _filed(frame, state, name)
    )


def _filed(frame: Frame, state: OrderState, name: str) -> bool:
    """Say whether a document that the book asks for, in its own words, came by mail."""
    kind = kind_of(name, frame.playbook.documents)
    return bool(kind) and any(paper.kind == kind for paper in state.papers)


def worth(order: Order, value: Value) -> bool:
    """Say whether an order is worth what a condition asks for; one whose price is not known is not."""
    if order.quantity is None or order.unit_price is None:
        return False
    if value.currency and value.currency.upper() != order.currency.upper():
        return False
    total = order.quantity * order.unit_price
    return (value.at_least is None or total >= value.at_least) and (value.below is None or total < value.below)


def slip(frame: Frame, state: OrderState) -> int:
    """Return how many days later an order is promised than it was agreed; 0 where it is not."""
    stands = frame.standing(state, Milestone.SHIP)
    due = state.order.due_date
    if not stands.promised or stands.latest is None or due is None:
        return 0
    agreed = convert(frame.playbook, due, state.order.date_basis, stands.basis, state.order.ship_mode)
    return max(0, (stands.latest - agreed).days)


def _book(only: Conditions, order: Order) -> bool:
    return (
        (not only.order_type or order.order_type in only.order_type)
        and (not only.ship_mode or order.ship_mode in only.ship_mode)
        and (not only.incoterm or order.incoterm.split(" ")[0].upper() in only.incoterm)
        and (only.value is None or worth(order, only.value))
    )


def _party(frame: Frame, only: Conditions, state: OrderState) -> bool:
    party = frame.situation.parties.get(state.order.party)
    return (
        (not only.party or state.order.party in only.party)
        and (not only.handling or (party is not None and party.party.handling in only.handling))
        and (only.trusted is None or (party is not None and party.party.trusted == only.trusted))
    )


def _known(frame: Frame, only: Conditions, state: OrderState) -> bool:
    return (
        (only.acknowledged is None or accepted(frame, state) == only.acknowledged)
        and all(frame.lacks(state, stage) for stage in only.missing)
        and not any(frame.lacks(state, stage) for stage in only.reached)
    )


def _more(frame: Frame, only: Conditions, state: OrderState) -> bool:
    return (
        (only.linked is None or _is_linked(frame, state) == only.linked)
        and (only.complaint is None or complains(state) == only.complaint)
        and (only.documents is None or bool(missing_documents(frame, state)) == (only.documents == "missing"))
        and (only.slip is None or slip(frame, state) >= only.slip)
    )


def _is_linked(frame: Frame, state: OrderState) -> bool:
    if state.order.kind == OrderKind.SALES:
        return state.order.number in frame.serving
    return bool(linked(state.order))
