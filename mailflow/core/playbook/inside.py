"""Letters to our own people: what is overdue with parties that are quiet still, and drafts that nobody has decided."""

from collections.abc import Iterable
from datetime import date, timedelta

from mailflow.core.calendars.windows import start_of
from mailflow.core.letters.model import Duty, LetterFacts
from mailflow.core.orders.model import Handling, Milestone
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.disclosure import line_for_house
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.lists import Row, house_list
from mailflow.core.playbook.model import Due
from mailflow.core.playbook.moments import Waiting
from mailflow.core.playbook.people import letterhead, opening
from mailflow.core.playbook.slots import Slot
from mailflow.core.playbook.steps import Step


def backlog_dues(frame: Frame, step: Step, states: Iterable[OrderState]) -> list[Due]:
    """Return, for each of our people, the list of what is overdue with parties that are not live yet."""
    rows: dict[str, list[Row]] = {}
    for state in states:
        stands = in_backlog(frame, state)
        head = letterhead(frame, step, step.ladder[0], None, state) if stands else None
        if stands and head is not None and head.to:
            rows.setdefault(head.to[0].email, []).append((stands, state))
    slot = backlog_slot(frame)
    why = "orders are overdue with parties that are not live"
    return [house_list(frame, step, rows[email], email, slot, why) for email in sorted(rows)]


def backlog_slot(frame: Frame) -> Slot:
    """Return this week's slot of the backlog."""
    monday = frame.today(None) - timedelta(days=frame.today(None).weekday())
    return Slot(monday.isoformat(), monday, start_of(monday, frame.house_zone))


def in_backlog(frame: Frame, state: OrderState) -> date | None:
    """Return since when an order is overdue with a party that is quiet; None where it is not."""
    party = frame.party(state.order.party)
    if party is None or party.live or party.party.handling == Handling.NEVER:
        return None
    stands = frame.standing(state, Milestone.SHIP).anchor
    if stands is None or stands >= frame.today(None) or frame.reached(state, Milestone.SHIP) is not None:
        return None
    return stands


def waiting_dues(frame: Frame, step: Step) -> list[Due]:
    """Return the reminders of drafts that a person has not decided for too long, each told of once."""
    assert isinstance(step.when, Waiting)
    found: list[Due] = []
    for draft in frame.situation.drafts:
        day = step.when.offset.apply(frame.local(draft.since, None), frame.house_days)
        due_at = start_of(day, frame.house_zone, step.when.at)
        states = [state for number in draft.orders if (state := frame.situation.orders.get(number)) is not None]
        head = letterhead(frame, step, step.ladder[0], None, states[0] if states else None)
        about = f"letter:{draft.letter}"
        written = {(done.duty.recipient, done.duty.occasion) for done in frame.was_done(step.name, "*")}
        if due_at > frame.now or not head.to or (head.to[0].email, about) in written:
            continue
        today = frame.today(None)
        lines = tuple(
            line_for_house(state, state.order.party, frame.standing(state, Milestone.SHIP).anchor, today)
            for state in states
        )
        found.append(
            Due(
                duty=Duty(step.name, "*", head.to[0].email, about),
                step=step.name,
                template=step.ladder[0].letter,
                mode=head.mode,
                party="",
                to=head.to,
                cc=head.cc,
                language=head.language,
                facts=LetterFacts(lines, day=frame.local(draft.since, None)),
                due_at=due_at,
                not_before=opening(frame, None, head.mode, due_at, step.urgent, head.to[0].email),
                orders=draft.orders,
                together=step.name,
                urgent=step.urgent,
                why=f"{step.name}: the draft L{draft.letter} ({draft.template}) waits since {draft.since:%Y-%m-%d}",
            )
        )
    return found
