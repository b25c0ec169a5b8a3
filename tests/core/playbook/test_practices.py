# ruff: noqa: E501 - a play stays on one line
"""Every step of the shipped playbook has its turn on its day, with a letter that says all that it must."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from mailflow.core.letters.manifest import Side, missing_fields
from mailflow.core.letters.model import Mode
from mailflow.core.orders.events import AnswerWanted, Change
from mailflow.core.orders.model import Contact, DateBasis, Milestone, Party, Role
from mailflow.core.orders.state import Correspondence, Happening, Lot, OrderState, PartyState
from mailflow.core.playbook.due import due
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.model import Due, Waits
from mailflow.core.playbook.rules import Playbook
from mailflow.core.playbook.steps import Step
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.situations import (
    HOUSE,
    RULES,
    at,
    happened,
    party_state,
    promised,
    purchase,
    question,
    sale,
    shipped_calendars,
    situation,
    supplier,
)

TEXT = (RULES / "playbook.yaml").read_text("utf-8")
DAY = "2026-11-24"
"""A Tuesday, on which something happened."""


@cache
def playbook(*, on: bool) -> Playbook:
    """Return the shipped playbook; with `on` its steps that are switched off are drafts."""
    read, problems = load_playbook(TEXT.replace("mode: off ", "mode: draft ") if on else TEXT, "playbook.yaml")
    assert read is not None, problems
    return read


def after(state: OrderState, kind: str, topic: str = "", **more: object) -> OrderState:
    """Return an order to which something happened."""
    one = Happening(kind, at(DAY, "09:00"), 50, topic, **more)  # type: ignore[arg-type]  # test sugar
    return replace(state, happenings=(one,))


def reached(state: OrderState, milestone: Milestone, day: str) -> OrderState:
    return happened(state, day, milestone)


def lot(state: OrderState, milestone: Milestone, day: str) -> OrderState:
    """Return an order of which a milestone is promised."""
    one = Lot(milestone, promise=date.fromisoformat(day), promised_at=at("2026-11-02"), promise_event=5)
    return replace(state, lots=(*state.lots, one))


BOUGHT = purchase("PO26-1", "2026-12-15", description="fleece hoodie", product="hoodie", linked_order="SO26-1")
SOLD = sale("SO26-1", "2026-12-18", product="hoodie", date_basis=DateBasis.ETD)
LATE = promised(BOUGHT, "2027-01-08", DAY, "material")
SLIPPED = after(LATE, "promised", "ship", day=date(2027, 1, 8), before="2026-12-15")
SHIPPED = happened(BOUGHT, "2026-12-10", refs=("MSCU1234566",))
MONEY = {"unit_price": 7, "currency": "USD", "payment_terms": "30% deposit, balance against copy of B/L"}
PAYING = sale("SO26-1", "2026-12-18", order_date=date(2026, 11, 2), **MONEY)
QUOTED = sale("SO26-1", "2026-12-18", order_type="quotation", order_date=date(2026, 11, 2), product="hoodie")
INQUIRED = purchase(
    "PO26-1", "2026-12-18", order_type="quotation", order_date=date(2026, 11, 2), product="hoodie", acknowledged=None
)
OWED = happened(purchase("PO26-1", "2026-11-15", linked_order="SO26-1", **MONEY), "2026-11-12")
OWING = sale("SO26-1", "2026-11-18", **MONEY)

# The step, the book, and the first day on which its letter is due.
PLAYS: tuple[tuple[str, tuple[OrderState, ...], str], ...] = (
    ("chase_ack", (replace(BOUGHT, acknowledged=None, order=replace(BOUGHT.order, order_date=date(2026, 11, 20))),), "2026-11-24"),
    ("ask_ship", (BOUGHT,), "2026-12-08"),
    ("overdue", (BOUGHT,), "2026-12-16"),
    ("weekly_list", (BOUGHT,), "2026-11-17"),
    ("delay_notice", (SLIPPED, SOLD), "2026-11-24"),
    ("shipment_notice", (BOUGHT,), "2026-12-10"),
    ("shipment_advice", (SHIPPED, SOLD), "2026-12-10"),
    ("five_rights", (replace(after(BOUGHT, "differs"), differing=(Change("quantity", "1,200 pcs", "1,150 pcs"),)),), "2026-11-24"),
    ("inquiry_thanks", (after(QUOTED, "new"),), "2026-11-24"),
    ("quotation_followup", (QUOTED,), "2026-11-09"),
    ("quotation_expires", (QUOTED,), "2026-12-15"),
    ("inquiry", (after(INQUIRED, "new"),), "2026-11-24"),
    ("chase_inquiry", (INQUIRED,), "2026-11-05"),
    ("order_sent", (after(replace(BOUGHT, acknowledged=None), "new"),), "2026-11-24"),
    ("order_changed", (after(BOUGHT, "changed", "quantity", before="1000"),), "2026-11-24"),
    ("order_withdrawn", (after(replace(BOUGHT, order=replace(BOUGHT.order, status="cancelled")), "cancelled"),), "2026-11-24"),
    ("change_noted", (after(SOLD, "request", "quantity"),), "2026-11-24"),
    ("sales_contract", (after(SOLD, "new"),), "2026-11-24"),
    ("chase_countersign", (replace(SOLD, order=replace(SOLD.order, order_date=date(2026, 11, 19))),), "2026-11-24"),
    ("chase_material", (BOUGHT,), "2026-11-15"),
    ("chase_sample", (lot(BOUGHT, Milestone.SAMPLE, "2026-11-25"),), "2026-11-25"),
    ("chase_approval", (reached(SOLD, Milestone.SAMPLE, "2026-11-13"),), "2026-11-24"),
    ("chase_production", (BOUGHT,), "2026-11-24"),
    ("chase_inspection", (BOUGHT,), "2026-12-03"),
    ("day_before", (promised(BOUGHT, "2026-12-16", "2026-11-02"),), "2026-12-15"),
    ("second_question", (SLIPPED,), "2026-12-01"),
    ("counter_chase", (SLIPPED, SOLD), "2026-11-24"),
    ("outwork_back", (replace(BOUGHT, order=replace(BOUGHT.order, order_type="outwork", date_basis=DateBasis.DELIVERED)),), "2026-12-16"),
    ("chase_bom", (replace(BOUGHT, order=replace(BOUGHT.order, order_date=date(2026, 11, 18))),), "2026-11-23"),
    ("chase_signing", (reached(BOUGHT, Milestone.SAMPLE, "2026-11-13"),), "2026-11-18"),
    ("ask_customer", (replace(SOLD, order=replace(SOLD.order, order_date=date(2026, 11, 18))),), "2026-11-26"),
    ("chase_receipt", (BOUGHT,), "2027-01-22"),
    ("rework", (after(BOUGHT, "problem", "quality"),), "2026-11-24"),
    ("complaint_received", (after(SOLD, "complaint"),), "2026-11-24"),
    ("booking", (BOUGHT,), "2026-12-01"),
    ("chase_documents", (replace(SHIPPED, order=replace(SHIPPED.order, required_documents=("packing list",))),), "2026-12-14"),
    ("arrival_notice", (lot(SOLD, Milestone.ARRIVE, "2027-01-14"),), "2027-01-11"),
    ("confirm_receipt", (replace(SOLD, order=replace(SOLD.order, due_date=date(2026, 12, 1), date_basis=DateBasis.DELIVERED)),), "2026-12-04"),
    ("improvement_notice", (promised(BOUGHT, "2026-12-02", DAY), replace(SOLD, told=date(2026, 12, 28))), "2026-11-02"),
    ("deposit_reminder", (PAYING,), "2026-11-09"),
    ("balance_reminder", (SHIPPED, PAYING), "2026-12-14"),
    ("statement", (OWED, OWING), "2026-12-02"),
    ("statement_supplier", (OWED,), "2026-12-02"),
    ("payment_list", (OWED,), "2026-12-01"),
    ("remittance_advice", (happened(OWED, "2026-11-25", Milestone.PAYMENT),), "2026-11-25"),
    ("status_answer", (after(SOLD, "question", "status"),), "2026-11-24"),
    ("mail_received", (SOLD,), "2026-11-24"),
    ("progress", (after(SOLD, "promised", "ship", day=date(2026, 12, 18)),), "2026-11-26"),
    ("after_arrival", (reached(SOLD, Milestone.RECEIVE, "2026-11-10"),), "2026-11-17"),
    ("reorder", (reached(SOLD, Milestone.RECEIVE, "2026-11-10"),), "2026-12-01"),
    ("holiday_question", (purchase("PO26-1", "2027-03-20"),), "2026-12-13"),
    ("holiday_reminder", (purchase("PO26-1", "2027-03-20"),), "2027-01-06"),
    ("reopening_list", (purchase("PO26-1", "2027-03-20"),), "2027-02-22"),
    ("delay_report", (SLIPPED, SOLD), "2026-11-24"),
    ("draft_waiting", (SOLD,), "2026-11-25"),
    ("draft_waiting_long", (SOLD,), "2026-11-26"),
    ("weekly_report", (BOUGHT,), "2026-11-17"),
    ("survey", (after(SOLD, "promised", "ship", day=date(2026, 12, 18)),), "2026-11-30"),
    ("backlog", (BOUGHT,), "2026-12-16"),
)  # fmt: skip


LACKING = {"shipment_notice", "rework", "booking"}
"""Steps whose letter asks a person for what no book here holds."""


def colleague(name: str, role: Role, job: str = "") -> PartyState:
    return party_state(Party(name, role, contacts=(Contact(name, f"{name.lower()}@x.example", job),)))


def first_due(step: str, states: tuple[OrderState, ...], book: Playbook) -> tuple[str, Due] | None:
    """Let the days go by, and return the first on which a step wants a letter."""
    alone = book.model_copy(update={"steps": (book.by_name[step],)})
    people = [supplier(live=step != "backlog"), colleague("Harbour", Role.FORWARDER)]
    people.append(colleague("Own", Role.INTERNAL, "sales, engineering, accounts"))
    here = situation(*states, *people)
    if step.startswith("draft_waiting"):
        here = replace(here, drafts=(Waits(9, "delay_notice", "Bergmann", ("SO26-1",), at(DAY, "09:00")),))
    if step == "mail_received":
        asked = AnswerWanted(
            7, "<m@b.example>", "Bergmann", "kim@b.example", "Labels", at("2026-11-23", "18:00"), ("SO26-1",)
        )
        here = replace(here, unanswered={"Bergmann": Correspondence("Bergmann", (asked,))})
    happens = max((one.at.date() for state in states for one in state.happenings), default=date(2026, 11, 2))
    for days in range(130):
        day = happens + timedelta(days=days)
        found, _ = due(here, alone, shipped_calendars(), at(day.isoformat(), "17:00"))
        if found:
            return day.isoformat(), found[0]
    return None


@pytest.mark.parametrize(("step", "states", "day"), PLAYS, ids=[play[0] for play in PLAYS])
def test_a_step_has_its_turn(step: str, states: tuple[OrderState, ...], day: str) -> None:
    found = first_due(step, states, playbook(on=True))
    assert found is not None
    when, letter = found
    assert when == day
    manifest = shipped_templates().manifests[letter.template]
    lacking = letter.missing or missing_fields(manifest, letter.facts)
    assert bool(lacking) == (step in LACKING), lacking
    assert (manifest.to is Side.HOUSE) == (letter.party == "")
    to = Party(letter.party, Role.SUPPLIER) if letter.party else None
    for language in ("en", "zh"):
        words = shipped_templates().render(letter.template, language, letter.facts, HOUSE, letter.to[0], to)
        assert set(letter.orders) <= {number for number in ("PO26-1", "SO26-1") if number in words.text}


def test_every_step_is_played() -> None:
    assert {step.name for step in playbook(on=False).steps} == {step for step, _, _ in PLAYS}


def test_letters_about_money_new_dates_and_orders_wait_for_a_person() -> None:
    """DOMAIN's defaults: nothing of this kind goes by itself, whatever an administrator has not said."""
    book = playbook(on=False)
    for name in ("order_sent", "order_changed", "order_withdrawn", "sales_contract", "delay_notice"):
        assert book.by_name[name].mode in (Mode.DRAFT, Mode.OFF), name
    for name in ("statement", "statement_supplier", "payment_list", "remittance_advice"):
        assert book.by_name[name].mode is Mode.DRAFT, name
    for name in ("improvement_notice", "deposit_reminder", "balance_reminder", "complaint_received"):
        assert book.by_name[name].mode in (Mode.DRAFT, Mode.OFF), name


