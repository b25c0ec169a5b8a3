"""What is asked about single orders: before the ship date, after it, and until it is taken on."""

from dataclasses import replace
from datetime import date
from typing import ClassVar

import pytest

from mailflow.core.letters.model import Duty, Mode
from mailflow.core.orders.model import Contact, DateBasis, Handling, Milestone
from mailflow.core.orders.state import AddressState
from mailflow.core.playbook.model import Done
from tests.core.playbook.situations import (
    at,
    customer,
    happened,
    look,
    promised,
    purchase,
    question,
    sale,
    sent,
    supplier,
    without_lists,
)

THURSDAY = "2026-11-26"
DUE = "2026-12-03"  # five working days later


def rung(number: int, anchor: str, when: str, *, waiting: bool = False) -> Done:
    return Done(Duty("overdue", "PO1", "sales@hengtai.example", f"{anchor}#{number}"), at(when), waiting)


class TestAskingBeforeTheShipDate:
    @pytest.mark.parametrize(
        ("today", "asks"),
        [("2026-11-25", False), (THURSDAY, True), ("2026-11-30", True), ("2026-12-02", True), ("2026-12-03", False)],
    )
    def test_asked_from_five_working_days_before_until_the_day(self, today: str, asks: bool) -> None:
        assert bool(look(at(today), purchase("PO1", DUE)).of("ask_ship")) is asks

    def test_the_promise_outranks_the_plan(self) -> None:
        late = promised(purchase("PO1", DUE), "2026-12-10", "2026-11-10")
        assert not look(at(THURSDAY), late).of("ask_ship")
        [ask] = look(at("2026-12-03"), late).of("ask_ship")
        assert ask.duty == Duty("ask_ship", "PO1", "sales@hengtai.example", "2026-12-10")
        assert ask.facts.lines[0].promise == date(2026, 12, 10)

    def test_it_is_asked_once(self) -> None:
        [ask] = look(at(THURSDAY), purchase("PO1", DUE)).of("ask_ship")
        again = look(at("2026-12-01"), purchase("PO1", DUE), done=[sent(ask, at(THURSDAY))])
        assert not again.of("ask_ship")

    def test_a_new_promise_is_asked_about_anew(self) -> None:
        [ask] = look(at(THURSDAY), purchase("PO1", DUE)).of("ask_ship")
        later = promised(purchase("PO1", DUE), "2026-12-20", "2026-11-27")
        [again] = look(at("2026-12-14"), later, done=[sent(ask, at(THURSDAY))]).of("ask_ship")
        assert again.duty.occasion == "2026-12-20"

    def test_not_so_soon_after_they_wrote_about_it(self) -> None:
        fresh = promised(purchase("PO1", DUE), DUE, "2026-11-25")
        seen = look(at(THURSDAY), fresh)
        assert not seen.of("ask_ship")
        assert "wrote about PO1 lately; asked again from 2026-11-30" in seen.reasons("ask_ship")
        assert look(at("2026-11-30"), fresh).of("ask_ship")

    def test_asked_before_a_silent_stretch_not_in_it(self) -> None:
        order = purchase("PO1", "2027-02-22")
        assert not look(at("2027-01-25"), order).of("ask_ship")
        assert look(at("2027-01-26"), order).of("ask_ship")

    @pytest.mark.parametrize(
        "milestone", [Milestone.SHIP, Milestone.ARRIVE, Milestone.RECEIVE], ids=lambda milestone: str(milestone)
    )
    def test_what_has_happened_is_not_asked(self, milestone: Milestone) -> None:
        assert not look(at(THURSDAY), happened(purchase("PO1", DUE), "2026-11-20", milestone)).dues

    def test_a_due_date_of_another_meaning_is_carried_to_the_ship_date(self) -> None:
        order = purchase("PO1", "2027-01-02", date_basis=DateBasis.ETA)  # by sea 30 days after ETD 3 December
        [ask] = look(at(THURSDAY), order).of("ask_ship")
        assert ask.duty.occasion == "2026-12-03"


