"""The candidates A, B, C of a question: what choosing each would enter, and why it is offered."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from mailflow.core.orders.by_hand import ContactLearned, DateOrderLearned
from mailflow.core.orders.codec import decode_event, encode_event
from mailflow.core.orders.events import (
    CustomerTold,
    DatePromised,
    Event,
    MilestoneReached,
    OrderAcknowledged,
    ReviewOpened,
)
from mailflow.core.orders.papers import DocumentFiled
from mailflow.core.steering.learning import other_reading, written_day_first
from mailflow.core.steering.model import Candidate, Effect, Quote, SteerLine
from mailflow.core.steering.tokens import LETTERS

MOST = 4
_AHEAD = timedelta(days=240)


def candidates_of(
    opened: ReviewOpened, quote: Quote | None, party: str, today: date, strange: Callable[[str], bool]
) -> tuple[Candidate, ...]:
    """Return the ways to decide a question. `party` is the one that a stranger may write for; an address that only
    looks like somebody's is never offered to be learned."""
    proposed = [decode_event(text) for text in opened.proposed]
    found: list[Candidate] = []
    if proposed:
        found += _of_dates(opened, proposed, today) or _of_days(proposed) or _of_orders(proposed)
        found += _of_other_orders(opened, proposed)
    elif party and quote is not None and quote.sender and not strange(quote.sender):
        learned = ContactLearned(quote.sender, party, opened.mail)
        line = SteerLine("c_contact", party=party, person=quote.sender)
        found.append(Candidate("", line, Effect.TEACH, (encode_event(learned),), "about_their_order"))
    return tuple(replace(one, key=LETTERS[n].upper()) for n, one in enumerate(found[:MOST]))


def letter_candidates(orders: Sequence[str], *, veto: bool, held: bool) -> tuple[Candidate, ...]:
    """Return the ways to decide a letter; one that lacks something cannot be sent."""
    order = ", ".join(orders[:3])
    send = Candidate("A", SteerLine("c_send_now" if veto else "c_send", order), Effect.SEND)
    stop = Candidate("B", SteerLine("c_stop", order), Effect.DECLINE)
    return (replace(stop, key="A"),) if held else (send, stop)


def _of_dates(opened: ReviewOpened, proposed: Sequence[Event], today: date) -> list[Candidate]:
    """Return both readings of a date of two numbers; either teaches how the party writes its dates."""
    dated = [one for one in proposed if isinstance(one, DatePromised | MilestoneReached)]
    if len(proposed) != 1 or len(dated) != 1 or not opened.party:
        return []
    event, words = dated[0], opened.words
    other = other_reading(words, event.date)
    if other is not None and other < today and isinstance(event, DatePromised):
        other = other.replace(year=other.year + 1)
    day_first = written_day_first(words, event.date)
    if other is None or day_first is None or not today - _AHEAD <= other <= today + _AHEAD:
        return []
    taught = DateOrderLearned(opened.party, day_first, opened.mail)
    swapped = [replace(event, date=other), replace(taught, day_first=not day_first)]
    return [
        _entering([event, taught], "day_first" if day_first else "month_first"),
        _entering(swapped, "month_first" if day_first else "day_first"),
    ]


def _of_days(proposed: Sequence[Event]) -> list[Candidate]:
    """Return each of several days that a mail gives for one thing; nothing where none speaks against another."""
    days: dict[tuple[str, str, str], set[date]] = {}
    for one in proposed:
        if not isinstance(one, DatePromised | MilestoneReached):
            return []
        days.setdefault((one.order, str(one.milestone), one.part), set()).add(one.date)
    if len(days) != 1 or len(proposed) < 2:
        return []
    return [_entering([one], "one_of_several") for one in proposed]


def _of_orders(proposed: Sequence[Event]) -> list[Candidate]:
    """Return all that is proposed, and where it is for several orders, each of them alone."""
    whole = _entering(proposed, "as_said")
    orders = list(dict.fromkeys(getattr(one, "order", "") for one in proposed))
    if len(orders) < 2:
        return [whole]
    alone = ([one for one in proposed if getattr(one, "order", "") == order] for order in orders)
    return [whole, *(_entering(some, "alone") for some in alone)]


def _of_other_orders(opened: ReviewOpened, proposed: Sequence[Event]) -> list[Candidate]:
    """Return the same for the other orders that could be meant."""
    named = list(dict.fromkeys(order for one in proposed if (order := getattr(one, "order", ""))))
    others = [order for order in opened.candidates if order not in named]
    first: list[Any] = [one for one in proposed if getattr(one, "order", "") == named[0]] if named else []
    return [_entering([replace(one, order=order) for one in first], "could_be") for order in others]


def _entering(events: Sequence[Event], why: str) -> Candidate:
    return Candidate("", line_of(events), Effect.ENTER, tuple(map(encode_event, events)), why)


def line_of(events: Sequence[Event]) -> SteerLine:
    """Return what entering some events comes to, as a line."""
    facts = [one for one in events if getattr(one, "order", "")]
    if len(facts) > 1:
        orders = ", ".join(dict.fromkeys(getattr(one, "order", "") for one in facts))
        return SteerLine("c_several", orders, number=len(facts))
    match facts[0] if facts else None:
        case DatePromised(order, milestone, day):
            return SteerLine("promised", order, str(milestone), day)
        case MilestoneReached(order, milestone, day):
            return SteerLine("reached", order, str(milestone), day)
        case OrderAcknowledged(order):
            return SteerLine("acknowledged", order)
        case CustomerTold(order, day):
            return SteerLine("told", order, day=day)
        case DocumentFiled(order=order, name=name):
            return SteerLine("c_document", order, text=name)
        case None:
            return SteerLine("c_nothing")
        case other:
            topic = getattr(other, "topic", "") or "payment"
            return SteerLine("c_fact", getattr(other, "order", ""), text=topic)
