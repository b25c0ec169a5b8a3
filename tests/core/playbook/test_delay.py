"""The delay rule: what endangers a customer's date, what is told, and what must not be."""

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.letters.model import Duty, Mode, Told
from mailflow.core.orders.model import DateBasis, Handling
from mailflow.core.orders.state import OrderState
from mailflow.core.playbook.model import Done
from tests.core.playbook.situations import (
    Look,
    at,
    customer,
    happened,
    look,
    promised,
    purchase,
    question,
    sale,
    sent,
    without_lists,
)

NOW = at("2026-11-26")
ORDER = sale("SO1", "2026-12-20")


def bought(number: str = "PO1", due: str = "2026-12-10", **changes: object) -> OrderState:
    return purchase(number, due, linked_order="SO1", **changes)


def notices(*states: object, **more: object) -> Look:
    return look(NOW, *states, **more)  # type: ignore[arg-type]  # orders and parties


class TestWhen:
    @pytest.mark.parametrize(
        ("promises", "expected"),
        [
            (["2026-12-20"], None),  # just in time
            (["2026-12-21"], "2026-12-21"),
            (["2026-12-18", "2027-01-04"], "2027-01-04"),  # the latest decides
            (["2026-12-21", None], "2026-12-21"),  # the other one is planned for 10 December
            (["2026-12-11", None], None),
        ],
    )
    def test_the_latest_of_what_is_open_decides(self, promises: list[str | None], expected: str | None) -> None:
        orders = [
            bought(f"PO{n}") if day is None else promised(bought(f"PO{n}"), day, "2026-11-25", "material")
            for n, day in enumerate(promises)
        ]
        found = notices(ORDER, *orders).of("delay_notice")
        assert [due.duty.occasion for due in found] == ([expected] if expected else [])

    def test_a_plan_after_the_promise_that_endangers_is_the_date_told(self) -> None:
        late = promised(bought(), "2026-12-22", "2026-11-25", "material")
        [due] = notices(ORDER, late, bought("PO2", "2026-12-30")).of("delay_notice")
        assert (due.facts.new_date, due.mode) == (date(2026, 12, 30), Mode.DRAFT)  # of PO2 no reason is known

    def test_plans_alone_are_for_a_person(self) -> None:
        seen = notices(ORDER, bought(due="2026-12-30"))
        assert not seen.of("delay_notice")
        assert "by plan PO1 comes too late" in seen.reasons("delay_notice")

    def test_the_buffer_counts(self) -> None:
        playbook = without_lists(("buffer_days: 0", "buffer_days: 3"))
        late = promised(bought(), "2026-12-18", "2026-11-25", "material")
        [due] = notices(ORDER, late, playbook=playbook).of("delay_notice")
        assert due.told == (Told("SO1", date(2026, 12, 21)),)
        assert due.facts.lines[0].expected == date(2026, 12, 21)
        assert not notices(ORDER, promised(bought(), "2026-12-17", "2026-11-25"), playbook=playbook).of("delay_notice")

    def test_small_slips_may_be_passed_over(self) -> None:
        playbook = without_lists(("min_days: 1", "min_days: 4"))
        seen = notices(ORDER, promised(bought(), "2026-12-23"), playbook=playbook)
        assert not [one for one in (*seen.dues, *seen.held) if one.duty.step == "delay_notice"]
        assert notices(ORDER, promised(bought(), "2026-12-24"), playbook=playbook).of("delay_notice")

    @pytest.mark.parametrize(
        ("basis", "promise_basis", "expected"),
        [
            (DateBasis.ETD, None, "2026-12-21"),  # ex-factory 18 December + 3
            (DateBasis.ETA, None, "2027-01-20"),  # + 30 by sea
            (DateBasis.DELIVERED, None, "2027-01-27"),  # + 7
            (DateBasis.ETA, DateBasis.ETD, "2027-01-17"),
        ],
    )
    def test_dates_of_different_meaning_meet_through_the_lead_times(
        self, basis: DateBasis, promise_basis: DateBasis | None, expected: str
    ) -> None:
        order = replace(ORDER, order=replace(ORDER.order, date_basis=basis, due_date=date(2026, 12, 20)))
        late = promised(bought(), "2026-12-18", "2026-11-25", "material", basis=promise_basis)
        [due] = notices(order, late).of("delay_notice")
        assert due.duty.occasion == expected

    def test_what_has_shipped_was_cancelled_or_is_closed_counts_no_more(self) -> None:
        late = promised(bought(), "2027-01-10", "2026-11-25", "material")
        for over in (
            happened(late, "2026-11-25"),
            replace(late, order=replace(late.order, status="cancelled")),
            replace(late, order=replace(late.order, status="closed")),
            replace(late, vanished=True),
        ):
            assert not notices(ORDER, over, bought("PO2")).of("delay_notice")

    def test_a_purchase_order_may_serve_two_sales_orders(self) -> None:
        late = promised(purchase("PO1", "2026-12-10", linked_order="SO1, SO2"), "2027-01-10", "2026-11-25", "material")
        found = notices(ORDER, sale("SO2", "2026-12-24"), late).of("delay_notice")
        assert [due.orders for due in found] == [("SO1",), ("SO2",)]

    def test_a_date_that_has_passed_is_told_to_nobody(self) -> None:
        order = sale("SO1", "2026-11-10")
        seen = notices(order, promised(bought(due="2026-11-05"), "2026-11-20", "2026-11-12", "material"))
        assert not seen.of("delay_notice")
        assert "has passed" in seen.reasons("delay_notice")
        today = promised(bought(due="2026-11-05"), "2026-11-26", "2026-11-12", "material")
        assert notices(order, today).of("delay_notice")

    def test_what_has_left_is_late_no_more(self) -> None:
        late = promised(bought(), "2027-01-10", "2026-11-25", "material")
        assert not notices(happened(ORDER, "2026-11-25"), late).of("delay_notice")


