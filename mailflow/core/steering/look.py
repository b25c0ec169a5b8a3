"""Questions of our own people answered from the record: where an order stands, what is late, whose it is."""

from datetime import date

from mailflow.core.orders.events import DatePromised, MilestoneReached
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import LearnedKind, OrderState
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.model import SteerLine
from mailflow.core.steering.record import Record
from mailflow.core.steering.said import Command

_MOST = 20
_LONGEST = 120


def status(command: Command, record: Record, out: Effects) -> None:
    """Tell where orders stand."""
    for number in command.subjects[:_MOST]:
        state = record.order(number)
        if state is not None:
            out.told += _standing(state, record)


def _words(state: OrderState, record: Record) -> dict[tuple[str, str, date], str]:
    """Return the words of mails that dates of an order rest on, by milestone, part and day."""
    found: dict[tuple[str, str, date], str] = {}
    for recorded in record.history(state.order.number):
        event = recorded.event
        if isinstance(event, DatePromised | MilestoneReached) and event.proof is not None:
            found[event.milestone, event.part, event.date] = event.proof.words[:_LONGEST]
    return found


def _standing(state: OrderState, record: Record) -> list[SteerLine]:
    order, words = state.order, _words(state, record)
    goods = " ".join(part for part in (order.product or order.description, order.style) if part)
    lines = [SteerLine("status", order.number, party=order.party, day=order.due_date, text=goods)]
    if state.acknowledged is not None:
        lines.append(SteerLine("status_done", milestone=str(Milestone.ACKNOWLEDGED), day=state.acknowledged))
    for lot in state.lots:
        part = f" ({lot.part})" if lot.part else ""
        day = lot.actual or lot.promise
        if day is not None:
            kind = "status_done" if lot.actual is not None else "status_promised"
            proof = words.get((lot.milestone, lot.part, day), "")
            lines.append(SteerLine(kind, milestone=str(lot.milestone), day=day, text=part, words=proof))
    if state.told is not None:
        lines.append(SteerLine("status_told", day=state.told))
    if state.paused:
        lines.append(SteerLine("status_paused" if state.paused_until else "status_held", day=state.paused_until))
    if state.closed or order.status != "open":
        lines.append(SteerLine("status_closed"))
    lines += [SteerLine("status_problem", text=topic) for topic in state.problems]
    return lines


def list_late(person: str, record: Record, out: Effects) -> None:
    """Tell what of a person's orders is late or at risk."""
    rows = record.late(person)
    out.told += [row.line for row in rows[:_MOST]] or [SteerLine("nothing_late")]
    if len(rows) > _MOST:
        out.told.append(SteerLine("more_rows", number=len(rows) - _MOST))


def who(command: Command, record: Record, out: Effects) -> None:
    """Tell whose orders are and who writes for their party."""
    for number in command.subjects[:_MOST]:
        state = record.order(number)
        if state is None:
            continue
        out.told.append(SteerLine("who", number, party=state.order.party, person=state.merchandiser or "-"))
        party = record.party(state.order.party)
        for contact in party.contacts[:5] if party else ():
            out.told.append(SteerLine("contact", person=contact.name or contact.email, text=contact.email))
    if not command.subjects:
        out.told.append(SteerLine("who_needs_order"))


def list_learned(command: Command, record: Record, out: Effects) -> None:
    """Tell what was learned from answers."""
    kinds = {LearnedKind.ALIAS: "known_alias", LearnedKind.CONTACT: "known_contact"}
    found = list(record.learned().values())
    for one in found[-_MOST:]:
        kind = kinds.get(one.kind, f"known_{one.value}")
        out.told.append(SteerLine(kind, one.value, party=one.party, text=one.name, day=one.learned_at.date()))
    if not found:
        out.told.append(SteerLine("nothing_learned"))
