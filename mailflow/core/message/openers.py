"""What opens quoted history: a divider, the headers of the quoted mail, or a line that says who wrote when."""

import re
from collections.abc import Sequence
from functools import cache

from mailflow.core.message.lines import BodyLine
from mailflow.core.message.notes import notes_heading
from mailflow.core.message.phrases import Phrases, alternation, finder

Opener = tuple[int, int]
"""The first line of the opening, and the one after its last."""

_RULE = re.compile(r"[-_=*~—–─━\s]{3,}\Z")
_DATED = re.compile(r"\d{1,2}[:.h時时点]\d{2}|\d{4}")
_TIME = re.compile(r"\d{1,2}[:h時时点]\s?\d{2}")
_MAILBOX = re.compile(r"[\w.+-]{1,80}@[\w-]{1,80}\.")
_DATED_SENDER = re.compile(r"\d{4}.{0,60}\d{1,2}:\d{2}.{0,200}<[^<>\s]{1,100}@[^<>\s]{1,100}>.{0,10}[:：]\s*\Z")
_LOTUS = re.compile(r".{2,80}-{2,}\s?\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}.{0,40}-{2,}")
_ENDS = re.compile(r"[:：][\s-]{0,8}\Z|-{2,}\s*\Z")
_DRAWN = ("--", "==", "__", "——", "**", "──", "━━")
_HEADER_LINES = 9


def find_opener(body: Sequence[BodyLine], number: int, phrases: Phrases) -> Opener | None:
    """Say whether history opens at a line, and where the opening ends."""
    line = body[number]
    if line.table is None and len(line.text) > 600:
        return None
    end = _header_block(body, number, phrases)
    if end:
        return _with_rules_above(body, number), end
    if line.table is not None:
        return notes_heading(body, number, phrases)
    if _is_divider(body, number, phrases):
        return number, _past_headers(body, number + 1, phrases)
    return _attribution(body, number, phrases) or notes_heading(body, number, phrases)


def framed_opener(body: Sequence[BodyLine], number: int) -> Opener | None:
    """`>>> Jana <jana@x.example> 16/11/2026 16:12 >>>`, below which the history stands unmarked."""
    line = body[number]
    framed = line.depth == 3 and line.text.endswith(">>>") and _TIME.search(line.text) is not None
    return (number, number + 1) if framed else None


def _header_block(body: Sequence[BodyLine], number: int, phrases: Phrases) -> int:
    """Where the headers of a quoted mail that begin at this line end; 0 where none do."""
    label = _labels(phrases)
    if not _kinds(body[number], label):
        return 0
    kinds: set[str] = set()
    mailbox = timed = False
    end = number
    for at in range(number, min(number + _HEADER_LINES, len(body))):
        line = body[at]
        found = _kinds(line, label)
        if found & kinds and line.table is None:
            break
        if not found and not line.blank and (at > end + 1 or not _continues(line)):
            break
        if found:
            kinds |= found
            end = at
        text = _text(line)
        mailbox = mailbox or (bool(found & {"f", "t"}) and _MAILBOX.search(text) is not None)
        timed = timed or ("s" in found and _TIME.search(text) is not None)
    # a route (From: Xiamen, To: Hamburg, Date: …) has no subject, no address and no hour
    enough = "f" in kinds and kinds & {"s", "t"} and kinds & {"s", "u"} and ("u" in kinds or mailbox or timed)
    return end + 1 if enough else 0


def _continues(line: BodyLine) -> bool:
    return "@" in line.text or ";" in line.text


def _kinds(line: BodyLine, label: re.Pattern[str]) -> set[str]:
    if line.table is not None:
        rows = [row for row in line.table.rows[:8] if row]
        found = {_kind(label.match(row[0].text.rstrip(":： ") + ":")) for row in rows}
        return found if len(found - {""}) >= 2 and "" not in found else set()
    kind = _kind(label.match(line.text))
    return {kind} if kind else set()


def _kind(match: re.Match[str] | None) -> str:
    return match.lastgroup or "" if match else ""


def _text(line: BodyLine) -> str:
    if line.table is None:
        return line.text
    return "\n".join(cell.text for row in line.table.rows[:8] for cell in row)


def _with_rules_above(body: Sequence[BodyLine], number: int) -> int:
    """Take the rule drawn above the headers, and the blanks between, into the history."""
    begin = number
    while begin and (body[begin - 1].blank or (body[begin - 1].table is None and _RULE.match(body[begin - 1].text))):
        begin -= 1
    return begin


