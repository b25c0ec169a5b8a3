"""Reads rules/playbook.yaml: the playbook, or every fault in it with its line and a cure."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mailflow.core.playbook.check import faults
from mailflow.core.playbook.rules import Playbook
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import read_yaml, validate


def load_playbook(text: str, file: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """Return the playbook, or None and what is wrong with it."""
    source, problems = read_yaml(text, file)
    if source is None:
        return None, problems
    playbook, problems = validate(Playbook, source)
    if playbook is None:
        return None, problems
    found = tuple(faults(playbook, source))
    return (None if found else playbook), found


def playbook_schema() -> dict[str, Any]:
    """Return the JSON Schema of the playbook, for editors."""
    return Playbook.model_json_schema(by_alias=True, schema_generator=_WithoutDefaults)


class _WithoutDefaults(GenerateJsonSchema):
    """Leaves defaults out: they are parsed phrases, not the words that stand in the file."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])
