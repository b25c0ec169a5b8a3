"""Commands by mail become events, or answers out of the record. One table says what each verb does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailflow.core.orders.by_hand import CameBack, HandedOver, OrderClosed, Spoke, WentAway
from mailflow.core.orders.events import DatePromised, Paused, Resumed
from mailflow.core.orders.model import Milestone, OrderKind
from mailflow.core.orders.state import OrderState
from mailflow.core.steering.authority import House
from mailflow.core.steering.dates import dated_event
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.look import list_late, list_learned, status, who
from mailflow.core.steering.model import Colleague, SteerLine
from mailflow.core.steering.record import Record
from mailflow.core.steering.said import Command
from mailflow.core.steering.words import TOLD, SteeringRules, Verb

LOOKS = frozenset({Verb.STATUS, Verb.LIST_LATE, Verb.WHO, Verb.LEARNED, Verb.HELP})
"""What changes nothing, and so needs no proof of who asks: the answer goes to the address that we know."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Who speaks, and what obeying them needs."""

    person: Colleague
    house: House
    rules: SteeringRules
    record: Record
    out: Effects


def obey(command: Command, floor: Floor) -> None:
    """Carry out one command, or say why not."""
    if command.verb in floor.rules.managers_only and not floor.person.manager and not _gives_own(command, floor):
        floor.out.fail("managers_only", command.words, text=command.verb.value)
        return
    DOES[command.verb](command, floor)


def _gives_own(command: Command, floor: Floor) -> bool:
    """Say whether a merchandiser gives orders away that are their own: that needs no manager."""
    if command.everything or not command.subjects:
        return False
    states = [floor.record.order(one) for one in command.subjects]
    return all(state is not None and state.merchandiser == floor.person.email for state in states)


def _mine(state: OrderState, command: Command, floor: Floor) -> bool:
    """Say whether a person may decide about an order; where not, they are told whose it is."""
    owner = state.merchandiser
    if not owner or floor.rules.answers.others_orders or floor.house.decides_for(floor.person, owner):
        return True
    floor.out.fail("not_your_order", command.words, order=state.order.number, person=owner)
    return False


def _orders(command: Command, floor: Floor) -> list[OrderState]:
    """Return the orders that a command is about and that its writer may decide about."""
    states = [floor.record.order(one) for one in command.subjects]
    return [state for state in states if state is not None and _mine(state, command, floor)]


def _subjects(command: Command, floor: Floor) -> list[str]:
    """Return the orders and parties that a command is about; parties are anybody's."""
    mine = [state.order.number for state in _orders(command, floor)]
    return [one for one in command.subjects if one in mine or floor.record.order(one) is None]


def _hold(command: Command, floor: Floor) -> None:
    if command.day is not None and command.day <= floor.record.today():
        floor.out.fail("is_past", command.words)
        return
    for subject in _subjects(command, floor):
        kind = "held_until" if command.day else "held"
        floor.out.do(SteerLine(kind, subject, day=command.day), Paused(subject, command.day))


def _stop_chasing(command: Command, floor: Floor) -> None:
    for subject in _subjects(command, floor):
        floor.out.do(SteerLine("held", subject), Paused(subject))


def _resume(command: Command, floor: Floor) -> None:
    for subject in _subjects(command, floor):
        floor.out.do(SteerLine("resumed", subject), Resumed(subject))


def _set(command: Command, floor: Floor) -> None:
    assert command.day is not None
    for state in _orders(command, floor):
        line, event = dated_event(state, command.milestone, command.day, floor.record.today(), done=command.done)
        if event is None:
            floor.out.fail(line.kind, command.words, order=state.order.number)
        else:
            floor.out.do(line, event)


def _spoke(command: Command, floor: Floor) -> None:
    for state in _orders(command, floor):
        number = state.order.number
        if command.day is None:
            floor.out.do(SteerLine("spoke", number), Spoke(number, command.words, state.order.party))
            continue
        told = state.order.kind is OrderKind.SALES
        milestone = command.milestone or (TOLD if told else Milestone.SHIP)
        line, event = dated_event(state, str(milestone), command.day, floor.record.today(), done=command.done)
        if event is None:
            floor.out.fail(line.kind, command.words, order=number)
            continue
        kept = event if not isinstance(event, DatePromised) else _by_telephone(event)
        floor.out.do(line, Spoke(number, command.words, state.order.party), kept)