class TestChasingTheOverdue:
    @pytest.mark.parametrize(
        ("today", "done", "letter"),
        [
            ("2026-11-20", [], None),  # a Friday, the day itself
            ("2026-11-21", [], None),  # Saturday is no working day
            ("2026-11-23", [], "overdue_1"),
            ("2026-11-25", [rung(1, "2026-11-20", "2026-11-23")], None),
            ("2026-11-26", [rung(1, "2026-11-20", "2026-11-23")], "overdue_2"),
            ("2026-12-08", [rung(1, "2026-11-20", "2026-12-07")], None),  # the first went late: no haste
            ("2026-11-26", [rung(1, "2026-11-20", "2026-11-23", waiting=True)], None),
            ("2026-12-08", [rung(1, "2026-11-20", "2026-11-23", waiting=True)], None),  # nobody has sent the draft
            (
                "2026-12-01",
                [rung(1, "2026-11-20", "2026-11-23"), rung(2, "2026-11-20", "2026-11-26")],
                "overdue_3",
            ),
            (
                "2026-12-31",
                [rung(n, "2026-11-20", f"2026-11-2{n + 2}") for n in (1, 2, 3)],
                None,
            ),
        ],
    )
    def test_rung_by_rung(self, today: str, done: list[Done], letter: str | None) -> None:
        found = look(at(today), purchase("PO1", "2026-11-20"), done=done).letters("overdue")
        assert found == ([letter] if letter else [])

    def test_each_rung_has_its_reader_and_its_mode(self) -> None:
        order = purchase("PO1", "2026-11-20")
        done: list[Done] = []
        seen = []
        for day in ("2026-11-23", "2026-11-26", "2026-12-01"):
            [due] = look(at(day), order, done=done).of("overdue")
            seen.append((due.to[0].email, due.mode, due.facts.rung, due.facts.asked_before, [a.email for a in due.cc]))
            done.append(sent(due, at(day)))
        assert seen == [
            ("sales@hengtai.example", Mode.AUTO, 1, 0, []),
            ("second@hengtai.example", Mode.VETO, 2, 1, []),
            ("boss@hengtai.example", Mode.DRAFT, 3, 2, ["head@lanmei.example"]),
        ]

    def test_after_a_draft_that_nobody_sent_the_next_rung_waits(self) -> None:
        drafts = supplier(modes=(("overdue_1", "draft"),))
        done = [rung(1, "2026-11-20", "2026-11-23", waiting=True)]
        seen = look(at("2026-12-08"), purchase("PO1", "2026-11-20"), drafts, done=done)
        assert not seen.of("overdue")
        assert "the letter before has not gone out yet" in seen.reasons("overdue")

    def test_what_lies_unsent_was_not_asked(self) -> None:
        waiting = Done(Duty("ask_ship", "PO1", "sales@hengtai.example", "2026-11-20"), at("2026-11-13"), True)
        drafts = supplier(modes=(("ask_ship", "draft"),))
        [due] = look(at("2026-11-23"), purchase("PO1", "2026-11-20"), drafts, done=[waiting]).of("overdue")
        assert due.facts.asked_before == 0
        asked = replace(waiting, open=False)
        [due] = look(at("2026-11-23"), purchase("PO1", "2026-11-20"), drafts, done=[asked]).of("overdue")
        assert due.facts.asked_before == 1

    def test_who_has_no_manager_and_no_second_contact_gets_it(self) -> None:
        alone = supplier(contacts=(Contact("Zheng", "sales@hengtai.example"),))
        pair = supplier(contacts=(Contact("Zheng", "sales@hengtai.example"), Contact("Wu", "wu@hengtai.example")))
        done = [rung(1, "2026-11-20", "2026-11-23")]
        [second] = look(at("2026-11-26"), purchase("PO1", "2026-11-20"), alone, done=done).of("overdue")
        assert second.to[0].email == "sales@hengtai.example"
        done.append(rung(2, "2026-11-20", "2026-11-26"))
        [third] = look(at("2026-12-01"), purchase("PO1", "2026-11-20"), alone, done=done).of("overdue")
        assert third.to[0].email == "sales@hengtai.example"
        [third] = look(at("2026-12-01"), purchase("PO1", "2026-11-20"), pair, done=done).of("overdue")
        assert third.to[0].email == "wu@hengtai.example"

    def test_nobody_is_copied_in_who_gets_the_letter(self) -> None:
        playbook = without_lists(("to: contact, mode: auto}", "to: contact, cc: [contact, second_contact]}"))
        [due] = look(at("2026-11-23"), purchase("PO1", "2026-11-20"), playbook=playbook).of("overdue")
        assert [copy.email for copy in due.cc] == ["second@hengtai.example"]

    def test_an_answer_with_a_new_date_ends_the_ladder_and_a_broken_one_begins_it_anew(self) -> None:
        done = [rung(1, "2026-11-20", "2026-11-23"), rung(2, "2026-11-20", "2026-11-26")]
        answered = promised(purchase("PO1", "2026-11-20"), "2026-12-11", "2026-11-27")
        assert not look(at("2026-12-02"), answered, done=done).of("overdue")
        [again] = look(at("2026-12-14"), answered, done=done).of("overdue")
        assert (again.template, again.duty.occasion) == ("overdue_1", "2026-12-11#1")

    def test_what_they_wrote_without_a_date_gives_them_two_working_days(self) -> None:
        wrote = replace(purchase("PO1", "2026-11-20"), answered_at=at("2026-11-25"))
        assert not look(at(THURSDAY), wrote).of("overdue")
        assert look(at("2026-11-27"), wrote).letters("overdue") == ["overdue_1"]

    def test_a_partial_shipment_does_not_end_it_and_the_rest_does(self) -> None:
        part = happened(purchase("PO1", "2026-11-20"), "2026-11-19", part="500", quantity=500)
        assert look(at("2026-11-23"), part).letters("overdue") == ["overdue_1"]
        whole = happened(part, "2026-11-20", part="700", quantity=700)
        assert not look(at("2026-11-23"), whole).of("overdue")

    def test_the_rest_that_nobody_promised_is_asked_for_by_plan(self) -> None:
        order = promised(purchase("PO1", "2026-11-20"), "2026-12-20", "2026-11-10", part="500", quantity=500)
        [due] = look(at("2026-11-23"), order).of("overdue")
        assert due.duty.occasion == "2026-11-20#1"

    def test_an_open_question_about_their_mail_holds_the_chase(self) -> None:
        seen = look(at(THURSDAY), purchase("PO1", "2026-11-20"), reviews=[question("R1", "PO1", party="Hengtai")])
        assert not seen.of("overdue")
        assert "question R1 about PO1 is open" in seen.reasons("overdue")

    def test_a_question_about_somebody_elses_mail_or_a_letter_of_ours_does_not(self) -> None:
        other = question("R1", "PO1", party="Kestrel Freight")
        ours = replace(question("L1", "PO1"), opened=replace(question("L1", "PO1").opened, mail=None))
        decided = replace(question("R2", "PO1"), choice="no")
        seen = look(at(THURSDAY), purchase("PO1", "2026-11-20"), reviews=[other, ours, decided])
        assert seen.letters("overdue") == ["overdue_1"]

    def test_gentle_handling_stops_at_the_first_rung(self) -> None:
        gentle = supplier(handling=Handling.GENTLE)
        order = purchase("PO1", "2026-11-20")
        assert look(at("2026-11-23"), order, gentle).letters("overdue") == ["overdue_1"]
        seen = look(at("2026-12-01"), order, gentle, done=[rung(1, "2026-11-20", "2026-11-23")])
        assert not seen.of("overdue")
        assert "handled gently" in seen.reasons("overdue")


