"""Correspondence: which mails of a customer nobody has answered yet, neither by hand nor by a letter of ours."""

from datetime import datetime, timedelta

from mailflow.core.orders.by_hand import Spoke
from mailflow.core.orders.events import AnswerWanted, Event, LetterSent, Recorded, WrittenByHand
from mailflow.core.orders.state import Answer, Correspondence
from mailflow.core.views.view import View

ACKNOWLEDGEMENT = "mail_received"
"""The letter that only says that a mail has come: it answers nothing."""
STATUS = "status"
_KEPT = timedelta(days=14)
_LATELY = 10


def keys(event: Event) -> tuple[str, ...]:
    """Return the party that wrote or was written to."""
    if isinstance(event, AnswerWanted | WrittenByHand | LetterSent | Spoke) and event.party:
        return (event.party,)
    return ()


def apply(state: Correspondence | None, recorded: Recorded) -> Correspondence | None:
    """Move one party; what was said before its mail was read counts when it was sent after the mail came."""
    event = recorded.event
    if isinstance(event, AnswerWanted):
        before = state or Correspondence(event.party)
        kept = [one for one in before.owed if event.at - one.at < _KEPT]
        if not any(answers(answer, event) for answer in before.said):
            kept.append(event)
        return Correspondence(event.party, tuple(sorted(kept, key=lambda one: (one.at, one.mail))), before.said)
    answer = answer_of(event, recorded.at)
    if answer is None or (not answer.by_hand and (state is None or not state.owed)):
        return state
    before = state or Correspondence(keys(event)[0])
    owed = tuple(one for one in before.owed if not answers(answer, one))
    return Correspondence(before.party, owed, (*before.said, answer)[-_LATELY:])


def answers(answer: Answer, wanted: AnswerWanted) -> bool:
    """Say whether what was said answers a mail: it goes on with its conversation, or is about its order, and is later.

    A letter that went by itself answers only who asks where an order stands.
    """
    if answer.at < wanted.at:
        return False
    if wanted.message_id and wanted.message_id in answer.chain:
        return True
    if set(wanted.orders) & set(answer.orders):
        return answer.by_hand or wanted.topic == STATUS
    subject = wanted.subject.strip().casefold()
    same = bool(subject) and answer.subject.strip().casefold().endswith(subject)
    return answer.by_hand and not wanted.orders and same and wanted.sender in answer.to


def answer_of(event: Event, at: datetime) -> Answer | None:
    """Return what an event that was recorded at a time says to a party; None for what says nothing to one."""
    match event:
        case WrittenByHand():
            to = tuple(one.lower() for one in event.to)
            return Answer(event.at or at, True, event.orders, event.answers, to, event.subject)
        case LetterSent() if event.template != ACKNOWLEDGEMENT:
            return Answer(at, event.mail is not None or event.approved, event.orders)
        case Spoke():
            return Answer(at, True, (event.order,))
    return None


def is_open(state: Correspondence) -> bool:
    """Return whether a mail waits for an answer."""
    return bool(state.owed)


CORRESPONDENCE = View("correspondence", Correspondence, keys, apply, is_open=is_open)
