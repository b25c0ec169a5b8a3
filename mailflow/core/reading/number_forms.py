"""Forms of numbers: what rules/reading/references/ and rules/reading/masks/ say, a file a carrier or kind."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from mailflow.core.problems import Problem
from mailflow.core.reading.check_digits import CHECKS
from mailflow.core.reading.folding import Folder
from mailflow.core.yaml_source import Source, propose, read_yaml, validate

REFERENCES, MASKS = "references/", "masks/"
NOTHING = "none"
"""The type of masks: numbers of things that are neither orders nor consignments."""

_Hides = Literal["all", "orders"]


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One way in which a kind of number is written; `place` tells the file and the form in it."""

    name: str
    place: int
    type: str
    pattern: str
    cues: tuple[str, ...] = ()
    alone: bool = False
    near: bool = False
    check: str = ""
    ask: bool = False
    digits: int = 1
    never: tuple[str, ...] = ()
    last: bool = False
    hides: str = "all"
    firm: bool = False
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Form(_Strict):
    pattern: str
    alone: bool = False
    near: bool = False
    check: str = ""
    wrong: Literal["none", "ask"] = "none"
    digits: int = 1
    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()

    @field_validator("valid", "invalid", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        for example in value if isinstance(value, list) else ():
            if not isinstance(example, str):
                told = {"what": f"the example {example} is read as a number", "cure": "put it in quotes"}
                raise PydanticCustomError("mailflow", "", told)
        return tuple(value) if isinstance(value, list) else value

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise PydanticCustomError(
                "mailflow", "", {"what": f"no regular expression: {error}", "cure": "mend the pattern"}
            ) from error
        return value

    @field_validator("check")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and value not in CHECKS:
            raise PydanticCustomError(
                "mailflow", "", {"what": f"no check digit is called '{value}'", "cure": propose(value, list(CHECKS))}
            )
        return value


class _Reference(_Strict):
    type: Literal["container", "air_waybill", "bill_of_lading", "courier", "postal"]
    cues: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    last: bool = False
    forms: tuple[_Form, ...]


class _Mask(_Strict):
    hides: _Hides = "all"
    firm: bool = False
    cues: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    forms: tuple[_Form, ...]


def load_forms(texts: Mapping[str, str], folder: Folder) -> tuple[list[NumberForm], list[Problem]]:
    """Return the forms of all files, those that are tried first in front, and every problem."""
    forms: list[NumberForm] = []
    problems: list[Problem] = []
    for name, text in sorted(texts.items()):
        if not name.startswith((REFERENCES, MASKS)):
            continue
        found, told = _file(name, text, folder)
        forms += found
        problems += told
    return sorted(forms, key=lambda form: (form.last, not form.check, form.type == NOTHING)), problems


def line_of(texts: Mapping[str, str], form: NumberForm, key: str, index: int) -> tuple[str, int]:
    """Return the file and line of an example; only looked for where one fails."""
    source, _ = read_yaml(texts[form.name], _shown(form.name))
    place = ("forms", form.place, key, index)
    return _shown(form.name), source.line(place) if source else 0


def _shown(name: str) -> str:
    return f"rules/reading/{name}"


def _file(name: str, text: str, folder: Folder) -> tuple[list[NumberForm], tuple[Problem, ...]]:
    try:
        data = YAML(typ="safe").load(StringIO(text))  # much faster than with the lines, which only faults need
        row = (_Mask if name.startswith(MASKS) else _Reference).model_validate_json(json.dumps(data, default=str))
    except (YAMLError, ValueError):
        return [], _problems(name, text)
    return list(_forms(name, row, folder)), ()


def _problems(name: str, text: str) -> tuple[Problem, ...]:
    source, problems = read_yaml(text, _shown(name))
    if source is None:
        return problems
    return _checked(name, source)


def _checked(name: str, source: Source) -> tuple[Problem, ...]:
    if name.startswith(MASKS):
        return validate(_Mask, source)[1]
    return validate(_Reference, source)[1]


def _forms(name: str, file: _Reference | _Mask, folder: Folder) -> Iterable[NumberForm]:
    cues = tuple(" ".join(folder.plain(cue).split()) for cue in file.cues)
    never = tuple(folder.plain(word) for word in file.never)
    for place, form in enumerate(file.forms):
        yield NumberForm(
            name,
            place,
            file.type if isinstance(file, _Reference) else NOTHING,
            form.pattern,
            cues,
            form.alone,
            form.near,
            form.check,
            form.wrong == "ask",
            form.digits,
            never,
            isinstance(file, _Reference) and file.last,
            file.hides if isinstance(file, _Mask) else "all",
            isinstance(file, _Mask) and file.firm,
            form.valid,
            form.invalid,
        )
