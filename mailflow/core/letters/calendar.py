"""The day that a letter names, as a file for the reader's calendar (RFC 5545): the same event whenever it moves.

An event's name is made of the order and the milestone, so that a later letter moves the event of the one before; the
letter's number, which only rises, is its SEQUENCE. It is published, not an invitation: nobody's program answers it.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from mailflow.core.letters.manifest import CANCEL, Manifest
from mailflow.core.letters.model import OrderLine, PlannedLetter
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase
from mailflow.core.message.model import Address

SHIP = "ship"
ICS = "application/ics"
"""As text/calendar, mail programs show the file in place of the letter, as an invitation."""
_CONTROL = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A day of an order; `sequence` rises whenever the event is told anew."""

    uid: str
    sequence: int
    day: date
    summary: str
    place: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """Some days, published by us at a time (aware), or (`cancelled`) taken back."""

    organizer: Address
    made: datetime
    events: tuple[CalendarEvent, ...]
    cancelled: bool = False


class WriteCalendar(Protocol):
    """Writes a calendar as the bytes of a file."""

    def __call__(self, calendar: CalendarFile) -> bytes: ...


def calendar_of(
    manifest: Manifest,
    planned: PlannedLetter,
    words: Words,
    organizer: Address,
    *,
    secret: bytes,
    letter: int,
    at: datetime,
) -> CalendarFile | None:
    """Return the days that a letter names; None where its manifest wants no calendar, or no day is known."""
    if not manifest.calendar:
        return None
    domain = organizer.email.rpartition("@")[2]
    events: list[CalendarEvent] = []
    for line in planned.facts.lines:
        day = _day(manifest, planned, line)
        if day is None:
            continue
        milestone = manifest.milestone or SHIP
        name = hmac.digest(secret, f"calendar {line.number} {milestone}".encode(), "sha256").hex()[:32]
        hour = planned.facts.hour if manifest.calendar == "day" else ""
        shown = (phrase(words, "milestones", milestone), line.number, line.product or line.style, hour)
        events.append(
            CalendarEvent(
                f"{name}@{domain}",
                letter,
                day,
                _plain(" ".join(part for part in shown if part)),
                _plain(line.place),
                _plain(line.quantity),
            )
        )
    return CalendarFile(organizer, at, tuple(events), manifest.calendar == CANCEL) if events else None


def _day(manifest: Manifest, planned: PlannedLetter, line: OrderLine) -> date | None:
    if manifest.calendar == CANCEL:
        return line.ship_date or line.promise or line.due
    if manifest.calendar == "day":
        return planned.facts.day
    value = getattr(line, manifest.calendar.removeprefix("line."))
    return value if isinstance(value, date) else None


def _plain(text: str) -> str:
    return text.translate(_CONTROL).strip()
