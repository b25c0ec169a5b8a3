"""Steer: what people decide, set, pause and switch on, each an event with who and why."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.by_hand import LearnedWithdrawn
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import (
    CustomerTold,
    DatePromised,
    Event,
    LetterWithdrawn,
    MilestoneReached,
    NewEvent,
    Paused,
    Recorded,
    Resumed,
    ReviewDecided,
    WentLive,
    WritingStopped,
)
from mailflow.core.orders.model import DOCUMENTS, Milestone, place
from mailflow.jobs.ports import Store, Transaction

TOLD = "told"
"""The one name `set` takes beside the milestones: the date last agreed with the customer."""


class CannotSteerError(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


def decide(store: Store, item: str, choice: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Settle a question or a letter that waits.

    A question (`R…`) takes `yes`, `no`, `seen` or the number of the order that is meant; a letter (`L…`) `send` or
    `decline`, or `seen` where something is asked about one that does not wait any more.
    """
    with store.begin() as tx:
        if is_letter(item):
            return _decide_letter(tx, item, choice.lower(), who=who, why=why, now=now)
        events = _settled(tx, item, choice)
        return tx.ledger.record([NewEvent(event, who, why) for event in events], now)


def is_letter(item: str) -> bool:
    """Tell whether an item is a letter (`L42`), not a question."""
    return item[:1] in {"L", "l"} and item[1:].isdigit()


def _settled(tx: Transaction, item: str, choice: str) -> list[Event]:
    review = tx.views.review(item)
    if review is None:
        raise CannotSteerError(f"there is no question {item}; `mailflow review` lists the open ones")
    if review.choice is not None:
        raise CannotSteerError(f"{item} was settled already: {review.choice}, by {review.decided_by}")
    decided = ReviewDecided(item, choice, review.opened.orders)
    if choice.lower() in {"no", "none", "seen"}:
        return [decided]
    proposed = [decode_event(text) for text in review.opened.proposed]
    if choice.lower() == "yes":
        if not proposed:
            raise CannotSteerError(f"{item} proposes nothing to enter; answer `seen`, or name the order that is meant")
        return [*proposed, decided]
    if choice not in tx.views.orders([choice]):
        raise CannotSteerError(f"{choice} is no order in the book; answer `yes`, `no`, `seen` or an order's number")
    return [*(_for_order(event, choice) for event in proposed), decided]


def _for_order(event: Event, order: str) -> Event:
    proposed: Any = event  # what a reading proposes always names an order
    changed: Event = replace(proposed, order=order)
    return changed


def _decide_letter(tx: Transaction, item: str, choice: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    letter = _letter(tx, item, seen=choice == "seen")
    events: list[Event] = [ReviewDecided(f"L{letter.id}", choice, letter.planned.orders)]
    if choice == "send":
        tx.outbox.approve(letter.id, now)
    elif choice == "decline":
        tx.outbox.decline(letter.id)
        events.append(LetterWithdrawn(letter.id, letter.planned.orders, "declined"))
    elif choice != "seen":
        raise CannotSteerError(f"a letter takes `send` or `decline`, not {choice!r}")
    return tx.ledger.record([NewEvent(event, who, why) for event in events], now)


def _letter(tx: Transaction, item: str, *, seen: bool) -> OutboxLetter:
    letter = tx.outbox.get(int(item[1:]))
    if letter is None:
        raise CannotSteerError(f"there is no letter {item}; `mailflow review` lists those that wait")
    if seen:
        if f"L{letter.id}" not in tx.views.reviews():
            raise CannotSteerError(f"nothing is asked about {item}; a letter that waits takes `send` or `decline`")
    elif letter.state not in {LetterState.DRAFTED, LetterState.HELD, LetterState.QUEUED}:
        raise CannotSteerError(f"{item} does not wait for anybody: it is {letter.state.value}")
    return letter


def set_date(
    store: Store,
    order: str,
    milestone: str,
    day: date,
    *,
    done: bool,
    who: str,
    why: str,
    now: datetime,
    stages: Collection[str] = tuple(Milestone),
) -> list[Recorded]:
    """Enter a promise, an actual (`done`), or under `told` the date agreed with the customer.

    `stages` are the milestones that have a name; a part of one (`payment.deposit`, `documents.invoice`) needs none.
    """
    with store.begin() as tx:
        if order not in tx.views.orders([order]):
            raise CannotSteerError(f"{order} is no order in the book; `mailflow orders` lists them")
        return tx.ledger.record([NewEvent(_dated(order, milestone, day, stages, done=done), who, why)], now)


def _dated(order: str, milestone: str, day: date, stages: Collection[str], *, done: bool) -> Event:
    if milestone == TOLD:
        return CustomerTold(order, day)
    name, part = place(milestone)
    if milestone not in stages and not (part and name in {*stages, DOCUMENTS}):
        raise CannotSteerError(f"{milestone} is no milestone; known are: {', '.join(stages)}, {TOLD}")
    if done or name == Milestone.ACKNOWLEDGED:
        return MilestoneReached(order, name, day, part)
    return DatePromised(order, name, day, part)


def pause(store: Store, subject: str, until: date | None, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Chase nothing for an order or a party until `until`, or until it is resumed."""
    return _about_subject(store, Paused(subject, until), who=who, why=why, now=now)


def resume(store: Store, subject: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Take a pause back."""
    return _about_subject(store, Resumed(subject), who=who, why=why, now=now)


def _about_subject(store: Store, event: Paused | Resumed, *, who: str, why: str, now: datetime) -> list[Recorded]:
    with store.begin() as tx:
        if event.subject not in tx.views.parties() and event.subject not in tx.views.orders([event.subject]):
            raise CannotSteerError(f"{event.subject} is neither an order nor a party; see `mailflow orders`")
        return tx.ledger.record([NewEvent(event, who, why)], now)


def stop_writing(store: Store, address: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Never write to an address again."""
    if "@" not in address:
        raise CannotSteerError(f"{address} is no e-mail address")
    with store.begin() as tx:
        return tx.ledger.record([NewEvent(WritingStopped(address.lower()), who, why)], now)


def go_live(store: Store, party: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Switch a quiet party, or with `all` every quiet party, on."""
    with store.begin() as tx:
        names = quiet_parties(tx, party)
        return tx.ledger.record([NewEvent(WentLive(name), who, why) for name in names], now)


def quiet_parties(tx: Transaction, party: str) -> list[str]:
    """Return the parties that `party` (a name, a short name, or `all`) means and that are quiet still."""
    parties = tx.views.parties()
    named = [n for n, s in parties.items() if party in {"all", n, s.party.short}]
    if not named:
        raise CannotSteerError(f"there is no party {party}; known are: {', '.join(sorted(parties))}")
    return [name for name in named if not parties[name].live]


def withdraw_learned(store: Store, key: str, *, who: str, why: str, now: datetime) -> list[Recorded]:
    """Take back something that an answer taught."""
    with store.begin() as tx:
        if key not in tx.views.learned():
            raise CannotSteerError(f"nothing of that name was learned: {key}; `mailflow learned` lists what was")
        return tx.ledger.record([NewEvent(LearnedWithdrawn(key), who, why)], now)
