"""A customer asks where an order stands: what of the record they may be told, and that it goes to who asked."""

from dataclasses import replace
from datetime import date

from mailflow.core.letters.model import OrderLine
from mailflow.core.message.model import Address
from mailflow.core.orders.model import Milestone, Party
from mailflow.core.orders.state import Happening, OrderState
from mailflow.core.playbook.expectation import expected, stands_with_customer
from mailflow.core.playbook.frame import Frame
from mailflow.core.views.correspondence import STATUS

_SHIPPED = frozenset((Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE))


def asks_status(one: Happening) -> bool:
    """Say whether something that happened is a question where an order stands."""
    return one.kind == "question" and one.topic == STATUS


def answered(state: OrderState, one: Happening) -> bool:
    """Say whether one of ours wrote to the party about the order after a question came."""
    asked_at = min(one.at, one.said_at or one.at)
    return state.written_at is not None and state.written_at > asked_at


def asker(frame: Frame, party: Party, one: Happening) -> Address | None:
    """Return who asked, where they are one of the party's contacts and take our mail."""
    found = next((contact for contact in party.contacts if contact.email.lower() == one.by), None)
    return Address(one.by, found.name) if found is not None and frame.usable(one.by) else None


def told_line(frame: Frame, state: OrderState, line: OrderLine) -> OrderLine | None:
    """Return what of a sales order its customer may be told; None where that is nothing.

    The last milestone that has happened of those that the playbook names, and the date that was agreed with them: never
    a supplier's word, and no date at all where the playbook says so.
    """
    tell, dates = frame.playbook.tells(state.order.party)
    happened = [(stage, day) for stage in tell if (day := _happened(frame, state, stage)) is not None]
    shipped = any(stage in _SHIPPED for stage, _ in happened)
    dated = dates == "agreed"
    if not happened and not dated:
        return None
    stage, day = happened[-1] if happened else (str(Milestone.SHIP), None)
    return replace(
        line,
        milestone=stage,
        happened=day if dated and stage != Milestone.SHIP else None,
        told=line.told if dated else None,
        due=line.due if dated else None,
        expected=None,
        days_late=0,
        ship_date=line.ship_date if dated and shipped else None,
        refs=line.refs if shipped else (),
    )


def endangered(frame: Frame, state: OrderState) -> bool:
    """Say whether the date that stands with the customer is in danger: then a person looks at the answer."""
    if frame.reached(state, Milestone.SHIP) is not None:
        return False
    expectation = expected(frame, state)
    late = stands_with_customer(state)
    return (expectation is not None and expectation.endangered) or (late is not None and late < frame.house_today)


def _happened(frame: Frame, state: OrderState, stage: str) -> date | None:
    """Return when a milestone had happened for all that serves a sales order."""
    day = frame.reached(state, stage)
    serving = frame.serving.get(state.order.number, ())
    days = [frame.reached(one, stage) for one in serving]
    known = [one for one in days if one is not None]
    return day or (max(known) if known and len(known) == len(days) else None)
