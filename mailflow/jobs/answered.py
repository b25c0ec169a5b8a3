"""Answered: whoever answers a customer's mail has read it; the bare request to read it is settled with that."""

from collections.abc import Iterable
from datetime import datetime

from mailflow.core.orders.events import Event, NewEvent, ReviewDecided
from mailflow.core.views.correspondence import answer_of, answers, keys
from mailflow.jobs.ports import Transaction

ANSWERED = "answered"


def settled_by(tx: Transaction, events: Iterable[Event], who: str, now: datetime) -> list[NewEvent]:
    """Return what events that are about to be recorded settle: the questions about mails that they answer.

    A question that proposes something to enter stays: an answer to the customer does not decide it.
    """
    said = [(keys(event), answer) for event in events if (answer := answer_of(event, now)) is not None]
    if not said:
        return []
    owed = tx.views.unanswered()
    mails = {
        wanted.mail
        for parties, answer in said
        for party in parties
        if party in owed
        for wanted in owed[party].owed
        if answers(answer, wanted)
    }
    asked = tx.views.reviews() if mails else {}
    return [
        NewEvent(ReviewDecided(item, ANSWERED, review.opened.orders), who)
        for item, review in asked.items()
        if review.opened.mail in mails and not review.opened.proposed
    ]
