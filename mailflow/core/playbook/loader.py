"""Reads rules/playbook.yaml: the playbook, or every fault in it with its line and a cure."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mailflow.core.orders.model import Milestone, OrderKind
from mailflow.core.playbook.phrases import Weekly
from mailflow.core.playbook.rules import OrderType, Playbook, Step
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import Place, Source, propose, read_yaml, validate

SIDES = {"supplier": OrderKind.PURCHASE, "factory": OrderKind.PURCHASE, "customer": OrderKind.SALES}


def load_playbook(text: str, file: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """Return the playbook, or None and what is wrong with it."""
    source, problems = read_yaml(text, file)
    if source is None:
        return None, problems
    playbook, problems = validate(Playbook, source)
    if playbook is None:
        return None, problems
    found = (*_order_types(playbook, source), *_steps(playbook, source), *_overrides(playbook, source))
    return (None if found else playbook), found


def playbook_schema() -> dict[str, Any]:
    """Return the JSON Schema of the playbook, for editors."""
    return Playbook.model_json_schema(by_alias=True, schema_generator=_WithoutDefaults)


class _WithoutDefaults(GenerateJsonSchema):
    """Leaves defaults out: they are parsed phrases, not the words that stand in the file."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _order_types(playbook: Playbook, source: Source) -> list[Problem]:
    problems = []
    if "standard" not in playbook.order_types:
        problems.append(source.problem(("order_types",), "'standard' is missing here", "add it, it serves all others"))
    if "default" not in playbook.lead_times:
        problems.append(source.problem(("lead_times",), "'default' is missing here", "add it, it serves all others"))
    for name, kind in playbook.order_types.items():
        for milestone, formula in kind.milestones.items():
            place: Place = ("order_types", name, "milestones", str(milestone))
            if formula.base not in ("due", "order") and Milestone(formula.base) not in kind.milestones:
                cure = f"add '{formula.base}:' to this order type"
                problems.append(source.problem(place, f"'{milestone}' is planned from '{formula.base}'", cure))
            elif _circular(kind, milestone):
                cure = "plan one of them from 'due' or 'order'"
                problems.append(source.problem(place, f"'{milestone}' is planned from itself", cure))
    return problems


def _circular(kind: OrderType, milestone: Milestone) -> bool:
    seen: set[str] = set()
    base: str = milestone
    while base in kind.milestones and base not in seen:
        seen.add(base)
        base = kind.milestones[Milestone(base)].base
    return base in seen


def _steps(playbook: Playbook, source: Source) -> list[Problem]:
    problems = []
    first: dict[str, int] = {}
    for index, step in enumerate(playbook.steps):
        place: Place = ("steps", index)
        if step.name in first:
            what = f"step '{step.name}' stands here twice"
            problems.append(source.problem((*place, "name"), what, "give each step a name of its own"))
        first.setdefault(step.name, index)
        problems += [source.problem((*place, key), what, cure) for key, what, cure in _faults(step)]
        for other in step.only.order_type:
            if other not in playbook.order_types:
                cure = propose(other, list(playbook.order_types))
                problems.append(source.problem((*place, "if"), f"order type '{other}' is not in this file", cure))
    return problems


def _faults(step: Step) -> list[tuple[str, str, str]]:
    faults = []
    if bool(step.letter) == bool(step.rungs):
        faults.append(("name", f"step '{step.name}' needs a letter or rungs, not both", "give 'letter:' or 'rungs:'"))
    if step.rungs and step.repeat:
        faults.append(("repeat", "rungs do not repeat", "write one more rung, or take 'repeat' away"))
    if step.whom in SIDES and step.orders != SIDES[step.whom]:
        faults.append(("for", f"a {step.whom} has no {step.orders} orders", f"write 'orders: {SIDES[step.whom]}'"))
    if step.whom == "customer" and len(step.ladder) > 1:
        faults.append(("for", "customers have no ladder", "take 'rungs' and 'repeat' away"))
    if isinstance(step.when, Weekly) and step.whom != "supplier":
        faults.append(("for", "a weekly list goes to suppliers", "write 'for: supplier'"))
    return faults


def _overrides(playbook: Playbook, source: Source) -> list[Problem]:
    problems = []
    known = sorted({*playbook.by_name, *playbook.letters})
    for index, override in enumerate(playbook.overrides):
        place: Place = ("overrides", index)
        if sum(map(bool, (override.party, override.order_type, override.order))) != 1:
            cure = "give exactly one of 'party', 'order_type' and 'order'"
            problems.append(source.problem(place, "whom is this override for?", cure))
        for name in override.modes:
            if name not in known:
                what = f"'{name}' is neither a step nor a letter"
                problems.append(source.problem((*place, "modes", name), what, propose(name, known)))
    return problems
