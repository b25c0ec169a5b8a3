"""Plausible: whether what is said of an order can be so, given what the book says of it and what else the mail says."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from mailflow.core.orders.model import DateBasis, Milestone, Order, Role
from mailflow.core.reading.milestones import Fact
from mailflow.core.reading.statement import Source, Statement

LONGEST_AHEAD = timedelta(days=300)
LONGEST_BACK = timedelta(days=120)
TO_PORT = timedelta(days=4)  # a port so near the factory may be that of loading
EARLY = timedelta(days=7)  # goods may reach their port so long before the day on which they should leave
_LEAST = 20  # a smaller bare number is a day, a floor, a gate
_CODE = re.compile(r"(?:^|[^a-z])(?!go|of|is|to|by|on|at)[a-z]{2}[ -]?$")  # what leads a flight's number, a norm's
_AFTER = (
    *(
        (Milestone.MATERIAL, Milestone.SHIP),
        (Milestone.PRODUCTION, Milestone.SHIP),
        (Milestone.INSPECTION, Milestone.SHIP),
    ),
    (Milestone.SHIP, Milestone.RECEIVE),
)
_DUE_HERE = frozenset((DateBasis.EXW, DateBasis.ETD))


def doubts_of_book(fact: Fact, order: Order, today: date | None) -> set[str]:
    """Return why a fact cannot well be true of its order."""
    doubts = set()
    if _loose_number(fact.statement, order):
        doubts.add("a number that is not explained")
    amounts = [q for q in fact.statement.beside if q.unit == order.unit and order.quantity and q.value < order.quantity]
    if amounts and fact.statement.quantity is None:
        doubts.add("part of the order without a quantity")
    day = fact.day
    if day is None or today is None or fact.statement.source is Source.SCHEDULE:
        return doubts
    if order.order_date is not None and day < order.order_date <= today:
        doubts.add("a day before the order was placed")
    if day > today + LONGEST_AHEAD or day < today - LONGEST_BACK:
        doubts.add("a day far away")
    return doubts


def _loose_number(statement: Statement, order: Order) -> bool:
    """Say whether a bare number stands in the clause that may be an amount, and so make it a lot."""
    if statement.quantity is not None:
        return False
    clause = statement.clause
    for quantity in clause.quantities:
        start, end = quantity.start - clause.start, quantity.end - clause.start
        whole = clause.text[start:end].isdigit() and clause.text[max(0, start - 1) : start] not in tuple(":./-(")
        if quantity.unit or quantity.value < _LEAST or quantity.value == order.quantity or not whole:
            continue
        if not _CODE.search(clause.text[:start]):
            return True
    return False


def doubt_sequence(facts: Sequence[Fact], order: Order, role: Role | None) -> None:
    """Doubt facts that cannot follow upon each other, and a supplier's goods that are there before they should go."""
    for earlier, later in _AFTER:
        for first in _of(facts, earlier):
            for second in _of(facts, later):
                if first.quantity is None and second.quantity is None and _day(first) > _day(second):
                    first.doubts.add("an order of days that cannot be")
                    second.doubts.add("an order of days that cannot be")
    for gone in _of(facts, Milestone.SHIP):
        for there in _of(facts, Milestone.ARRIVE):
            near = role is Role.SUPPLIER and gone.statement.basis is not DateBasis.ETD
            if near and there.statement.clause.has("port") and _day(there) - _day(gone) <= TO_PORT:
                there.doubts.add("there before it should leave")
    due = order.due_date
    if role is not Role.SUPPLIER or due is None or order.date_basis not in _DUE_HERE or _of(facts, Milestone.SHIP):
        return
    for fact in _of(facts, Milestone.ARRIVE):
        if _day(fact) < due - EARLY:
            fact.doubts.add("there before it should leave")


def _of(facts: Sequence[Fact], milestone: Milestone) -> list[Fact]:
    return [fact for fact in facts if fact.statement.milestone is milestone and fact.day is not None]


def _day(fact: Fact) -> date:
    assert fact.day is not None
    return fact.day