class TestWhatIsTold:
    def test_reason_old_and_new_date(self) -> None:
        [due] = notices(ORDER, promised(bought(), "2027-01-10", "2026-11-25", "material")).of("delay_notice")
        facts = due.facts
        assert (facts.topic, facts.old_date, facts.new_date) == ("material", date(2026, 12, 20), date(2027, 1, 10))
        assert due.told == (Told("SO1", date(2027, 1, 10)),)
        assert due.duty == Duty("delay_notice", "SO1", "buyer@bergmann.example", "2027-01-10")
        assert due.facts.lines[0].their_ref == "BM-0007"

    def test_the_date_told_last_stands_not_the_due_date(self) -> None:
        told = replace(ORDER, told=date(2027, 1, 10), told_at=at("2026-11-20"))
        assert not notices(told, promised(bought(), "2027-01-10", "2026-11-25", "material")).of("delay_notice")
        [due] = notices(told, promised(bought(), "2027-01-12", "2026-11-25", "material")).of("delay_notice")
        assert due.facts.old_date == date(2027, 1, 10)

    @pytest.mark.parametrize("topics", [(), ("payment",)], ids=["none", "not fit for a customer"])
    def test_without_a_reason_it_is_a_draft_even_where_the_customer_is_told_at_once(
        self, topics: tuple[str, ...]
    ) -> None:
        eager = customer(modes=(("delay_notice", "auto"),))
        [due] = notices(ORDER, eager, promised(bought(), "2027-01-10", "2026-11-25", *topics)).of("delay_notice")
        assert (due.mode, due.facts.topic) == (Mode.DRAFT, "")

    def test_the_newest_reason_that_is_fit_is_given(self) -> None:
        late = promised(bought(), "2027-01-10", "2026-11-25", "material", "capacity", "payment")
        [due] = notices(ORDER, late).of("delay_notice")
        assert due.facts.topic == "capacity"


