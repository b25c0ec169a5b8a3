"""Answers to a digest become events: each item is looked at as it stands now, not as it stood in the morning."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.by_hand import AliasLearned, DateOrderLearned
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import (
    CustomerTold,
    DatePromised,
    Event,
    LetterWithdrawn,
    MilestoneReached,
    OrderAcknowledged,
    ReviewDecided,
)
from mailflow.core.steering.dates import date_of_letter, dated_event
from mailflow.core.steering.effects import Effects
from mailflow.core.steering.learning import alias_of
from mailflow.core.steering.model import Candidate, Colleague, Digest, DigestItem, Effect, SteerLine
from mailflow.core.steering.record import Record
from mailflow.core.steering.said import ALL, Answer, Choice

WAITING = frozenset({LetterState.DRAFTED, LetterState.HELD, LetterState.QUEUED})
_MOVES = (DatePromised, MilestoneReached, OrderAcknowledged, CustomerTold)


def answer_digest(answers: Sequence[Answer], digest: Digest, person: Colleague, record: Record, out: Effects) -> None:
    """Apply answers to the items of a digest."""
    items = {item.number: item for item in digest.items}
    for answer in answers:
        if answer.number == ALL:
            _answer_all(answer, [item for item in digest.items if item.number not in answer.without], record, out)
        elif answer.number not in items:
            out.fail("no_such_item", answer.words, number=answer.number)
        else:
            _answer(answer, items[answer.number], record, out)


def _answer_all(answer: Answer, items: Sequence[DigestItem], record: Record, out: Effects) -> None:
    if answer.choice in (Choice.ORDER, Choice.DATE) or not items:
        out.fail("not_for_all" if items else "nothing_asked", answer.words)
        return
    if answer.implied and len(items) > 1:
        out.fail("which_items", answer.words)
        return
    for item in items:
        _answer(replace(answer, number=item.number), item, record, out)


def _answer(answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    if reason := _settled(item, record):
        out.fail(reason[0], answer.words, number=item.number, text=reason[1])
    elif item.item.startswith("L"):
        _answer_letter(answer, item, record, out)
    else:
        _answer_question(answer, item, record, out)


def _settled(item: DigestItem, record: Record) -> tuple[str, str] | None:
    """Return why an item cannot be decided any more: settled, gone, or its orders have moved since."""
    if item.item.startswith("L"):
        letter = record.letter(int(item.item[1:]))
        if letter is None or letter.state not in WAITING:
            return ("letter_gone", letter.state.value if letter else "")
        return None
    review = record.review(item.item)
    if review is None:
        return ("item_gone", "")
    if review.choice is not None:
        return ("settled", review.choice)
    for order in item.orders:
        for recorded in record.history(order):
            if recorded.id > item.as_of and isinstance(recorded.event, _MOVES):
                return ("moved_since", order)
    return None


def _answer_letter(answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    letter = int(item.item[1:])
    candidate = _candidate(answer.letter, item)
    effect = candidate.effect if candidate is not None else None
    held = record.letter(letter)
    if answer.choice in (Choice.SEND, Choice.YES) or effect is Effect.SEND:
        if held is not None and held.state is LetterState.HELD and held.envelope is None:
            out.fail("letter_lacks", answer.words, number=item.number, text=held.reply)
            return
        out.send.append(letter)
        out.do(_line("sent_on", item), ReviewDecided(item.item, "send", item.orders))
    elif answer.choice is Choice.DATE and held is not None:
        date_of_letter(answer, item, held, record, out)
    elif answer.choice is Choice.STOP or effect is Effect.DECLINE:
        out.decline.append(letter)
        decided = ReviewDecided(item.item, "decline", item.orders)
        out.do(_line("declined", item), decided, LetterWithdrawn(letter, item.orders, "declined"))
    else:
        out.fail("letter_takes", answer.words, number=item.number)


def _answer_question(answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    match answer.choice:
        case Choice.NONE:
            out.do(_line("none_of_it", item), ReviewDecided(item.item, "none", item.orders))
        case Choice.LETTER:
            _choose(_candidate(answer.letter, item), answer, item, record, out)
        case Choice.YES:
            only = item.candidates[0] if len(item.candidates) == 1 else None
            if only is None:
                kind = "which_of" if item.candidates else "proposes_nothing"
                out.fail(kind, answer.words, number=item.number, text=", ".join(c.key for c in item.candidates))
            else:
                _choose(only, answer, item, record, out)
        case Choice.ORDER:
            _for_order(answer, item, record, out)
        case Choice.DATE:
            _on_date(answer, item, record, out)
        case _:
            out.fail("question_takes", answer.words, number=item.number)


def _candidate(letter: str, item: DigestItem) -> Candidate | None:
    return next((one for one in item.candidates if one.key == letter), None)


def _choose(candidate: Candidate | None, answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    if not item.candidates:
        out.fail("proposes_nothing", answer.words, number=item.number)
        return
    if candidate is None:
        keys = ", ".join(one.key for one in item.candidates) or "none"
        out.fail("no_such_choice", answer.words, number=item.number, text=keys)
        return
    events = [decode_event(text) for text in candidate.events]
    decided = ReviewDecided(item.item, candidate.key, item.orders)
    if candidate.effect is Effect.TEACH and item.quote is not None:
        review = record.review(item.item)
        out.reread += [review.opened.mail] if review and review.opened.mail else []
    learned = _alias(_orders(events), item, record)
    out.do(replace(candidate.line, number=item.number), *events, *learned, decided)
    out.done += [_taught(one) for one in (*events, *learned) if isinstance(one, AliasLearned | DateOrderLearned)]


def _for_order(answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    """Enter what a question proposes for the order that a person names."""
    state = record.order(answer.order)
    proposed = _proposed(item, record)
    if state is None or not proposed:
        out.fail("unknown_order" if state is None else "proposes_nothing", answer.words, number=item.number)
        return
    first = _orders(proposed)[:1]
    events = [_with(event, order=answer.order) for event in proposed if _orders([event]) == first]
    learned = _alias([answer.order], item, record)
    decided = ReviewDecided(item.item, answer.order, item.orders)
    out.do(SteerLine("entered_for", answer.order, number=item.number), *events, *learned, decided)
    out.done += [_taught(one) for one in learned]


def _on_date(answer: Answer, item: DigestItem, record: Record, out: Effects) -> None:
    """Enter a question's matter for another day, or another milestone of its one order."""
    assert answer.day is not None
    dated = [one for one in _proposed(item, record) if isinstance(one, DatePromised | MilestoneReached)]
    wanted = [one for one in dated if not answer.milestone or one.milestone == answer.milestone]
    orders = tuple(dict.fromkeys(one.order for one in (wanted or dated))) or item.orders
    milestone = answer.milestone or (wanted[0].milestone if len({one.milestone for one in wanted}) == 1 else "")
    if len(orders) != 1 or not milestone:
        out.fail("which_date", answer.words, number=item.number)
        return
    like = wanted[0] if wanted else None
    state = record.order(orders[0])
    if state is None:
        out.fail("unknown_order", answer.words, number=item.number)
        return
    done = answer.done or (isinstance(like, MilestoneReached) and answer.day <= record.today())
    line, event = dated_event(state, str(milestone), answer.day, record.today(), done=done)
    if event is None:
        out.fail(line.kind, answer.words, number=item.number)
        return
    if like is not None and isinstance(event, DatePromised | MilestoneReached):
        event = replace(event, part=like.part, quantity=like.quantity)
    out.do(replace(line, number=item.number), event, ReviewDecided(item.item, answer.words[:80], item.orders))


