"""Looking again before a letter goes: fresh facts, or withdrawn with the reason."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from mailflow.core.letters.model import Mode, PlannedLetter
from mailflow.core.orders.state import AddressState
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Done, Situation
from mailflow.core.playbook.rules import Playbook
from tests.core.playbook.situations import (
    at,
    customer,
    happened,
    look,
    playbook_with,
    promised,
    purchase,
    question,
    sale,
    shipped_calendars,
    situation,
    supplier,
    without_lists,
)

NOW = at("2026-11-26")
ONE, TWO = purchase("PO1", "2026-11-20"), purchase("PO2", "2026-11-23")


def planned(now: datetime, *states: object, playbook: Playbook | None = None, **more: object) -> list[PlannedLetter]:
    seen = look(now, *states, playbook=playbook, **more)  # type: ignore[arg-type]  # test sugar
    return list(plan_letters(seen.dues, seen.situation, seen.playbook))


def queued(letter: PlannedLetter, *states: object, now: datetime = NOW, **more: object) -> Situation:
    done = tuple(Done(duty, now, True) for duty in letter.duties)
    return situation(*states, done=done, **more)  # type: ignore[arg-type]  # test sugar


def claim(
    letter: PlannedLetter, here: Situation, now: datetime, playbook: Playbook | None = None
) -> tuple[str, PlannedLetter]:
    return still_due(letter, here, playbook or without_lists(), shipped_calendars(), now)


def test_an_unchanged_letter_is_the_same() -> None:
    [letter] = planned(NOW, ONE, TWO)
    assert claim(letter, queued(letter, ONE, TWO), NOW) == ("", letter)


def test_days_late_are_counted_afresh() -> None:
    [letter] = planned(at("2026-11-24"), TWO)
    reason, fresh = claim(letter, queued(letter, TWO), NOW)
    assert (reason, fresh.facts.lines[0].days_late) == ("", 3)


def test_what_was_answered_is_taken_out_of_the_letter() -> None:
    [letter] = planned(NOW, ONE, TWO)
    answered = promised(ONE, "2026-12-20", "2026-11-26")
    reason, fresh = claim(letter, queued(letter, answered, TWO), NOW)
    assert (reason, fresh.orders, [duty.order for duty in fresh.duties]) == ("", ("PO2",), ["PO2"])


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (promised(ONE, "2026-12-20", "2026-11-26"), "reason is gone"),
        (happened(ONE, "2026-11-25"), "reason is gone"),
        (replace(ONE, order=replace(ONE.order, status="cancelled")), "reason is gone"),
        (replace(ONE, paused=True), "PO1 is paused"),
        (replace(ONE, vanished=True), "reason is gone"),
        (replace(ONE, answered_at=NOW), "wrote about PO1 lately"),
    ],
)
def test_a_letter_whose_reason_is_gone_is_withdrawn(after: object, words: str) -> None:
    [letter] = planned(NOW, ONE)
    reason, _ = claim(letter, queued(letter, after), NOW)
    assert words in reason


def test_an_answer_that_waits_for_a_person_withdraws_it() -> None:
    [letter] = planned(NOW, ONE)
    here = queued(letter, ONE, reviews=[question("R1", "PO1", party="Hengtai")])
    assert "question R1" in claim(letter, here, NOW)[0]


def test_an_address_that_fails_meanwhile_withdraws_it() -> None:
    [letter] = planned(NOW, ONE)
    here = queued(letter, ONE, addresses=[AddressState("sales@hengtai.example", failed=True)])
    assert claim(letter, here, NOW)[0]


@pytest.mark.parametrize("now", [at("2026-11-26", "23:00"), at("2026-11-28"), at("2026-11-26", "12:30")])
def test_hours_and_holidays_are_no_reason(now: datetime) -> None:
    [letter] = planned(NOW, ONE)
    reason, fresh = claim(letter, queued(letter, ONE), now)
    assert (reason, fresh.not_before) == ("", letter.not_before)


def test_what_was_to_lie_before_a_person_goes_to_nobody_by_itself() -> None:
    [letter] = planned(NOW, ONE, supplier(modes=(("overdue", "draft"),)))
    assert claim(letter, queued(letter, ONE), NOW)[1].mode == Mode.DRAFT


def test_a_rung_that_has_another_letter_now_is_written_anew() -> None:
    [letter] = planned(NOW, ONE)
    renamed = without_lists(("letter: overdue_1", "letter: ask_ship"))
    assert "changed since" in claim(letter, queued(letter, ONE), NOW, renamed)[0]


def test_another_letter_today_is_no_reason() -> None:
    [letter] = planned(NOW, ONE)
    [other] = planned(NOW, TWO)
    here = queued(letter, ONE, TWO)
    here = replace(here, done=(*here.done, *(Done(duty, NOW) for duty in other.duties)))
    assert claim(letter, here, NOW)[0] == ""


def test_a_question_before_the_ship_date_is_stale_once_the_day_has_come() -> None:
    order = purchase("PO1", "2026-12-03")
    [letter] = [one for one in planned(NOW, order) if one.template == "ask_ship"]
    assert claim(letter, queued(letter, order), at("2026-12-02"))[0] == ""
    assert "reason is gone" in claim(letter, queued(letter, order), at("2026-12-03"))[0]


def test_the_second_rung_is_claimed_as_the_second_rung() -> None:
    [first] = planned(at("2026-11-23"), ONE)
    done = [Done(first.duties[0], at("2026-11-23"))]
    [second] = planned(NOW, ONE, done=done)
    here = situation(ONE, done=[*done, Done(second.duties[0], NOW, True)])
    assert claim(second, here, at("2026-11-27", "14:00"))[1].template == "overdue_2"


def test_in_the_week_of_a_list_a_single_question_is_withdrawn() -> None:
    with_lists = playbook_with()
    [letter] = planned(at("2026-11-23"), ONE, playbook=with_lists)
    reason, _ = claim(letter, queued(letter, ONE, now=at("2026-11-23")), at("2026-11-24", "08:40"), with_lists)
    assert "asked in the list" in reason


def test_the_list_itself_goes_with_fresh_lines() -> None:
    with_lists = playbook_with()
    now = at("2026-11-24")
    [letter] = planned(now, ONE, TWO, playbook=with_lists)
    reason, fresh = claim(letter, queued(letter, happened(ONE, "2026-11-24"), TWO, now=now), now, with_lists)
    assert (reason, fresh.orders) == ("", ("PO2",))
    gone = queued(letter, happened(ONE, "2026-11-24"), happened(TWO, "2026-11-24"), now=now)
    assert claim(letter, gone, now, with_lists)[0]


def test_the_backlog_loses_what_went_live() -> None:
    quiet = supplier(live=False, live_at=None)
    [letter] = planned(NOW, quiet, ONE)
    assert claim(letter, queued(letter, quiet, ONE), NOW)[0] == ""
    assert claim(letter, queued(letter, ONE), NOW)[0]


class TestDelayNotice:
    ORDER = sale("SO1", "2026-12-20")
    LATE = promised(purchase("PO1", "2026-12-10", linked_order="SO1"), "2027-01-10", "2026-11-25", "material")

    def test_the_same_date_stands(self) -> None:
        [letter] = planned(NOW, self.ORDER, self.LATE)
        assert claim(letter, queued(letter, self.ORDER, self.LATE), NOW) == ("", letter)

    def test_another_date_or_none_withdraws_it(self) -> None:
        [letter] = planned(NOW, self.ORDER, self.LATE)
        for day in ("2027-01-20", "2026-12-15"):
            moved = promised(self.LATE, day, "2026-11-26", "material")
            assert claim(letter, queued(letter, self.ORDER, moved), NOW)[0]
        told = replace(self.ORDER, told=date(2027, 1, 10), told_at=NOW)
        assert claim(letter, queued(letter, told, self.LATE), NOW)[0]

    def test_a_reason_that_is_gone_makes_it_a_draft(self) -> None:
        eager = customer(modes=(("delay_notice", "auto"),))
        [letter] = planned(NOW, self.ORDER, self.LATE, eager)
        assert letter.mode == Mode.AUTO
        silent = replace(self.LATE, problems=())
        assert claim(letter, queued(letter, self.ORDER, silent, eager), NOW)[1].mode == Mode.DRAFT

    def test_a_second_notice_of_a_date_that_came_back_is_claimed(self) -> None:
        told = replace(self.ORDER, told=date(2026, 12, 28), told_at=at("2026-11-24"))
        [old] = planned(NOW, self.ORDER, self.LATE)
        before = Done(old.duties[0], at("2026-11-20"))
        [letter] = planned(NOW, told, self.LATE, done=[before])
        here = situation(told, self.LATE, done=[before, Done(letter.duties[0], NOW, True)])
        assert claim(letter, here, NOW) == ("", letter)


def test_a_step_that_was_taken_out_of_the_rules_withdraws_its_letters() -> None:
    [letter] = planned(NOW, ONE)
    renamed = without_lists(("  - name: overdue ", "  - name: too_late "))
    assert "no step 'overdue'" in claim(letter, queued(letter, ONE), NOW, renamed)[0]
