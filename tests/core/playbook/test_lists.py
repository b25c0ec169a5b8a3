"""Letters about many orders: the weekly list to a supplier, the backlog to our own people, and one chase a day."""

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.letters.model import Duty, Mode
from mailflow.core.orders.model import Contact, Handling, Party, Role
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.model import Done
from tests.core.playbook.situations import (
    Look,
    at,
    customer,
    look,
    party_state,
    playbook_with,
    promised,
    purchase,
    question,
    sale,
    sent,
    supplier,
)

TUESDAY = "2026-11-24"
OVERDUE = purchase("PO1", "2026-11-12")
SOON = purchase("PO2", "2026-12-20")
FAR = purchase("PO3", "2027-02-26")
NEW = purchase("PO4", "2027-02-26", acknowledged=None, order_date=date(2026, 11, 20))


def listed(now: object, *states: object, **more: object) -> Look:
    return look(now, *states, **({"playbook": playbook_with()} | more))  # type: ignore[arg-type]  # test sugar


class TestWeeklyList:
    def test_all_of_a_supplier_that_is_overdue_due_soon_or_not_taken_on(self) -> None:
        [due] = listed(at(TUESDAY), OVERDUE, SOON, FAR, NEW, sale("SO1", "2026-11-12")).of("weekly_list")
        assert [line.number for line in due.facts.lines] == ["PO1", "PO2", "PO4"]
        assert (due.duty, due.mode) == (Duty("weekly_list", "*", "sales@hengtai.example", TUESDAY), Mode.AUTO)
        assert due.facts.lines[0].days_late == 12

    @pytest.mark.parametrize(
        ("now", "goes"),
        [
            (at("2026-11-23"), False),
            (at(TUESDAY, "08:59"), False),
            (at(TUESDAY, "09:00"), True),
            (at("2026-11-27"), True),  # late after an outage, but of use still
            (at("2026-11-30"), False),  # the next week waits for its Tuesday
        ],
    )
    def test_it_goes_on_its_day_and_hour_or_late_in_the_week(self, now: object, goes: bool) -> None:
        assert bool(listed(now, OVERDUE).of("weekly_list")) is goes

    def test_the_horizon_is_four_weeks_to_the_day(self) -> None:
        orders = [purchase("PO1", "2026-12-22"), purchase("PO2", "2026-12-23")]
        [due] = listed(at(TUESDAY), *orders).of("weekly_list")
        assert due.orders == ("PO1",)

    def test_late_in_the_week_it_waits_where_a_letter_went_today(self) -> None:
        chase = Done(Duty("overdue", "PO1", "sales@hengtai.example", "2026-11-12#1"), at("2026-11-26"))
        assert not listed(at("2026-11-26", "11:00"), OVERDUE, done=[chase]).of("weekly_list")
        assert listed(at("2026-11-27"), OVERDUE, done=[chase]).of("weekly_list")

    def test_it_goes_once_a_week(self) -> None:
        [due] = listed(at(TUESDAY), OVERDUE).of("weekly_list")
        done = [sent(due, at(TUESDAY))]
        assert not listed(at("2026-11-26"), OVERDUE, done=done).of("weekly_list")
        assert listed(at("2026-12-01"), OVERDUE, done=done).of("weekly_list")

    def test_on_a_holiday_it_moves_to_the_next_working_day(self) -> None:
        order = purchase("PO1", "2026-04-20", order_date=date(2026, 1, 1))
        friday = playbook_with(("weekly on tuesday", "weekly on monday"))
        assert not listed(at("2026-04-06"), order, playbook=friday).of("weekly_list")  # Qingming
        assert listed(at("2026-04-07"), order, playbook=friday).of("weekly_list")

    def test_what_stands_in_it_is_not_also_asked_singly_that_day(self) -> None:
        seen = listed(at(TUESDAY, "08:00"), OVERDUE)
        assert not seen.dues
        assert "asked in the list that Hengtai gets on 2026-11-24" in seen.reasons("overdue")
        [due] = listed(at(TUESDAY), OVERDUE).of("weekly_list")
        done = [sent(due, at(TUESDAY))]
        assert not listed(at(TUESDAY, "15:00"), OVERDUE, done=done).dues
        assert listed(at("2026-11-25"), OVERDUE, done=done).letters("overdue") == ["overdue_1"]

    def test_nor_planned_the_evening_before(self) -> None:
        seen = listed(at("2026-11-23", "19:00"), OVERDUE)
        assert not seen.dues
        assert "asked in the list that Hengtai gets on 2026-11-24" in seen.reasons("overdue")
        assert listed(at("2026-11-23", "10:00"), OVERDUE).letters("overdue") == ["overdue_1"]

    def test_trusted_suppliers_get_none_but_are_asked_when_overdue(self) -> None:
        seen = listed(at(TUESDAY), OVERDUE, supplier(trusted=True))
        assert [due.step for due in seen.dues] == ["overdue"]

    def test_orders_with_an_open_question_or_paused_are_left_out(self) -> None:
        paused = replace(SOON, paused=True)
        reviews = [question("R1", "PO1", party="Hengtai")]
        assert not listed(at(TUESDAY), OVERDUE, paused, reviews=reviews).of("weekly_list")

    @pytest.mark.parametrize("party", [supplier(live=False), supplier(handling=Handling.NEVER), supplier(paused=True)])
    def test_nobody_gets_it_whom_we_do_not_write_to(self, party: object) -> None:
        assert not listed(at(TUESDAY), OVERDUE, party).of("weekly_list")

    def test_the_list_of_a_week_before_going_live_is_let_be(self) -> None:
        live = supplier(live_at=at("2026-11-25"))
        assert not listed(at("2026-11-26"), OVERDUE, live).of("weekly_list")

    def test_too_few_orders_make_no_list(self) -> None:
        two = playbook_with(("    horizon: 28 days ", "    at_least: 2\n    horizon: 28 days "))
        assert not listed(at(TUESDAY), OVERDUE, playbook=two).of("weekly_list")
        assert listed(at(TUESDAY), OVERDUE, SOON, playbook=two).of("weekly_list")