def test_cheerful_letters_wait_while_a_complaint_is_open() -> None:
    manifests = shipped_templates().manifests
    for step in playbook(on=False).steps:
        assert step.cheerful == manifests[step.ladder[0].letter].cheerful, step.name


def test_a_paper_that_is_missing_is_told_to_nobody_as_enclosed() -> None:
    """A shipment advice lists what goes along with it, which only a person can say."""
    papers = {"required_documents": ("Packing List", "ISF form")}
    sold = replace(SOLD, order=replace(SOLD.order, **papers))  # type: ignore[arg-type]  # test sugar
    bought = replace(SHIPPED, order=replace(SHIPPED.order, **papers))  # type: ignore[arg-type]  # test sugar
    advice = first_due("shipment_advice", (bought, sold), playbook(on=True))
    chase = first_due("chase_documents", (bought,), playbook(on=True))
    assert advice is not None
    assert chase is not None
    assert advice[1].facts.lines[0].documents == ()
    letters = shipped_templates()
    words = letters.render("chase_documents", "zh", chase[1].facts, HOUSE, chase[1].to[0])
    assert "装箱单、ISF form" in words.text


@pytest.mark.parametrize(("languages", "language"), [((), "en"), ((("head@lanmei.example", "zh"),), "zh")])
def test_our_own_people_are_written_to_in_the_language_that_they_want(
    languages: tuple[tuple[str, str], ...], language: str
) -> None:
    here = situation(SLIPPED, SOLD)
    here = replace(here, house=replace(here.house, languages=languages))
    found, _ = due(here, playbook(on=False), shipped_calendars(), at(DAY, "17:00"))
    assert [one.language for one in found if one.step == "delay_report"] == [language]


