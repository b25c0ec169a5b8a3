"""From the new words of a mail to answers and commands. A line is obeyed as a whole or not at all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailflow.core.message.model import Line
from mailflow.core.steering.answers import NotUnderstoodError, answers_of
from mailflow.core.steering.commands import TAKES, command_of
from mailflow.core.steering.said import ALL, Answer, Command, Said, Unclear
from mailflow.core.steering.tokens import Kind, Token, Tongue
from mailflow.core.steering.words import Part, Verb, fold

_SENTENCES = re.compile(r"[;；。\n]+")
_ITEM_ABOVE = re.compile(r"\W{0,6}(\d{1,2})(?:[.)]|\s?[A-F]\b)")
_MOST_LINES = 60
_LONGEST = 200


def parse(lines: Iterable[Line], tongue: Tongue) -> Said:
    """Read what the sender says now, line by line; `tongue` knows the words, the orders and the day."""
    answers: list[Answer] = []
    commands: list[Command] = []
    unclear: list[Unclear] = []
    pieces = [piece for line in lines for piece in _pieces(line)]
    for words, above in pieces[:_MOST_LINES]:
        found = _line(words, above, tongue)
        answers += [one for one in found if isinstance(one, Answer)]
        commands += [one for one in found if isinstance(one, Command)]
        unclear += [one for one in found if isinstance(one, Unclear)]
    unclear += [Unclear(words[:_LONGEST], "too_long") for words, _ in pieces[_MOST_LINES : _MOST_LINES + 1]]
    agreed, twice = _agreed(answers)
    unclear += twice
    doubtful = any(_doubts(one.words, tongue) for one in unclear)
    return Said(tuple(agreed), tuple(commands), tuple(unclear), doubtful)


def _pieces(line: Line) -> Iterable[tuple[str, str]]:
    if line.table is not None:
        return [("\t".join(cell.text for cell in row), "") for row in line.table.rows]
    return [(piece.strip(), line.above) for piece in _SENTENCES.split(line.text) if piece.strip()]


def _line(words: str, above: str, tongue: Tongue) -> Sequence[Answer | Command | Unclear]:
    shown = " ".join(words.split())[:_LONGEST]
    if len(words) > 2 * _LONGEST:
        return [Unclear(shown)]
    found = tongue.tokens(words)
    names = any(isinstance(token.meaning, Verb) and TAKES[token.meaning].person for token in found)
    tokens = [token for token in found if not _says_nothing(token, tongue, names=names)]
    if not tokens:
        return []
    try:
        if any(isinstance(token.meaning, Verb) for token in tokens):
            return [command_of(tokens, shown, tongue)]
        return answers_of(tokens, shown, _above(above))
    except NotUnderstoodError as error:
        return [Unclear(shown, error.why, error.about)]


def _says_nothing(token: Token, tongue: Tongue, *, names: bool) -> bool:
    """Say whether a token is a courtesy, or the name with which its writer signs (`names`: unless a name is wanted)."""
    return token.meaning is Part.SKIP or (token.kind is Kind.TEXT and token.text in tongue.writer and not names)


def _above(quoted: str) -> int:
    """Return the number of the item that an answer between the lines stands under, 0 where none does."""
    hit = _ITEM_ABOVE.match(fold(quoted).upper())
    return int(hit[1]) if hit else 0


def _agreed(answers: Sequence[Answer]) -> tuple[list[Answer], list[Unclear]]:
    """Return one answer an item; what is decided twice and differently is not decided. One by number outranks `all`."""
    by_number: dict[int, list[Answer]] = {}
    for answer in answers:
        by_number.setdefault(answer.number, []).append(answer)
    kept: list[Answer] = []
    unclear: list[Unclear] = []
    for number, some in by_number.items():
        if len({replace(one, words="") for one in some}) > 1:
            unclear.append(Unclear("; ".join(dict.fromkeys(one.words for one in some)), "twice", str(number or "")))
        else:
            kept.append(some[0])
    named = {number for number in by_number if number != ALL}
    return [
        replace(one, without=tuple(sorted({*one.without, *named}))) if one.number == ALL else one for one in kept
    ], unclear


def _doubts(words: str, tongue: Tongue) -> bool:
    text = fold(words)
    return any(
        re.search(rf"(?<![a-z]){re.escape(doubt)}(?![a-z])", text) if doubt.isascii() else doubt in text
        for doubt in tongue.rules.doubts
    )
