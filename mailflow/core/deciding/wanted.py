"""Whether a customer's mail wants an answer the same day, and whether a machine may say that it has come."""

from collections.abc import Callable
from datetime import datetime
from functools import cache

from mailflow.core.message.model import Message, MessageKind
from mailflow.core.message.phrases import Finder
from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.model import Party, Role
from mailflow.core.reading.model import SURE, Disposition, Reading, UpdateKind
from mailflow.core.views.correspondence import STATUS

DELICATE = "delicate"
OTHER = "other"
_ASKS = ("?", "？", "吗", "呢")
_MOST_WORDS = 300
_MOST_CHAIN = 20


def answer_wanted(
    mail: int,
    arrived: datetime,
    message: Message,
    reading: Reading,
    party: Party | None,
    is_ours: Callable[[str], bool],
    delicate: tuple[str, ...],
) -> AnswerWanted | None:
    """Return that a mail wants an answer; None for what no customer wrote, for thanks and for plain news.

    `arrived` is when it came, `delicate` are the words of complaints and prices. A mail whose sender is not proven
    although our own server looks at that is a person's to answer: nobody gets a machine's letter for a forged one.
    """
    if party is None or party.role is not Role.CUSTOMER or message.kind is not MessageKind.PERSONAL:
        return None
    asked = [update for update in reading.updates if update.kind is UpdateKind.QUERY]
    asks = bool(asked) or any(sign in message.new_text for sign in _ASKS)
    if reading.disposition is not Disposition.ATTENTION and not asks:
        return None
    sure = tuple(match.order for match in reading.orders if match.confidence >= SURE)
    return AnswerWanted(
        mail,
        message.message_id,
        party.name,
        message.sender.email.lower(),
        message.subject,
        arrived,
        sure,
        _topic(message, reading, delicate),
        not any(is_ours(address.email) for address in message.to),
        message.sender.name,
        " ".join(message.new_text.split())[:_MOST_WORDS],
        tuple(dict.fromkeys((*message.references, *message.in_reply_to)))[-_MOST_CHAIN:],
    )


def _topic(message: Message, reading: Reading, delicate: tuple[str, ...]) -> str:
    said = {(update.kind, update.topic) for update in reading.updates}
    asked = [update for question in reading.questions for update in question.updates]
    said |= {(update.kind, update.topic) for update in asked}
    if message.unproven or any(kind is UpdateKind.PROBLEM for kind, _ in said):
        return DELICATE
    if (UpdateKind.CHANGE_REQUEST, "price") in said or _finder(delicate).search(
        f"{message.subject}\n{message.new_text}"
    ):
        return DELICATE
    return STATUS if said == {(UpdateKind.QUERY, STATUS)} else OTHER


@cache
def _finder(words: tuple[str, ...]) -> Finder:
    return Finder(words)
