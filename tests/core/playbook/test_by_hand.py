"""Letters that a person orders: what the record knows stands in them, what it lacks the person is asked for."""

from dataclasses import replace
from datetime import date

import pytest

from mailflow.core.letters.model import Difference, Mode, Point, Told
from mailflow.core.letters.said import CannotWriteError
from mailflow.core.orders.model import Handling
from mailflow.core.playbook.by_hand import Wanted, letter_by_hand, no_longer_possible
from mailflow.core.playbook.frame import Frame
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.test_canaries import PO, SO, frame

MANIFESTS = shipped_templates().manifests


def write(name: str, *orders: str, to: str = "", look: Frame | None = None, **said: str):  # type: ignore[no-untyped-def]
    return letter_by_hand(look or frame(), MANIFESTS[name], Wanted(orders, to, tuple(said.items()), "amy"), "main")


def changed(name: str, **changes: object) -> Frame:
    """Return the book with one party changed."""
    found = frame()
    state = found.situation.parties[name]
    own = {key: value for key, value in changes.items() if key in ("live", "paused")}
    party = replace(state.party, **{key: value for key, value in changes.items() if key not in own})  # type: ignore[arg-type]
    parties = {**found.situation.parties, name: replace(state, party=party, **own)}  # type: ignore[arg-type]
    return Frame(replace(found.situation, parties=parties), found.playbook, found.calendars, found.now)


def test_a_draft_with_what_the_record_knows() -> None:
    letter = write("chase_production", PO)
    assert (letter.mode, letter.party, letter.to[0].email) == (
        Mode.DRAFT,
        "SELLERCANARY",
        "sellercanary@supplier.example",
    )
    (line,) = letter.facts.lines
    assert (line.number, line.quantity, line.planned) == (PO, "1,200 pcs", date(2026, 12, 7))
    assert {duty.order for duty in letter.duties} == {PO}
    assert "amy" in letter.why


def test_what_is_missing_is_asked_for_by_name() -> None:
    with pytest.raises(CannotWriteError, match="booking wants cartons of PO26-8801, gross_weight") as caught:
        write("booking", PO)
    assert '--set cartons="…" --set gross_weight="…" --set volume="…"' in caught.value.cure


def test_what_a_person_says_stands_in_it() -> None:
    said = {"differences": "quantity | 1,200 pcs | 1,150 pcs", "note": "See the photograph."}
    letter = write("five_rights", PO, **said)
    assert letter.facts.lines[0].differences == (Difference("quantity", "1,200 pcs", "1,150 pcs"),)
    assert letter.facts.note == "See the photograph."
    asked = write("chase_department", PO, to="our_manager", points="bill of materials | Engineering | 2026-12-10")
    assert asked.facts.points == (Point("bill of materials", "Engineering", date(2026, 12, 10)),)
    assert (asked.party, asked.to[0].email) == ("", "head@lanmei.example")


def test_a_new_date_to_a_customer_is_settled_by_sending_it() -> None:
    assert write("improvement_notice", SO, expected="2026-12-10").told == (Told(SO, date(2026, 12, 10)),)
    assert write("status_answer", SO).told == ()


@pytest.mark.parametrize(
    ("name", "orders", "to", "said", "what"),
    [
        ("chase_ack", (SO,), "", {}, "SO26-9901 has another party"),
        ("handover", (PO, SO), "", {"person": "lin@lanmei.example"}, "are of SELLERCANARY and BUYERCANARY"),
        ("chase_ack", (PO,), "mangaer", {}, "'mangaer' is nobody who can be written to"),
        ("chase_department", (PO,), "our_accounts", {"points": "pay"}, "nobody is known as our_accounts"),
        ("chase_ack", (PO,), "", {"ntoe": "x"}, "'ntoe' is no field of a letter"),
        ("chase_ack", (PO,), "", {"until": "tomorrow"}, "until cannot be 'tomorrow'"),
        ("chase_ack", (PO,), "", {"days_late": "many"}, "days_late cannot be 'many'"),
        ("five_rights", (PO,), "", {"differences": "a | b | c | d"}, "differences cannot be"),
        ("five_rights", (PO,), "", {"differences": "a"}, "differences cannot be"),
        ("chase_ack", (PO,), "", {"note": "BuyerCanary is waiting"}, "'BUYERCANARY' is not for SELLERCANARY to know"),
        ("status_answer", (SO,), "", {"remark": f"see {PO}"}, f"'{PO}' is not for BUYERCANARY to know"),
        ("chase_ack", (PO,), "", {"note": "Pay to DE89 3704 0044 0532 0130 00"}, "is an account"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(
    name: str, orders: tuple[str, ...], to: str, said: dict[str, str], what: str
) -> None:
    with pytest.raises(CannotWriteError, match=what) as caught:
        write(name, *orders, to=to, **said)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"live": False}, "is quiet"),
        ({"handling": Handling.NEVER}, "gets no mail from us"),
        ({"paused": True}, "paused"),
    ],
)
def test_nothing_is_written_to_whom_nothing_may_be(changes: dict[str, object], reason: str) -> None:
    look = changed("SELLERCANARY", **changes)
    with pytest.raises(CannotWriteError, match=reason):
        write("chase_ack", PO, look=look)
    assert reason in no_longer_possible(look, write("chase_ack", PO))
    assert no_longer_possible(frame(), write("chase_ack", PO)) == ""


def test_nothing_cheerful_while_a_complaint_is_open() -> None:
    found = frame()
    look = Frame(
        replace(found.situation, complaining=frozenset({"BUYERCANARY"})), found.playbook, found.calendars, found.now
    )
    with pytest.raises(CannotWriteError, match="a complaint of BUYERCANARY is open"):
        write("reorder", SO, look=look)
    assert write("status_answer", SO, look=look).party == "BUYERCANARY"


def test_a_statement_counts_the_orders_that_are_named() -> None:
    (account,) = write("statement", SO, day="2026-11-30").facts.accounts
    assert (account.order, account.amount, account.open, account.paid) == (SO, "USD 111,804.00", "USD 111,804.00", "")