class TestOneChaseADay:
    def test_several_orders_make_one_letter(self) -> None:
        seen = look(at("2026-11-26"), OVERDUE, purchase("PO5", "2026-11-20"), purchase("PO6", "2026-11-24"))
        [letter] = plan_letters(seen.dues, seen.situation, seen.playbook, "followup@lanmei.example")
        assert (letter.template, letter.orders, len(letter.duties)) == ("overdue_1", ("PO1", "PO5", "PO6"), 3)
        assert [line.number for line in letter.facts.lines] == ["PO1", "PO5", "PO6"]  # latest first
        assert letter.account == "followup@lanmei.example"
        assert letter.why.count("; ") == 2

    def test_what_has_been_due_longest_goes_first_the_rest_has_its_turn(self) -> None:
        rung = Done(Duty("overdue", "PO1", "sales@hengtai.example", "2026-11-12#1"), at("2026-11-20"))
        orders = (OVERDUE, purchase("PO5", "2026-11-24"), purchase("PO6", "2026-12-02"))
        done = [rung]
        days = []
        for day in ("2026-11-25", "2026-11-26", "2026-11-27"):
            seen = look(at(day), *orders, done=done)
            chases = [due for due in seen.dues if due.merge]
            days.append([letter.template for letter in plan_letters(chases, seen.situation, seen.playbook)])
            assert all("letter" in held.reason for held in seen.held)
            done += [sent(due, at(day)) for due in chases]
        assert days == [["overdue_2"], ["overdue_1"], ["ask_ship"]]

    def test_a_second_letter_waits_for_the_next_day(self) -> None:
        [first] = look(at("2026-11-26"), OVERDUE).of("overdue")
        other = purchase("PO5", "2026-11-25")
        seen = look(at("2026-11-26", "16:00"), OVERDUE, other, done=[sent(first, at("2026-11-26"))])
        assert not seen.dues
        assert "a letter goes to Hengtai on 2026-11-26 already" in seen.reasons("overdue")
        assert look(at("2026-11-27"), OVERDUE, other, done=[sent(first, at("2026-11-26"))]).dues

    def test_while_one_waits_to_go_no_other_is_planned(self) -> None:
        [first] = look(at("2026-11-26", "20:00"), OVERDUE).of("overdue")
        other = purchase("PO5", "2026-11-25")
        done = [sent(first, at("2026-11-26", "20:00"), waiting=True)]
        seen = look(at("2026-11-27"), OVERDUE, other, done=done)
        assert not seen.dues
        assert "another letter to Hengtai waits to go" in seen.reasons("overdue")
        assert not look(at("2026-11-27"), OVERDUE, other, done=[sent(first, at("2026-11-27", "09:00"))]).dues
        assert look(at("2026-11-30"), OVERDUE, other, done=[sent(first, at("2026-11-27", "09:00"))]).dues

    def test_a_draft_that_nobody_sends_does_not_stop_the_others(self) -> None:
        drafts = supplier(modes=(("overdue", "draft"),))
        [first] = look(at("2026-11-26"), OVERDUE, drafts).of("overdue")
        done = [sent(first, at("2026-11-26"), waiting=True)]
        other = purchase("PO5", "2026-11-25")
        assert not look(at("2026-11-26", "16:00"), OVERDUE, other, drafts, done=done).dues
        assert look(at("2026-11-27"), OVERDUE, other, drafts, done=done).dues

    def test_a_letter_that_may_be_stopped_has_its_day_tomorrow(self) -> None:
        rung = Done(Duty("overdue", "PO1", "sales@hengtai.example", "2026-11-12#1"), at("2026-11-19"))
        other = purchase("PO5", "2026-11-25")
        seen = look(at("2026-11-26"), OVERDUE, other, done=[rung])
        assert [due.template for due in seen.dues] == ["overdue_2"]  # it goes on Friday at two
        queued = [rung, *(sent(due, at("2026-11-26"), waiting=True) for due in seen.dues)]
        assert not look(at("2026-11-27"), OVERDUE, other, done=queued).dues
        gone = [rung, *(sent(due, at("2026-11-27", "14:00")) for due in seen.dues)]
        assert not look(at("2026-11-27", "15:00"), OVERDUE, other, done=gone).dues
        assert look(at("2026-11-30"), OVERDUE, other, done=gone).letters("overdue") == ["overdue_1"]

    def test_other_parties_have_their_own_day(self) -> None:
        other = purchase("PO5", "2026-11-20", "Jinxiu")
        seen = look(at("2026-11-26"), OVERDUE, other, supplier("Jinxiu"))
        assert {due.party for due in seen.dues} == {"Hengtai", "Jinxiu"}

    def test_notices_are_not_chases(self) -> None:
        shared = Party("Both", Role.CUSTOMER, contacts=(Contact("A", "a@both.example"),))
        late = promised(purchase("PO9", "2026-12-10", linked_order="SO1"), "2027-01-10", "2026-11-25", "material")
        two = promised(purchase("PO8", "2026-12-10", linked_order="SO2"), "2027-01-11", "2026-11-25", "material")
        orders = (sale("SO1", "2026-12-20", "Both"), sale("SO2", "2026-12-20", "Both"), late, two)
        seen = look(at("2026-11-26"), *orders, party_state(shared))
        assert len(plan_letters(seen.dues, seen.situation, seen.playbook)) == 2


