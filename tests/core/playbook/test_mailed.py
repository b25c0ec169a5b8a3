"""A customer's mail that nobody has answered is acknowledged in its writer's hours, once a conversation and day."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from mailflow.core.letters.model import Duty, Mode
from mailflow.core.orders.events import AnswerWanted
from mailflow.core.orders.state import AddressState, Correspondence, OrderState, PartyState
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.model import Done, Due, Held, Situation
from mailflow.core.playbook.rules import Playbook
from tests.core.playbook.situations import RULES, at, customer, sale, shipped_calendars, situation
from tests.core.playbook.test_practices import after

STEP = "mail_received"
SOLD = sale("SO26-1", "2026-12-18", customer_ref="B-77", product="hoodie")
KIM = "kim@bergmann.example"
ASKED = AnswerWanted(
    7, "<asked@bergmann.example>", "Bergmann", KIM, "Labels", at("2026-11-24", "16:00"), ("SO26-1",), name="Kim"
)
"""Nine in the morning in Berlin, on a Tuesday."""


def book(*overrides: str) -> Playbook:
    text = (RULES / "playbook.yaml").read_text("utf-8")
    if overrides:
        text += "\noverrides:\n" + "".join(f"  - {one}\n" for one in overrides)
    read, problems = load_playbook(text, "playbook.yaml")
    assert read is not None, problems
    return read.model_copy(update={"steps": (read.by_name[STEP],)})


def here(*mails: AnswerWanted, states: tuple[OrderState | PartyState, ...] = (SOLD,), **more: object) -> Situation:
    owed = {"Bergmann": Correspondence("Bergmann", mails)} if mails else {}
    return replace(situation(*states, **more), unanswered=owed)  # type: ignore[arg-type]  # test sugar


def look(now: datetime, today: Situation, playbook: Playbook | None = None) -> tuple[tuple[Due, ...], tuple[Held, ...]]:
    return due(today, playbook or book(), shipped_calendars(), now)


def dues(now: datetime, *mails: AnswerWanted) -> tuple[Due, ...]:
    return look(now, here(*mails))[0]


def test_two_hours_of_theirs_later() -> None:
    assert dues(at("2026-11-24", "17:59"), ASKED) == ()
    (one,) = dues(at("2026-11-24", "18:00"), ASKED)
    assert (one.to[0].email, one.to[0].name, one.mode, one.orders) == (KIM, "Kim", Mode.AUTO, ("SO26-1",))
    assert one.answers is not None
    assert (one.answers.message_id, one.facts.about) == ("<asked@bergmann.example>", "Labels")
    assert one.facts.until == date(2026, 11, 25), "a working day of ours"
    assert one.not_before.astimezone(at("2026-11-24").tzinfo) < at("2026-11-25", "01:00"), "while they are at work"


def test_what_came_in_the_evening_is_acknowledged_before_it_ends_or_in_the_morning() -> None:
    late = replace(ASKED, at=at("2026-11-25", "00:15"))  # a quarter past five in Berlin
    (one,) = dues(at("2026-11-25", "00:31"), late)
    assert one.not_before == at("2026-11-25", "00:31"), "half an hour before six"
    night = replace(ASKED, at=at("2026-11-25", "03:00"))
    assert dues(at("2026-11-25", "15:00"), night) == ()
    (one,) = dues(at("2026-11-25", "17:30"), night)
    assert one.due_at == at("2026-11-25", "17:30"), "two hours from half past eight"


def test_nobody_is_answered_days_later() -> None:
    assert dues(at("2026-11-26", "00:59"), ASKED)
    assert dues(at("2026-11-26", "01:01"), ASKED) == ()


@pytest.mark.parametrize(
    "mail",
    [replace(ASKED, topic="delicate"), replace(ASKED, copied=True), replace(ASKED, message_id="")],
    ids=["a complaint or a price", "we stand in copy", "it cannot be answered in its conversation"],
)
def test_what_no_machine_answers(mail: AnswerWanted) -> None:
    assert dues(at("2026-11-24", "19:00"), mail) == ()


def test_once_a_conversation_and_day_to_its_latest_mail() -> None:
    again = replace(ASKED, mail=8, message_id="<again@bergmann.example>", at=at("2026-11-24", "17:00"))
    again = replace(again, chain=(ASKED.message_id,))
    (one,) = dues(at("2026-11-24", "19:30"), ASKED, again)
    assert one.answers is not None
    assert one.answers.message_id == "<again@bergmann.example>"
    done = Done(one.duty, at("2026-11-24", "19:30"))
    assert look(at("2026-11-24", "20:00"), here(ASKED, again, done=[done]))[0] == ()
    tomorrow = replace(again, mail=9, at=at("2026-11-25", "16:00"))
    assert look(at("2026-11-25", "18:00"), here(tomorrow, done=[done]))[0], "the next day it may be said again"


def test_not_while_they_complain_nor_where_nothing_is_sent() -> None:
    def held(*states: OrderState | PartyState, **more: object) -> str:
        found = look(at("2026-11-24", "18:30"), here(ASKED, states=states, **more))
        assert found[0] == ()
        return "; ".join(one.reason for one in found[1])

    assert "complaint" in held(after(SOLD, "complaint"))
    assert "paused" in held(SOLD, replace(customer(), paused=True))
    assert "no mail reaches" in held(SOLD, addresses=[AddressState(KIM, stopped=True)])
    assert "quiet" in held(SOLD, customer(live=False))


def test_nothing_for_what_was_written_before_they_went_live() -> None:
    live = replace(customer(), live_at=at("2026-11-24", "16:30"))
    assert look(at("2026-11-24", "18:30"), here(ASKED, states=(SOLD, live)))[0] == ()


def test_a_customer_may_be_left_alone_or_see_a_person_first() -> None:
    for mode, found in (("off", []), ("draft", [Mode.DRAFT])):
        rules = book(f"{{party: Bergmann, modes: {{mail_received: {mode}}}}}")
        assert [one.mode for one in look(at("2026-11-24", "18:30"), here(ASKED), rules)[0]] == found


def test_an_answer_that_comes_first_withdraws_it() -> None:
    now = at("2026-11-24", "18:30")
    today = here(ASKED)
    (letter,) = plan_letters(look(now, today)[0], today, book(), "main")
    reason, again = still_due(letter, today, book(), shipped_calendars(), now)
    assert (reason, again.answers) == ("", letter.answers)
    reason, _ = still_due(letter, here(), book(), shipped_calendars(), now)
    assert "its reason is gone" in reason


def test_an_order_that_is_not_theirs_is_not_named() -> None:
    foreign = replace(SOLD, order=replace(SOLD.order, party="Somebody else"))
    (one,) = look(at("2026-11-24", "18:30"), here(ASKED, states=(foreign,)))[0]
    assert (one.orders, one.facts.lines) == ((), ())


def test_its_duty_names_no_order() -> None:
    (one,) = dues(at("2026-11-24", "18:30"), ASKED)
    assert one.duty == Duty(STEP, "*", KIM, one.duty.occasion)
    assert one.duty.occasion.endswith(":2026-11-24")
