"""The manifest of a letter (letter.yaml): whom it is for, and the fields without which it must not go."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import StrEnum

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mailflow.core.letters.model import LetterFacts, OrderLine
from mailflow.core.problems import Problem


class Side(StrEnum):
    """On whose side the readers of a letter are; letters of the `house` stay inside."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a letter beside its words; `needs` are fields of the facts, `line.` ones of every order."""

    name: str
    to: Side
    description: str = ""
    needs: tuple[str, ...] = ()
    keeps_subject: bool = False  # in a thread its subject is kept, so that mail programs show one conversation


_KEYS = ("to", "description", "needs", "keeps_subject")


def missing_fields(manifest: Manifest, facts: LetterFacts) -> tuple[str, ...]:
    """Return the needed fields that are empty, those of orders with their order's number."""
    missing: list[str] = []
    for need in manifest.needs:
        if not need.startswith("line."):
            missing += [] if getattr(facts, need) else [need]
            continue
        field = need.removeprefix("line.")
        missing += [f"{field} of {line.number}" for line in facts.lines if not getattr(line, field)]
    return tuple(missing)


def read_manifest(name: str, text: str, file: str) -> tuple[Manifest | None, list[Problem]]:
    """Return a letter's manifest, or what is wrong with it."""
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, [
            Problem(file, line, f"is not YAML: {error.problem}", "mend the line; the one above may be at fault")
        ]
    except YAMLError as error:
        return None, [Problem(file, 0, f"is not YAML: {error}", "compare it with another letter's")]
    if not isinstance(data, CommentedMap):
        return None, [Problem(file, 1, "holds no keys", f"write {', '.join(_KEYS)}, a line each")]
    problems = [
        Problem(file, data.lc.key(key)[0] + 1, f"{key} is unknown", suggestion(str(key), _KEYS))
        for key in data
        if key not in _KEYS
    ]
    manifest, more = _checked(name, data, file)
    return manifest, [*problems, *more]


def _checked(name: str, data: CommentedMap, file: str) -> tuple[Manifest | None, list[Problem]]:
    def line(key: str) -> int:
        return data.lc.key(key)[0] + 1 if key in data else 1

    problems: list[Problem] = []
    to = str(data.get("to", ""))
    if to not in list(Side):
        cure = "write to: supplier, customer or house"
        problems.append(Problem(file, line("to"), f"to is {to!r}" if to else "to is missing", cure))
    needs = data.get("needs") or []
    if not isinstance(needs, list):
        problems.append(Problem(file, line("needs"), "needs is no list", "write needs: [line.due, …]"))
        needs = []
    known = _known_needs()
    problems += [
        Problem(file, line("needs"), f"needs names {need}, which letters don't have", suggestion(str(need), known))
        for need in needs
        if need not in known
    ]
    keeps = data.get("keeps_subject", False)
    if not isinstance(keeps, bool):
        problems.append(Problem(file, line("keeps_subject"), f"keeps_subject is {keeps!r}", "write true or false"))
    if problems:
        return None, problems
    return Manifest(name, Side(to), str(data.get("description", "")), tuple(map(str, needs)), keeps), []


def _known_needs() -> tuple[str, ...]:
    return (*(f.name for f in fields(LetterFacts)), *(f"line.{f.name}" for f in fields(OrderLine)))


def suggestion(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return what to do about an unknown name: the nearest right one, or all that there are."""
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]}?" if near else f"use one of: {', '.join(sorted(known))}"