class TestWhatIsOwed:
    """Statements and payments: what had shipped by the month's end, what is open of it, and nothing reckoned."""

    NOW = at("2026-12-03", "17:00")

    def letters(self, *states: OrderState) -> dict[str, Due]:
        people = colleague("Own", Role.INTERNAL, "accounts")
        found, _ = due(situation(*states, people), playbook(on=False), shipped_calendars(), self.NOW)
        return {one.step: one for one in found if one.facts.accounts}

    def test_each_side_reads_of_its_own(self) -> None:
        found = self.letters(OWED, OWING)
        assert set(found) == {"statement", "statement_supplier", "payment_list"}
        shown = {name: [(one.order, one.open, one.party) for one in due.facts.accounts] for name, due in found.items()}
        assert shown["statement"] == [("SO26-1", "USD 8,400.00", "")]
        assert shown["statement_supplier"] == [("PO26-1", "USD 8,400.00", "")]
        assert shown["payment_list"] == [("PO26-1", "USD 8,400.00", "Hengtai")]
        assert {due.facts.day for due in found.values()} == {date(2026, 11, 30)}
        assert {due.facts.total for due in found.values()} == {"USD 8,400.00"}
        assert found["payment_list"].to[0].email == "own@x.example"

    def test_what_ships_after_the_month_is_not_in_it(self) -> None:
        late = happened(purchase("PO26-1", "2026-11-15", **MONEY), "2026-12-01")
        assert self.letters(late) == {}

    def test_what_is_paid_is_not_asked_for(self) -> None:
        paid = happened(OWED, "2026-11-20", Milestone.PAYMENT)
        assert set(self.letters(paid)) == {"remittance_advice"}
        assert self.letters(paid)["remittance_advice"].facts.total == "USD 8,400.00"
        assert self.letters(paid)["remittance_advice"].facts.day == date(2026, 11, 20)

    def test_how_much_a_deposit_is_the_record_does_not_say(self) -> None:
        partly = happened(OWED, "2026-11-20", Milestone.PAYMENT, part="deposit")
        letter = self.letters(partly)["statement_supplier"]
        (account,) = letter.facts.accounts
        assert (account.paid, account.open, letter.facts.total) == ("定金 2026-11-20", "", "")

    def test_an_order_without_a_price_is_not_in_it(self) -> None:
        assert self.letters(happened(purchase("PO26-1", "2026-11-15"), "2026-11-12")) == {}


