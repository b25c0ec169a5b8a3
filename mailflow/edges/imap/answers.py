"""What a server answers to FETCH, taken apart: each answer is known by its UID, whatever comes in between."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

Part = bytes | tuple[bytes, bytes] | None  # as imaplib gives it: a line, or the line before a literal and the literal

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_INTERNALDATE = re.compile(rb'\bINTERNALDATE "([^"]*)"')
_BODY_LITERAL = re.compile(rb"\bBODY\[[^\]]*\](?:<\d+>)? \{\d+\}$")
_BODY_QUOTED = re.compile(rb'\bBODY\[[^\]]*\](?:<\d+>)? (?:NIL|"((?:[^"\\]|\\.)*)")')
_DATE = re.compile(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told about one mail; None where nothing is told."""

    uid: int
    flags: tuple[str, ...] | None = None
    internaldate: datetime | None = None
    size: int | None = None
    body: bytes | None = None

    def also(self, later: "Answer") -> "Answer":
        """Put two answers about the same mail together: servers send changes of flags in between as answers too."""
        return Answer(
            self.uid,
            self.flags if later.flags is None else later.flags,
            self.internaldate or later.internaldate,
            self.size if later.size is None else later.size,
            self.body if later.body is None else later.body,
        )


def fetch_answers(parts: Sequence[Part]) -> dict[int, Answer]:
    """Gather what is told by UID; answers that name none are changes made by other clients, and passed over."""
    answers: dict[int, Answer] = {}
    text, body = b"", None
    for part in parts:
        if isinstance(part, tuple):
            text += part[0]
            if _BODY_LITERAL.search(part[0]):
                body = part[1]
        elif part is not None:  # the line that ends an answer
            text += part
            if uid := _UID.search(text):
                answer = _answer(int(uid[1]), text, body)
                answers[answer.uid] = answers[answer.uid].also(answer) if answer.uid in answers else answer
            text, body = b"", None
    return answers


def _answer(uid: int, text: bytes, body: bytes | None) -> Answer:
    size = _SIZE.search(text)
    flags = _FLAGS.search(text)
    date = _INTERNALDATE.search(text)
    if body is None and (quoted := _BODY_QUOTED.search(text)):
        body = re.sub(rb"\\(.)", rb"\1", quoted[1] or b"")
    return Answer(
        uid,
        tuple(flags[1].decode("utf-8", "replace").split()) if flags else None,
        parse_internaldate(date[1].decode("ascii", "replace")) if date else None,
        int(size[1]) if size else None,
        body,
    )


def parse_internaldate(text: str) -> datetime:
    """Read `17-Jul-1996 02:44:25 -0700` as UTC; what is no date becomes 1970, long ago and easily seen."""
    match = _DATE.fullmatch(text)
    if match is None or match[2].lower() not in _MONTHS:
        return UNKNOWN_DATE
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == "-" else 1)
    try:
        local = datetime(
            *(int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second)),
            tzinfo=timezone(offset),
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_DATE


def number_sets(uids: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Cut UIDs into pieces of at most `most`: servers refuse commands that are too long."""
    for start in range(0, len(uids), most):
        yield tuple(uids[start : start + most])


def as_set(uids: Sequence[int]) -> str:
    """Write UIDs as IMAP wants them, runs shortened: `3:5,9`; they must be in rising order."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)