class TestTheOrderItself:
    def test_an_order_nobody_took_on_is_asked_about_twice_more(self) -> None:
        order = purchase("PO1", "2027-02-26", acknowledged=None, order_date=date(2026, 11, 23))
        done: list[Done] = []
        days = []
        for day in range(23, 31):
            for due in look(at(f"2026-11-{day}"), order, done=done).of("chase_ack"):
                done.append(sent(due, at(f"2026-11-{day}")))
                days.append((day, due.duty.occasion))
        assert days == [(25, "2026-11-23#1"), (30, "2026-11-23#2")]

    def test_a_promise_takes_an_order_on(self) -> None:
        order = purchase("PO1", "2027-02-26", acknowledged=None, order_date=date(2026, 11, 23))
        assert not look(at("2026-12-10"), promised(order, "2027-02-26")).of("chase_ack")

    def test_once_the_ship_date_has_passed_it_is_chased_as_overdue(self) -> None:
        order = purchase("PO1", "2026-11-25", acknowledged=None, order_date=date(2026, 11, 20))
        assert look(at("2026-11-25"), order).letters("chase_ack") == ["chase_ack"]
        seen = look(at(THURSDAY), order)
        assert (seen.letters("overdue"), seen.reasons("chase_ack")) == (["overdue_1"], "")

    def test_old_orders_are_not_asked_for_their_signature(self) -> None:
        order = purchase("PO1", "2027-02-26", acknowledged=None, order_date=date(2026, 9, 1))
        assert not look(at(THURSDAY), order).of("chase_ack")


