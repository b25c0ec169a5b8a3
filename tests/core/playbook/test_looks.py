"""An order that sleeps misses nothing: until it is looked at again, nothing about it is due."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailflow.core.playbook.due import due
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
    without_lists,
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


def rules(*, lists: bool) -> Playbook:
    with_more = ("  - name: backlog ", CLOSURE)
    return playbook_with(with_more) if lists else without_lists(with_more)


@settings(HUNDREDS, max_examples=150)
@given(situations, moments, st.integers(1, 24 * 70), st.booleans(), st.booleans())
def test_nothing_is_due_of_an_order_that_sleeps(
    here: Situation, now: datetime, hours: int, written: bool, lists: bool
) -> None:
    playbook, calendars = rules(lists=lists), shipped_calendars()
    if written:
        here = plan(here, now)[1]
        here = replace(here, done=tuple(replace(done, open=False) for done in here.done))
    frame = Frame(here, playbook, calendars, now)
    looks = survey(frame, here.orders.values()).looks
    later = frame.now + timedelta(hours=hours)
    asleep = {number for number, look in looks.items() if look.at > later}
    dues, _ = due(here, playbook, calendars, later)
    assert [one.why for one in dues if set(one.orders) <= asleep] == []
    for one in dues:
        if one.duty.order == "*":  # whoever writes the list finds all that stands in it
            assert all(looks[number].listed <= later.date() + timedelta(days=1) for number in one.orders)


def test_an_order_sleeps_until_its_step_has_its_turn() -> None:
    state = purchase("PO1", "2027-03-19")
    here = situation(state)
    frame = Frame(here, without_lists(), shipped_calendars(), at("2026-11-16"))
    first = survey(frame, [state]).looks["PO1"].at
    assert frame.now < first < at("2027-03-12")
    seen = survey(Frame(here, without_lists(), shipped_calendars(), first), [state])
    assert seen.dues or seen.looks["PO1"].at > first
