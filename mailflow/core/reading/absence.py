"""What an out-of-office answer says: until when the sender is away, and who stands in."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from mailflow.core.message.model import Message
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.model import Absence
from mailflow.core.reading.text import Part

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
LONGEST = timedelta(days=400)
_MOST = 5  # people who stand in


def absence_of(message: Message, parts: Sequence[Part], context: DayContext) -> Absence | None:
    """Read an automatic answer; None where it says neither until when nor who stands in."""
    days = [
        day
        for part in parts
        if part.name == "body"
        for hit in part.dates
        if (day := hit.resolve(context, Mode.AHEAD)) is not None and _ahead(day, context.today)
    ]
    known = {message.sender.email, *(address.email for address in (*message.to, *message.cc, *message.reply_to))}
    found = (address.lower().rstrip(".") for address in _ADDRESS.findall(message.new_text))
    delegates = tuple(dict.fromkeys(address for address in found if address not in known))[:_MOST]
    until = max(days, default=None)
    return Absence(until, delegates) if until is not None or delegates else None


def _ahead(day: date, today: date | None) -> bool:
    return today is not None and today <= day <= today + LONGEST
