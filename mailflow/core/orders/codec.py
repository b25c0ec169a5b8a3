"""Events as text: a stable name and JSON, so that what was written years ago is still read.

Old data may lack fields that came later (they get their defaults) or hold fields that are gone (they are passed over).
"""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders import papers as p
from mailflow.core.orders.events import Event

T = TypeVar("T")

# The names stand in ledgers for ever: a class may be renamed, its name here may not.
EVENTS: dict[str, type[Event]] = {
    "OrderImported": e.OrderImported,
    "OrderChanged": e.OrderChanged,
    "OrderVanished": e.OrderVanished,
    "PartyImported": e.PartyImported,
    "PartyChanged": e.PartyChanged,
    "PartyVanished": e.PartyVanished,
    "MailRead": e.MailRead,
    "MailSetAside": e.MailSetAside,
    "OrderAcknowledged": e.OrderAcknowledged,
    "ConfirmationDiffers": e.ConfirmationDiffers,
    "DatePromised": e.DatePromised,
    "MilestoneReached": e.MilestoneReached,
    "ProblemReported": e.ProblemReported,
    "ChangeRequested": e.ChangeRequested,
    "QuestionAsked": e.QuestionAsked,
    "ApprovalGiven": e.ApprovalGiven,
    "PaymentClaimed": e.PaymentClaimed,
    "ReviewOpened": e.ReviewOpened,
    "ReviewDecided": e.ReviewDecided,
    "LetterQueued": e.LetterQueued,
    "LetterDrafted": e.LetterDrafted,
    "LetterSent": e.LetterSent,
    "LetterRefused": e.LetterRefused,
    "LetterWithdrawn": e.LetterWithdrawn,
    "CustomerTold": e.CustomerTold,
    "WrittenByHand": e.WrittenByHand,
    "AnswerWanted": e.AnswerWanted,
    "Paused": e.Paused,
    "Resumed": e.Resumed,
    "WritingStopped": e.WritingStopped,
    "AddressFailed": e.AddressFailed,
    "ContactAway": e.ContactAway,
    "WentLive": e.WentLive,
    "PromiseWithdrawn": h.PromiseWithdrawn,
    "MilestoneReopened": h.MilestoneReopened,
    "ToldWithdrawn": h.ToldWithdrawn,
    "ProblemWithdrawn": h.ProblemWithdrawn,
    "ReviewReopened": h.ReviewReopened,
    "Spoke": h.Spoke,
    "OrderClosed": h.OrderClosed,
    "OrderReopened": h.OrderReopened,
    "HandedOver": h.HandedOver,
    "WentAway": h.WentAway,
    "CameBack": h.CameBack,
    "AliasLearned": h.AliasLearned,
    "ContactLearned": h.ContactLearned,
    "DateOrderLearned": h.DateOrderLearned,
    "LearnedWithdrawn": h.LearnedWithdrawn,
    "Steered": h.Steered,
    "SteeringUndone": h.SteeringUndone,
    "SteeringRefused": h.SteeringRefused,
    "DocumentFiled": p.DocumentFiled,
    "DocumentReleased": p.DocumentReleased,
    "DocumentWithdrawn": p.DocumentWithdrawn,
}


class CodecError(ValueError):
    """An event cannot be written, or a text is no event."""


def dump_event(event: Event) -> tuple[str, str]:
    """Return an event's name and JSON; equal events give equal text."""
    name = _names()[type(event)]
    try:
        return name, _adapter(name).dump_json(event).decode()
    except PydanticSerializationError:
        return name, _adapter(name).dump_json(printable(event)).decode()


def load_event(name: str, data: str) -> Event:
    """Return the event that `dump_event` gave as name and JSON."""
    if name not in EVENTS:
        raise CodecError(f"there is no event named {name!r}; the data may be of a newer version of mailflow")
    try:
        return _adapter(name).validate_json(data)
    except ValueError as error:
        raise CodecError(f"no {name}: {error}") from error


def encode_event(event: Event) -> str:
    """Return an event as one text, such as events hold that propose other events."""
    return " ".join(dump_event(event))


def decode_event(text: str) -> Event:
    """Return the event that `encode_event` gave as one text."""
    name, _, data = text.partition(" ")
    return load_event(name, data)


@cache
def _names() -> dict[type[Event], str]:
    return {kind: name for name, kind in EVENTS.items()}


@cache
def _adapter(name: str) -> TypeAdapter[Event]:
    return TypeAdapter(EVENTS[name])


def printable(value: T) -> T:
    """Return `value` with what no UTF-8 can hold (lone surrogates of broken mails) shown as U+FFFD."""
    shown: Any = value
    if isinstance(value, str) and not isinstance(value, Enum) and not value.isascii():
        shown = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    elif isinstance(value, tuple):
        shown = tuple(printable(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        shown = replace(value, **{f.name: printable(getattr(value, f.name)) for f in fields(value)})
    return cast("T", shown)
