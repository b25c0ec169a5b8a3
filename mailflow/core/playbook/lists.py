"""Letters about many orders at once: the weekly list to a supplier, the backlog to our own people."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.letters.model import Duty, LetterFacts, Mode
from mailflow.core.orders.model import Handling, Milestone, OrderKind, Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.dated import accepted, holds
from mailflow.core.playbook.disclosure import line_for_house, line_for_supplier
from mailflow.core.playbook.frame import Frame, is_open
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.people import letterhead, obstacle, opening
from mailflow.core.playbook.phrases import Weekly
from mailflow.core.playbook.rules import Step


def weekly_slot(frame: Frame, when: Weekly, party: Party, day: date) -> date:
    """Return the day of this week's list: its weekday, or the working day that follows where nobody works on it."""
    monday = day - timedelta(days=day.weekday())
    return frame.days(party).add(monday + timedelta(days=when.weekday), 0)


def weekly_due(
    frame: Frame, step: Step, when: Weekly, party: PartyState, states: list[OrderState]
) -> Due | Held | None:
    """Return the list that a supplier gets this week, once; `due_at` may still lie ahead on its day."""
    someone = party.party
    today = frame.today(someone)
    slot = weekly_slot(frame, when, someone, today)
    monday = today - timedelta(days=today.weekday())
    if today < slot:
        return None
    due_at = start_of(slot, frame.zone(someone), when.at)
    if party.live_at is not None and due_at < party.live_at:
        return None
    rows = _rows(frame, step, party, states)
    if len(rows) < step.at_least:
        return None
    rung = step.ladder[0]
    head = letterhead(frame, step, rung, someone, None)
    about = (monday + timedelta(days=when.weekday)).isoformat()
    duty = Duty(step.name, "*", head.to[0].email if head.to else "-", about)
    if _listed(frame, step, party, about):
        return None
    if not head.to or head.mode == Mode.OFF:
        off = f"{rung.letter} is switched off for {someone.name}"
        return Held(duty, off if head.to else f"no address of {someone.name} can be written to")
    lines = tuple(line_for_supplier(state, anchor, today) for anchor, state in rows)
    return Due(
        duty=duty,
        step=step.name,
        template=rung.letter,
        mode=head.mode,
        party=someone.name,
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=LetterFacts(lines),
        due_at=due_at,
        not_before=opening(frame, someone, head.mode, due_at, step.urgent, someone.name),
        orders=tuple(state.order.number for _, state in rows),
        merge=step.merge,
        urgent=step.urgent,
        why=f"{step.name}: {len(lines)} orders of {someone.name} in the week of {monday}",
    )


def backlog_dues(frame: Frame, step: Step, states: Iterable[OrderState]) -> list[Due]:
    """Return, for each of our people, the list of what is overdue with parties that are not live yet."""
    rows: dict[str, list[tuple[date, OrderState]]] = {}
    for state in states:
        party = frame.party(state.order.party)
        if party is None or party.live or party.party.handling == Handling.NEVER:
            continue
        stands = frame.standing(state, Milestone.SHIP).anchor
        if stands is None or stands >= frame.today(None) or frame.reached(state, Milestone.SHIP) is not None:
            continue
        head = letterhead(frame, step, step.ladder[0], None, state.order)
        if head.to:
            rows.setdefault(head.to[0].email, []).append((stands, state))
    monday = frame.today(None) - timedelta(days=frame.today(None).weekday())
    return [_backlog(frame, step, email, rows[email], monday) for email in sorted(rows)]


def _backlog(frame: Frame, step: Step, email: str, rows: list[tuple[date, OrderState]], monday: date) -> Due:
    rung = step.ladder[0]
    rows = sorted(rows, key=lambda row: (row[0], row[1].order.number))
    today = frame.today(None)
    head = letterhead(frame, step, rung, None, rows[0][1].order)
    due_at: datetime = start_of(monday, frame.house_zone)
    lines = tuple(line_for_house(state, state.order.party, stands, today) for stands, state in rows)
    return Due(
        duty=Duty(step.name, "*", email, monday.isoformat()),
        step=step.name,
        template=rung.letter,
        mode=head.mode,
        party="",
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=LetterFacts(lines, backlog=len(lines)),
        due_at=due_at,
        not_before=opening(frame, None, head.mode, due_at, step.urgent, email),
        orders=tuple(state.order.number for _, state in rows),
        why=f"{step.name}: {len(lines)} orders are overdue with parties that are not live",
    )


def listed_this_week(frame: Frame, step: Step, party: PartyState, today: date) -> bool:
    """Say whether this week's list to a party has been written."""
    when = step.when
    assert isinstance(when, Weekly)
    about = today - timedelta(days=today.weekday()) + timedelta(days=when.weekday)
    return _listed(frame, step, party, about.isoformat())


def _listed(frame: Frame, step: Step, party: PartyState, about: str) -> bool:
    own = {contact.email.lower() for contact in party.party.contacts}
    return any(d.duty.occasion == about and d.duty.recipient in own for d in frame.was_done(step.name, "*"))


def _rows(frame: Frame, step: Step, party: PartyState, states: list[OrderState]) -> list[tuple[date, OrderState]]:
    """Return what stands in the list: due within the horizon, overdue, or not acknowledged, by date."""
    limit = step.horizon.apply(frame.today(party.party), frame.days(party.party))
    rows = []
    for state in states:
        if obstacle(frame, state.order.party, party, (state,)) or not holds(frame, step.only, state):
            continue
        if frame.question(state) or frame.reached(state, Milestone.SHIP) is not None:
            continue
        stands = frame.standing(state, Milestone.SHIP).anchor
        if stands is not None and (stands <= limit or not accepted(frame, state)):
            rows.append((stands, state))
    return sorted(rows, key=lambda row: (row[0], row[1].order.number))


def suppliers(states: Iterable[OrderState]) -> dict[str, list[OrderState]]:
    """Return the open purchase orders of each supplier."""
    found: dict[str, list[OrderState]] = {}
    for state in states:
        if state.order.kind == OrderKind.PURCHASE and is_open(state):
            found.setdefault(state.order.party, []).append(state)
    return found
