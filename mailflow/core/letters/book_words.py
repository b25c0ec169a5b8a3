"""Orders and faults of an order book that was mailed, as lines of its answer."""

from collections.abc import Iterable

from jinja2 import pass_context
from jinja2.runtime import Context

from mailflow.core.letters.languages import format_day
from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase
from mailflow.core.steering.model import (
    BookChange,
    BookFault,
    BookList,
    BookRow,
    BookSaying,
)


@pass_context
def book_row(context: Context, row: BookRow) -> str:
    """Return an order (or a party) that a book tells of, on one line."""
    words, language = context["words"], context["language"]
    day = format_day(row.day, language) if row.day else ""
    comma = phrase(words, "forms", "comma")
    about = comma.join(part for part in (row.party, row.goods, day) if part)
    said = changes_of(row.changes, words) or about
    place = _cell("", row.row, words)
    return f"{row.name}{phrase(words, 'forms', 'colon')}{said}" + (
        phrase(words, "forms", "brackets").format(place) if place else ""
    )


@pass_context
def book_fault(context: Context, fault: BookFault) -> str:
    """Return where a fault stands, what is wrong and what to do, on one line."""
    return fault_line(fault, context["words"])


def fault_line(fault: BookFault, words: Words) -> str:
    """Return where a fault stands, what is wrong and what to do."""
    place = _cell(fault.column, fault.row, words)
    if fault.heading:
        place += phrase(words, "forms", "brackets").format(fault.heading)
    place = phrase(words, "forms", "comma").join(part for part in (fault.sheet, place) if part)
    what, cure = said_of(fault.what, words), said_of(fault.cure, words)
    told = phrase(words, "book", "fault").format(what, cure) if cure else what
    return f"{place}{phrase(words, 'forms', 'colon')}{told}" if place else told


@pass_context
def book_heading(context: Context, part: BookList) -> str:
    """Return the heading of a list: what it is, whether it waits, and how many there are."""
    return heading_of(part, context["words"])


def heading_of(part: BookList, words: Words) -> str:
    """Return the heading of a list."""
    return phrase(words, "book", f"{part.part}_waits" if part.waits else str(part.part)).format(len(part.rows))


def _cell(column: str, row: int, words: Words) -> str:
    if not row:
        return ""
    return f"{column}{row}" if column else phrase(words, "book", "row").format(row)


def said_of(saying: BookSaying, words: Words) -> str:
    """Return a sentence about a fault in the reader's language."""
    found = phrase(words, "faults", saying.kind) if saying.kind else saying.text
    return found if found is saying.text else found.format(*saying.values)


def changes_of(changes: Iterable[BookChange], words: Words) -> str:
    """Return fields with what they were and are."""
    form, none = phrase(words, "book", "change"), phrase(words, "book", "none")
    told = (form.format(_field(one.field, words), one.before or none, one.after or none) for one in changes)
    return phrase(words, "book", "semicolon").join(told)


def _field(name: str, words: Words) -> str:
    kind, _, milestone = name.partition(".")
    if not milestone:
        return phrase(words, "fields", name)
    return phrase(words, "book", kind).format(phrase(words, "milestones", milestone))
