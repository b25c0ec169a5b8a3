"""A sales order that goes in parts: an advice for each, with its own quantity, day and numbers, and no part twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import Lot, OrderState, Paper
from mailflow.core.playbook.model import Done, Due
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.situations import HOUSE, at, happened, look, purchase, sale, sent, without_lists

ORDER = sale("SO1", "2026-12-20")


def lot(day: str, quantity: int, *refs: str) -> Lot:
    return Lot(Milestone.SHIP, str(quantity), actual=date.fromisoformat(day), quantity=Decimal(quantity), refs=refs)


def bought(*lots: Lot, number: str = "PO1", quantity: int = 1200, serves: str = "SO1") -> OrderState:
    return replace(purchase(number, "2026-12-15", linked_order=serves, quantity=Decimal(quantity)), lots=lots)


FIRST, SECOND = lot("2026-11-24", 800, "MSCU1234566"), lot("2026-12-02", 400, "TCLU4711223")


def advices(day: str, *states: OrderState, done: tuple[Done, ...] = ()) -> list[Due]:
    return look(at(day, "17:00"), ORDER, *states, done=done).of("shipment_advice")


def test_each_part_when_it_ships_with_its_own_quantity_and_numbers() -> None:
    (part,) = advices("2026-11-24", bought(FIRST))
    line = part.facts.lines[0]
    assert (line.quantity, line.remaining, line.ship_date, line.refs) == (
        "800 pcs",
        "400 pcs",
        FIRST.actual,
        FIRST.refs,
    )
    assert part.mode is Mode.AUTO
    done = (sent(part, at("2026-11-24", "17:05")),)
    assert advices("2026-11-30", bought(FIRST), done=done) == []
    (rest,) = advices("2026-12-02", bought(FIRST, SECOND), done=done)
    line = rest.facts.lines[0]
    assert (line.quantity, line.remaining, line.ship_date, line.refs) == ("400 pcs", "", SECOND.actual, SECOND.refs)
    done = (*done, sent(rest, at("2026-12-02", "17:05")))
    assert advices("2026-12-03", bought(FIRST, SECOND), done=done) == []


def test_both_parts_before_anybody_was_advised_are_one_advice() -> None:
    (whole,) = advices("2026-12-02", bought(FIRST, SECOND))
    assert whole.duty.occasion == "2026-12-02"
    assert (whole.facts.lines[0].quantity, whole.facts.lines[0].remaining) == ("1,200 pcs", "")


def test_of_two_purchase_orders_the_first_is_a_part() -> None:
    one = happened(bought(quantity=700), "2026-11-24", refs=("MSCU1234566",))
    two = bought(number="PO2", quantity=500)
    (part,) = advices("2026-11-24", one, two)
    assert (part.facts.lines[0].quantity, part.facts.lines[0].remaining) == ("700 pcs", "500 pcs")


@pytest.mark.parametrize(
    "other",
    [
        bought(FIRST, serves="SO1, SO2"),
        bought(FIRST, quantity=1000),
        bought(replace(FIRST, quantity=None)),
    ],
    ids=["serves another, too", "does not add up", "how much is not known"],
)
def test_where_parts_cannot_be_told_nothing_is_advised_before_all_has_left(other: OrderState) -> None:
    assert advices("2026-11-24", other) == []


def test_a_part_without_numbers_of_its_own_is_a_draft() -> None:
    (part,) = advices("2026-11-24", bought(FIRST))
    done = (sent(part, at("2026-11-24", "17:05")),)
    (rest,) = advices("2026-12-02", bought(FIRST, replace(SECOND, refs=())), done=done)
    assert rest.mode is Mode.DRAFT


def test_the_document_of_the_first_part_does_not_go_along_with_the_second() -> None:
    bill = Paper("bill_of_lading", 7, 0, "a.pdf", date(2026, 11, 23), released=True)
    second = replace(bill, mail=9, filed=date(2026, 12, 1))
    (part,) = advices("2026-11-24", replace(bought(FIRST), papers=(bill,)))
    assert [one.mail for one in part.enclosed] == [7]
    done = (sent(part, at("2026-11-24", "17:05")),)
    (rest,) = advices("2026-12-02", replace(bought(FIRST, SECOND), papers=(bill, second)), done=done)
    assert [one.mail for one in rest.enclosed] == [9]


def test_the_letter_says_that_it_is_a_part() -> None:
    (part,) = advices("2026-11-24", bought(FIRST))
    for language, said in (("en", "A part of your order SO1 has shipped: 800 pcs"), ("zh", "已部分出货：800 pcs")):
        letter = shipped_templates().render("shipment_advice", language, part.facts, HOUSE, part.to[0])
        assert said in letter.text
        assert "400 pcs" in letter.text


def test_only_what_ships_goes_in_parts() -> None:
    with pytest.raises(AssertionError, match="goes in parts"):
        without_lists(("    letter: ask_ship\n", "    letter: ask_ship\n    parts: true\n"))


def test_the_draft_of_the_first_part_stands_when_the_second_is_advised() -> None:
    """A letter is looked at again without its own duty: it must find itself, not what came after."""
    (part,) = advices("2026-11-24", bought(FIRST))
    open_draft = (sent(part, at("2026-11-24", "17:05"), waiting=True),)
    (rest,) = advices("2026-12-02", bought(FIRST, SECOND), done=open_draft)
    assert rest.facts.lines[0].quantity == "400 pcs"
    (again,) = advices("2026-12-02", bought(FIRST, SECOND), done=(sent(rest, at("2026-12-02", "17:05")),))
    assert again.duty == part.duty
    assert again.facts.lines == part.facts.lines
