"""Write days as a calendar file, with icalendar: it folds lines and escapes texts as RFC 5545 wants it."""

from datetime import UTC, timedelta

from icalendar import Calendar, Event, vCalAddress

from mailflow.core.letters.calendar import CalendarFile


def write_calendar(calendar: CalendarFile) -> bytes:
    """Return the bytes of an .ics file: whole days that block nobody's time."""
    book = Calendar()
    book.add("prodid", "-//mailflow//EN")
    book.add("version", "2.0")
    book.add("method", "CANCEL" if calendar.cancelled else "PUBLISH")
    for one in calendar.events:
        event = Event()
        event.add("uid", one.uid)
        event.add("sequence", one.sequence)
        event.add("dtstamp", calendar.made.astimezone(UTC))
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.summary)
        event.add("status", "CANCELLED" if calendar.cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        organizer = vCalAddress(f"mailto:{calendar.organizer.email}")
        organizer.params["CN"] = calendar.organizer.name
        event.add("organizer", organizer)
        for name, text in (("location", one.place), ("description", one.description)):
            if text:
                event.add(name, text)
        book.add_component(event)
    written: bytes = book.to_ical()
    return written
