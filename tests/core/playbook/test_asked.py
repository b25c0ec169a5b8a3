"""A customer asks where an order stands: they hear what they may know, and never a raw promise."""

from dataclasses import replace
from datetime import date, timedelta

from mailflow.core.letters.model import Mode
from mailflow.core.orders.model import Contact, Milestone
from mailflow.core.orders.state import Happening, OrderState
from mailflow.core.playbook.due import due
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.playbook.model import Due, Held
from tests.core.playbook.situations import (
    RULES,
    at,
    customer,
    happened,
    promised,
    purchase,
    sale,
    shipped_calendars,
    situation,
)

NOW = at("2026-11-24", "12:00")
ASKS = Happening("question", at("2026-11-24", "11:00"), 50, "status", by="kurt@bergmann.example")
BOUGHT = purchase("PO26-1", "2026-12-15", linked_order="SO26-1")
SOLD = replace(sale("SO26-1", "2026-12-18"), happenings=(ASKS,))
KURT = Contact("Kurt", "kurt@bergmann.example")
ASKER = replace(customer(), party=replace(customer().party, contacts=(*customer().party.contacts, KURT)))


def look(*states: OrderState, rules: str = "") -> tuple[tuple[Due, ...], tuple[Held, ...]]:
    text = (RULES / "playbook.yaml").read_text("utf-8") + (f"\noverrides:\n  - {rules}\n" if rules else "")
    read, problems = load_playbook(text.replace("letter: status_answer\n    mode: draft", "letter: status_answer"), "x")
    assert read is not None, problems
    alone = read.model_copy(update={"steps": (read.by_name["status_answer"],)})
    return due(situation(*states, ASKER), alone, shipped_calendars(), NOW)


def answer(*states: OrderState, rules: str = "") -> Due:
    (one,) = look(*states, rules=rules)[0]
    return one


def test_it_goes_to_who_asked() -> None:
    assert [one.email for one in answer(BOUGHT, SOLD).to] == ["kurt@bergmann.example"]
    stranger = replace(SOLD, happenings=(replace(ASKS, by="somebody@bergmann.example"),))
    assert [one.email for one in answer(BOUGHT, stranger).to] == [customer().party.contacts[0].email]


def test_the_date_that_was_agreed_and_never_the_suppliers() -> None:
    one = answer(promised(BOUGHT, "2026-12-10", "2026-11-20"), replace(SOLD, told=date(2026, 12, 20)))
    (line,) = one.facts.lines
    assert (line.told, line.expected, line.promise, line.milestone) == (date(2026, 12, 20), None, None, "ship")


def test_inspection_is_ours_to_know_unless_the_rules_tell_it() -> None:
    passed = happened(BOUGHT, "2026-11-20", Milestone.INSPECTION)
    assert answer(passed, SOLD).facts.lines[0].milestone == "ship"
    told = answer(passed, SOLD, rules="{party: Bergmann, tell: [inspection, ship]}").facts.lines[0]
    assert (told.milestone, told.happened) == ("inspection", date(2026, 11, 20))


def test_no_date_for_a_customer_who_shall_have_none() -> None:
    rules = "{party: Bergmann, tell: [inspection, ship], dates: none}"
    passed = happened(BOUGHT, "2026-11-20", Milestone.INSPECTION)
    (line,) = answer(passed, replace(SOLD, told=date(2026, 12, 20)), rules=rules).facts.lines
    assert (line.milestone, line.happened, line.told, line.due, line.ship_date) == (
        "inspection",
        None,
        None,
        None,
        None,
    )
    dues, held = look(BOUGHT, SOLD, rules=rules)
    assert dues == ()
    assert "a person answers" in held[0].reason


def test_when_the_goods_have_gone() -> None:
    gone = happened(BOUGHT, "2026-11-20", refs=("MSCU1234566",))
    (line,) = answer(gone, SOLD).facts.lines
    assert (line.milestone, line.ship_date, line.refs) == ("ship", date(2026, 11, 20), ("MSCU1234566",))


def test_a_person_looks_where_the_date_is_in_danger() -> None:
    assert answer(BOUGHT, SOLD).mode is Mode.AUTO
    assert answer(promised(BOUGHT, "2027-01-08", "2026-11-20"), SOLD).mode is Mode.DRAFT
    passed = replace(SOLD, told=date(2026, 11, 20))
    assert answer(BOUGHT, passed).mode is Mode.DRAFT


def test_who_was_answered_by_hand_is_not_answered_again() -> None:
    assert look(BOUGHT, replace(SOLD, written_at=ASKS.at + timedelta(minutes=5))) == ((), ())
    assert look(BOUGHT, replace(SOLD, written_at=ASKS.at - timedelta(minutes=5)))[0]
    waited = replace(ASKS, said_at=ASKS.at - timedelta(hours=1))
    written = replace(SOLD, happenings=(waited,), written_at=ASKS.at - timedelta(minutes=5))
    assert look(BOUGHT, written)[0] == (), "the mail lay unread while it was answered"