@pytest.mark.parametrize(("open_questions", "mode"), [((), Mode.AUTO), (("R1",), Mode.DRAFT)])
def test_an_answer_waits_for_a_person_while_the_mail_it_answers_is_a_question(
    open_questions: tuple[str, ...], mode: Mode
) -> None:
    """The question that a customer's mail asks our people does not stop the answer; it goes by nobody but a person."""
    book = playbook(on=True)
    step = book.by_name["complaint_received"].model_copy(update={"mode": Mode.AUTO})
    asked = [question(item, "SO26-1", party="Bergmann") for item in open_questions]
    here = situation(after(SOLD, "complaint"), reviews=asked)
    alone = book.model_copy(update={"steps": (Step.model_construct(**dict(step)),)})
    found, _ = due(here, alone, shipped_calendars(), at(DAY, "17:00"))
    assert [(one.template, one.mode) for one in found] == [("complaint_received", mode)]


@pytest.mark.parametrize("day", ["2026-11-24", "2026-12-08", "2026-12-21", "2027-01-20"])
def test_a_quotation_is_followed_as_one_and_as_nothing_else(day: str) -> None:
    """Every step is on; of the steps about orders to be delivered none looks at what is only quoted or inquired."""
    both = (after(QUOTED, "new"), after(INQUIRED, "new"))
    found, _ = due(situation(*both), playbook(on=True), shipped_calendars(), at(day, "17:00"))
    own = {"inquiry_thanks", "quotation_followup", "quotation_expires", "inquiry", "chase_inquiry"}
    assert {one.step for one in found} <= own
    taken = (replace(QUOTED, acknowledged=date(2026, 11, 4)), replace(INQUIRED, acknowledged=date(2026, 11, 4)))
    found, _ = due(situation(*taken), playbook(on=True), shipped_calendars(), at(day, "17:00"))
    assert found == ()
