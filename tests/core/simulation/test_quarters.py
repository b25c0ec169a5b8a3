"""What holds over whole simulated quarters, whatever suppliers do, and whenever the service stands still."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mailflow.core.calendars.working_days import Days
from mailflow.core.letters.model import LetterState, Mode
from mailflow.core.orders.events import DatePromised, MilestoneReached, OrderImported, PartyImported
from mailflow.core.orders.model import Contact, Handling, Milestone, Order, OrderKind, Party, Role
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.rules import Playbook
from mailflow.core.simulation.people import Habits
from mailflow.core.simulation.run import Outcome, Scene, simulate
from mailflow.core.simulation.world import Letter
from tests.core.playbook.situations import HOUSE, RULES, shipped_calendars

START = date(2026, 11, 16)
DAYS = 32
SUPPLIERS = {
    "Hengtai": ("CN", "Asia/Shanghai", Handling.NORMAL),
    "Kovai": ("IN", "Asia/Kolkata", Handling.GENTLE),
    "Saigon": ("VN", "Asia/Ho_Chi_Minh", Handling.NORMAL),
    "Silent": ("CN", "Asia/Shanghai", Handling.NEVER),
}
CUSTOMERS = {"Bergmann": ("DE", "Europe/Berlin"), "Northwind": ("US", "America/Chicago")}
CHASES = {"ask_ship", "chase_ack", "overdue_1", "overdue_2", "overdue_3"}
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a quarter takes long: none is made smaller
QUARTERS = settings(max_examples=40, deadline=None, phases=_PHASES)
FEW = settings(max_examples=10, deadline=None, phases=_PHASES)


@cache
def playbook() -> Playbook:
    """Return the whole of the shipped playbook."""
    made, problems = load_playbook((RULES / "playbook.yaml").read_text(encoding="utf-8"), "playbook.yaml")
    assert made is not None, problems
    return made


def party(name: str, role: Role, country: str, zone: str, handling: Handling = Handling.NORMAL) -> Party:
    contacts = tuple(Contact(f"{name} {n}", f"{n}@{name.lower()}.example") for n in ("one", "two"))
    modes = (("delay_notice", "auto"),) if role is Role.CUSTOMER else ()
    return Party(name, role, country=country, timezone=zone, contacts=contacts, handling=handling, modes=modes)


PARTIES = (
    *(party(name, Role.SUPPLIER, *rest) for name, rest in SUPPLIERS.items()),
    *(party(name, Role.CUSTOMER, *rest) for name, rest in CUSTOMERS.items()),
)

days_off = st.tuples(st.integers(0, DAYS - 10), st.integers(1, 9))
habits = st.builds(
    Habits,
    answers=st.sampled_from((0.0, 0.5, 0.9, 1.0)),
    hours=st.sampled_from(((1, 5), (2, 40), (60, 200))),
    slips=st.sampled_from((0.0, 0.4, 1.0)),
    tells=st.sampled_from((0.0, 1.0)),
    reports=st.sampled_from((0.0, 0.8, 1.0)),
    bounces=st.sampled_from((0.0, 0.2)),
    sends_drafts=st.sampled_from((0.0, 0.9)),
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Return a small order book with its linked orders, and people with some habits."""
    orders = []
    for number in range(draw(st.integers(1, 4))):
        due = START + timedelta(days=draw(st.integers(-12, 30)))
        placed = due - timedelta(days=draw(st.integers(20, 60)))
        sold = Order(f"SO{number}", OrderKind.SALES, draw(st.sampled_from(sorted(CUSTOMERS))), due_date=due)
        bought = Order(
            f"PO{number}",
            OrderKind.PURCHASE,
            draw(st.sampled_from(sorted(SUPPLIERS))),
            order_date=placed,
            due_date=due,
            linked_order=sold.number,
        )
        orders += [replace(sold, order_date=placed), bought]
    facts = [*(PartyImported(one, "book") for one in PARTIES), *(OrderImported(one, "book") for one in orders)]
    return Scene(
        orders,
        PARTIES,
        facts,
        playbook(),
        shipped_calendars(),
        HOUSE,
        START,
        DAYS,
        draw(st.integers(0, 10_000)),
        draw(habits),
    )


def outside(outcome: Outcome) -> list[Letter]:
    return [one for one in outcome.sent if one.planned.party]


def local(one: Letter) -> datetime:
    (known,) = [each for each in PARTIES if each.name == one.planned.party]
    return one.at.astimezone(ZoneInfo(known.timezone))


def working(one: Letter) -> Days:
    (known,) = [each for each in PARTIES if each.name == one.planned.party]
    return shipped_calendars().of(known)


def when(outcome: Outcome, kind: type, order: str) -> list[datetime]:
    return [r.at for r in outcome.world.ledger if isinstance(r.event, kind) and getattr(r.event, "order", "") == order]


