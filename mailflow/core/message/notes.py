"""The heading that Lotus Notes puts above a quoted mail: a name, a date, and labels without colons, on lines alone."""

import re
from collections.abc import Sequence
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.phrases import Phrases, alternation

_MAILBOX_ALONE = re.compile(r"(?:[^<>@]{0,80}<|)[\w.+-]{1,80}@[\w-]{1,80}(?:\.[\w-]{1,60}){1,8}>?\Z")
_MOMENT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[:.h]\d{2}|\d{1,2}\s\w{3,9}\s\d{4}")
_MOMENT_ALONE = re.compile(
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[\s-][^\W\d]{3,9}[\s-]\d{4})[ ,]{1,3}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:\s?[APap]\.?[Mm]\.?)?(?:\s[A-Z]{2,4})?\Z"
)
_LABELS = 14  # lines within which To and Subject stand
_ABOVE = 9  # lines that the name, the date and "Sent by" may take above To
_WIDTH = 90


def notes_heading(body: Sequence[BodyLine], number: int, phrases: Phrases) -> tuple[int, int] | None:
    """Say whether the heading's To, or a name above a moment, stands at a line: where it begins and ends."""
    text = body[number].text
    if len(text) > _WIDTH:
        return None
    if "@" in text and _MAILBOX_ALONE.match(text):
        return _named_and_dated(body, number, phrases)
    if _labels(body[number], "to", phrases):
        return _labelled(body, number, phrases)
    return None


def _labels(line: BodyLine, name: str, phrases: Phrases) -> bool:
    """Whether a line is such a label, or a table whose first column holds it."""
    label = _at_end(phrases, name)
    if line.table is None:
        return label.search(line.text) is not None
    return any(row and label.match(row[0].text) for row in line.table.rows[:6])


def _named_and_dated(body: Sequence[BodyLine], number: int, phrases: Phrases) -> tuple[int, int] | None:
    """`Name <address>` and below it nothing but a day and an hour."""
    below = number + 1
    if below < len(body) and _MOMENT_ALONE.match(body[below].text):
        for at in range(below + 1, min(below + 6, len(body))):
            if _labels(body[at], "to", phrases):
                labelled = _labelled(body, at, phrases)
                return (number, labelled[1]) if labelled else (number, below + 1)
        return number, below + 1
    return None


def _labelled(body: Sequence[BodyLine], number: int, phrases: Phrases) -> tuple[int, int] | None:
    """The labels To and Subject alone at the ends of their lines, below who wrote when."""
    first = number + (body[number].table is None)
    subject = next(
        (at for at in range(first, min(number + _LABELS, len(body))) if _labels(body[at], "subject", phrases)), None
    )
    if subject is None:
        return None
    begin = _begin(body, number)
    whole = " ".join(line.text for line in body[begin : subject + 1])
    if not _MOMENT.search(whole) or "@" not in whole:
        return None
    end = subject + 1
    if end < len(body) and body[subject].table is None and not body[end].blank and body[end].table is None:
        end += 1  # what the subject was
    return begin, end


def _begin(body: Sequence[BodyLine], number: int) -> int:
    """The first line of what stands unbroken at, or else right above, the label; above a moment alone, its writer."""
    at = _top(body, number)
    if at < number and _MOMENT_ALONE.match(body[at].text):
        above = _top(body, at)
        at = above if "@" in " ".join(line.text for line in body[above:at]) else at
    return at


def _top(body: Sequence[BodyLine], number: int) -> int:
    at = number
    while at and body[at - 1].blank and number - at < 3:
        at -= 1
    if at == 0:
        return number
    while at and number - at < _ABOVE + 3 and not body[at - 1].blank and body[at - 1].table is None:
        at -= 1
    return at


@cache
def _at_end(phrases: Phrases, name: str) -> re.Pattern[str]:
    words = {"to": phrases.label_to, "subject": phrases.label_subject}[name]
    return re.compile(rf"(?:\A|\s{{2,60}}){alternation(words)}:?\Z", re.IGNORECASE)
