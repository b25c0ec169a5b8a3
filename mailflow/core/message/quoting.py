"""What the sender says now, apart from the history quoted below, above or between the lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mailflow.core.message.lines import BodyLine, with_initials
from mailflow.core.message.model import Address, Line, line_text
from mailflow.core.message.openers import find_opener, framed_opener
from mailflow.core.message.phrases import Phrases, alternation, finder
from mailflow.core.message.prose import DATE
from mailflow.core.message.signature import end_of_letter, is_postscript, split_signature

_NEW, _QUOTED = "new", "quoted"
_FEW = 3  # as many lines with a `>` in a mail that answers nothing are bullets


@dataclass(frozen=True, slots=True)
class Split:
    """A body taken apart."""

    lines: tuple[Line, ...]
    quoted: str = ""
    signature: str = ""
    unclear: bool = False  # says that its answers stand in the quotation, but they cannot be told from it
    below: bool = False  # may say something below the quotation, which cannot be told from it


def split_body(body: Sequence[BodyLine], sender: Address, is_reply: bool, phrases: Phrases) -> Split:
    """Take a body apart into what is said now, the history, and the signature."""
    body = with_initials(body)
    roles, cut = _roles(body, is_reply, phrases)
    unsure = is_reply and _below_history(body, roles, cut, phrases)
    body, roles, unclear = _answers_in_history(body, roles, cut, phrases)
    lines: list[Line] = []
    quoted: list[str] = []
    signature: list[str] = []
    start = 0
    while start < len(body):
        end = start
        while end < len(body) and roles[end] == roles[start]:
            end += 1
        run = body[start:end]
        if roles[start] == _QUOTED:
            quoted.extend(_as_text(line) for line in run)
        else:
            above = "" if not quoted else _above(body[:start], start >= cut, phrases)
            kept, signed = split_signature(_without_banner(run, phrases) if not lines else run, sender, phrases)
            lines.extend(Line(line.text, above if not line.blank else "", line.table) for line in kept)
            signature.extend(_as_text(line) for line in signed)
        start = end
    return Split(tuple(_trimmed(lines)), _block(quoted), _block(signature), unclear, unsure)


def _roles(body: Sequence[BodyLine], is_reply: bool, phrases: Phrases) -> tuple[list[str], int]:
    """Say of each line whether it is new; `cut` is where unmarked history begins."""
    roles = [_QUOTED if line.depth else _NEW for line in body]
    cut, number, opened = len(body), 0, False
    while number < len(body):
        if roles[number] == _NEW and not body[number].blank:
            opener = find_opener(body, number, phrases)
        else:
            opener = framed_opener(body, number)
        if opener is None:
            number += 1
            continue
        opened = True
        begin, end = opener
        after = next((line for line in body[end:] if not line.blank), None)
        if after is None or not after.depth:
            cut = begin
            roles[begin:] = [_QUOTED] * (len(body) - begin)
            break
        roles[begin:end] = [_QUOTED] * (end - begin)
        number = end
    if (
        not opened
        and not is_reply
        and sum(role == _QUOTED and not line.blank for role, line in zip(roles, body, strict=True)) <= _FEW
    ):
        roles = [_NEW] * len(body)
    return roles, cut


def _below_history(body: Sequence[BodyLine], roles: list[str], cut: int, phrases: Phrases) -> bool:
    """Find what is said below unmarked history, where nothing is said above it: what follows the quoted letter's end.

    Return whether there may be such words and they cannot be told from the letter's.
    """
    said = any(role == _NEW and not line.blank for line, role in zip(body, roles, strict=True))
    opener = find_opener(body, cut, phrases) if cut < len(body) and not said else None
    if opener is None:
        return False
    begin = opener[1]
    end = end_of_letter(body[begin:], phrases)
    if end is None:  # a day at the end of what nobody signed may be the answer
        texts = [line.text for line in body[begin:] if not line.blank]
        return len(texts) > 1 and DATE.search(texts[-1]) is not None
    first = next((number for number in range(begin + end, len(body)) if not body[number].blank), len(body))
    if first == len(body) or find_opener(body, first, phrases) is not None:
        return False
    if is_postscript(body[first].text, phrases):
        return True
    last = next((n for n in range(first, len(body)) if find_opener(body, n, phrases) is not None), len(body))
    roles[first:last] = [_NEW] * (last - first)
    return False


def _answers_in_history(
    body: Sequence[BodyLine], roles: list[str], cut: int, phrases: Phrases
) -> tuple[Sequence[BodyLine], list[str], bool]:
    """Find answers written into unmarked history, by their colour or their mark, where the sender says so.

    An answer at the end of our own line becomes a line of its own; the third of what is returned says that none was
    found though there should be some.
    """
    said = "\n".join(line.text for line, role in zip(body, roles, strict=True) if role == _NEW)
    if cut >= len(body) or not finder(phrases, "inline_notice").search(said):
        return body, roles, False
    history = [number for number in range(cut, len(body)) if not body[number].blank]
    coloured = {number for number in history if body[number].color or body[number].tail}
    answers = coloured if len(coloured) * 10 <= len(history) * 6 else set()
    if not answers:
        mark = _answer_mark(phrases)
        answers = {number for number in history if mark.match(body[number].text)}
    out: list[BodyLine] = []
    parted: list[str] = []
    for number, (line, role) in enumerate(zip(body, roles, strict=True)):
        if number in answers and line.tail and line.text.endswith(line.tail):
            out += [line._replace(text=line.text[: -len(line.tail)].rstrip(), tail=""), BodyLine(line.tail)]
            parted += [role, _NEW]
        else:
            out.append(line)
            parted.append(_NEW if number in answers else role)
    return out, parted, not answers


def _above(before: Sequence[BodyLine], in_history: bool, phrases: Phrases) -> str:
    """The quoted line that an answer stands under; empty under a whole quoted letter."""
    run = []
    for line in reversed(before):
        if not line.depth and not in_history and not line.blank:
            break
        run.append(line)
    run.reverse()
    kept, _ = split_signature(run, Address(""), phrases)
    if any(not line.blank for line in run[len(kept) :]):
        return ""
    said = next((line for line in reversed(run) if not line.blank), None)
    return _as_text(said) if said is not None else ""


def _without_banner(run: Sequence[BodyLine], phrases: Phrases) -> Sequence[BodyLine]:
    """Leave out a mail gateway's warning at the top."""
    banner = finder(phrases, "banner")
    start = 0
    for number, line in enumerate(run[:6]):
        if line.text and banner.search(line.text):
            start = number + 1
        elif not line.blank:
            break
    return run[start:]


def _trimmed(lines: list[Line]) -> list[Line]:
    out: list[Line] = []
    for line in lines:
        if line.text or line.table is not None or (out and (out[-1].text or out[-1].table is not None)):
            out.append(line)
    while out and not out[-1].text and out[-1].table is None:
        out.pop()
    return out


def _as_text(line: BodyLine) -> str:
    return line.text if line.table is None else line_text(Line(line.text, table=line.table))


def _block(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


@cache
def _answer_mark(phrases: Phrases) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:[=-]{{1,4}}>|→|>>+|{alternation(phrases.answer_mark)}\s*[:：.])", re.IGNORECASE)