class TestMode:
    LATE = promised(bought(), "2027-01-10", "2026-11-25", "material")

    def test_a_draft_by_default_that_waits_for_no_hour(self) -> None:
        night = at("2026-11-26", "23:00")
        [due] = look(night, ORDER, self.LATE).of("delay_notice")
        assert (due.mode, due.not_before) == (Mode.DRAFT, night)

    def test_at_once_where_the_customer_is_set_to_auto_in_their_hours(self) -> None:
        eager = customer(modes=(("delay_notice", "auto"),))
        [due] = look(at("2026-11-26", "17:00"), ORDER, self.LATE, eager, outside=Mode.DRAFT).of("delay_notice")
        assert (due.mode, due.not_before) == (Mode.AUTO, at("2026-11-26", "17:00"))  # ten in Berlin
        [due] = look(at("2026-11-27", "04:00"), ORDER, self.LATE, eager).of("delay_notice")
        assert at("2026-11-27", "15:30") <= due.not_before <= at("2026-11-27", "18:00")

    def test_a_question_about_the_purchase_order_brings_it_before_a_person(self) -> None:
        eager = customer(modes=(("delay_notice", "auto"),))
        [due] = notices(ORDER, self.LATE, eager, reviews=[question("R1", "PO1", party="Hengtai")]).of("delay_notice")
        assert due.mode == Mode.DRAFT

    def test_what_was_known_before_the_customer_went_live_too(self) -> None:
        eager = customer(modes=(("delay_notice", "auto"),), live_at=at("2026-11-26", "09:00"))
        [due] = notices(ORDER, self.LATE, eager).of("delay_notice")
        assert due.mode == Mode.DRAFT

    @pytest.mark.parametrize(
        "party",
        [customer(handling=Handling.NEVER), customer(live=False), customer(modes=(("delay_notice", "off"),))],
        ids=["never", "quiet", "off"],
    )
    def test_none_for_whom_we_do_not_write_to(self, party: object) -> None:
        seen = notices(ORDER, self.LATE, party)
        assert not seen.of("delay_notice")
        assert seen.reasons("delay_notice")


class TestNoDateTwice:
    def test_not_while_the_notice_waits_whatever_they_repeat(self) -> None:
        late = promised(bought(), "2027-01-10", "2026-11-25", "material")
        [due] = notices(ORDER, late).of("delay_notice")
        repeated = promised(bought(), "2027-01-10", "2026-11-26", "material", event=99)
        for waiting in (True, False):
            assert not notices(ORDER, repeated, done=[sent(due, NOW, waiting=waiting)]).of("delay_notice")

    def test_a_further_slip_is_told(self) -> None:
        [due] = notices(ORDER, promised(bought(), "2027-01-10", "2026-11-25", "material")).of("delay_notice")
        slipped = promised(bought(), "2027-01-20", "2026-11-26", "material")
        [again] = notices(ORDER, slipped, done=[sent(due, NOW)]).of("delay_notice")
        assert again.duty.occasion == "2027-01-20"

    def test_told_something_else_in_between_the_date_is_news_again(self) -> None:
        done = Done(Duty("delay_notice", "SO1", "buyer@bergmann.example", "2027-01-10"), at("2026-11-20"))
        told = replace(ORDER, told=date(2026, 12, 28), told_at=at("2026-11-24"))
        late = promised(bought(), "2027-01-10", "2026-11-25", "material")
        [again] = notices(told, late, done=[done]).of("delay_notice")
        assert again.duty.occasion == "2027-01-10#2"
        assert not notices(replace(told, told_at=at("2026-11-18")), late, done=[done]).of("delay_notice")
        assert not notices(told, late, done=[replace(done, open=True)]).of("delay_notice")
        assert not notices(told, late, done=[done, sent(again, NOW, waiting=True)]).of("delay_notice")
