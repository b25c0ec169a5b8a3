"""Dates that people give: for a milestone of an order, and for what a letter is about."""

from dataclasses import replace
from datetime import date

from mailflow.core.letters.model import BY_HAND, Duty, Mode, OutboxLetter, Told
from mailflow.core.orders.events import (
    CustomerTold,
    DatePromised,
    Event,
    LetterWithdrawn,
    MilestoneReached,
    ReviewDecided,
)
from mailflow.core.orders.model import Milestone, OrderKind
from mailflow.core.orders.state import OrderState
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.model import DigestItem, SteerLine
from mailflow.core.steering.record import Record
from mailflow.core.steering.said import Answer
from mailflow.core.steering.words import TOLD


def dated_event(
    state: OrderState, milestone: str, day: date, today: date, *, done: bool
) -> tuple[SteerLine, Event | None]:
    """Return the event that a person's date for a milestone makes, or the line that says why it makes none."""
    order = state.order.number
    if milestone == TOLD:
        if state.order.kind is not OrderKind.SALES:
            return SteerLine("told_of_sales"), None
        return SteerLine("told", order, day=day), CustomerTold(order, day)
    done = done or milestone == Milestone.ACKNOWLEDGED
    if done and day > today:
        return SteerLine("still_to_come"), None
    if not done and day < today:
        return SteerLine("is_past"), None
    if done:
        return SteerLine("reached", order, milestone, day), MilestoneReached(order, Milestone(milestone), day)
    return SteerLine("promised", order, milestone, day), DatePromised(order, Milestone(milestone), day)


def date_of_letter(answer: Answer, item: DigestItem, letter: OutboxLetter, record: Record, out: Effects) -> None:
    """Do what a person means who gives a date for a letter that waits.

    One that tells a customer a date is written anew with that date, to be sent from Drafts. One that asks for a date
    has it now: the date is entered as promised, and the letter withdrawn.
    """
    assert answer.day is not None
    planned = letter.planned
    if planned.told and not answer.milestone:
        _told_otherwise(answer, item, letter, record, out)
        return
    stages = {line.milestone for line in planned.facts.lines if line.milestone} or {str(Milestone.SHIP)}
    milestone = answer.milestone or (stages.pop() if len(stages) == 1 else "")
    state = record.order(planned.orders[0]) if len(planned.orders) == 1 else None
    if state is None or milestone not in {*Milestone, TOLD}:
        out.fail("letter_dates", answer.words, number=item.number)
        return
    line, event = dated_event(state, milestone, answer.day, record.today(), done=answer.done)
    if event is None:
        out.fail(line.kind, answer.words, number=item.number)
        return
    out.withdraw.append(letter.id)
    decided = ReviewDecided(item.item, answer.words[:80], item.orders)
    reason = f"{answer.day} was entered by a person"
    out.do(replace(line, number=item.number), event, decided, LetterWithdrawn(letter.id, item.orders, reason))
    out.done.append(SteerLine("declined", ", ".join(item.orders), number=item.number))


def _told_otherwise(answer: Answer, item: DigestItem, letter: OutboxLetter, record: Record, out: Effects) -> None:
    """Let a letter that tells a customer a date be written anew with another one."""
    planned, day = letter.planned, answer.day
    old = planned.facts.old_date
    assert day is not None
    if len(planned.told) != 1 or day < record.today():
        out.fail("is_past" if len(planned.told) == 1 else "letter_dates", answer.words, number=item.number)
        return
    if old is not None and day == old:
        out.fail("date_stands", answer.words, number=item.number, day=day)
        return
    order = planned.told[0].order
    lines = tuple(
        replace(line, expected=day, days_late=max(0, (day - old).days) if old else 0) for line in planned.facts.lines
    )
    anew = replace(
        planned,
        step=BY_HAND,
        mode=Mode.DRAFT,
        duties=(Duty(BY_HAND, order, planned.to[0].email, f"L{letter.id}:{day}"),),
        facts=replace(planned.facts, lines=lines, new_date=day),
        told=(Told(order, day),),
        why=f"{BY_HAND}: L{letter.id} with another date",
    )
    out.anew.append(anew)
    out.decline.append(letter.id)
    decided = ReviewDecided(item.item, answer.words[:80], item.orders)
    told = SteerLine("told_anew", order, day=day, number=item.number)
    out.do(told, decided, LetterWithdrawn(letter.id, item.orders, f"written anew for {day}"))
