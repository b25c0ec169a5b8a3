"""A report as one page that needs nothing beside it: its charts are in it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailflow.core.reports.model import Picture, Sheet, Value


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    number: bool


def write_page(
    title: str, sheets: Sequence[Sheet], pictures: Sequence[Picture], *, language: str, company: str, defined: str
) -> str:
    """Return the page as HTML; every value is escaped."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8"))
    return template.render(
        title=title,
        language=language,
        company=company,
        defined=defined,
        pictures=[{"data": b64encode(one.png).decode("ascii"), "told": one.told} for one in pictures],
        sheets=[
            {
                "title": sheet.title,
                "headings": sheet.headings,
                "rows": [
                    [_cell(value, percent=place in sheet.percents) for place, value in enumerate(row)]
                    for row in sheet.rows
                ],
            }
            for sheet in sheets
        ],
    )


def _cell(value: Value, *, percent: bool) -> _Cell:
    if value is None:
        return _Cell("", number=False)
    if percent and isinstance(value, int | float):
        return _Cell(f"{value:.0%}", number=True)
    return _Cell(str(value), number=isinstance(value, int | float))