class TestBacklog:
    def test_each_merchandiser_gets_one_list_of_what_is_overdue_with_quiet_parties(self) -> None:
        quiet = supplier(live=False, live_at=None)
        ours = ("a@lanmei.example", "b@lanmei.example")
        ours = ("a@lanmei.example", "b@lanmei.example")
        orders = [purchase(f"PO{n}", f"2026-10-{n + 1:02}", merchandiser=ours[n % 2]) for n in range(20)]
        late_sale = sale("SO1", "2026-11-02", "Quiet", merchandiser="a@lanmei.example")
        seen = look(at("2026-11-26"), quiet, FAR, *orders, late_sale, customer("Quiet", live=False))
        found = seen.of("backlog")
        backlog = [(due.to[0].email, due.facts.backlog) for due in found]
        assert backlog == [("a@lanmei.example", 11), ("b@lanmei.example", 10)]
        assert len(seen.dues) == 2
        assert found[0].party == ""
        assert found[0].facts.lines[0].party == "Hengtai"

    def test_it_comes_once_a_week(self) -> None:
        quiet = supplier(live=False, live_at=None)
        [due] = look(at("2026-11-26"), quiet, OVERDUE).of("backlog")
        assert not look(at("2026-11-26", "10:01"), quiet, OVERDUE, done=[sent(due, at("2026-11-26"))]).dues
        assert look(at("2026-11-30"), quiet, OVERDUE, done=[sent(due, at("2026-11-26"))]).of("backlog")

    def test_the_ceiling_of_a_new_installation_is_for_letters_that_leave_the_house(self) -> None:
        quiet = supplier(live=False, live_at=None)
        other = purchase("PO5", "2026-11-20", "Jinxiu")
        seen = look(at("2026-11-26"), quiet, OVERDUE, other, supplier("Jinxiu"), outside=Mode.DRAFT)
        assert {due.step: due.mode for due in seen.dues} == {"backlog": Mode.AUTO, "overdue": Mode.DRAFT}

    def test_nothing_overdue_makes_no_list(self) -> None:
        today = purchase("PO5", "2026-11-26")
        assert not look(at("2026-11-26"), supplier(live=False), SOON, today).of("backlog")
