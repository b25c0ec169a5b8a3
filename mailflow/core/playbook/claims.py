"""Looking again at a letter before it goes: it is written afresh, or withdrawn because its reason is gone."""

from dataclasses import replace
from datetime import datetime

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.model import Duty, Mode, PlannedLetter
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.due import of_many, of_order
from mailflow.core.playbook.frame import Frame, followed
from mailflow.core.playbook.letters import letter_of
from mailflow.core.playbook.lists import by_party, list_due, listed_this_period
from mailflow.core.playbook.model import Due, Held, Outcome, Situation
from mailflow.core.playbook.moments import Periodic
from mailflow.core.playbook.people import stricter
from mailflow.core.playbook.rhythm import list_steps
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.slots import slot_of
from mailflow.core.playbook.steps import Step


def still_due(
    letter: PlannedLetter, situation: Situation, playbook: Playbook, calendars: Calendars, now: datetime
) -> tuple[str, PlannedLetter]:
    """Return ('', the letter with fresh facts and the duties that remain), or why the letter is to be withdrawn.

    Only the orders concerned (and what serves them) are looked at. Hours, holidays and the one letter a day were
    looked at when it was planned and are no reason here.
    """
    step = playbook.by_name.get(letter.step)
    if step is None:
        return f"there is no step '{letter.step}' any more", letter
    own = frozenset(letter.duties)
    frame = Frame(_there(_without(situation, own), letter), playbook, calendars, now)
    found = _again(frame, step, letter)
    if reason := _in_the_list(frame, step, letter):
        return reason, letter
    fresh = [one for one in found if isinstance(one, Due) and one.duty in own and one.template == letter.template]
    if not fresh:
        return _reason(found, own, letter), letter
    again = letter_of(fresh, letter.account)
    mode = stricter(again.mode, letter.mode)
    return "", replace(again, mode=mode, not_before=letter.not_before, to=letter.to, cc=letter.cc)


def _without(situation: Situation, own: frozenset[Duty]) -> Situation:
    return replace(situation, done=tuple(done for done in situation.done if done.duty not in own))


def _there(situation: Situation, letter: PlannedLetter) -> Situation:
    """Return the situation with the letter's own readers there: what is written to somebody stays theirs to answer."""
    away = {one.email: situation.addresses[one.email] for one in letter.to if one.email in situation.addresses}
    here = {email: replace(state, away_until=None) for email, state in away.items() if state.away_until is not None}
    return replace(situation, addresses={**situation.addresses, **here}) if here else situation


def _again(frame: Frame, step: Step, letter: PlannedLetter) -> list[Due | Held]:
    orders = frame.situation.orders
    if step.of_many:
        states = [state for number, state in orders.items() if step.inside is False or number in letter.orders]
        return of_many(frame, step, states)
    found = (_of_duty(frame, step, orders.get(duty.order)) for duty in letter.duties)
    return [one for one in found if isinstance(one, Due | Held)]


def _of_duty(frame: Frame, step: Step, state: OrderState | None) -> Outcome:
    return of_order(frame, step, state) if state is not None and followed(state, step) else None


def _reason(found: list[Due | Held], own: frozenset[Duty], letter: PlannedLetter) -> str:
    """Return why none of a letter's duties is due any more."""
    held = [one.reason for one in found if isinstance(one, Held)]
    if held:
        return "; ".join(dict.fromkeys(held))
    if any(isinstance(one, Due) for one in found):
        return "what was to be written has changed since"
    return f"its reason is gone: {', '.join(letter.orders) or letter.step} needs no {letter.template} now"


def _in_the_list(frame: Frame, step: Step, letter: PlannedLetter) -> str:
    """Return a reason where the party gets its weekly list today: what stands in it is not also asked singly."""
    party: PartyState | None = frame.party(letter.party)
    if party is None or not step.merge or isinstance(step.when, Periodic) or letter.mode == Mode.DRAFT:
        return ""
    today = frame.today(party.party)
    for weekly in list_steps(frame):
        assert isinstance(weekly.when, Periodic)
        if slot_of(frame, weekly.when, party.party, today).day != today:
            continue
        if listed_this_period(frame, weekly, party, today):
            return f"asked in the list that {letter.party} gets on {today}"
        own = by_party(frame.situation.orders.values(), weekly).get(letter.party, [])
        if isinstance(list_due(frame, frame.playbook.step_for(weekly, letter.party), party, own), Due):
            return f"asked in the list that {letter.party} gets on {today}"
    return ""