class TestNobodyIsWrittenToWho:
    @pytest.mark.parametrize(
        ("party", "reason"),
        [
            (supplier(live=False, live_at=None), "quiet"),
            (supplier(handling=Handling.NEVER), "handling: never"),
            (supplier(paused=True), "paused"),
            (supplier(paused=True, paused_until=date(2026, 12, 1)), "paused until 2026-12-01"),
            (supplier(vanished=True), "not in the order book"),
            (supplier(contacts=()), "no address"),
        ],
    )
    def test_must_not_be(self, party: object, reason: str) -> None:
        seen = look(at(THURSDAY), purchase("PO1", "2026-11-20"), purchase("PO2", DUE), party)  # type: ignore[arg-type]  # a party
        assert not [due for due in seen.dues if due.party]
        assert reason in seen.reasons("overdue")

    @pytest.mark.parametrize(
        "changes",
        [{"status": "cancelled"}, {"status": "closed"}, {"vanished": True}],
        ids=["cancelled", "closed", "gone"],
    )
    def test_has_nothing_open(self, changes: dict[str, object]) -> None:
        seen = look(at(THURSDAY), purchase("PO1", "2026-11-20", **changes))
        assert (seen.dues, seen.held) == ((), ())

    def test_has_a_paused_order(self) -> None:
        paused = purchase("PO1", "2026-11-20", paused=True, paused_until=date(2026, 11, 27))
        assert not look(at(THURSDAY), paused).dues
        assert look(at("2026-11-27"), paused).letters("overdue") == ["overdue_1"]

    def test_fails_or_was_stopped_so_the_next_contact_is(self) -> None:
        order = purchase("PO1", "2026-11-20")
        failed = AddressState("sales@hengtai.example", failed=True)
        [due] = look(at(THURSDAY), order, addresses=[failed]).of("overdue")
        assert due.to[0].email == "second@hengtai.example"
        stopped = AddressState("second@hengtai.example", stopped=True)
        [due] = look(at(THURSDAY), order, addresses=[failed, stopped]).of("overdue")
        assert due.to[0].email == "boss@hengtai.example"
        boss = AddressState("boss@hengtai.example", stopped=True)
        seen = look(at(THURSDAY), order, addresses=[failed, stopped, boss])
        assert "no address of Hengtai can be written to" in seen.reasons("overdue")

    def test_a_letter_lost_on_a_failing_address_is_owed_to_the_next(self) -> None:
        order = purchase("PO1", "2026-11-20")
        [first] = look(at("2026-11-23"), order).of("overdue")
        failed = AddressState("sales@hengtai.example", failed=True)
        [again] = look(at("2026-11-24"), order, done=[sent(first, at("2026-11-23"))], addresses=[failed]).of("overdue")
        assert (again.template, again.to[0].email) == ("overdue_1", "second@hengtai.example")

    def test_is_unknown(self) -> None:
        seen = look(at(THURSDAY), purchase("PO1", "2026-11-20", "Nobody"))
        assert "Nobody is not in the order book" in seen.reasons("overdue")


class TestGoingLive:
    def test_what_was_overdue_long_ago_is_asked_once_and_mildly(self) -> None:
        live = supplier(live_at=at(THURSDAY, "09:00"))
        orders = [purchase(f"PO{n}", f"2026-10-{n + 10}") for n in range(9)]
        seen = look(at(THURSDAY), live, *orders)
        assert seen.letters("overdue") == ["overdue_1"] * 9
        assert {due.due_at for due in seen.of("overdue")} == {at(THURSDAY, "09:00")}

    def test_shipments_and_signatures_of_the_past_are_let_be(self) -> None:
        live = supplier(live_at=at(THURSDAY, "09:00"))
        bergmann = customer(live_at=at(THURSDAY, "09:00"))
        old = purchase("PO2", "2027-02-26", acknowledged=None, order_date=date(2026, 11, 2))
        shipped = happened(purchase("PO1", "2026-11-20", linked_order="SO1"), "2026-11-20", refs=("MSCU1234567",))
        assert not look(at(THURSDAY), live, bergmann, old, shipped, sale("SO1", "2026-12-20")).dues

    def test_what_ships_on_the_day_of_going_live_is_told(self) -> None:
        bergmann = customer(live_at=at("2026-11-20", "09:00"))
        shipped = happened(purchase("PO1", "2026-11-20", linked_order="SO1"), "2026-11-20", refs=("MSCU1234567",))
        assert look(at("2026-11-20"), bergmann, shipped, sale("SO1", "2026-12-20")).of("shipment_advice")


