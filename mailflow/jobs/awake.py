"""What is due, by looking only at the orders that are awake: the same letters as a look at all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.model import OrderKind
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.due import of_many, settle
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.lists import turn_of
from mailflow.core.playbook.looks import AWAKE, Look, still_awake, survey
from mailflow.core.playbook.model import Done, Due, Held, Situation, Waits
from mailflow.core.playbook.moments import Mailed, Waiting
from mailflow.core.playbook.rhythm import list_steps
from mailflow.jobs.portions import AT_MOST, lists_of, take_portion
from mailflow.jobs.ports import DutyRecord, Transaction
from mailflow.jobs.rules import FollowUpRules

OVER = frozenset({LetterState.SENT, LetterState.WITHDRAWN, LetterState.DECLINED, LetterState.REFUSED})
AT_ONCE = 1000
"""So many orders are in memory together while all are looked at."""
_LISTS_KNOWN = timedelta(days=120)
"""So long back lists are remembered: longer than any period or closure that they are about."""
_LATELY = timedelta(days=4)
"""So long back letters count for one letter a day."""


@dataclass(slots=True)
class _Found:
    """What the orders that are awake come to."""

    dues: list[Due] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    states: dict[str, OrderState] = field(default_factory=dict)
    done: dict[str, list[Done]] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    lists: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class DueNow:
    """What is due and what is held back, with what it rests on; `behind`: other orders wait for the next round."""

    situation: Situation
    dues: tuple[Due, ...]
    held: tuple[Held, ...]
    behind: bool


def due_now(tx: Transaction, rules: FollowUpRules, now: datetime, at_most: int = AT_MOST) -> DueNow:
    """Return what is due at `now` of the orders whose turn it is; let those of which nothing is due sleep on."""
    portion = take_portion(tx, rules, now, at_most)
    common = _common(tx, rules, now)
    found = _Found()
    for first in range(0, len(portion.keys), AT_ONCE):
        _look(tx, rules, now, common, portion.keys[first : first + AT_ONCE], found)
    found.lists |= _later_today(Frame(common, rules.playbook, rules.calendars, now), found.dues)
    inside = {(name, party) for name, party in found.lists if not party}
    found.lists -= inside
    found.lists |= {(name, "") for name in lists_of(tx, portion, {name for name, _ in inside})}
    frame = _whole(tx, rules, now, common, found)
    for step in (step for step in rules.playbook.steps if step.of_many):
        parties = {party for name, party in found.lists if name == step.name}
        if not parties and not isinstance(step.when, Waiting | Mailed):
            continue
        own = [state for state in frame.situation.orders.values() if "" in parties or state.order.party in parties]
        outcomes = of_many(frame, step, own)
        found.dues += [one for one in outcomes if isinstance(one, Due)]
        found.held += [one for one in outcomes if isinstance(one, Held)]
    dues, held = settle(frame, found.dues, found.held)
    tx.views.sleep(_looked(_put_off(found, held), now))
    return DueNow(frame.situation, dues, held, portion.behind)


def _look(
    tx: Transaction,
    rules: FollowUpRules,
    now: datetime,
    common: Situation,
    keys: Sequence[str],
    found: _Found,
) -> None:
    """Look at some orders that are awake."""
    states = tx.views.linked(keys)
    mine = [states[key] for key in keys if key in states]
    done = _by_order(tx.outbox.duties(state.order.number for state in states.values()))
    everything = (*common.done, *(one for some in done.values() for one in some))
    frame = Frame(_with(common, states, everything), rules.playbook, rules.calendars, now)
    looked = survey(frame, mine)
    found.dues += looked.dues
    found.held += looked.held
    found.lists |= looked.lists
    for number in {one.duty.order for one in looked.dues}:
        found.states[number] = frame.situation.orders[number]
        found.done[number] = done.get(number, [])
        found.looks[number] = Look(looked.besides[number], looked.looks[number].listed)
    tx.views.sleep(_looked(looked.looks, now))


def _looked(looks: Mapping[str, Look], now: datetime) -> dict[str, Look]:
    """Return the looks, with a mark where an order stays awake: the others have their turn before it."""
    return {number: replace(look, at=still_awake(now)) if look.at == AWAKE else look for number, look in looks.items()}


def _put_off(found: _Found, held: Iterable[Held]) -> dict[str, Look]:
    """Return until when the orders sleep of which all that is due must wait for another day."""
    until = {one.duty: one.until for one in held if one.until is not None}
    of_order: dict[str, list[datetime | None]] = {}
    for one in found.dues:
        of_order.setdefault(one.duty.order, []).append(until.get(one.duty))
    return {
        number: replace(look, at=min(look.at, *(moment for moment in moments if moment is not None)))
        for number, look in found.looks.items()
        if (moments := of_order[number]) and None not in moments
    }


def _later_today(frame: Frame, dues: Iterable[Due]) -> set[tuple[str, str]]:
    """Return the lists that parties get today yet: what stands in them is not also asked singly."""
    asked = {one.party for one in dues if one.merge and one.party}
    found: set[tuple[str, str]] = set()
    for step in list_steps(frame):
        for name in () if step.inside else asked:
            party = frame.party(name)
            slot = turn_of(frame, frame.playbook.step_for(step, name), party.party) if party else None
            if party and slot and slot.day == frame.today(party.party) and slot.at > frame.now:
                found.add((step.name, name))
    return found


def _whole(tx: Transaction, rules: FollowUpRules, now: datetime, common: Situation, found: _Found) -> Frame:
    """Return everything that the letters of this round rest on: what is due, what stands in lists, what went lately."""
    tomorrow = now.date() + timedelta(days=1)
    states = dict(found.states)
    parties = {party for _, party in found.lists}
    if parties:
        listed = tx.views.listed(tomorrow, None if "" in parties else parties)
        sales = [state.order.number for state in listed.values() if state.order.kind == OrderKind.SALES]
        states = {**(tx.views.linked(sales) if sales else {}), **listed, **states}
    named = {number for draft in common.drafts for number in draft.orders}
    named |= {number for some in common.unanswered.values() for one in some.owed for number in one.orders}
    states |= tx.views.orders(named - states.keys()) if named - states.keys() else {}
    lately = _by_order(tx.outbox.duties(None, now - _LATELY))
    merged = {one.duty.order for some in lately.values() for one in some if _merged(rules, one)} - states.keys() - {"*"}
    states |= tx.views.orders(merged) if merged else {}
    done = {**lately, **_by_order(tx.outbox.duties(states.keys() - found.done.keys())), **found.done}
    done.pop("*", None)
    everything = (*common.done, *(one for some in done.values() for one in some))
    return Frame(_with(common, states, everything), rules.playbook, rules.calendars, now)


def _merged(rules: FollowUpRules, one: Done) -> bool:
    step = rules.playbook.by_name.get(one.duty.step)
    return step is not None and bool(step.merge)


def _common(tx: Transaction, rules: FollowUpRules, now: datetime) -> Situation:
    """Return what holds whichever orders are looked at; of duties those of lists."""
    lists = _by_order(tx.outbox.duties(["*"], now - _LISTS_KNOWN)).get("*", [])
    return Situation(
        {},
        tx.views.parties(),
        rules.house,
        tx.views.addresses(),
        tx.views.reviews(),
        tuple(lists),
        rules.outside,
        drafts(tx),
        tx.views.complaining(),
        tx.views.unanswered(),
    )


def _with(common: Situation, states: Mapping[str, OrderState], done: Iterable[Done]) -> Situation:
    orders = {state.order.number: state for _, state in sorted(states.items())}
    return replace(common, orders=orders, done=tuple(done))


def _by_order(duties: Iterable[DutyRecord]) -> dict[str, list[Done]]:
    found: dict[str, list[Done]] = {}
    for one in duties:
        found.setdefault(one.duty.order, []).append(Done(one.duty, one.at, one.state not in OVER))
    return found


def drafts(tx: Transaction) -> tuple[Waits, ...]:
    """Return the drafts to others that no person has decided yet."""
    return tuple(
        Waits(letter.id, letter.planned.template, letter.planned.party, letter.planned.orders, letter.created_at)
        for letter in tx.outbox.letters([LetterState.DRAFTED])
        if letter.planned.party
    )