def _past_headers(body: Sequence[BodyLine], number: int, phrases: Phrases) -> int:
    at = number
    while at < len(body) and body[at].blank and at < number + 2:
        at += 1
    if at < len(body) and not body[at].depth:
        end = _header_block(body, at, phrases)
        written = _attribution(body, at, phrases) if not end and body[at].table is None else None
        return end or (written[1] if written else number)
    return number


def _is_divider(body: Sequence[BodyLine], number: int, phrases: Phrases) -> bool:
    text = body[number].text
    if text.startswith("---") and _forwarded_by(phrases).match(text):
        return True
    if len(text) > 120 or not _divider(phrases).match(text):
        return False
    if any(mark in text for mark in _DRAWN):
        return True
    if text.endswith((":", "：")) and _forward(phrases).match(text):
        return True
    label = _labels(phrases)
    return any(_kinds(line, label) for line in body[number + 1 : number + 4])


def _attribution(body: Sequence[BodyLine], number: int, phrases: Phrases) -> Opener | None:
    """A line such as `On … wrote:`, which may be broken over three."""
    text = body[number].text
    if _LOTUS.match(text) or _quoting(phrases).match(text):
        return number, number + 1
    joined = ""
    for at in range(number, min(number + 3, len(body))):
        line = body[at]
        if line.blank or line.depth != body[number].depth or line.table is not None:
            return None
        joined = f"{joined} {line.text}".strip()
        if len(joined) > 500:
            return None
        if _ENDS.search(joined):
            marked = any(below.depth for below in body[at + 1 : at + 4])
            return (number, at + 1) if _says_who_wrote(joined, marked, phrases) else None
        if at == number and not _may_begin(joined, phrases):
            return None
    return None


def _may_begin(text: str, phrases: Phrases) -> bool:
    return _starts(phrases).match(text) is not None or ("@" in text and _DATED.search(text) is not None)


def _says_who_wrote(text: str, marked: bool, phrases: Phrases) -> bool:
    """Whether a line names the writer of what follows; `marked` where a quotation with marks does follow."""
    if _DATED_SENDER.search(text):
        return True
    said = finder(phrases, "wrote").search(text)
    if said is None:
        return False
    if _MAILBOX.search(text):
        return True
    # without an address, "On Monday 10:00 we wrote to the forwarder:" looks much the same
    last = not text[said.end() :].strip(" :：-–—)a")
    begins = _starts(phrases).match(text) is not None or text[:1].isdigit()
    return begins and _TIME.search(text) is not None and (last or marked)


@cache
def _labels(phrases: Phrases) -> re.Pattern[str]:
    groups = (
        ("f", phrases.label_from),
        ("s", phrases.label_sent),
        ("t", phrases.label_to),
        ("c", phrases.label_cc),
        ("u", phrases.label_subject),
    )
    named = "|".join(f"(?P<{name}>{alternation(words)})" for name, words in groups)
    return re.compile(rf"[\s*_|]{{0,4}}(?:{named})[\s*_]{{0,4}}[:：|]", re.IGNORECASE)


@cache
def _divider(phrases: Phrases) -> re.Pattern[str]:
    return _alone(phrases.divider + phrases.forward)


@cache
def _forward(phrases: Phrases) -> re.Pattern[str]:
    return _alone(phrases.forward)


def _alone(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"[\W_]{{0,60}}{alternation(words)}[\W_]{{0,60}}\Z", re.IGNORECASE)


@cache
def _forwarded_by(phrases: Phrases) -> re.Pattern[str]:
    """`----- Forwarded by Tariq/PADMA on 11/17/2026 10:20 AM -----`: the words, whoever it was and when, the rule."""
    return re.compile(rf"-{{3,10}}\s?{alternation(phrases.forward)}\s.{{2,90}}\d\s?.{{0,20}}-{{3,10}}\Z", re.IGNORECASE)


@cache
def _quoting(phrases: Phrases) -> re.Pattern[str]:
    """`Quoting Jana <jana@x.example>:` and no more on the line."""
    return re.compile(rf"{alternation(phrases.quoting)}\s.{{0,90}}@[\w.-]{{3,90}}>?\s?:\Z", re.IGNORECASE)


@cache
def _starts(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"[\s-]{{0,8}}{alternation(phrases.wrote_start)}", re.IGNORECASE)
