"""A mail that one of ours forwards: what it says is its writer's, not the forwarder's."""

import re
from dataclasses import replace
from datetime import datetime, time

from mailflow.core.message.headers import parse_date
from mailflow.core.message.model import Address, Line, Message
from mailflow.core.reading.finders.calendar import DayContext, Mode
from mailflow.core.reading.finders.date_hits import DateKind
from mailflow.core.reading.finders.dates import find_dates
from mailflow.core.reading.model import Disposition, Question, Reading
from mailflow.core.steering.tokens import Kind, Tongue
from mailflow.core.steering.words import fold

_SUBJECT = re.compile(r"\s*(?:(?:fwd?|fw|wg|tr|rv|转发|轉寄|转寄)\s*[:：]\s*)+", re.IGNORECASE)
_HEADER = re.compile(r"[>\s*]*([A-Za-z -]{2,12}|[一-鿿]{2,5})\s*\*?\s*[:：]\s*\*?\s*(.*)")
_FROM = frozenset(("from", "von", "de", "发件人", "寄件者", "寄件人"))
_DATE = frozenset(("date", "sent", "datum", "gesendet", "发送时间", "日期", "时间", "寄件日期"))
_TITLE = frozenset(("subject", "betreff", "主题", "主旨"))
_OTHERS = frozenset(("to", "cc", "an", "收件人", "抄送", "副本", "收件者"))
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MOST_HEADERS = 12


def is_forwarded(message: Message) -> bool:
    """Say whether a subject is that of a forwarded mail."""
    return _SUBJECT.match(message.subject) is not None


def original(message: Message, tongue: Tongue) -> Message | None:
    """Return the mail that was forwarded in the text, as its writer's; None where no writer can be told."""
    lines = message.quoted.splitlines()
    start = next((n for n, line in enumerate(lines) if _label(line) in _FROM and _MAILBOX.search(line)), None)
    if start is None:
        return None
    headers: dict[str, str] = {}
    end = start
    for end in range(start, min(len(lines), start + _MOST_HEADERS)):
        label = _label(lines[end])
        if not lines[end].strip(" >*"):
            break
        if label in _FROM | _DATE | _TITLE | _OTHERS:
            headers.setdefault(label, _value(lines[end]))
    sender = next(value for label, value in headers.items() if label in _FROM)
    address = _MAILBOX.search(sender)
    if address is None:
        return None
    name = sender[: address.start()].strip(' "<\t')
    said = next((value for label, value in headers.items() if label in _DATE), "")
    title = next((value for label, value in headers.items() if label in _TITLE), "")
    body = tuple(Line(re.sub(r"^(?:> ?)+", "", line)) for line in lines[end:])
    return replace(
        message,
        sender=Address(address[0].lower(), name),
        date=_said(said, message, tongue),
        subject=title or _SUBJECT.sub("", message.subject),
        lines=body,
        quoted="",
        signature="",
        in_reply_to=(),
        references=(),
        reply_to=(),
    )


def named_in(message: Message, tongue: Tongue) -> tuple[str, ...]:
    """Return the orders that the forwarder's first line names."""
    first = next((line.text for line in message.lines if line.text.strip()), "")
    tokens = tongue.tokens(first)
    return tuple(token.orders[0] for token in tokens if token.kind is Kind.ORDER and len(token.orders) == 1)


def only_questions(reading: Reading, forwarder: str) -> Reading:
    """Return a reading of which nothing is entered without a yes: who wrote the mail is the forwarder's word."""
    by = f"{forwarder} forwarded it."
    asked = [
        Question(f"{one.order}: enter this {one.kind.value}? {by}", (one.order,), (one,), one.evidence)
        for one in reading.updates
    ]
    told = Disposition.ATTENTION if asked or reading.questions else Disposition.IGNORE
    return replace(reading, disposition=told, updates=(), questions=(*reading.questions, *asked))


def _label(line: str) -> str:
    hit = _HEADER.match(line)
    return fold(hit[1]) if hit else ""


def _value(line: str) -> str:
    hit = _HEADER.match(line)
    return hit[2].strip() if hit else ""


def _said(text: str, message: Message, tongue: Tongue) -> datetime | None:
    """Return when the original was written, as its headers say; None where they don't, so that no day is guessed."""
    found = parse_date(text)
    if found is not None or message.date is None:
        return found
    for hit in find_dates(tongue.folder.plain(fold(text)), tongue.dates):
        day = hit.resolve(DayContext(message.date.date()), Mode.BEHIND) if hit.kind is DateKind.FULL else None
        if day is not None:
            return datetime.combine(day, time(12), message.date.tzinfo)
    return None
