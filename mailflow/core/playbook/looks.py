"""When an order has to be looked at again: so that a round costs what is due, not what there is.

An order sleeps until the earliest moment at which one of its steps may have its turn. Whatever happens to it, to its
party, to an address or to a letter about it wakes it before (the database sees to that), as do changed rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.due import of_order
from mailflow.core.playbook.frame import Frame, followed
from mailflow.core.playbook.inside import backlog_slot, in_backlog
from mailflow.core.playbook.lists import begins_at, listed_from, next_closure, turn_of
from mailflow.core.playbook.model import Due, Held, Later, Outcome
from mailflow.core.playbook.moments import Closure, Periodic, QuietBacklog
from mailflow.core.playbook.people import letterhead, mode_of, obstacle, obstacle_until
from mailflow.core.playbook.slots import Slot, next_slot
from mailflow.core.playbook.steps import Step

AWAKE = datetime(1970, 1, 1, tzinfo=UTC)
"""Looked at in every round."""
ASLEEP = datetime(9999, 1, 1, tzinfo=UTC)
"""Not before something happens."""
NEVER = date.max


@dataclass(frozen=True, slots=True)
class Look:
    """When an order is looked at again, and from which day on it stands in some list."""

    at: datetime
    listed: date = NEVER


@dataclass(frozen=True, slots=True)
class Awoken:
    """An order that must be looked at, since when, and the party of which it is (empty: of none)."""

    key: str
    party: str
    since: datetime


def still_awake(now: datetime) -> datetime:
    """Return the moment that marks an order as looked at and awake still; what the rules compute is a whole second."""
    return (now - timedelta(seconds=1)).replace(microsecond=1)


def is_still_awake(one: Awoken) -> bool:
    """Say whether an order was looked at and nothing has happened to it since."""
    return one.since.microsecond == 1


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What single orders come to; `besides` says when each is looked at again if what is due of it cannot go yet.

    `lists` are the steps whose lists may be due now, with their party (or none).
    """

    dues: tuple[Due, ...]
    held: tuple[Held, ...]
    looks: dict[str, Look]
    besides: dict[str, datetime]
    lists: frozenset[tuple[str, str]]


def survey(frame: Frame, states: Iterable[OrderState]) -> Surveyed:
    """Look at some orders of a frame, and say when each must be looked at again."""
    singly = [step for step in frame.playbook.steps if step.of_order]
    many = [step for step in frame.playbook.steps if isinstance(step.when, Periodic | Closure | QuietBacklog)]
    found: list[Outcome] = []
    looks: dict[str, Look] = {}
    besides: dict[str, datetime] = {}
    lists: set[tuple[str, str]] = set()
    for state in states:
        mine = [
            of_order(frame, step, state) for step in singly if step.orders == state.order.kind and followed(state, step)
        ]
        found += mine
        moments = [_until(one) for one in mine if not isinstance(one, Due)]
        listed = NEVER
        for step in many:
            at, since = _list_look(frame, step, state)
            listed = min(listed, since)
            moments.append(at)
            if at == AWAKE:
                lists.add((step.name, "" if step.inside else state.order.party))
        besides[state.order.number] = min(moments, default=ASLEEP)
        due = any(isinstance(one, Due) for one in mine)
        looks[state.order.number] = Look(AWAKE if due else besides[state.order.number], listed)
    return Surveyed(
        tuple(one for one in found if isinstance(one, Due)),
        tuple(one for one in found if isinstance(one, Held)),
        looks,
        besides,
        frozenset(lists),
    )


def _until(one: Outcome) -> datetime:
    """Return until when nothing changes that a step comes to, unless something happens."""
    match one:
        case Later(at):
            return at
        case Held(until=until) if until is not None:
            return until
        case None:
            return ASLEEP
    return AWAKE


@dataclass(frozen=True, slots=True)
class _Turn:
    """The turn of a step's list for one party: its slot now, if any, and when the one after it comes."""

    step: Step
    reader: Party | None
    slot: Slot | None
    following: datetime


def _list_look(frame: Frame, step: Step, state: OrderState) -> tuple[datetime, date]:
    """Return when an order may be in a list that is due (AWAKE: now), and from which day on it stands in it."""
    if isinstance(step.when, QuietBacklog):
        return _backlog_look(frame, step, state)
    party = frame.party(state.order.party)
    if step.orders != state.order.kind or party is None or not party.live:
        return ASLEEP, NEVER
    turn = _turn_of(frame, step, party)
    since = listed_from(frame, turn.step, turn.reader, state) if turn else None
    if turn is None or since is None:
        return ASLEEP, NEVER
    if obstacle(frame, state.order.party, party, (state,), inside=step.inside):
        return obstacle_until(frame, party, (state,)), since
    if since > frame.today(turn.reader):
        return begins_at(frame, since, turn.reader), since
    if turn.slot is None or _written(frame, step, party.party, state, turn.slot.about):
        return turn.following, since
    return (turn.slot.at if turn.slot.at > frame.now else AWAKE), since


def _turn_of(frame: Frame, step: Step, party: PartyState) -> _Turn | None:
    """Return the turn of a list; None where it is switched off."""
    key = (step.name, party.party.name)
    if key not in frame.turns:
        frame.turns[key] = _made(frame, step, party)
    found = frame.turns[key]
    assert found is None or isinstance(found, _Turn)
    return found


def _made(frame: Frame, step: Step, party: PartyState) -> _Turn | None:
    reader = None if step.inside else party.party
    if reader is not None:
        step = frame.playbook.step_for(step, reader.name)
    if all(mode_of(frame, step, rung, reader, None) == Mode.OFF for rung in step.ladder):
        return None
    if isinstance(step.when, Periodic):
        following = next_slot(frame, step.when, reader)
    else:
        following = next_closure(frame, step, party.party)
    slot = turn_of(frame, step, reader)
    if slot is not None and slot.at <= frame.now and party.live_at is not None and slot.at < party.live_at:
        slot = None
    return _Turn(step, reader, slot, following)


def _written(frame: Frame, step: Step, party: Party, state: OrderState, about: str) -> bool:
    """Say whether the list of a period was written, to the party or to that person of ours who gets it."""
    own = {contact.email.lower() for contact in party.contacts}
    if step.inside:
        own = {address.email for address in letterhead(frame, step, step.ladder[0], None, state).to}
    written = frame.listed(step.name)
    return any((email, about) in written for email in own)


def _backlog_look(frame: Frame, step: Step, state: OrderState) -> tuple[datetime, date]:
    party = frame.party(state.order.party)
    if party is None or party.live or not followed(state, step):
        return ASLEEP, NEVER
    since = listed_from(frame, step, None, state)
    if since is None:
        return ASLEEP, NEVER
    slot = backlog_slot(frame)
    monday = begins_at(frame, slot.day + timedelta(days=7), None)
    if in_backlog(frame, state) is None:
        stands = since + (step.horizon.apply(frame.today(None), frame.house_days) - frame.today(None))
        tomorrow = begins_at(frame, frame.today(None) + timedelta(days=1), None)
        return max(tomorrow, begins_at(frame, stands + timedelta(days=1), None)), since
    return (monday if _written(frame, step, party.party, state, slot.about) else AWAKE), since
