"""One chase a party a day: which of several goes today, and why the others wait."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailflow.core.calendars.windows import next_opening, start_of
from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import PartyState
from mailflow.core.playbook.conditions import holds
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.lists import listed_this_period
from mailflow.core.playbook.model import Done, Due, Held
from mailflow.core.playbook.moments import Periodic
from mailflow.core.playbook.people import mode_of
from mailflow.core.playbook.slots import slot_of
from mailflow.core.playbook.steps import Step
from mailflow.core.playbook.turns import rung_of

Group = tuple[str, str, str, tuple[str, ...]]


@dataclass(slots=True)
class Written:
    """The merged letters that a party has: one `waits` to go; of the others the days, those `sent` and all."""

    waits: bool
    sent: set[date]
    days: set[date]


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
        chosen, reasons = _choose(frame, frame.situation.parties[name], own, written[name])
        kept += [due for due in own if group(due) == chosen]
        until = _next_change(frame, frame.situation.parties[name].party)
        held += [Held(due.duty, reasons[group(due)], until) for due in own if group(due) != chosen]
    return kept, held


def _next_change(frame: Frame, party: Party) -> datetime:
    """Return when letters begin to go on another day: when a party's hours end, or our digest has been seen."""
    sending = frame.playbook.sending
    return min(
        _next(frame, frame.today(party), sending.closes, frame.zone(party)),
        _next(frame, frame.house_today, sending.digest_at, frame.house_zone),
    )


def _next(frame: Frame, today: date, hour: time, tz: ZoneInfo) -> datetime:
    first = start_of(today, tz, hour)
    return first if first > frame.now else start_of(today + timedelta(days=1), tz, hour)


def group(due: Due) -> Group:
    """Return what dues must have in common to become one letter."""
    return due.merge, due.template, str(due.mode), tuple(address.email for address in (*due.to, *due.cc))


def list_steps(frame: Frame) -> list[Step]:
    """Return the steps whose lists take the place of single letters on their day."""
    return [step for step in frame.playbook.steps if isinstance(step.when, Periodic) and step.merge]


def _choose(frame: Frame, party: PartyState, own: list[Due], written: Written) -> tuple[Group | None, dict[Group, str]]:
    """Return the group that goes next (none where nothing may now) and why each of the others waits."""
    groups: dict[Group, list[Due]] = {}
    for due in own:
        groups.setdefault(group(due), []).append(due)
    chosen: Group | None = None
    goes = ""
    reasons: dict[Group, str] = {}
    for key in sorted(groups, key=lambda key: _rank(frame, key, groups[key])):
        day = _day(frame, party.party, groups[key])
        reason = goes or _blocked(frame, party, groups[key], day, written)
        if reason:
            reasons[key] = reason
            continue
        chosen = key
        listed = f"asked in the list that {party.party.name} gets on {day}"
        goes = listed if _is_list(groups[key]) else f"one letter a day: {key[1]} goes to {party.party.name} first"
    return chosen, reasons


def _rank(frame: Frame, key: Group, dues: list[Due]) -> tuple[bool, datetime, int, int, Group]:
    priority = frame.playbook.by_name[dues[0].step].priority
    return not _is_list(dues), min(due.due_at for due in dues), -priority, -dues[0].facts.rung, key


def _blocked(frame: Frame, party: PartyState, dues: list[Due], day: date, written: Written) -> str:
    """Return why a group may not go: another letter waits or goes on its day, or the list of that day asks it all."""
    name = party.party.name
    if _is_list(dues):
        return f"a letter went to {name} on {day} already" if day in written.sent else ""
    if _list_goes(frame, party, dues, day):
        return f"asked in the list that {name} gets on {day}"
    if written.waits:
        return f"another letter to {name} waits to go"
    return f"a letter goes to {name} on {day} already" if day in written.days else ""


def _is_list(dues: list[Due]) -> bool:
    return dues[0].duty.order == "*"


def _day(frame: Frame, party: Party, dues: list[Due]) -> date:
    """Return the day on which a group goes; a draft is thought to be sent in the reader's next working hours."""
    moment = max(due.not_before for due in dues)
    return _working_day(frame, party, moment) if dues[0].mode == Mode.DRAFT else frame.local(moment, party)


def _working_day(frame: Frame, party: Party, moment: datetime) -> date:
    window, tz = frame.playbook.sending.window, frame.zone(party)
    return frame.local(next_opening(window, frame.days(party), tz, moment, party.name), party)


def _list_goes(frame: Frame, party: PartyState, dues: list[Due], day: date) -> bool:
    """Say whether a day is the day of a weekly list that was written to a party, or may be if `day` lies ahead."""
    for step in list_steps(frame):
        assert isinstance(step.when, Periodic)
        if slot_of(frame, step.when, party.party, day).day != day:
            continue
        if listed_this_period(frame, step, party, day):
            return True
        states = (frame.situation.orders[due.duty.order] for due in dues)
        if day > frame.today(party.party) and any(holds(frame, step.only, state) for state in states):
            return True
    return False


def _written(frame: Frame, parties: set[str]) -> dict[str, Written]:
    """Return what merged letters each party was written lately, or has waiting."""
    since = frame.now - timedelta(days=3)
    steps = frame.playbook.by_name
    owner = {
        contact.email.lower(): name for name in parties for contact in frame.situation.parties[name].party.contacts
    }
    written = {name: Written(False, set(), set()) for name in parties}
    for done in frame.situation.done:
        step = steps.get(done.duty.step)
        if step is None or not step.merge or (done.at < since and not done.open):
            continue
        state = frame.situation.orders.get(done.duty.order)
        name = state.order.party if state is not None else owner.get(done.duty.recipient, "")
        if name in parties:
            _note(frame, written[name], step, done, frame.situation.parties[name].party)
    return written


def _note(frame: Frame, written: Written, step: Step, done: Done, party: Party) -> None:
    if not done.open:
        day = frame.local(done.at, party)
        written.sent.add(day)
        written.days.add(day)
        return
    state = frame.situation.orders.get(done.duty.order)
    rung = step.ladder[min(rung_of(done.duty.occasion), len(step.ladder)) - 1]
    if mode_of(frame, step, rung, party, state.order if state else None) == Mode.DRAFT:
        written.days.add(_working_day(frame, party, done.at))
    else:
        written.waits = True
