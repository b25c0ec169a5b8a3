"""Letters about many orders at once: the weekly list to a supplier, monthly ones, the questions before a closure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.letters.model import Duty, LetterFacts, Mode, OrderLine
from mailflow.core.orders.model import Milestone, OrderKind, Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.conditions import accepted, holds
from mailflow.core.playbook.disclosure import line_for_customer, line_for_house, line_for_supplier
from mailflow.core.playbook.frame import Frame, followed
from mailflow.core.playbook.model import Due, Held
from mailflow.core.playbook.moments import Closure, Periodic
from mailflow.core.playbook.money import unpaid_since, with_accounts
from mailflow.core.playbook.people import letterhead, obstacle, opening
from mailflow.core.playbook.slots import Slot, period_start, slot_of
from mailflow.core.playbook.steps import Step

Row = tuple[date, OrderState]
_HOLIDAYS = 30
"""So many days more may lie in a horizon of working days."""
_LOOK_AGAIN = 30
"""Where no long closure is in sight, one is looked for again after so many days."""
_REOPENED_DAYS = 10
"""So long after a closure its list is still of use."""


def list_due(frame: Frame, step: Step, party: PartyState, states: list[OrderState]) -> Due | Held | None:
    """Return the list that a party gets in this period, once; `due_at` may still lie ahead on its day."""
    slot = turn_of(frame, step, party.party)
    if slot is None or frame.today(party.party) < slot.day:
        return None
    if party.live_at is not None and slot.at < party.live_at:
        return None
    rows = _rows(frame, step, party.party, party, states)
    if len(rows) < step.at_least or _listed(frame, step, party, slot.about):
        return None
    someone, rung = party.party, step.ladder[0]
    head = letterhead(frame, step, rung, someone, None)
    duty = Duty(step.name, "*", head.to[0].email if head.to else "-", slot.about)
    if not head.to or head.mode == Mode.OFF:
        if head.to and rung.mode == Mode.OFF:
            return None
        off = f"{rung.letter} is switched off for {someone.name}"
        return Held(duty, off if head.to else f"no address of {someone.name} can be written to")
    if step.cheerful and someone.name in frame.complaining:
        return Held(duty, f"a complaint of {someone.name} is open")
    closure = _closure(frame, step, someone)
    facts = LetterFacts(
        tuple(_line(frame, step, state, anchor, someone) for anchor, state in rows),
        day=closure[0] if closure else None,
        until=closure[1] if closure else None,
    )
    if step.accounts:
        facts = with_accounts(frame, step, [state for _, state in rows], facts, language=head.language)
    return Due(
        duty=duty,
        step=step.name,
        template=rung.letter,
        mode=head.mode,
        party=someone.name,
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=facts,
        due_at=slot.at,
        not_before=opening(frame, someone, head.mode, slot.at, step.urgent, someone.name),
        orders=tuple(state.order.number for _, state in rows),
        merge=step.merge,
        urgent=step.urgent,
        why=_why(step, slot, len(rows), someone.name, closure),
    )


def turn_of(frame: Frame, step: Step, party: Party | None) -> Slot | None:
    """Return the slot of this period, or of the closure that is near; None where nothing is to be asked."""
    if isinstance(step.when, Periodic):
        return slot_of(frame, step.when, party, frame.today(party))
    if not isinstance(step.when, Closure) or party is None:
        return None
    closure = _closure(frame, step, party)
    if closure is None:
        return None
    base = closure[0] if step.when.offset.days < 0 else closure[1]
    day = step.when.offset.apply(base, frame.days(party))
    return Slot(closure[0].isoformat(), day, start_of(day, frame.zone(party), step.when.at))


def next_closure(frame: Frame, step: Step, party: Party) -> datetime:
    """Return when a step about closures has to be looked at again, once it has nothing more to say of this one."""
    today = frame.today(party)
    assert isinstance(step.when, Closure)
    ahead = step.when.offset.days < 0
    runs = frame.days(party).closures(today, frame.playbook.closures.least_days)
    days = (run[0 if ahead else 1] for run in runs)
    soon = next((day for day in days if day >= today), today + timedelta(days=_LOOK_AGAIN))
    return begins_at(frame, min(soon, today + timedelta(days=_LOOK_AGAIN)) + timedelta(days=1), party)


def listed_this_period(frame: Frame, step: Step, party: PartyState, day: date) -> bool:
    """Say whether the list of the period that a day lies in has been written to a party."""
    assert isinstance(step.when, Periodic)
    return _listed(frame, step, party, slot_of(frame, step.when, party.party, day).about)


def inside_dues(frame: Frame, step: Step, states: Iterable[OrderState]) -> list[Due]:
    """Return, for each of our own people whom a step names, the list of this period."""
    assert isinstance(step.when, Periodic)
    slot = slot_of(frame, step.when, None, frame.today(None))
    if frame.today(None) < slot.day:
        return []
    by_person: dict[str, list[Row]] = {}
    for state in states:
        party = frame.party(state.order.party)
        if party is None or not party.live:
            continue
        rows = _rows(frame, step, None, party, [state])
        head = letterhead(frame, step, step.ladder[0], None, state) if rows else None
        if head is not None and head.to:
            by_person.setdefault(head.to[0].email, []).extend(rows)
    return [
        house_list(frame, step, rows, email, slot)
        for email, rows in sorted(by_person.items())
        if len(rows) >= step.at_least and not _told(frame, step, email, slot.about)
    ]


def house_list(frame: Frame, step: Step, rows: list[Row], email: str, slot: Slot, why: str = "") -> Due:
    """Return a list for one of our own people."""
    rows = sorted(rows, key=lambda row: (row[0], row[1].order.number))
    rung, today = step.ladder[0], frame.today(None)
    head = letterhead(frame, step, rung, None, rows[0][1])
    lines = tuple(line_for_house(state, state.order.party, stands, today) for stands, state in rows)
    facts = LetterFacts(lines, backlog=len(lines))
    if step.accounts:
        facts = with_accounts(frame, step, [state for _, state in rows], facts, language=head.language)
    return Due(
        duty=Duty(step.name, "*", email, slot.about),
        step=step.name,
        template=rung.letter,
        mode=head.mode,
        party="",
        to=head.to,
        cc=head.cc,
        language=head.language,
        facts=facts,
        due_at=slot.at,
        not_before=opening(frame, None, head.mode, slot.at, step.urgent, email),
        orders=tuple(state.order.number for _, state in rows),
        why=f"{step.name}: {len(lines)} {why or 'orders'}",
    )


def listed_from(frame: Frame, step: Step, party: Party | None, state: OrderState) -> date | None:
    """Return from which day on an order stands in a list; None where it never does as it is now."""
    if not followed(state, step) or not holds(frame, step.only, state):
        return None
    if step.rows == "unpaid":
        return unpaid_since(frame, step, state)
    if step.rows != "due":
        return state.order.order_date or date.min
    if frame.reached(state, Milestone.SHIP) is not None:
        return None
    stands = frame.standing(state, Milestone.SHIP).anchor
    if stands is None:
        return None
    if not accepted(frame, state) or isinstance(step.when, Closure):
        return date.min
    ahead = step.horizon.apply(frame.today(party), frame.days(party) if party else frame.house_days)
    slack = timedelta(days=_HOLIDAYS if step.horizon.working else 0)
    return stands - (ahead - frame.today(party)) - slack


def by_party(states: Iterable[OrderState], step: Step) -> dict[str, list[OrderState]]:
    """Return the orders that a step looks at by their party."""
    found: dict[str, list[OrderState]] = {}
    for state in states:
        if state.order.kind == step.orders and followed(state, step):
            found.setdefault(state.order.party, []).append(state)
    return found


def _rows(frame: Frame, step: Step, reader: Party | None, party: PartyState, states: list[OrderState]) -> list[Row]:
    """Return what stands in a list, by date: what is due soon, overdue or not acknowledged, or all that is open."""
    found = [(day, state) for state in states if (day := _row(frame, step, reader, party, state)) is not None]
    return sorted(found, key=lambda row: (row[0], row[1].order.number))


def _row(frame: Frame, step: Step, reader: Party | None, party: PartyState, state: OrderState) -> date | None:
    """Return the date by which an order stands in a list, None where it does not."""
    inside = reader is None
    if obstacle(frame, state.order.party, party, (state,), inside=inside) or not holds(frame, step.only, state):
        return None
    if not inside and frame.question(state):
        return None
    if step.rows == "unpaid":
        since = unpaid_since(frame, step, state)
        return since if since is not None and since <= frame.today(reader) else None
    stands = frame.standing(state, Milestone.SHIP).anchor
    if step.rows == "open":
        return stands or date.max
    if step.rows == "moved":
        since = period_start(step.when, frame.today(reader)) if isinstance(step.when, Periodic) else date.min
        return (stands or date.max) if any(frame.local(h.at, reader) >= since for h in state.happenings) else None
    if frame.reached(state, Milestone.SHIP) is not None or stands is None:
        return None
    return stands if stands <= _limit(frame, step, reader) or not accepted(frame, state) else None


def _limit(frame: Frame, step: Step, reader: Party | None) -> date:
    """Return up to which day what is due stands in a list; in that before a closure, so long after it."""
    closure = _closure(frame, step, reader) if reader else None
    days = frame.days(reader) if reader else frame.house_days
    return step.horizon.apply(closure[1] if closure else frame.today(reader), days)


def _closure(frame: Frame, step: Step, party: Party) -> tuple[date, date] | None:
    """Return the closure that a step asks about now: the next one, or the last where it asks afterwards."""
    if not isinstance(step.when, Closure):
        return None
    today = frame.today(party)
    runs = frame.days(party).closures(today, frame.playbook.closures.least_days)
    if step.when.offset.days < 0:
        return next((run for run in runs if run[0] > today), None)
    over = [run for run in runs if run[1] < today <= run[1] + timedelta(days=_REOPENED_DAYS)]
    return over[-1] if over else None


def _line(frame: Frame, step: Step, state: OrderState, anchor: date, party: Party) -> OrderLine:
    if state.order.kind == OrderKind.PURCHASE:
        return line_for_supplier(state, None if anchor == date.max else anchor, frame.today(party))
    return line_for_customer(state, shipped=frame.reached(state, Milestone.SHIP))


def _listed(frame: Frame, step: Step, party: PartyState, about: str) -> bool:
    own = {contact.email.lower() for contact in party.party.contacts}
    written = frame.listed(step.name)
    return any((email, about) in written for email in own)


def _told(frame: Frame, step: Step, email: str, about: str) -> bool:
    return (email, about) in frame.listed(step.name)


def _why(step: Step, slot: Slot, count: int, name: str, closure: tuple[date, date] | None) -> str:
    if closure:
        return f"{step.name}: {count} orders of {name}, closed from {closure[0]} to {closure[1]}"
    nominal = date.fromisoformat(slot.about)
    return f"{step.name}: {count} orders of {name} in the week of {nominal - timedelta(days=nominal.weekday())}"


def begins_at(frame: Frame, day: date, party: Party | None) -> datetime:
    """Return when a day begins at somebody's."""
    return start_of(max(day, date(1970, 1, 1)), frame.zone(party))
