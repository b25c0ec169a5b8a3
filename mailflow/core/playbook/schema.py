"""JSON Schemas of the files under rules/, so that editors complete and check them while they are written."""

import json
from collections.abc import Callable
from functools import partial

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mailflow.core.calendars.rules import CalendarFile
from mailflow.core.playbook.rules import Playbook


def schema_of(model: type[BaseModel]) -> str:
    """Return the JSON Schema of a file that a model reads."""
    schema = model.model_json_schema(by_alias=True, schema_generator=_WithoutDefaults)
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


class _WithoutDefaults(GenerateJsonSchema):
    """Leaves defaults out: they are parsed phrases, not the words that stand in the file."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


SCHEMAS: dict[str, Callable[[], str]] = {
    "playbook.json": partial(schema_of, Playbook),
    "calendar.json": partial(schema_of, CalendarFile),
}
"""The files under rules/schema/ and what makes them."""
