"""One chase a party a day: which of several goes today, and why the others wait."""

from datetime import date, timedelta

from mailflow.core.calendars.windows import next_opening
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import PartyState
from mailflow.core.playbook.dated import holds
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.lists import listed_this_week, weekly_slot
from mailflow.core.playbook.model import Done, Due, Held
from mailflow.core.playbook.phrases import Weekly
from mailflow.core.playbook.rules import Step

Group = tuple[str, str, str, tuple[str, ...]]


def one_a_day(frame: Frame, dues: list[Due]) -> tuple[list[Due], list[Held]]:
    """Keep one merged letter per party and day; what is kept back stays due and has its turn on a later day.

    The weekly list comes first, then what has been due longest, so that no question is put off for ever.
    """
    kept = [due for due in dues if not (due.merge and due.party)]
    held: list[Held] = []
    by_party: dict[str, list[Due]] = {}
    for due in dues:
        if due.merge and due.party:
            by_party.setdefault(due.party, []).append(due)
    written = _written(frame, set(by_party))
    for name, own in by_party.items():
        party = frame.situation.parties[name]
        chosen, reason = _choose(frame, party, own, written.get(name, set()))
        kept += [due for due in own if group(due) == chosen]
        held += [Held(due.duty, reason) for due in own if group(due) != chosen]
    return kept, held


def group(due: Due) -> Group:
    """Return what dues must have in common to become one letter."""
    return due.merge, due.template, str(due.mode), tuple(address.email for address in (*due.to, *due.cc))


def _choose(frame: Frame, party: PartyState, own: list[Due], written: set[date]) -> tuple[Group | None, str]:
    """Return the group that goes today, none where a letter goes already, and why the rest waits."""
    name = party.party.name
    lists = [due for due in own if due.duty.order == "*"]
    day = frame.local(min(due.not_before for due in own), party.party)
    if day in written:
        return None, f"a letter goes to {name} on {day} already"
    if lists:
        return group(lists[0]), f"asked in the list that {name} gets on {day}"
    if _list_goes(frame, party, own, day):
        return None, f"asked in the list that {name} gets on {day}"
    steps = frame.playbook.by_name
    groups: dict[Group, list[Due]] = {}
    for due in own:
        groups.setdefault(group(due), []).append(due)
    chosen = min(groups, key=lambda g: (min(d.due_at for d in groups[g]), -steps[groups[g][0].step].priority, g))
    return chosen, f"one letter a day: {chosen[1]} goes to {name} on {day}"


def _list_goes(frame: Frame, party: PartyState, own: list[Due], day: date) -> bool:
    """Say whether a day is the day of a weekly list that was written to a party, or may be if `day` lies ahead."""
    for step in weekly_steps(frame):
        assert isinstance(step.when, Weekly)
        if weekly_slot(frame, step.when, party.party, day) != day:
            continue
        if listed_this_week(frame, step, party, day):
            return True
        states = (frame.situation.orders[due.duty.order] for due in own)
        if day > frame.today(party.party) and any(holds(frame, step.only, state) for state in states):
            return True
    return False


def weekly_steps(frame: Frame) -> list[Step]:
    """Return the steps that write a list every week."""
    return [step for step in frame.playbook.steps if isinstance(step.when, Weekly)]


def _written(frame: Frame, parties: set[str]) -> dict[str, set[date]]:
    """Return the days on which a merged letter went, or goes, to each party."""
    since = frame.now - timedelta(days=3)
    steps = {step.name for step in frame.playbook.steps if step.merge}
    owner = {
        contact.email.lower(): name for name in parties for contact in frame.situation.parties[name].party.contacts
    }
    days: dict[str, set[date]] = {}
    for done in frame.situation.done:
        if done.duty.step not in steps or (done.at < since and not done.open):
            continue
        state = frame.situation.orders.get(done.duty.order)
        name = state.order.party if state is not None else owner.get(done.duty.recipient, "")
        if name in parties:
            days.setdefault(name, set()).add(_goes_on(frame, done, frame.situation.parties[name].party))
    return days


def _goes_on(frame: Frame, done: Done, party: Party) -> date:
    """Return the day on which a letter went, or goes where it waits for its hour."""
    if not done.open:
        return frame.local(done.at, party)
    window, tz = frame.playbook.sending.window, frame.zone(party)
    return frame.local(next_opening(window, frame.days(party), tz, done.at, party.name), party)