def _by_telephone(event: DatePromised) -> DatePromised:
    return DatePromised(event.order, event.milestone, event.date, source="by telephone or chat")


def _close(command: Command, floor: Floor) -> None:
    for state in _orders(command, floor):
        if state.closed or state.order.status != "open":
            floor.out.fail("closed_already", command.words, order=state.order.number)
        else:
            floor.out.do(SteerLine("closed", state.order.number), OrderClosed(state.order.number))


def _chase_now(command: Command, floor: Floor) -> None:
    for state in _orders(command, floor):
        number = state.order.number
        if reason := floor.record.chase(number):
            floor.out.fail("cannot_chase", command.words, order=number, text=reason)
        else:
            floor.out.chase.append(number)
            floor.out.do(SteerLine("chased", number, party=state.order.party))


def _away(command: Command, floor: Floor) -> None:
    assert command.day is not None
    if command.day < floor.record.today():
        floor.out.fail("is_past", command.words)
        return
    if command.person == floor.person.email:
        floor.out.fail("delegate_is_you", command.words)
        return
    kind = "away_with" if command.person else "away"
    event = WentAway(floor.person.email, command.day, command.person)
    floor.out.do(SteerLine(kind, day=command.day, person=_name(command.person, floor)), event)
    floor.out.copies += [command.person] if command.person else []


def _back(command: Command, floor: Floor) -> None:
    floor.out.do(SteerLine("back"), CameBack(floor.person.email))


def _handover(command: Command, floor: Floor) -> None:
    states = [
        state
        for state in floor.record.orders().values()
        if _is_meant(state, command, floor) and state.merchandiser != command.person
    ]
    if not states:
        floor.out.fail("nothing_to_hand_over", command.words)
        return
    events = [HandedOver(state.order.number, command.person, state.owner) for state in states]
    name = _name(command.person, floor)
    orders = ", ".join(sorted(state.order.number for state in states)[:20])
    floor.out.do(SteerLine("handed_over", orders, number=len(states), person=name), *events)
    floor.out.handed.append((command.person, tuple(sorted(state.order.number for state in states))))
    floor.out.copies.append(command.person)


def _is_meant(state: OrderState, command: Command, floor: Floor) -> bool:
    if state.order.status != "open" or state.closed or state.vanished:
        return False
    if command.everything:
        return state.merchandiser == floor.person.email
    return state.order.number in command.subjects or state.order.party in command.subjects


def _name(email: str, floor: Floor) -> str:
    person = floor.house.people.get(email)
    return person.name or email if person else email


def _looks(look: Callable[[Command, Record, Effects], None]) -> Callable[[Command, Floor], None]:
    return lambda command, floor: look(command, floor.record, floor.out)


def _help(command: Command, floor: Floor) -> None:
    floor.out.told.append(SteerLine("help"))


def _nothing(command: Command, floor: Floor) -> None:
    """Do nothing: taking back is seen to by whoever knows what is to be taken back."""


DOES: Mapping[Verb, Callable[[Command, Floor], None]] = {
    Verb.STATUS: _looks(status),
    Verb.LIST_LATE: lambda command, floor: list_late(floor.person.email, floor.record, floor.out),
    Verb.HOLD: _hold,
    Verb.RESUME: _resume,
    Verb.SET: _set,
    Verb.SPOKE: _spoke,
    Verb.CLOSE: _close,
    Verb.STOP_CHASING: _stop_chasing,
    Verb.CHASE_NOW: _chase_now,
    Verb.AWAY: _away,
    Verb.BACK: _back,
    Verb.HANDOVER: _handover,
    Verb.WHO: _looks(who),
    Verb.LEARNED: _looks(list_learned),
    Verb.HELP: _help,
    Verb.UNDO: _nothing,
}
"""What each verb does."""