class TestShipping:
    WHOLE: ClassVar = {
        "shipping_mark": "BM\nHAMBURG",
        "product": "hoodie",
        "destination_port": "Hamburg",
        "destination_country": "DE",
    }

    def test_the_factory_is_told_with_every_field(self) -> None:
        order = happened(purchase("PO1", DUE, **self.WHOLE), "2026-11-27", Milestone.INSPECTION)
        shipping = supplier(contacts=(Contact("Z", "sales@h.example"), Contact("K", "ware@h.example", "Warehouse")))
        [due] = look(at("2026-11-30"), order, shipping).of("shipment_notice")
        line = due.facts.lines[0]
        assert (due.mode, due.missing, due.to[0].email) == (Mode.AUTO, (), "ware@h.example")
        assert (line.shipping_mark, line.number, line.product, line.description, line.quantity, line.ship_date) == (
            "BM\nHAMBURG",
            "PO1",
            "hoodie",
            "women's fleece hoodie",
            "1,200 pcs",
            date(2026, 12, 3),
        )
        assert (line.destination_port, line.destination_country, line.ship_mode) == ("Hamburg", "DE", "sea")

    @pytest.mark.parametrize("field", ["shipping_mark", "destination_port", "destination_country", "ship_mode"])
    def test_a_missing_field_is_named(self, field: str) -> None:
        [due] = look(at("2026-11-30"), purchase("PO1", DUE, **(self.WHOLE | {field: ""}))).of("shipment_notice")
        assert due.missing == (field,)

    def test_before_the_inspection_has_passed_it_is_a_draft(self) -> None:
        [due] = look(at("2026-11-30"), purchase("PO1", DUE, **self.WHOLE)).of("shipment_notice")
        assert due.mode == Mode.DRAFT

    def test_the_customer_is_advised_when_all_has_shipped_once(self) -> None:
        one = happened(purchase("PO1", DUE, linked_order="SO1"), "2026-11-24", refs=("MSCU1234567", "PO1"))
        two = purchase("PO2", DUE, linked_order="SO1")
        order = sale("SO1", "2026-12-20")
        assert not look(at(THURSDAY), one, two, order).of("shipment_advice")
        two = happened(two, "2026-11-25")
        [due] = look(at(THURSDAY), one, two, order).of("shipment_advice")
        assert (due.mode, due.party, due.facts.lines[0].refs) == (Mode.AUTO, "Bergmann", ("MSCU1234567",))
        assert due.facts.lines[0].ship_date == date(2026, 11, 25)
        corrected = replace(two, lots=(replace(two.lots[0], actual=date(2026, 11, 26)),))
        assert not look(at("2026-11-27"), one, corrected, order, done=[sent(due, at(THURSDAY))]).of("shipment_advice")

    def test_purchase_orders_that_are_closed_or_cancelled_are_not_waited_for(self) -> None:
        one = happened(purchase("PO1", DUE, linked_order="SO1"), "2026-11-24")
        order = sale("SO1", "2026-12-20")
        closed = purchase("PO2", DUE, linked_order="SO1", status="closed")
        assert look(at(THURSDAY), one, closed, order).of("shipment_advice")
        cancelled = replace(one, order=replace(one.order, status="cancelled"))
        assert not look(at(THURSDAY), cancelled, order).of("shipment_advice")

    def test_without_the_carriers_numbers_the_advice_is_a_draft(self) -> None:
        shipped = happened(purchase("PO1", DUE, linked_order="SO1"), "2026-11-24")
        [due] = look(at(THURSDAY), shipped, sale("SO1", "2026-12-20")).of("shipment_advice")
        assert due.mode == Mode.DRAFT

    def test_news_that_is_three_weeks_old_is_none(self) -> None:
        shipped = happened(purchase("PO1", DUE, linked_order="SO1"), "2026-11-24")
        assert not look(at("2026-12-16"), shipped, sale("SO1", "2026-12-20")).of("shipment_advice")


class TestInTheHouse:
    STEP = """steps:
  - name: remind
    orders: purchase
    for: merchandiser
    when: 2 working days before ship
    letter: ask_ship
"""

    def test_a_step_may_write_to_the_merchandiser(self) -> None:
        playbook = without_lists(("steps:\n", self.STEP))
        never = supplier(handling=Handling.NEVER)
        seen = look(at("2026-12-01"), purchase("PO1", DUE), never, playbook=playbook)
        [due] = seen.of("remind")
        assert (due.party, due.to[0].email, due.language) == ("", "amy@lanmei.example", "en")
        assert due.facts.lines[0].party == "Hengtai"
