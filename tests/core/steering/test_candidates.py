"""The candidates of a question: what each would enter, and why it is offered."""

from datetime import UTC, date, datetime

import pytest

from mailflow.core.orders.by_hand import ContactLearned, DateOrderLearned
from mailflow.core.orders.codec import decode_event, encode_event
from mailflow.core.orders.events import DatePromised, Event, MilestoneReached, OrderAcknowledged, ReviewOpened
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.papers import DocumentFiled
from mailflow.core.steering.candidates import candidates_of, letter_candidates
from mailflow.core.steering.model import Effect, Quote

TODAY = date(2026, 11, 24)
PARTY = "Hengtai"
QUOTE = Quote("words", "wang@elsewhere.example", datetime(2026, 11, 23, tzinfo=UTC))


def promised(order: str, day: str, part: str = "") -> DatePromised:
    return DatePromised(order, Milestone.SHIP, date.fromisoformat(day), part)


def offered(
    *proposed: Event, words: str = "", others: tuple[str, ...] = (), party: str = PARTY
) -> list[tuple[str, list[Event]]]:
    opened = ReviewOpened("R1.1", "?", (), 1, others, tuple(map(encode_event, proposed)), words, party)
    found = candidates_of(opened, QUOTE, "", TODAY, lambda email: False)
    assert [one.key for one in found] == list("ABCD"[: len(found)])
    return [(one.why, [decode_event(text) for text in one.events]) for one in found]


def test_one_thing_is_offered_as_it_was_said() -> None:
    one = OrderAcknowledged("PO1")
    assert offered(one) == [("as_said", [one])]


def test_several_days_for_one_thing_are_offered_one_by_one() -> None:
    first, second = promised("PO1", "2026-12-05"), promised("PO1", "2026-12-09")
    assert offered(first, second) == [("one_of_several", [first]), ("one_of_several", [second])]


def test_days_of_several_lots_are_offered_together() -> None:
    lots = [promised("PO1", "2026-12-05", "600"), promised("PO1", "2026-12-09", "400")]
    assert offered(*lots) == [("as_said", lots)]


def test_several_orders_are_offered_together_and_each_alone() -> None:
    first, second = promised("PO1", "2026-12-05"), promised("PO2", "2026-12-05")
    assert offered(first, second) == [("as_said", [first, second]), ("alone", [first]), ("alone", [second])]


def test_other_orders_that_could_be_meant_are_offered_with_the_same() -> None:
    one = promised("PO1", "2026-12-05")
    assert offered(one, others=("PO1", "PO2")) == [
        ("as_said", [one]),
        ("could_be", [promised("PO2", "2026-12-05")]),
    ]


def test_there_are_at_most_four() -> None:
    assert len(offered(promised("PO1", "2026-12-05"), others=tuple(f"PO{n}" for n in range(9)))) == 4


@pytest.mark.parametrize(
    ("words", "day", "other", "first"),
    [
        ("ship 5/12", "2026-12-05", "2027-05-12", True),
        ("ship 12/5", "2026-12-05", "2027-05-12", False),
        ("5.12 出货", "2026-12-05", "2027-05-12", True),
        ("ship 1/2/2027", "2027-02-01", None, None),
        ("ship 5 Dec", "2026-12-05", None, None),
        ("ship 15/12", "2026-12-15", None, None),
        ("ship 12/12", "2026-12-12", None, None),
    ],
)
def test_both_readings_of_two_numbers_are_offered_and_each_teaches(
    words: str, day: str, other: str | None, first: bool | None
) -> None:
    one = promised("PO1", day)
    if other is None or first is None:
        assert offered(one, words=words) == [("as_said", [one])]
        return
    assert offered(one, words=words) == [
        ("day_first" if first else "month_first", [one, DateOrderLearned(PARTY, first, 1)]),
        ("month_first" if first else "day_first", [promised("PO1", other), DateOrderLearned(PARTY, not first, 1)]),
    ]


def test_a_fact_of_the_past_is_not_moved_into_the_future() -> None:
    done = MilestoneReached("PO1", Milestone.SHIP, date(2026, 11, 10))
    found = offered(done, words="shipped 10/11")
    assert [events[0] for _, events in found] == [done, MilestoneReached("PO1", Milestone.SHIP, date(2026, 10, 11))]


@pytest.mark.parametrize("strange", [True, False])
def test_an_address_that_looks_like_somebodys_is_never_offered_to_be_learned(strange: bool) -> None:
    opened = ReviewOpened("R1.1", "Who is it?", ("PO1",), 1, ("PO1",))
    found = candidates_of(opened, QUOTE, PARTY, TODAY, lambda email: strange)
    learned = ContactLearned(QUOTE.sender, PARTY, 1)
    assert [(one.effect, one.events) for one in found] == (
        [] if strange else [(Effect.TEACH, (encode_event(learned),))]
    )


def test_a_letter_that_lacks_something_can_only_be_stopped() -> None:
    assert [one.effect for one in letter_candidates(("PO1",), veto=False, held=False)] == [Effect.SEND, Effect.DECLINE]
    assert [one.effect for one in letter_candidates(("PO1",), veto=False, held=True)] == [Effect.DECLINE]


def test_a_file_is_offered_to_each_order_by_its_name() -> None:
    one, two = (DocumentFiled(order, "packing_list", 7, 0, "PL.pdf") for order in ("PO1", "PO2"))
    assert [why for why, _ in offered(one, two)] == ["as_said", "alone", "alone"]
    opened = ReviewOpened("R7.101", "?", ("PO1",), 7, (), (encode_event(one),))
    (found,) = candidates_of(opened, QUOTE, "", TODAY, lambda email: False)
    assert (found.line.kind, found.line.order, found.line.text) == ("c_document", "PO1", "PL.pdf")
