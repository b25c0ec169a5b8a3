"""An order that sleeps misses nothing: until it is looked at again, nothing about it is due."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.playbook.due import gather
from mailflow.core.playbook.frame import Frame
from mailflow.core.playbook.looks import survey
from mailflow.core.playbook.model import Situation
from mailflow.core.playbook.rules import Playbook
from tests.core.playbook.situations import (
    at,
    playbook_with,
    purchase,
    shipped_calendars,
    situation,
)
from tests.core.playbook.test_properties import HUNDREDS, moments, plan, situations

CLOSURE = """\
  - name: before_closure
    orders: purchase
    for: supplier
    when: 45 days before closure
    rows: open
    letter: weekly_list
  - name: monthly
    orders: sales
    for: customer
    when: monthly on working day 3 at 09:00
    rows: open
    letter: shipment_advice
  - name: backlog """


KINDS = ("lists", "seldom", "singly", "singly")


@cache
def rules(kind: str) -> Playbook:
    """Return a playbook with every sort of list, with lists once a month, or without lists, which wake orders often."""
    with_more = ("  - name: backlog ", CLOSURE)
    seldom = ("when: weekly on tuesday at 09:00", "when: monthly on day 28 at 09:00")
    if kind != "singly":
        return playbook_with(with_more, *([seldom] if kind == "seldom" else []))
    whole = playbook_with()
    fields = {name: getattr(whole, name) for name in Playbook.model_fields}
    return Playbook.model_construct(**fields | {"steps": tuple(step for step in whole.steps if step.of_order)})


@settings(HUNDREDS, max_examples=200)
@given(situations, moments, st.sampled_from(range(6, 24 * 50, 6)), st.booleans(), st.sampled_from(KINDS))
def test_nothing_is_due_of_an_order_that_sleeps(
    here: Situation, now: datetime, hours: int, written: bool, kind: str
) -> None:
    playbook, calendars = rules(kind), shipped_calendars()
    if written:
        here = plan(here, now)[1]
        here = replace(here, done=tuple(replace(done, open=False) for done in here.done))
    frame = Frame(here, playbook, calendars, now)
    looks = survey(frame, here.orders.values()).looks
    later = frame.now + timedelta(hours=hours)
    asleep = {number for number, look in looks.items() if look.at > later}
    dues, _ = gather(Frame(here, playbook, calendars, later))
    assert [one.why for one in dues if one.due_at <= later and set(one.orders) <= asleep] == []
    for one in dues:
        if one.duty.order == "*":  # whoever writes the list finds all that stands in it
            assert all(looks[number].listed <= later.date() + timedelta(days=1) for number in one.orders)


def test_an_order_sleeps_until_its_step_has_its_turn() -> None:
    state = purchase("PO1", "2027-03-19")
    here = situation(state)
    frame = Frame(here, rules("singly"), shipped_calendars(), at("2026-11-16"))
    first = survey(frame, [state]).looks["PO1"].at
    assert frame.now < first < at("2027-03-12")
    seen = survey(Frame(here, rules("singly"), shipped_calendars(), first), [state])
    assert seen.dues or seen.looks["PO1"].at > first
