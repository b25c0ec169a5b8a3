"""Simulated suppliers and merchandisers: how fast they answer, how far they slip, when they say nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.orders.events import (
    AddressFailed,
    DatePromised,
    Event,
    MilestoneReached,
    OrderAcknowledged,
    ProblemReported,
    Proof,
)
from mailflow.core.orders.model import Milestone, Order, OrderKind, Party
from mailflow.core.simulation.world import Letter

_TOPICS = ("material", "capacity", "quality", "logistics", "other")
_NOON = time(4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares from 0 to 1 and hours or days that describe the parties of a simulation."""

    answers: float = 0.8  # of letters are answered at all
    hours: tuple[int, int] = (2, 40)  # until an answer comes
    slips: float = 0.3  # of orders leave later than agreed
    slip_days: tuple[int, int] = (2, 20)
    tells: float = 0.5  # of slips are told without being asked
    reports: float = 0.8  # of shipments are reported on their day
    bounces: float = 0.01  # of addresses fail
    sends_drafts: float = 0.9  # of drafts a merchandiser sends, the others are declined
    decides_after: tuple[int, int] = (1, 60)  # hours until a draft is decided
    transit: tuple[int, int] = (20, 40)  # days from the last shipment until the customer has the goods
    asks: float = 0.1  # of customers' orders are asked about before they leave
    changes: float = 0.05  # of them are to be changed
    complains: float = 0.05  # of deliveries
    settles: tuple[int, int] = (3, 20)  # days until a person of ours has settled a complaint


@dataclass(slots=True)
class Fate:
    """What will really become of an order: it leaves on `ships`; `topic` says why it is late, if it is."""

    order: Order
    ships: date
    topic: str = ""
    acknowledged: bool = False
    told: date | None = None
    gone: bool = False


@dataclass(slots=True)
class Supplier:
    """One party: what it knows of its orders, and when it answers. All chance comes from `random`."""

    party: Party
    habits: Habits
    calendars: Calendars
    random: Random
    orders: dict[str, Fate] = field(default_factory=dict)

    def take(self, order: Order, today: date) -> None:
        """Take an order on; whether and how far it slips is decided now."""
        due = order.due_date or today + timedelta(days=30)
        late = self.random.random() < self.habits.slips
        slip = timedelta(days=self.random.randint(*self.habits.slip_days)) if late else timedelta()
        ships = self.calendars.of(self.party).add(max(due + slip, today), 0)
        self.orders[order.number] = Fate(order, ships, self.random.choice(_TOPICS) if late else "")

    def answer(self, letter: Letter, at: datetime) -> Iterator[tuple[datetime, tuple[Event, ...]]]:
        """Yield when something comes of a letter, and what."""
        if self.random.random() < self.habits.bounces and letter.planned.to:
            yield at + timedelta(minutes=2), (AddressFailed(letter.planned.to[0].email, permanent=True),)
            return
        if self.random.random() >= self.habits.answers:
            return
        when = self._working(at + timedelta(hours=self.random.randint(*self.habits.hours)))
        said = tuple(
            event for number in letter.planned.orders if number in self.orders for event in self._said(number, when)
        )
        if said:
            yield when, said

    def unasked(self, day: date) -> Iterator[tuple[datetime, tuple[Event, ...]]]:
        """Yield what the supplier tells on a day of its own accord: shipments, and that something will be late."""
        at = datetime.combine(day, _NOON)
        for number, fate in sorted(self.orders.items()):
            if not fate.gone and fate.ships <= day:
                fate.gone = True
                if self.random.random() < self.habits.reports:
                    yield at, (MilestoneReached(number, Milestone.SHIP, day, proof=_proof(at)),)
            elif self._would_tell(fate, day) and self.random.random() < self.habits.tells / 10:
                yield at, tuple(self._said(number, at))

    def _would_tell(self, fate: Fate, day: date) -> bool:
        due = fate.order.due_date
        return bool(fate.topic) and fate.told is None and due is not None and due - timedelta(days=14) <= day

    def _said(self, number: str, at: datetime) -> Iterator[Event]:
        fate = self.orders[number]
        proof = _proof(at)
        if fate.gone:
            yield MilestoneReached(number, Milestone.SHIP, min(fate.ships, at.date()), proof=proof)
            return
        if not fate.acknowledged:
            fate.acknowledged = True
            yield OrderAcknowledged(number, proof)
        if fate.told != fate.ships:
            if fate.topic:
                yield ProblemReported(number, fate.topic, proof)
            fate.told = fate.ships
            yield DatePromised(number, Milestone.SHIP, fate.ships, proof=proof)

    def _working(self, at: datetime) -> datetime:
        days = self.calendars.of(self.party)
        while not days.working(at.date()):
            at += timedelta(days=1)
        return at


def _proof(at: datetime) -> Proof:
    return Proof(0, "", 1.0, "simulation", said_at=at)


def suppliers(
    parties: Iterable[Party],
    orders: Iterable[Order],
    habits: Habits,
    calendars: Calendars,
    seed: int,
    today: date,
    gone: frozenset[str],
) -> dict[str, Supplier]:
    """Return a simulated supplier for every party with open purchase orders that have not left yet."""
    known = {party.name: party for party in parties}
    found: dict[str, Supplier] = {}
    for order in sorted(orders, key=lambda one: one.number):
        party = known.get(order.party)
        if order.kind is not OrderKind.PURCHASE or party is None or order.status != "open" or order.number in gone:
            continue
        if party.name not in found:
            found[party.name] = Supplier(party, habits, calendars, Random(f"{seed} {party.name}"))  # noqa: S311 - chance from a seed, no secret
        found[party.name].take(order, today)
    return found
