"""The manifest of a letter (letter.yaml): whom it is for, and the fields without which it must not go."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from mailflow.core.letters.formats import CELLS
from mailflow.core.letters.model import LetterFacts, OrderLine
from mailflow.core.problems import Problem
from mailflow.core.yaml_source import nearest, read_yaml, validate


class Side(StrEnum):
    """On whose side the readers of a letter are; letters of the `house` stay inside, those to a `partner` suit any."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    FORWARDER = "forwarder"
    INSPECTOR = "inspector"
    PARTNER = "partner"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a letter beside its words; `needs` are fields of the facts, `line.` ones of every order."""

    name: str
    to: Side
    description: str = ""
    needs: tuple[str, ...] = ()
    keeps_subject: bool = False  # in a thread its subject is kept, so that mail programs show one conversation
    workbook: tuple[str, ...] = ()  # columns of the list that goes along as a workbook; none: no workbook
    cheerful: bool = False  # not to be written while a complaint is open
    milestone: str = ""  # the one whose dates a person's letter names; nothing: the shipment
    calendar: str = ""  # the date that goes along as a calendar file; `cancel`: it is taken back


CANCEL = "cancel"
_DAYS = ("day", "line.ship_date", "line.expected", "line.promise", "line.planned", CANCEL)


class _File(BaseModel):
    """The keys that letter.yaml may have."""

    model_config = ConfigDict(extra="forbid")

    to: Side
    description: str = ""
    needs: tuple[str, ...] = ()
    keeps_subject: bool = False
    workbook: tuple[str, ...] = ()
    cheerful: bool = False
    milestone: str = ""
    calendar: str = ""


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
    source, problems = read_yaml(text, file)
    if source is None:
        return None, list(problems)
    said, problems = validate(_File, source)
    if said is None:
        return None, list(problems)
    known = [*(f.name for f in fields(LetterFacts)), *(f"line.{f.name}" for f in fields(OrderLine))]
    unknown = [
        source.problem(("needs", index), f"needs names {need}, which letters don't have", suggestion(need, known))
        for index, need in enumerate(said.needs)
        if need not in known
    ]
    unknown += [
        source.problem(("workbook", index), f"workbook names {column}, which is no column", suggestion(column, CELLS))
        for index, column in enumerate(said.workbook)
        if column not in CELLS
    ]
    if said.calendar and said.calendar not in _DAYS:
        what = f"calendar names {said.calendar}, which is no day of a letter"
        unknown.append(source.problem(("calendar",), what, suggestion(said.calendar, _DAYS)))
    if unknown:
        return None, unknown
    return Manifest(name, **dict(said)), []


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return what to do about an unknown name: the nearest right one, or all that there are."""
    near = nearest(name, sorted(known))
    return f"did you mean {near}?" if near else f"use one of: {', '.join(sorted(known))}"
