"""Simulated customers: when the goods reach them, what they ask, want changed and complain of."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from mailflow.core.orders.events import ChangeRequested, Event, MilestoneReached, ProblemReported, Proof, QuestionAsked
from mailflow.core.orders.model import Milestone, Order, OrderKind, linked
from mailflow.core.orders.state import COMPLAINT
from mailflow.core.simulation.people import Fate, Habits

_MORNING = time(8, tzinfo=UTC)
_DAY = timedelta(days=1)

Coming = tuple[datetime, tuple[Event, ...]]


def doings(orders: Iterable[Order], fates: Mapping[str, Fate], habits: Habits, seed: int, today: date) -> list[Coming]:
    """Return everything that customers do from a day on, each with its moment; all chance comes from `seed`."""
    serving: dict[str, list[Fate]] = {}
    for _, fate in sorted(fates.items()):
        for number in linked(fate.order):
            serving.setdefault(number, []).append(fate)
    found: list[Coming] = []
    for order in sorted(orders, key=lambda one: one.number):
        if order.kind is OrderKind.SALES and order.status == "open":
            chance = Random(f"{seed} {order.number}")  # noqa: S311 - chance from a seed, no secret
            found += _asked(order, habits, chance, today)
            found += _received(order, serving.get(order.number, []), habits, chance)
    return found


def _asked(order: Order, habits: Habits, chance: Random, today: date) -> Iterator[Coming]:
    due = order.due_date or today + 30 * _DAY
    asks, changes = chance.random() < habits.asks, chance.random() < habits.changes
    on, before = due - chance.randint(3, 20) * _DAY, due - chance.randint(10, 40) * _DAY
    if asks and on >= today:
        yield _at(on), (QuestionAsked(order.number, "status", _proof(on)),)
    if changes and before >= today:
        yield _at(before), (ChangeRequested(order.number, "quantity", proof=_proof(before)),)


def _received(order: Order, serving: list[Fate], habits: Habits, chance: Random) -> Iterator[Coming]:
    complains, on_the_way = chance.random() < habits.complains, chance.randint(*habits.transit)
    noticed, settled = chance.randint(1, 12), chance.randint(*habits.settles)
    if not serving:
        return
    here = max(fate.ships for fate in serving) + on_the_way * _DAY
    yield _at(here), (MilestoneReached(order.number, Milestone.RECEIVE, here, proof=_proof(here)),)
    if complains:
        told = here + noticed * _DAY
        over = told + settled * _DAY
        yield _at(told), (ProblemReported(order.number, "quality", _proof(told)),)
        yield _at(over), (MilestoneReached(order.number, COMPLAINT, over),)


def _at(day: date) -> datetime:
    return datetime.combine(day, _MORNING)


def _proof(day: date) -> Proof:
    return Proof(0, "", 1.0, "simulation", said_at=_at(day))
