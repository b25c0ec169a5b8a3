"""The playbook's language beyond dates: what happened to an order, slips, closures, months, drafts, roles, parts."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Contact, Milestone, Party, Role
from mailflow.core.orders.state import AddressState, Happening, Lot, OrderState, PartyState
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.model import Waits
from mailflow.core.playbook.rules import Playbook
from tests.core.playbook.situations import (
    HOUSE,
    Look,
    at,
    happened,
    look,
    party_state,
    promised,
    purchase,
    sale,
    sent,
    shipped_calendars,
    situation,
    supplier,
)

HEAD = """\
milestones:
  payment.deposit: {en: deposit, terms: [deposit]}
  complaint: {en: complaint}
  booking: {en: booking, zh: 订舱, before: [ship]}
order_types:
  standard: {milestones: {acknowledged: order + 2 days, ship: due, booking: ship - 14 days, arrive: due, receive: due}}
roles:
  manager: [manager]
  accounts: [accounts]
"""
NOW = at("2026-11-24")
TERMS = "30% deposit, 70% against B/L copy"


@cache
def rules(step: str, head: str = HEAD) -> Playbook:
    """Return a playbook with one step, or several."""
    playbook, problems = load_playbook(f"{head}steps:\n{step}", "playbook.yaml")
    assert playbook is not None, "\n".join(map(str, problems))
    return playbook


def one(when: str, *more: str, orders: str = "purchase", whom: str = "supplier") -> Playbook:
    lines = [f"orders: {orders}", f"for: {whom}", f"when: {when}", "letter: x", *more]
    return rules("\n".join(["  - name: s", *(f"    {line}" for line in lines)]) + "\n")


def after(state: OrderState, kind: str, when: str, topic: str = "", event: int = 5, before: str = "") -> OrderState:
    """Return an order to which something happened."""
    day = date(2026, 12, 20) if kind == "promised" else None
    return replace(state, happenings=(*state.happenings, Happening(kind, at(when), event, topic, day, before)))


def written(found: Look) -> list[tuple[str, str]]:
    return [(one.duty.order, one.duty.occasion) for one in found.of("s")]


class TestWhatHappened:
    changed = after(purchase("PO1", "2026-12-22"), "changed", "2026-11-23", "quantity", before="1000")

    def test_a_change_is_told_once_with_what_stood_before(self) -> None:
        found = look(NOW, self.changed, playbook=one("on order changed"))
        [letter] = found.of("s")
        assert (letter.duty.occasion, letter.facts.topic) == ("event:5", "quantity")
        assert [(c.field, c.ordered, c.confirmed) for c in letter.facts.changes] == [("quantity", "1000", "1200")]
        assert not look(NOW, self.changed, playbook=one("on order changed"), done=[sent(letter, NOW)]).dues

    def test_a_field_may_be_named(self) -> None:
        assert look(NOW, self.changed, playbook=one("on order changed quantity")).of("s")
        assert not look(NOW, self.changed, playbook=one("on order changed due_date")).dues
        assert look(NOW, self.changed, playbook=one("on order changed", "if: {topic: [due_date, quantity]}")).of("s")

    def test_the_other_side_is_not_told_of_what_is_ours(self) -> None:
        ours = after(purchase("PO1", "2026-12-22"), "changed", "2026-11-23", "merchandiser")
        assert not look(NOW, ours, playbook=one("on order changed")).dues
        assert look(NOW, ours, playbook=one("on order changed", "to: our_merchandiser", whom="merchandiser")).dues

    def test_it_is_stale_after_a_fortnight_and_of_no_interest_before_the_party_was_live(self) -> None:
        assert not look(at("2026-12-09"), self.changed, playbook=one("on order changed")).dues
        late = supplier(live_at=at("2026-11-24", "09:00"))
        assert not look(NOW, self.changed, late, playbook=one("on order changed")).dues

    def test_a_cancelled_order_is_looked_at_by_the_step_about_it_alone(self) -> None:
        gone = after(purchase("PO1", "2026-12-22", status="cancelled"), "cancelled", "2026-11-23")
        assert written(look(NOW, gone, playbook=one("on order cancelled"))) == [("PO1", "event:5")]
        assert not look(NOW, gone, playbook=one("on order changed")).dues

    def test_a_later_moment_waits(self) -> None:
        later = one("2 working days after problem quality at 14:00")
        told = after(purchase("PO1", "2026-12-22"), "problem", "2026-11-23", "quality")
        assert not look(at("2026-11-25", "13:00"), told, playbook=later).dues
        assert look(at("2026-11-25", "14:30"), told, playbook=later).of("s")
        assert not look(at("2026-11-25", "14:30"), replace(told, happenings=()), playbook=later).dues


class TestSlips:
    slipped = after(promised(purchase("PO1", "2026-12-15"), "2026-12-20"), "promised", "2026-11-23", "ship")

    def test_a_later_date_is_met_once_for_each_promise(self) -> None:
        found = look(NOW, self.slipped, playbook=one("date slipped"))
        [letter] = found.of("s")
        assert (letter.facts.old_date, letter.facts.new_date) == (date(2026, 12, 15), date(2026, 12, 20))
        assert not look(NOW, self.slipped, playbook=one("date slipped"), done=[sent(letter, NOW)]).dues

    def test_a_date_that_is_kept_or_won_back_is_not(self) -> None:
        kept = replace(self.slipped, order=replace(self.slipped.order, due_date=date(2026, 12, 20)))
        assert not look(NOW, kept, playbook=one("date slipped")).dues
        better = after(promised(purchase("PO1", "2026-12-15"), "2026-12-20"), "promised", "2026-11-23", "ship")
        better = replace(better, happenings=(replace(better.happenings[0], before="2026-12-28"),))
        assert not look(NOW, better, playbook=one("date slipped")).dues

    def test_small_slips_may_be_let_pass(self) -> None:
        assert not look(NOW, self.slipped, playbook=one("date slipped", "if: {slip: 6}")).dues
        assert look(NOW, self.slipped, playbook=one("date slipped", "if: {slip: 5}")).of("s")

    def test_the_customer_is_told_that_it_comes_earlier(self) -> None:
        sold = sale("SO1", "2026-12-20", told=date(2027, 1, 15))
        bought = promised(purchase("PO1", "2026-12-20", linked_order="SO1"), "2026-12-18")
        playbook = one("customer date improved", orders="sales", whom="customer")
        [letter] = look(NOW, sold, bought, playbook=playbook).of("s")
        assert letter.facts.new_date == date(2026, 12, 20)  # never earlier than agreed at first
        assert [(told.order, told.date) for told in letter.told] == [("SO1", date(2026, 12, 20))]
        by_plan = purchase("PO1", "2026-12-18", linked_order="SO1")
        assert not look(NOW, sold, by_plan, playbook=playbook).dues

    def test_a_report_to_the_head_tells_the_customer_nothing(self) -> None:
        sold, bought = (
            sale("SO1", "2026-12-10"),
            promised(purchase("PO1", "2026-12-10", linked_order="SO1"), "2026-12-20"),
        )
        playbook = one("customer date endangered", "to: our_manager", orders="sales", whom="manager")
        [letter] = look(NOW, sold, bought, playbook=playbook).of("s")
        assert (letter.party, letter.told) == ("", ())

    def test_the_notice_may_wait_for_the_counter_chase_but_not_beyond_the_old_date(self) -> None:
        head = HEAD + "delay: {wait: 3 working days}\n"
        step = "  - {name: s, orders: sales, for: customer, when: customer date endangered, letter: x}\n"
        sold, bought = (
            sale("SO1", "2026-12-10"),
            promised(purchase("PO1", "2026-12-10", linked_order="SO1"), "2026-12-20", "2026-11-23"),
        )
        found = look(NOW, sold, bought, playbook=rules(step, head))
        assert "asked first to hold the date" in found.reasons("s")
        assert look(at("2026-11-26"), sold, bought, playbook=rules(step, head)).of("s")
        near = sale("SO1", "2026-11-25")
        assert look(NOW, near, bought, playbook=rules(step, head)).of("s")


class TestLists:
    def test_a_closure_is_asked_about_once_before_it_begins(self) -> None:
        playbook = one("45 days before closure", "rows: open")
        orders = (purchase("PO1", "2027-02-01"), purchase("PO2", "2027-05-01"))
        assert not look(at("2026-12-11"), *orders, playbook=playbook).dues
        [letter] = look(at("2026-12-14"), *orders, playbook=playbook).of("s")
        assert (letter.orders, letter.facts.day) == (("PO1", "PO2"), date(2027, 1, 27))
        assert not look(at("2026-12-14"), *orders, playbook=playbook, done=[sent(letter, NOW)]).dues
        assert not look(at("2027-01-28"), *orders, playbook=playbook).dues

    def test_on_reopening_there_is_one_list(self) -> None:
        playbook = one("1 working day after closure", "rows: open")
        [letter] = look(at("2027-02-23"), purchase("PO1", "2027-02-01"), playbook=playbook).of("s")
        assert letter.facts.until == date(2027, 2, 21)

    def test_a_month_has_its_working_day(self) -> None:
        playbook = one("monthly on working day 3 at 09:00", "rows: open", orders="sales", whom="customer")
        found = {
            day: bool(look(at(f"2026-12-0{day}", "18:00"), sale("SO1", "2027-03-01"), playbook=playbook).dues)
            for day in (2, 3, 4)
        }
        assert found == {2: False, 3: True, 4: True}

    def test_a_list_of_our_own_goes_to_whose_orders_they_are(self) -> None:
        playbook = one("daily at 09:00", "rows: open", "to: our_merchandiser", whom="merchandiser")
        others = purchase("PO2", "2027-02-01", merchandiser="bo@lanmei.example")
        found = look(NOW, purchase("PO1", "2027-02-01"), others, playbook=playbook)
        assert {one.to[0].email: one.orders for one in found.of("s")} == {
            "amy@lanmei.example": ("PO1",),
            "bo@lanmei.example": ("PO2",),
        }

    def test_a_draft_that_waits_is_told_once(self) -> None:
        playbook = one("draft waits 1 working day", "to: our_merchandiser", whom="merchandiser")
        draft = Waits(9, "delay_notice", "Bergmann", ("SO1",), at("2026-11-23", "16:00"))
        here = replace(situation(sale("SO1", "2026-12-20")), drafts=(draft,))
        early, _ = due(here, playbook, shipped_calendars(), at("2026-11-23", "18:00"))
        dues, _ = due(here, playbook, shipped_calendars(), at("2026-11-24", "09:00"))
        assert (len(early), [one.duty.occasion for one in dues]) == (0, ["letter:9"])
        again, _ = due(replace(here, done=(sent(dues[0], NOW),)), playbook, shipped_calendars(), at("2026-11-25"))
        assert again == ()


class TestWho:
    accounts = party_state(
        Party("Lanmei Finance", Role.INTERNAL, contacts=(Contact("Qian", "qian@lanmei.example", "Accounts"),))
    )

    def test_a_department_is_written_to_by_its_role(self) -> None:
        playbook = one("on ship actual", "to: our_accounts", whom="department")
        gone = happened(purchase("PO1", "2026-11-20"), "2026-11-23")
        [letter] = look(NOW, gone, self.accounts, playbook=playbook).of("s")
        assert (letter.to[0].email, letter.party, letter.language) == ("qian@lanmei.example", "", "en")
        assert "nobody of ours is accounts" in look(NOW, gone, playbook=playbook).reasons("s")

    def test_the_only_forwarder_is_meant_where_the_order_names_none(self) -> None:
        maersk = party_state(Party("Seaway", Role.FORWARDER, contacts=(Contact("Li", "li@seaway.example"),)))
        playbook = one("14 days before ship", whom="forwarder")
        [letter] = look(NOW, purchase("PO1", "2026-12-08"), maersk, playbook=playbook).of("s")
        assert (letter.party, letter.to[0].email, letter.facts.lines[0].their_ref) == (
            "Seaway",
            "li@seaway.example",
            "",
        )
        assert "not in the order book" in look(NOW, purchase("PO1", "2026-12-08"), playbook=playbook).reasons("s")

    @pytest.mark.parametrize(
        ("back", "delegates", "whom"),
        [
            (date(2026, 11, 26), (), None),  # soon back: they are waited for
            (date(2026, 12, 20), (), "second@hengtai.example"),
            (date(2026, 11, 26), ("boss@hengtai.example",), "boss@hengtai.example"),
            (date(2026, 12, 20), ("mallory@else.example",), "second@hengtai.example"),
        ],
    )
    def test_who_is_away_is_waited_for_or_stood_in_for(
        self, back: date, delegates: tuple[str, ...], whom: str | None
    ) -> None:
        away = AddressState("sales@hengtai.example", away_until=back, delegates=delegates)
        found = look(NOW, purchase("PO1", "2026-11-25"), playbook=one("1 working day before ship"), addresses=[away])
        assert [letter.to[0].email for letter in found.of("s")] == ([whom] if whom else [])
        assert whom or f"away until {back}" in found.reasons("s")

    def test_what_is_written_to_somebody_stays_theirs_when_they_leave(self) -> None:
        here = situation(purchase("PO1", "2026-11-25"))
        playbook, calendars = one("1 working day before ship"), shipped_calendars()
        [letter] = plan_letters(due(here, playbook, calendars, NOW)[0], here, playbook)
        left = replace(
            here,
            addresses={"sales@hengtai.example": AddressState("sales@hengtai.example", away_until=date(2026, 12, 20))},
        )
        assert still_due(letter, left, playbook, calendars, NOW)[0] == ""


class TestStages:
    def test_a_part_of_a_milestone_is_asked_about_where_the_terms_have_it(self) -> None:
        playbook = one("5 working days after order", "if: {missing: [payment.deposit]}", "expires: 200 days")
        assert look(NOW, purchase("PO1", "2026-12-22", payment_terms=TERMS), playbook=playbook).of("s")
        assert not look(NOW, purchase("PO1", "2026-12-22"), playbook=playbook).dues
        paid = replace(
            purchase("PO1", "2026-12-22", payment_terms=TERMS),
            lots=(Lot("payment", "deposit", actual=date(2026, 10, 1)),),
        )
        assert not look(NOW, paid, playbook=playbook).dues

    def test_a_gate_of_payment_is_shut_while_the_customer_has_not_paid(self) -> None:
        playbook = one("on ship", "gates: [payment.deposit]")
        bought = purchase("PO1", "2026-11-24", linked_order="SO1")
        sold = sale("SO1", "2026-12-22", payment_terms=TERMS)
        [letter] = look(NOW, sold, bought, playbook=playbook).of("s")
        assert letter.mode == Mode.DRAFT
        paid = replace(sold, lots=(Lot("payment", "deposit", actual=date(2026, 10, 1)),))
        [letter] = look(NOW, paid, bought, playbook=playbook).of("s")
        assert letter.mode == Mode.AUTO

    def test_a_milestone_of_the_house_is_planned_asked_about_and_called_by_its_name(self) -> None:
        [letter] = look(NOW, purchase("PO1", "2026-12-08"), playbook=one("on booking")).of("s")
        line = letter.facts.lines[0]
        assert (line.milestone, line.called, line.planned) == ("booking", "订舱", date(2026, 11, 24))
        gone = happened(purchase("PO1", "2026-12-08"), "2026-11-23")
        assert not look(NOW, gone, playbook=one("on booking")).dues  # what has shipped was booked

    def test_documents_are_missing_until_each_is_there(self) -> None:
        wanted = purchase("PO1", "2026-11-20", required_documents=("Invoice", "Packing List"))
        here = happened(wanted, "2026-11-20")
        playbook = one("2 working days after ship actual", "if: {documents: missing}")
        half = replace(here, lots=(*here.lots, Lot("documents", "invoice", actual=date(2026, 11, 21))))
        [letter] = look(NOW, half, playbook=playbook).of("s")
        assert letter.facts.lines[0].documents == ("Packing List",)
        both = replace(half, lots=(*half.lots, Lot("documents", "packing_list", actual=date(2026, 11, 21))))
        assert not look(NOW, both, playbook=playbook).dues

    def test_nothing_cheerful_while_a_complaint_is_open(self) -> None:
        playbook = one("7 days after receive actual", "cheerful: true", orders="sales", whom="customer")
        got = happened(sale("SO1", "2026-11-01"), "2026-11-16", Milestone.RECEIVE)
        angry = after(sale("SO2", "2026-12-20"), "complaint", "2026-11-20", "quality")
        assert look(NOW, got, playbook=playbook).of("s")
        assert "a complaint of Bergmann is open" in look(NOW, got, angry, playbook=playbook).reasons("s")
        settled = replace(angry, lots=(Lot("complaint", actual=date(2026, 11, 23)),))
        assert look(NOW, got, settled, playbook=playbook).of("s")


class TestOverrides:
    step = "  - {name: s, orders: purchase, for: supplier, when: 5 working days before ship, letter: x}\n"

    @pytest.mark.parametrize(
        ("override", "is_due"),
        [
            ("{party: Hengtai, steps: {s: {when: 12 working days before ship}}}", True),
            ("{party: Other, steps: {s: {when: 12 working days before ship}}}", False),
            ("{order: PO1, steps: {s: {when: 12 working days before ship}}}", True),
            ("{order_type: standard, steps: {s: {when: 12 working days before ship}}}", True),
        ],
    )
    def test_a_party_or_an_order_may_have_its_own_times(self, override: str, is_due: bool) -> None:
        playbook = rules(self.step + f"overrides:\n  - {override}\n")
        assert bool(look(NOW, purchase("PO1", "2026-12-09"), playbook=playbook).dues) == is_due
        assert not look(at("2026-11-16"), purchase("PO1", "2026-12-09"), playbook=playbook).dues

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("steps: {t: {}}", "'t' is no step"),
            ("steps: {s: {when: on order changed}}", "not the sort of moment"),
            ("steps: {s: {when: 5 days before shp}}", "'shp' is no milestone; did you mean 'ship'"),
        ],
    )
    def test_an_override_that_makes_no_sense_is_told(self, text: str, told: str) -> None:
        _, problems = load_playbook(f"{HEAD}steps:\n{self.step}overrides:\n  - {{party: A, {text}}}\n", "p.yaml")
        assert told in "\n".join(map(str, problems))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("when: on order chnged", "did you mean 'on order changed'?"),
        ("when: monthly on day 30 at 09:00", "not every month has a day 30"),
        ("when: 3 days before clossure", "'clossure' is no milestone"),
        ("when: on ship, to: our_acounts", "did you mean 'our_accounts'?"),
        ("when: on ship, needs: [shiping_mark]", "did you mean 'shipping_mark'?"),
        ("when: draft waits 1 working day", "told to our own people only"),
        ("when: customer date improved", "only sales orders have a customer's date"),
        ("when: on ship, urgent: true, merge: chase", "what is urgent is not merged"),
        ("when: on ship, gates: [payment.deposti]", ""),
        ("when: on ship, gates: [inspektion]", "'inspektion' is no milestone; did you mean 'inspection'?"),
    ],
)
def test_what_is_wrong_is_told_with_the_nearest_right_word(step: str, told: str) -> None:
    text = f"{HEAD}steps:\n  - {{name: s, orders: purchase, for: supplier, letter: x, {step}}}\n"
    _, problems = load_playbook(text, "p.yaml")
    assert (told in "\n".join(map(str, problems))) if told else problems == ()


def test_people_of_ours_who_left_the_book_are_written_to_no_more() -> None:
    gone: PartyState = replace(TestWho.accounts, vanished=True)
    shipped = happened(purchase("PO1", "2026-11-20"), "2026-11-23")
    assert not look(NOW, shipped, gone, playbook=one("on ship actual", "to: our_accounts", whom="department")).dues
    assert HOUSE.managers
