"""YAML that people write: read with its line numbers, checked against a model, every problem at once."""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mailflow.core.problems import Problem

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
_FEW = 20  # a longer list hides the word that was meant


@dataclass(frozen=True, slots=True)
class Source:
    """The plain data of a YAML text and the line on which each of its keys and items stands."""

    file: str
    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, what: str, cure: str = "") -> Problem:
        """Return a problem that stands at a place of this source."""
        return Problem(self.file, self.line(place), what, cure)


def read_yaml(text: str, file: str) -> tuple[Source | None, tuple[Problem, ...]]:
    """Read YAML 1.2; a syntax error is a problem with its line."""
    try:
        loaded = YAML(typ="rt").load(StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"not valid YAML: {(error.problem or error.context or 'unreadable').strip()}"
        return None, (
            Problem(file, mark.line + 1 if mark else 1, what, "check blanks, colons and quotation marks here"),
        )
    except YAMLError as error:
        return None, (Problem(file, 1, f"not valid YAML: {error}", "save the file as UTF-8 text"),)
    except ValueError as error:  # what looks like a date and is none, such as 2026-02-31
        return None, (Problem(file, 1, f"holds a date that is none: {error}", "mend it, or put it in quotes"),)
    except RecursionError:
        return None, (Problem(file, 1, "nested too deep", "check the brackets"),)
    lines: dict[Place, int] = {}
    return Source(file, _plain(loaded, (), lines), lines), ()


def nearest(word: str, known: list[str]) -> str:
    """Return the known word that was most likely meant, or nothing."""
    return next(iter(difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)), "")


def propose(word: str, known: list[str]) -> str:
    """Return a cure that names the nearest known word and, where they are few, all of them."""
    guess = nearest(word, known)
    listed = f"known here: {', '.join(sorted(known))}"
    if not guess:
        return listed
    return f"did you mean '{guess}'?" if len(known) > _FEW else f"did you mean '{guess}'? {listed}"


def validate(model: type[Model], source: Source) -> tuple[Model | None, tuple[Problem, ...]]:
    """Check the data of a source against a model, strictly; each fault is a problem with its line."""
    text = json.dumps(source.data if source.data is not None else {}, default=str)
    try:
        return model.model_validate_json(text), ()
    except ValidationError as error:
        found = (_problem(model, source, detail) for detail in error.errors(include_url=False))
        return None, tuple(sorted(found, key=lambda problem: problem.line))


def _plain(node: Any, place: Place, lines: dict[Place, int]) -> Any:
    if isinstance(node, CommentedMap):
        result = {}
        for key, value in node.items():
            here = (*place, str(key))
            lines[here] = node.lc.data[key][0] + 1 if node.lc.data and key in node.lc.data else lines.get(place, 1)
            result[str(key)] = _plain(value, here, lines)
        return result
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*place, index)] = node.lc.data[index][0] + 1
        return [_plain(value, (*place, index), lines) for index, value in enumerate(node)]
    return node


def _problem(model: type[BaseModel], source: Source, detail: ErrorDetails) -> Problem:
    place = tuple(part for part in detail["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    what, cure = _words(model, place, detail)
    return source.problem(place, what, cure)


def _words(model: type[BaseModel], place: Place, detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what to do about one of pydantic's findings."""
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key '{name}'", propose(name, _keys(model, place[:-1]))
        case "missing":
            return f"'{name}' is missing", "add it"
        case "literal_error" | "enum":
            known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            return f"'{detail['input']}' is no value for '{name}'", propose(str(detail["input"]), known)
        case "mailflow":
            return str(context.get("what", detail["msg"])), str(context.get("cure", ""))
        case _:
            return f"'{name}': {detail['msg'].lower()}", "look at the comments of the file that was shipped"


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that are known at a place of a model."""
    kinds: list[Any] = [model]
    for part in place:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    return [
        field.alias or name
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        for name, field in kind.model_fields.items()
    ]


def _inside(kind: Any, part: str | int) -> list[Any]:
    """Return the types that may stand under a key or an index of a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        found = (f.annotation for name, f in kind.model_fields.items() if part in (name, f.alias))
        return [option for annotation in found for option in _options(annotation)]
    return [option for argument in get_args(kind) for option in _options(argument)]


def _options(annotation: Any) -> list[Any]:
    """Return a type and, where it is a union, its members."""
    return [annotation, *(a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, BaseModel))]
