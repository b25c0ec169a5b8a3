"""The milestones that a playbook names, and whether each of them is one; looked up in the file as it was written.

So a wrong name is told together with everything else that is wrong, even where the file cannot be used at all.
"""

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from mailflow.core.orders.model import Milestone, place
from mailflow.core.playbook.moments import Dated, parse_moment
from mailflow.core.playbook.phrases import parse_formula
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, propose

_LISTS = ("stop", "gates")


def unknown_stages(source: Source) -> list[Problem]:
    """Return a problem for every milestone that is neither one of the nine nor named in the file."""
    data = source.data if isinstance(source.data, dict) else {}
    named = [*Milestone, *_keys(data.get("milestones"))]
    return [
        source.problem(spot, what.format(stage), propose(stage, [*named, *more]))
        for spot, stage, what, more in _named(data)
        if not _known(stage, named)
    ]


def _known(stage: str, named: list[str]) -> bool:
    """Say whether a stage has a name; a part of a milestone needs none: `documents.invoice`, `ship.600`."""
    return stage in named or (place(stage)[1] != "" and place(stage)[0] in (*named, "documents"))


_Named = tuple[Place, str, str, tuple[str, ...]]
_NO_MILESTONE = "'{}' is no milestone"


def _named(data: dict[str, Any]) -> Iterator[_Named]:
    for name, stage in _items(data.get("milestones")):
        yield from ((("milestones", name, "before"), one, _NO_MILESTONE, ()) for one in _texts(stage, "before"))
    for kind, plans in _items(data.get("order_types")):
        for stage, formula in _items(plans.get("milestones") if isinstance(plans, dict) else None):
            spot: Place = ("order_types", kind, "milestones", stage)
            yield spot, stage, _NO_MILESTONE, ()
            base = _base(formula)
            if base not in ("", "due", "order"):
                yield spot, base, "'{}' is no date to plan from", ("due", "order")
    steps = data.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        yield from _of_step(("steps", index), step)
    overrides = data.get("overrides")
    for index, override in enumerate(overrides if isinstance(overrides, list) else ()):
        for name, change in _items(override.get("steps") if isinstance(override, dict) else None):
            yield from _of_step(("overrides", index, "steps", name), change)


def _of_step(spot: Place, step: object) -> Iterator[_Named]:
    if not isinstance(step, dict):
        return
    stage = _anchor(step.get("when"))
    if stage:
        yield (*spot, "when"), stage, _NO_MILESTONE, ("order",)
    for key in _LISTS:
        yield from (((*spot, key), one, _NO_MILESTONE, ()) for one in _texts(step, key))
    if isinstance(step.get("until"), str):
        yield (*spot, "until"), step["until"], _NO_MILESTONE, ()
    for key in ("missing", "reached"):
        yield from (((*spot, "if", key), one, _NO_MILESTONE, ()) for one in _texts(step.get("if"), key))


def _anchor(when: object) -> str:
    try:
        moment = parse_moment(when)
    except PydanticCustomError:
        return ""  # told already: it cannot be read
    return (moment.milestone or "") if isinstance(moment, Dated) else ""


def _base(formula: object) -> str:
    try:
        return parse_formula(formula).base
    except PydanticCustomError:
        return ""  # told already: it cannot be read


def _items(node: object) -> list[tuple[str, Any]]:
    return list(node.items()) if isinstance(node, dict) else []


def _keys(node: object) -> list[str]:
    return [name for name, _ in _items(node)]


def _texts(node: object, key: str) -> list[str]:
    found = node.get(key) if isinstance(node, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