@QUARTERS
@given(scenes())
def test_hours_caps_and_those_who_get_nothing(scene: Scene) -> None:
    outcome = simulate(scene)
    a_day: Counter[tuple[str, date]] = Counter()
    for one in outside(outcome):
        for person in one.planned.to:
            a_day[person.email, local(one).date()] += 1
        assert one.planned.party != "Silent", "handling: never"
        if one.planned.party == "Kovai":
            assert one.planned.facts.rung <= 1, "handling: gentle"
        if one.planned.mode is not Mode.DRAFT:
            assert 8 <= local(one).hour < 18, (one.planned.template, local(one))
            assert working(one).working(local(one).date()) or one.planned.urgent
    assert max(a_day.values(), default=0) <= scene.playbook.caps.address_per_day


@QUARTERS
@given(scenes())
def test_no_chase_for_what_is_done_or_was_just_answered(scene: Scene) -> None:
    outcome = simulate(scene)
    for one in outside(outcome):
        if one.planned.template not in CHASES or one.planned.mode is Mode.DRAFT:
            continue
        for order in one.planned.orders:
            gone = when(outcome, MilestoneReached, order)
            assert not [at for at in gone if at < one.at - timedelta(hours=6)], "it had left"
            said = [at for at in when(outcome, DatePromised, order) if at < one.at - timedelta(hours=6)]
            if said and one.planned.template == "ask_ship":
                assert one.at - max(said) > timedelta(days=1), "they had just answered"


@FEW
@given(scenes())
def test_the_same_quarter_gives_the_same_letters(scene: Scene) -> None:
    first, second = simulate(scene), simulate(scene)
    assert [(one.at, one.planned) for one in first.sent] == [(one.at, one.planned) for one in second.sent]


@QUARTERS
@given(scenes())
def test_every_overdue_order_is_chased_or_explained(scene: Scene) -> None:
    outcome = simulate(scene)
    explained = {one.duty.order for one in outcome.held}
    asked = {
        order
        for one in outcome.letters
        if one.planned.template in CHASES | {"weekly_list"} and one.state is not LetterState.WITHDRAWN
        for order in one.planned.orders
    }
    last = START + timedelta(days=DAYS - 8)
    for order in scene.orders:
        state = outcome.world.order(order.number)
        if order.kind is not OrderKind.PURCHASE or order.due_date is None or order.due_date > last:
            continue
        ship = [lot for lot in state.lots if lot.milestone == Milestone.SHIP]
        if any(lot.actual for lot in ship) or any(lot.promise and lot.promise > last for lot in ship):
            continue
        assert order.number in asked | explained


@QUARTERS
@given(scenes(), days_off)
def test_standing_still_loses_nothing_and_sends_nothing_stale(scene: Scene, off: tuple[int, int]) -> None:
    first = START + timedelta(days=off[0])
    stopped = (first, first + timedelta(days=off[1]))
    outcome = simulate(replace(scene, stopped=stopped))
    for one in outcome.sent:
        assert not stopped[0] <= one.at.astimezone(ZoneInfo(HOUSE.timezone)).date() <= stopped[1]
    morning = stopped[1] + timedelta(days=1)
    after = Counter(one.planned.party for one in outside(outcome) if local(one).date() == morning and _merged(one))
    assert max(after.values(), default=0) <= 1, "what has piled up is one letter a party"
    for one in outside(outcome):
        for order in one.planned.orders:
            if one.planned.template in CHASES:
                gone = [at for at in when(outcome, MilestoneReached, order) if at < one.at - timedelta(hours=6)]
                assert not gone or one.planned.mode is Mode.DRAFT


def _merged(one: Letter) -> bool:
    return one.planned.template in CHASES | {"weekly_list"} and one.planned.mode is not Mode.DRAFT


@QUARTERS
@given(scenes())
def test_a_delay_is_told_before_the_old_date_when_the_supplier_told_us_in_time(scene: Scene) -> None:
    outcome = simulate(replace(scene, habits=replace(scene.habits, sends_drafts=1.0, decides_after=(1, 4))))
    for order in scene.orders:
        if order.kind is not OrderKind.PURCHASE or order.due_date is None:
            continue
        for recorded in outcome.world.ledger:
            event = recorded.event
            if not isinstance(event, DatePromised) or event.order != order.number or event.date <= order.due_date:
                continue
            known = recorded.at.date()
            if known + timedelta(days=6) > order.due_date or known + timedelta(days=6) > START + timedelta(days=DAYS):
                continue
            proposed = [
                one
                for one in outcome.letters
                if one.planned.template == "delay_notice" and order.linked_order in one.planned.orders
            ]
            held = [one for one in outcome.held if one.duty.order == order.linked_order]
            assert proposed or held, f"{order.linked_order} was not told that {order.number} moves to {event.date}"
            break
