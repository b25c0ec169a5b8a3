"""What holds in every situation: nobody is chased wrongly, twice, or for nothing; nothing due is forgotten."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.letters.model import Mode, PlannedLetter
from mailflow.core.orders.model import Handling, Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Done, Situation
from mailflow.core.playbook.standing import reached
from tests.core.playbook.situations import (
    at,
    customer,
    happened,
    playbook_with,
    promised,
    purchase,
    sale,
    shipped_calendars,
    situation,
    supplier,
)

START = at("2026-11-16", "09:30")
SUPPLIERS = ("Hengtai", "Jinxiu", "Kovai")
CUSTOMERS = ("Bergmann", "Northwind")
HUNDREDS = settings(max_examples=80, deadline=None)
DOZENS = settings(max_examples=25, deadline=None)


def days(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda n: (START.date() + timedelta(days=n)).isoformat())


@st.composite
def orders(draw: st.DrawFn) -> list[OrderState]:
    sales = [sale(f"SO{n}", draw(days(-10, 60)), draw(st.sampled_from(CUSTOMERS))) for n in range(2)]
    found = list(sales)
    for number in range(draw(st.integers(1, 6))):
        state = purchase(f"PO{number}", draw(days(-60, 60)), draw(st.sampled_from(SUPPLIERS)))
        link = draw(st.sampled_from(("", "SO0", "SO1")))
        acknowledged = draw(st.sampled_from((None, date(2026, 9, 2))))
        state = replace(state, order=replace(state.order, linked_order=link), acknowledged=acknowledged)
        if draw(st.booleans()):
            topics = draw(st.sampled_from(((), ("material",), ("payment",))))
            state = promised(state, draw(days(-20, 60)), draw(days(-30, 0)), *topics)
        if draw(st.integers(0, 4)) == 0:
            part = draw(st.sampled_from((None, Decimal(500))))
            state = happened(state, draw(days(-10, 0)), quantity=part, part="" if part is None else "500")
        found.append(state)
    return found


@st.composite
def parties(draw: st.DrawFn) -> list[PartyState]:
    makers = [(supplier, name) for name in SUPPLIERS] + [(customer, name) for name in CUSTOMERS]
    found = []
    for make, name in makers:
        state = make(name, handling=draw(st.sampled_from(Handling)), trusted=draw(st.booleans()))
        live = draw(st.sampled_from((True, True, False)))
        since = START - timedelta(days=draw(st.sampled_from((1, 400))))
        modes = draw(st.sampled_from(((), (("delay_notice", "auto"),), (("overdue", "draft"),))))
        party = replace(state.party, modes=modes)
        found.append(replace(state, party=party, live=live, live_at=since if live else None))
    return found


situations = st.builds(
    lambda found, people, outside: situation(*found, *people, outside=outside),
    orders(),
    parties(),
    st.sampled_from((Mode.AUTO, Mode.DRAFT)),
)
moments = st.integers(0, 40 * 24 * 4).map(lambda quarters: START + timedelta(minutes=15 * quarters))


def plan(here: Situation, now: datetime) -> tuple[tuple[PlannedLetter, ...], Situation]:
    """Plan what is due, and put it into the outbox."""
    dues, _ = due(here, playbook_with(), shipped_calendars(), now)
    letters = plan_letters(dues, here, playbook_with())
    waiting = tuple(Done(duty, now, True) for letter in letters for duty in letter.duties)
    return letters, replace(here, done=(*here.done, *waiting))


def send(here: Situation, letter: PlannedLetter, now: datetime) -> tuple[Situation, PlannedLetter | None]:
    """Look at a letter again and send it, or withdraw it."""
    reason, fresh = still_due(letter, here, playbook_with(), shipped_calendars(), now)
    others = tuple(done for done in here.done if done.duty not in letter.duties)
    sent = () if reason else tuple(Done(duty, now) for duty in fresh.duties)
    return replace(here, done=(*others, *sent)), None if reason else fresh


@HUNDREDS
@given(situations, moments)
def test_nobody_is_written_to_who_must_not_be(here: Situation, now: datetime) -> None:
    for letter in plan(here, now)[0]:
        if letter.party:
            state = here.parties[letter.party]
            assert state.live
            assert state.party.handling != Handling.NEVER
            if state.party.handling == Handling.GENTLE:
                assert letter.facts.rung <= 1


@HUNDREDS
@given(situations, moments)
def test_the_same_situation_gives_the_same_and_once_written_nothing_more_is_due(here: Situation, now: datetime) -> None:
    letters, after = plan(here, now)
    assert plan(here, now)[0] == letters
    assert plan(after, now)[0] == ()


@HUNDREDS
@given(situations, moments)
def test_what_is_planned_is_still_due_when_it_is_claimed_at_once(here: Situation, now: datetime) -> None:
    letters, _ = plan(here, now)
    for letter in letters:
        queued = replace(here, done=tuple(Done(duty, now, True) for one in letters for duty in one.duties))
        assert still_due(letter, queued, playbook_with(), shipped_calendars(), now) == ("", letter)


@HUNDREDS
@given(situations, moments)
def test_no_order_is_chased_singly_after_an_answer_or_when_it_is_done(here: Situation, now: datetime) -> None:
    answered = {
        number: promised(state, (now.date() + timedelta(days=30)).isoformat(), now.date().isoformat())
        for number, state in here.orders.items()
        if number.startswith("PO")
    }
    fresh = replace(here, orders={**here.orders, **answered})
    assert not [one for one in plan(fresh, now)[0] if one.template.startswith(("overdue", "ask_", "chase_"))]
    for letter in plan(here, now)[0]:
        done = [number for number in letter.orders if reached(here.orders[number], Milestone.SHIP)]
        assert not done or letter.template == "shipment_advice"


@DOZENS
@given(situations, st.sets(st.integers(0, 34), max_size=20))
def test_one_chase_a_day_whatever_days_the_service_stood_still(here: Situation, silent: set[int]) -> None:
    queue: list[PlannedLetter] = []
    sent: list[tuple[PlannedLetter, datetime]] = []
    for now in (START + timedelta(days=day, hours=h) for day in range(35) if day not in silent for h in (0, 5, 9)):
        ready = [letter for letter in queue if letter.not_before <= now]
        queue = [letter for letter in queue if letter.not_before > now]
        for letter in ready:
            here, gone = send(here, letter, now)
            sent += [] if gone is None else [(gone, now)]
        letters, here = plan(here, now)
        queue += letters
    chases: dict[tuple[str, date], list[str]] = {}
    for letter, moment in sent:
        if playbook_with().by_name[letter.step].merge and letter.mode != Mode.DRAFT:
            chases.setdefault((letter.party, moment.date()), []).append(letter.template)
    assert {key: names for key, names in chases.items() if len(names) > 1} == {}
    duties = [duty for letter, _ in sent for duty in letter.duties]
    assert len(duties) == len(set(duties))


@HUNDREDS
@given(situations, moments)
def test_every_overdue_order_of_a_live_supplier_is_chased_or_explained(here: Situation, now: datetime) -> None:
    dues, held = due(here, playbook_with(), shipped_calendars(), now)
    named = {number for one in dues for number in one.orders} | {one.duty.order for one in held}
    for number, state in here.orders.items():
        if not number.startswith("PO") or reached(state, Milestone.SHIP):
            continue
        promises = [lot.promise for lot in state.lots if lot.promise and lot.actual is None]
        stands = min(promises, default=state.order.due_date)
        assert stands is not None
        if (now.date() - stands).days > 10 and here.parties[state.order.party].live:
            assert number in named


@HUNDREDS
@given(situations, moments)
def test_a_notice_tells_a_future_date_that_is_news(here: Situation, now: datetime) -> None:
    for letter in plan(here, now)[0]:
        if letter.template == "delay_notice":
            assert letter.facts.new_date is not None
            assert letter.facts.old_date is not None
            assert letter.facts.new_date > letter.facts.old_date
            assert letter.facts.new_date >= now.date() - timedelta(days=1)
            assert letter.facts.topic or letter.mode == Mode.DRAFT
            assert [told.date for told in letter.told] == [letter.facts.new_date]


def test_after_ten_days_of_outage_each_party_gets_one_letter() -> None:
    late = [purchase(f"PO{n}", f"2026-11-{n + 10}", SUPPLIERS[n % 3]) for n in range(15)]
    asked = [purchase(f"PQ{n}", f"2026-12-0{n + 4}", SUPPLIERS[n % 3]) for n in range(5)]
    here = situation(*(supplier(name) for name in SUPPLIERS), *late, *asked)
    now = at("2026-11-18")
    letters, here = plan(here, now)
    for letter in letters:
        here, _ = send(here, letter, now)
    after = now + timedelta(days=10, hours=1)
    letters, here = plan(here, after)
    chases = [letter for letter in letters if playbook_with().by_name[letter.step].merge]
    assert sorted(letter.party for letter in chases) == sorted(SUPPLIERS)
    assert plan(here, after + timedelta(minutes=5))[0] == ()