def _proposed(item: DigestItem, record: Record) -> list[Event]:
    review = record.review(item.item)
    return [decode_event(text) for text in review.opened.proposed] if review else []


def _orders(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(order for one in events if (order := getattr(one, "order", ""))))


def _with(event: Event, **changes: object) -> Event:
    proposed: Any = event  # what a reading proposes always names an order
    changed: Event = replace(proposed, **changes)
    return changed


def _alias(orders: Sequence[str], item: DigestItem, record: Record) -> list[AliasLearned]:
    """Return the other name of an order that an answer teaches, where the mail's words hold just one."""
    review = record.review(item.item)
    state = record.order(orders[0]) if len(orders) == 1 else None
    if review is None or state is None or review.opened.party != state.order.party:
        return []
    alias = alias_of(review.opened.words, state.order, record.order)
    known = any(one.name.casefold() == alias.casefold() for one in record.learned().values()) if alias else True
    return [] if known else [AliasLearned(alias, state.order.number, state.order.party, review.opened.mail)]


def _taught(event: AliasLearned | DateOrderLearned) -> SteerLine:
    if isinstance(event, DateOrderLearned):
        return SteerLine("learned_day_first" if event.day_first else "learned_month_first", party=event.party)
    return SteerLine("learned_alias", event.order, party=event.party, text=event.alias)


def _line(kind: str, item: DigestItem) -> SteerLine:
    return SteerLine(kind, ", ".join(item.orders), number=item.number, party=item.party, text=item.item)
