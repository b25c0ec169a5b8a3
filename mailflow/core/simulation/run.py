"""Running a simulation: the real rules decide, time jumps from moment to moment, simulated people answer."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from zoneinfo import ZoneInfo

from mailflow.core.calendars.working_days import Calendars
from mailflow.core.letters.model import LetterState, Mode, PlannedLetter
from mailflow.core.orders.events import Event, WentLive
from mailflow.core.orders.model import House, Milestone, Order, Party
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Held
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.standing import reached
from mailflow.core.simulation.customers import Coming, doings
from mailflow.core.simulation.people import Habits, Supplier, suppliers
from mailflow.core.simulation.world import Letter, World

ROUNDS = (time(8, 45), time(11, 0), time(14, 15), time(17, 0), time(21, 30))
"""When the simulated service comes round, at our house: often enough that no letter waits long, early and late."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a simulation starts from; `facts` happened before it, `start` is its first day at our house."""

    orders: Sequence[Order]
    parties: Sequence[Party]
    facts: Sequence[Event]
    playbook: Playbook = field(repr=False)
    calendars: Calendars = field(repr=False)
    house: House
    start: date
    days: int
    seed: int = 0
    habits: Habits = field(default_factory=Habits)
    outside: Mode = Mode.AUTO
    stopped: tuple[date, date] | None = None  # days on which the service does not run, both among them


@dataclass(frozen=True, slots=True)
class Late:
    """An order that has not left at the end although its day has passed, or that left late."""

    number: str
    party: str
    due: date
    shipped: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: letters in the order of sending, and what is held back at the end and why."""

    sent: tuple[Letter, ...]
    letters: tuple[Letter, ...]
    held: tuple[Held, ...]
    late: tuple[Late, ...]
    world: World

    def by_day(self, zone: ZoneInfo) -> Counter[date]:
        """Return how many letters went out on each day of ours."""
        return Counter(one.at.astimezone(zone).date() for one in self.sent)


def simulate(scene: Scene, progress: Callable[[date], None] = lambda day: None) -> Outcome:
    """Play some days; the same scene gives the same letters."""
    zone = ZoneInfo(scene.house.timezone)
    world = World(scene.house, scene.outside)
    begin = datetime.combine(scene.start, time(), zone)
    world.record(begin, [*scene.facts, *(WentLive(party.name) for party in scene.parties)])
    play = _Play(scene, world, zone)
    for number in range(scene.days):
        day = scene.start + timedelta(days=number)
        progress(day)
        play.day(day)
    end = datetime.combine(scene.start + timedelta(days=scene.days), time(), zone)
    held = due(world.situation(), scene.playbook, scene.calendars, end)[1]
    sent = sorted((one for one in world.letters if one.state is LetterState.SENT), key=lambda one: (one.at, one.id))
    return Outcome(tuple(sent), tuple(world.letters), held, tuple(_late(scene, world, end.date())), world)


class _Play:
    """The course of days: what will happen waits in a queue by its moment."""

    def __init__(self, scene: Scene, world: World, zone: ZoneInfo) -> None:
        self._scene = scene
        self._world = world
        self._zone = zone
        self._random = Random(f"{scene.seed} merchandiser")  # noqa: S311 - chance from a seed, no secret
        gone = frozenset(order.number for order in scene.orders if self._has_left(order))
        self._suppliers: dict[str, Supplier] = suppliers(
            scene.parties, scene.orders, scene.habits, scene.calendars, scene.seed, scene.start, gone
        )
        self._coming: list[tuple[datetime, int, tuple[Event, ...]]] = []
        self._decisions: dict[int, datetime] = {}
        self._count = 0
        fates = {number: fate for supplier in self._suppliers.values() for number, fate in supplier.orders.items()}
        self._expect(doings(scene.orders, fates, scene.habits, scene.seed, scene.start))

    def _has_left(self, order: Order) -> bool:
        return reached(self._world.order(order.number), Milestone.SHIP) is not None

    def day(self, day: date) -> None:
        """Play one day of ours."""
        for _, supplier in sorted(self._suppliers.items()):
            if self._scene.calendars.of(supplier.party).working(day):
                self._expect(supplier.unasked(day))
        for hour in ROUNDS:
            now = datetime.combine(day, hour, self._zone)
            self._arrive(now)
            if not self._asleep(day):
                self._round(now)

    def _asleep(self, day: date) -> bool:
        stopped = self._scene.stopped
        return stopped is not None and stopped[0] <= day <= stopped[1]

    def _expect(self, coming: Iterable[Coming]) -> None:
        for at, events in coming:
            self._count += 1
            heappush(self._coming, (at, self._count, events))

    def _arrive(self, now: datetime) -> None:
        while self._coming and self._coming[0][0] <= now:
            at, _, events = heappop(self._coming)
            self._world.record(at, events)

    def _round(self, now: datetime) -> None:
        scene, world = self._scene, self._world
        self._decide(now)
        situation = world.situation()
        dues, _ = due(situation, scene.playbook, scene.calendars, now)
        for planned in plan_letters(dues, situation, scene.playbook):
            world.plan(planned, now)
        lately = world.sent_lately(now)
        for letter in world.waiting(LetterState.QUEUED):
            if letter.planned.not_before <= now:
                self._deliver(letter, now, lately)

    def _deliver(self, letter: Letter, now: datetime, lately: Counter[str]) -> None:
        scene, world = self._scene, self._world
        reason, planned = still_due(letter.planned, world.situation(), scene.playbook, scene.calendars, now)
        if reason:
            world.withdraw(letter, reason, now)
        elif planned.mode is Mode.DRAFT:
            world.draft(letter, now)
            self._decisions[letter.id] = now + timedelta(hours=self._random.randint(*scene.habits.decides_after))
        elif not any(lately[person.email] >= scene.playbook.caps.address_per_day for person in planned.to):
            at = max(letter.planned.not_before, letter.at)
            self._send(letter, planned, now if self._asleep(at.astimezone(self._zone).date()) else at)
            lately.update(person.email for person in (*planned.to, *planned.cc))

    def _send(self, letter: Letter, planned: PlannedLetter, at: datetime) -> None:
        self._world.send(letter, planned, at)
        supplier = self._suppliers.get(planned.party)
        if supplier is not None:
            self._expect(supplier.answer(letter, at))

    def _decide(self, now: datetime) -> None:
        """Let a merchandiser send the drafts that have waited for them, or decline them."""
        for letter in self._world.waiting(LetterState.DRAFTED):
            if self._decisions.get(letter.id, now) > now:
                continue
            scene = self._scene
            reason, planned = still_due(letter.planned, self._world.situation(), scene.playbook, scene.calendars, now)
            if reason:
                self._world.withdraw(letter, reason, now)
            elif self._random.random() < scene.habits.sends_drafts:
                self._send(letter, planned, now)
            else:
                self._world.decline(letter, now)


def _late(scene: Scene, world: World, today: date) -> Iterable[Late]:
    for order in sorted(scene.orders, key=lambda one: one.number):
        if order.due_date is None or order.status != "open":
            continue
        shipped = reached(world.order(order.number), Milestone.SHIP)
        if (shipped or today) > order.due_date:
            yield Late(order.number, order.party, order.due_date, shipped)
