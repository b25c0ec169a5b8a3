"""Where a milestone stands: by lots and quantities, by plan and promise, in dates of one meaning."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from mailflow.core.calendars.working_days import Days
from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.core.orders.state import Lot, OrderState
from mailflow.core.playbook.standing import convert, planned, reached, standing
from tests.core.playbook.situations import playbook_with, purchase

ORDER = purchase("PO1", "2026-12-10")  # 1,200 pieces
CN = Days("CN")


def day(number: int) -> date:
    return date(2026, 12, number)


def lot(part: str = "", promise: int | None = None, actual: int | None = None, quantity: int | None = None) -> Lot:
    return Lot(
        Milestone.SHIP,
        part,
        promise=day(promise) if promise else None,
        actual=day(actual) if actual else None,
        quantity=None if quantity is None else Decimal(quantity),
    )


def with_lots(*lots: Lot, **changes: object) -> OrderState:
    order = replace(ORDER.order, **changes)  # type: ignore[arg-type]  # fields of an order
    return replace(ORDER, order=order, lots=lots)


@pytest.mark.parametrize(
    ("lots", "when"),
    [
        ([], None),
        ([lot(promise=5)], None),
        ([lot(actual=5)], 5),
        ([lot(actual=5, quantity=1200)], 5),
        ([lot(actual=5, quantity=500)], None),
        ([lot("500", actual=5, quantity=500), lot("700", promise=9, quantity=700)], None),
        ([lot("500", actual=5, quantity=500), lot("700", actual=9, quantity=700)], 9),
        ([lot("500", actual=5, quantity=500), lot("600", actual=9, quantity=600)], None),
        ([lot("first", actual=5)], None),  # of the rest nothing is known
        ([lot("first", actual=5), lot("second", promise=9)], None),
        ([lot("first", actual=5), lot("second", actual=9)], 9),
        ([lot("first", actual=5), lot("500", actual=9, quantity=500), lot(promise=12)], None),
    ],
)
def test_it_has_happened_when_all_of_it_has(lots: list[Lot], when: int | None) -> None:
    assert reached(with_lots(*lots), Milestone.SHIP) == (day(when) if when else None)


def test_without_a_quantity_in_the_book_the_whole_is_what_is_said() -> None:
    assert reached(with_lots(lot(actual=5, quantity=500), quantity=None), Milestone.SHIP) == day(5)


@pytest.mark.parametrize(
    ("lots", "anchor", "latest", "promised"),
    [
        ([], 10, 10, False),
        ([lot(promise=15)], 15, 15, True),
        ([lot(promise=5)], 5, 5, True),
        ([lot("500", promise=12, quantity=500), lot("700", promise=20, quantity=700)], 12, 20, True),
        ([lot("500", actual=2, quantity=500), lot("700", promise=20, quantity=700)], 20, 20, True),
        # what the parts leave over stands by the promise for the whole, or by plan
        ([lot("500", promise=12, quantity=500)], 10, 12, True),
        ([lot("500", promise=5, quantity=500)], 5, 10, False),
        ([lot("500", promise=12, quantity=500), lot(promise=18)], 12, 18, True),
        ([lot("500", actual=2, quantity=500)], 10, 10, False),
        # and what they cover does not
        ([lot(promise=25), lot("500", promise=12, quantity=500), lot("700", promise=20, quantity=700)], 12, 20, True),
    ],
)
def test_the_date_that_holds_is_the_earliest_of_what_is_open(
    lots: list[Lot], anchor: int, latest: int, promised: bool
) -> None:
    found = standing(playbook_with(), CN, with_lots(*lots), Milestone.SHIP)
    assert (found.anchor, found.latest, found.promised) == (day(anchor), day(latest), promised)


@pytest.mark.parametrize("later", [Milestone.ARRIVE, Milestone.RECEIVE])
def test_what_comes_later_proves_what_comes_before(later: Milestone) -> None:
    state = replace(ORDER, lots=(Lot(later, actual=day(20)),))
    assert reached(state, Milestone.SHIP) == day(20)
    assert reached(state, Milestone.PRODUCTION) == day(20)
    assert reached(state, Milestone.INSPECTION) is None
    assert reached(replace(state, acknowledged=None), Milestone.ACKNOWLEDGED) == day(20)


@pytest.mark.parametrize(
    ("milestone", "basis", "wanted"),
    [
        (Milestone.SHIP, DateBasis.EXW, "2026-12-10"),
        (Milestone.SHIP, DateBasis.ETD, "2026-12-10"),
        (Milestone.SHIP, DateBasis.ETA, "2026-11-10"),  # 30 days by sea
        (Milestone.SHIP, DateBasis.DELIVERED, "2026-11-03"),
        (Milestone.ARRIVE, DateBasis.EXW, "2027-01-12"),
        (Milestone.RECEIVE, DateBasis.ETA, "2026-12-17"),
        (Milestone.INSPECTION, DateBasis.EXW, "2026-12-07"),
        (Milestone.MATERIAL, DateBasis.EXW, "2026-11-10"),
        (Milestone.ACKNOWLEDGED, DateBasis.EXW, "2026-09-03"),
        (Milestone.PAYMENT, DateBasis.EXW, None),
    ],
)
def test_a_milestone_is_planned_by_its_formula(milestone: Milestone, basis: DateBasis, wanted: str | None) -> None:
    found = planned(playbook_with(), CN, replace(ORDER.order, date_basis=basis), milestone)
    assert found == (date.fromisoformat(wanted) if wanted else None)


def test_without_a_due_date_nothing_is_planned_from_it() -> None:
    order = replace(ORDER.order, due_date=None, order_date=None)
    assert [planned(playbook_with(), CN, order, milestone) for milestone in Milestone] == [None] * len(Milestone)


def test_an_order_type_that_is_not_known_is_planned_like_any_other() -> None:
    order = replace(ORDER.order, order_type="processing")
    assert planned(playbook_with(), CN, order, Milestone.SHIP) == date(2026, 12, 10)


@pytest.mark.parametrize(("ship_mode", "days"), [("sea", 33), ("AIR", 4), ("balloon", 33)])
def test_the_way_of_shipping_has_its_lead_times(ship_mode: str, days: int) -> None:
    found = convert(playbook_with(), day(1), DateBasis.EXW, DateBasis.ETA, ship_mode)
    assert (found - day(1)).days == days
    assert convert(playbook_with(), found, DateBasis.ETA, DateBasis.EXW, ship_mode) == day(1)
