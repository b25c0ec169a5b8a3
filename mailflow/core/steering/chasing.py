"""A chase that a person orders now: the letter that the order's date calls for, and whether it is still wanted."""

from dataclasses import dataclass
from datetime import datetime

from mailflow.core.letters.model import Duty, LetterFacts, Mode, PlannedLetter
from mailflow.core.orders.model import Milestone, OrderKind
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.disclosure import line_for_supplier
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.playbook.people import obstacle, opening, recipient

STEP = "chase_now"
ASK, OVERDUE = "ask_ship", "overdue_1"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Who ordered a chase, by which mail, and from which account it goes."""

    person: str
    mail: int
    account: str


def cannot_chase(frame: Frame, state: OrderState) -> str:
    """Return why nobody can be asked about an order now, or nothing."""
    number = state.order.number
    if state.order.kind is not OrderKind.PURCHASE:
        return f"{number} is no purchase order"
    if not is_open(state):
        return f"{number} is closed"
    if frame.reached(state, Milestone.SHIP) is not None:
        return f"{number} has shipped"
    party = frame.party(state.order.party)
    if reason := obstacle(frame, state.order.party, party, (state,)):
        return reason
    assert party is not None
    if recipient(frame, "contact", party.party, state) is None:
        return f"no address of {state.order.party} can be written to"
    return ""


def chase_letter(frame: Frame, state: OrderState, ordered: Ordered) -> PlannedLetter | None:
    """Return the letter; None where nobody can be asked."""
    party = frame.party(state.order.party)
    to = recipient(frame, "contact", party.party, state) if party is not None else None
    if party is None or to is None or cannot_chase(frame, state):
        return None
    anchor = frame.standing(state, Milestone.SHIP).anchor
    today = frame.today(party.party)
    number = state.order.number
    return PlannedLetter(
        template=OVERDUE if anchor is not None and anchor < today else ASK,
        step=STEP,
        party=party.party.name,
        to=(to,),
        language=party.party.language,
        mode=Mode.AUTO,
        duties=(Duty(STEP, number, to.email, f"mail:{ordered.mail}"),),
        orders=(number,),
        facts=LetterFacts((line_for_supplier(state, anchor, today),)),
        account=ordered.account,
        not_before=opening(frame, party.party, Mode.AUTO, frame.now, True, party.party.name),
        urgent=True,
        why=f"{STEP}: {ordered.person} wants {number} to be asked about now",
    )


def no_longer_wanted(frame: Frame, letter: PlannedLetter, created_at: datetime) -> str:
    """Return why an ordered chase is withdrawn before it goes: they have answered, or it cannot be asked any more."""
    for number in letter.orders:
        state = frame.situation.orders.get(number)
        if state is None:
            return f"{number} is not in the order book"
        if state.answered_at is not None and state.answered_at > created_at:
            return f"{letter.party} has written about {number} since"
        if reason := cannot_chase(frame, state):
            return reason
    return ""
