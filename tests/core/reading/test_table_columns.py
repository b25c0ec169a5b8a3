"""Columns of days: a heading that names a milestone enters them, one that nothing explains makes a question."""

from dataclasses import replace

import pytest

from mailflow.core.message.model import Cell, Line, Table
from mailflow.core.reading.model import Disposition, Reading
from tests.core.reading.test_properties import message, read


def _read(heading: tuple[str, ...], row: tuple[str, ...]) -> Reading:
    table = Table(tuple(tuple(Cell(text) for text in cells) for cells in (heading, row)))
    mail = message(["Please see below."])
    return read(replace(mail, lines=(*mail.lines, Line("", table=table))))


@pytest.mark.parametrize("heading", ["Lacquer house", "漆房", "Remise douane", "Q-gate 3"])
def test_a_day_under_a_heading_that_nothing_explains_is_asked_about(heading: str) -> None:
    reading = _read(("Order", "Qty", heading, "Ship date"), ("KX/2027/1187", "500", "2 April", "15 April"))

    assert [(u.milestone, u.applied) for u in reading.updates] == [("ship", True)]
    assert reading.disposition is Disposition.ATTENTION
    assert any("cannot be told of what" in question.text for question in reading.questions)


@pytest.mark.parametrize("heading", ["Order date", "Machining", "Old ETD", "截关"])
def test_a_day_of_what_is_no_milestone_asks_nothing(heading: str) -> None:
    reading = _read(("Order", "Qty", heading, "Ship date"), ("KX/2027/1187", "500", "2 April", "15 April"))

    assert [(u.milestone, u.applied) for u in reading.updates] == [("ship", True)]
    assert reading.disposition is Disposition.UPDATE


def test_plan_and_actual_of_two_steps_stand_side_by_side() -> None:
    heading = ("Order", "Plan ready", "Actual ready", "Plan loading", "Actual loading")
    reading = _read(heading, ("KX/2027/1187", "1 March", "3 March", "5 March", "8 March"))

    told = [(u.kind, u.milestone, u.date.isoformat() if u.date else "") for u in reading.updates]
    assert told == [("done", "production", "2027-03-03"), ("done", "ship", "2027-03-08")]
    assert reading.disposition is Disposition.UPDATE
