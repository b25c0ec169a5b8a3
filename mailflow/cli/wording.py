"""Events and lots in words, for people who look in."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from rich.text import Text

from mailflow.core.orders import events as e
from mailflow.core.orders.state import Lot


def lot_text(lot: Lot, day: date | None) -> str:
    """Return a lot's day, with its part where it is one."""
    return f"{day} ({lot.part})" if lot.part else str(day)


def describe(recorded: e.Recorded, zone: ZoneInfo) -> Text:
    """Return an event as a line with its time, who made it so and why, and below it the words that prove it."""
    text = Text(f"{recorded.at.astimezone(zone):%Y-%m-%d %H:%M}  ", style="dim")
    text.append(sentence(recorded.event), style="not dim")
    if recorded.actor != "mailflow":
        text.append(f"  by {recorded.actor}" + (f": {recorded.why}" if recorded.why else ""))
    proof: e.Proof | None = getattr(recorded.event, "proof", None)
    if proof is not None:
        text.append(f"\n                  “{proof.words}”", style="italic not dim")
        text.append(f"  {proof.sender}, {proof.how}, {proof.confidence:.2f}, mail {proof.mail}")
    return text


def sentence(event: e.Event) -> str:
    """Return one event as a short English sentence."""
    match event:
        case e.OrderImported():
            return f"imported {event.order.number} from {event.source}"
        case e.OrderChanged():
            changes = ", ".join(f"{c.field} {c.before or 'empty'} → {c.after or 'empty'}" for c in event.changes)
            return f"{event.order.number} changed in {event.source}: {changes}"
        case e.OrderVanished():
            return f"{event.number} is no longer in {event.source}"
        case e.MailRead():
            return f"mail {event.mail} from {event.sender} read: {event.disposition}, “{event.subject}”"
        case e.DatePromised():
            return f"{event.order}: {event.milestone} promised for {event.date}{_rest(event)}"
        case e.MilestoneReached():
            return f"{event.order}: {event.milestone} done on {event.date}{_rest(event)}"
        case e.CustomerTold():
            return f"{event.order}: the customer has been told {event.date}"
        case e.ReviewOpened():
            return f"{event.item}: {event.question}"
        case e.ReviewDecided():
            return f"{event.item} settled: {event.choice}"
        case e.LetterSent():
            return f"letter L{event.letter} ({event.template}) sent to {', '.join(event.to)}"
        case e.LetterQueued():
            return f"letter L{event.letter} ({event.template}, {event.mode}) planned: {event.why}"
        case _:
            return _plain(event)


def _rest(event: e.DatePromised | e.MilestoneReached) -> str:
    parts = [f"{event.quantity.normalize():f} of it" if event.quantity else "", ", ".join(event.refs)]
    told = "; ".join(part for part in parts if part)
    return f" ({told})" if told else ""


def _plain(event: e.Event) -> str:
    """Return an event's name and fields; for those that need no sentence of their own."""
    fields: dict[str, Any] = {name: getattr(event, name) for name in type(event).__slots__ if name != "proof"}
    told = ", ".join(f"{name} {value}" for name, value in fields.items() if value not in (None, "", ()))
    return f"{type(event).__name__}: {told}"
