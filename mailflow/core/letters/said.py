"""What a person says of a letter that they order, as text: fields of the letter or of its orders."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, get_args, get_type_hints

from mailflow.core.letters.model import LetterFacts, OrderLine
from mailflow.core.message.model import Address
from mailflow.core.yaml_source import propose

_NOT_SAID = {
    *("lines", "waiting", "reviews", "figures", "rung", "asked_before", "backlog", "number", "party"),
    *("digest", "steering", "alarm", "advice"),
}


class CannotWriteError(Exception):
    """A letter that cannot be written as it was ordered; `cure` says what to do."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}; {cure}")
        self.what = what
        self.cure = cure


def with_said(facts: LetterFacts, said: Sequence[tuple[str, str]]) -> LetterFacts:
    """Return facts with what a person says: a field of the letter, or one of its orders (of all of them)."""
    of_letter, of_line = _plain(LetterFacts), _plain(OrderLine)
    for name, text in said:
        if name not in of_letter and name not in of_line:
            raise CannotWriteError(f"'{name}' is no field of a letter", propose(name, sorted({*of_letter, *of_line})))
        if name in of_letter:
            value = _value(name, text, of_letter[name])
            if isinstance(value, tuple):
                value = (*getattr(facts, name), *value)
            changes: Mapping[str, Any] = {name: value}
            facts = replace(facts, **changes)
        if name in of_line:
            changes = {name: _value(name, text, of_line[name])}
            facts = replace(facts, lines=tuple(replace(line, **changes) for line in facts.lines))
    return facts


@cache
def _plain(kind: type[LetterFacts | OrderLine]) -> dict[str, Any]:
    """Return the fields that a person may say, with their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.name not in _NOT_SAID}


def _value(name: str, text: str, hint: Any) -> Any:
    """Read a value as a person types it, by the type of its field."""
    if hint is date or (isinstance(hint, UnionType) and date in get_args(hint)):
        return _day(name, text)
    if isinstance(hint, UnionType):
        return Address(text.strip())
    if hint is int:
        if not text.isdecimal():
            raise _fault(name, text, "a number")
        return int(text)
    if hint is str:
        return text.strip()
    return _several(name, text, get_args(hint)[0])


def _several(name: str, text: str, kind: Any) -> tuple[Any, ...]:
    if kind is str:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    pieces = [part.strip() for part in text.split("|")]
    wanted = fields(kind)
    if len(pieces) > len(wanted):
        raise _fault(name, text, " | ".join(field.name for field in wanted))
    hints = get_type_hints(kind)
    said = {field.name: _value(name, piece, hints[field.name]) for field, piece in zip(wanted, pieces, strict=False)}
    try:
        return (kind(**said),)
    except TypeError as error:
        raise _fault(name, text, " | ".join(field.name for field in wanted)) from error


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise _fault(name, text, "a day such as 2026-12-01") from error


def _fault(name: str, text: str, wanted: str) -> CannotWriteError:
    return CannotWriteError(f"{name} cannot be '{text}'", f"write {wanted}")
