"""Importing again is a comparison: only what differs becomes an event."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from mailflow.core.order_book.book import Source
from mailflow.core.order_book.compare import Comparison, compare, disputed, imported_facts, settle_on, vanished
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Change, Event, Recorded
from mailflow.core.orders.model import Milestone, Party, Role
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.problems import Problem
from mailflow.core.views.orders import ORDERS
from mailflow.core.views.parties import PARTIES as PARTY_VIEW
from tests.core.order_book.book import PARTIES, read, sheet

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = AT.date()
HEAD = ("number", "supplier", "quantity", "due date", "port")


class Books:
    """What a ledger holds after some imports, folded by the views' own rules."""

    def __init__(self) -> None:
        self.history: list[Event] = []
        self.orders: dict[str, OrderState] = {}
        self.parties: dict[str, PartyState] = {}

    def record(self, events: Sequence[Event]) -> None:
        for event in events:
            self.history.append(event)
            recorded = Recorded(len(self.history), AT, event, "mailflow", "")
            for key in ORDERS.keys(event):
                if state := ORDERS.apply(self.orders.get(key), recorded):
                    self.orders[key] = state
            for key in PARTY_VIEW.keys(event):
                if party := PARTY_VIEW.apply(self.parties.get(key), recorded):
                    self.parties[key] = party

    def load(self, *sources: Source) -> Comparison:
        settled = settle_on(read(*sources), self.orders, self.parties)
        said = {
            number: imported_facts(event for event in self.history if number in ORDERS.keys(event))
            for number in disputed(settled, self.orders)
        }
        found = compare(settled, self.orders, self.parties, said, TODAY)
        self.record(found.events)
        return found

    def gone(self, *sources: Source, sure: bool = False) -> tuple[list[Event], list[Problem]]:
        settled = settle_on(read(*sources), self.orders, self.parties)
        return vanished(settled, self.orders, self.parties, "book.csv", sure)


@pytest.fixture
def books() -> Books:
    found = Books()
    found.load(PARTIES)
    return found


def row(
    number: str, quantity: str = "100", due: str = "2026-12-05", port: str | None = "Ningbo"
) -> tuple[str | None, ...]:
    return (number, "Hengtai", quantity, due, port)


def test_the_same_book_twice_gives_no_event(books: Books) -> None:
    first = books.load(PARTIES, sheet(HEAD, row("P1"), row("P2")))
    assert [type(event) for event in first.events] == [e.OrderImported, e.OrderImported]
    again = books.load(PARTIES, sheet(HEAD, row("P1"), row("P2")))
    assert again.events == ()
    assert again.same == 4


def test_a_change_says_what_it_was_and_what_it_is(books: Books) -> None:
    books.load(sheet(HEAD, row("P1")))
    (event,) = books.load(sheet(HEAD, row("P1", "1,500", "2026-12-20"), file="new.xlsx")).events
    assert isinstance(event, e.OrderChanged)
    assert event.changes == (Change("quantity", "100", "1500"), Change("due_date", "2026-12-05", "2026-12-20"))
    assert event.source == "new.xlsx:2"
    assert books.orders["P1"].order.due_date == date(2026, 12, 20)


def test_columns_that_a_book_lacks_stay_as_they_were(books: Books) -> None:
    books.load(sheet(HEAD, row("P1")))
    (event,) = books.load(sheet(("订单号", "款号"), ("P1", "S-9"))).events
    assert isinstance(event, e.OrderChanged)
    assert event.changes == (Change("style", "", "S-9"),)
    assert event.order.port == "Ningbo"


def test_an_empty_cell_clears_but_not_what_an_order_cannot_do_without(books: Books) -> None:
    books.load(sheet(HEAD, row("P1")))
    (event,) = books.load(sheet(HEAD, ("P1", None, None, None, None))).events
    assert isinstance(event, e.OrderChanged)
    assert event.changes == (Change("port", "Ningbo", ""),)
    (event,) = books.load(sheet(HEAD, ("P1", None, None, "-", None))).events
    assert isinstance(event, e.OrderChanged)
    assert event.changes == (Change("due_date", "2026-12-05", ""),)


def test_a_new_order_needs_to_say_what_it_is(books: Books) -> None:
    found = books.load(sheet(("number", "party"), ("P1", "Someone New"), ("P2", None)))
    assert found.events == ()
    assert [str(problem).split(";")[0] for problem in found.problems] == [
        "book.xlsx:2: whether order P1 is a purchase or a sales order stands nowhere",
        "book.xlsx:3: order P2 names no party",
    ]


def test_the_role_of_a_known_party_tells_the_kind(books: Books) -> None:
    (event,) = books.load(sheet(("number", "party"), ("P1", "northwind outfitters"))).events
    assert isinstance(event, e.OrderImported)
    assert (event.order.kind, event.order.party) == ("sales", "Northwind Outfitters")


def test_a_changed_party(books: Books) -> None:
    text = (PARTIES.text or "").replace("email: ann@", "email: anna@").replace("short: Hengtai", "short: HT")
    found = books.load(Source("parties.yaml", text=text)).events
    assert [event.changes for event in found if isinstance(event, e.PartyChanged)] == [
        (Change("short", "Hengtai", "HT"),),
        (Change("contacts", "Ann <ann@northwind.example>", "Ann <anna@northwind.example>"),),
    ]


def test_vanished_orders_are_flagged_once_and_come_back(books: Books) -> None:
    everything = sheet(HEAD, row("P1"), row("P2"), row("P3"))
    books.load(everything)
    gone, problems = books.gone(sheet(HEAD, row("P1"), row("P3", due="2026-02-31")))
    assert gone == [e.OrderVanished("P2", "book.csv")], "a row that was refused has not vanished"
    assert problems == []
    books.record(gone)
    assert books.orders["P2"].vanished
    assert books.gone(sheet(HEAD, row("P1"), row("P3")))[0] == []
    (event,) = books.load(everything).events
    assert isinstance(event, e.OrderChanged)
    assert event.changes == (Change("vanished", "yes", "no"),)
    assert not books.orders["P2"].vanished


def test_closed_orders_do_not_vanish(books: Books) -> None:
    books.load(sheet((*HEAD, "status"), (*row("P1"), "closed"), (*row("P2"), "open"), (*row("P3"), "进行中")))
    assert books.gone(sheet(HEAD, row("P3")))[0] == [e.OrderVanished("P2", "book.csv")]


def test_a_book_that_lost_most_orders_is_doubted(books: Books) -> None:
    books.load(sheet(HEAD, *(row(f"P{number}") for number in range(20))))
    half = sheet(HEAD, *(row(f"P{number}") for number in range(5)))
    gone, problems = books.gone(half)
    assert gone == []
    assert "15 of 20 running orders" in str(problems[0])
    assert len(books.gone(half, sure=True)[0]) == 15


def test_nothing_vanishes_where_a_number_could_not_be_read(books: Books) -> None:
    books.load(sheet(HEAD, row("P1"), row("P2")))
    gone, problems = books.gone(sheet(HEAD, row("P1"), (None, *row("")[1:])))
    assert gone == []
    assert "could not be told apart" in str(problems[0])


def test_a_list_of_orders_makes_no_party_vanish_and_the_reverse(books: Books) -> None:
    books.load(sheet(HEAD, row("P1")))
    assert books.gone(sheet(HEAD, row("P1")))[0] == []
    only = Source("parties.yaml", text="parties:\n- name: Northwind Outfitters\n  role: customer\n")
    assert books.gone(only)[0] == [e.PartyVanished("宁波恒泰制衣有限公司", "book.csv")]


FACTS = ("number", "supplier", "签回", "承诺交期", "实际出货")


def test_what_has_happened_comes_with_the_order(books: Books) -> None:
    found = books.load(sheet(FACTS, ("P1", "Hengtai", "2026-10-02", "2026-12-05", None)))
    assert found.of(e.MilestoneReached, e.DatePromised) == [
        e.MilestoneReached("P1", Milestone.ACKNOWLEDGED, date(2026, 10, 2), source="book.xlsx:2"),
        e.DatePromised("P1", Milestone.SHIP, date(2026, 12, 5), source="book.xlsx:2"),
    ]
    assert books.orders["P1"].acknowledged == date(2026, 10, 2)


def test_a_promise_that_mails_have_overtaken_is_no_news_until_the_book_changes(books: Books) -> None:
    book = sheet(FACTS, ("P1", "Hengtai", None, "2026-12-05", None))
    books.load(book)
    books.record([e.DatePromised("P1", Milestone.SHIP, date(2026, 12, 12))])
    assert books.load(book).events == ()
    assert books.orders["P1"].lots[0].promise == date(2026, 12, 12)
    (event,) = books.load(sheet(FACTS, ("P1", "Hengtai", None, "2026-12-20", None))).events
    assert isinstance(event, e.DatePromised)
    assert event.date == date(2026, 12, 20)


def test_a_tick_is_enough_for_an_acknowledgement(books: Books) -> None:
    book = sheet(FACTS, ("P1", "Hengtai", "√", None, None), ("P2", "Hengtai", "否", None, None))
    assert books.load(sheet(FACTS, ("P1", "Hengtai", "已", None, None))).of(e.OrderAcknowledged)
    assert books.load(book).of(e.OrderAcknowledged) == []


def test_what_has_yet_to_come_has_not_happened(books: Books) -> None:
    found = books.load(sheet(FACTS, ("P1", "Hengtai", None, None, "2026-12-24")))
    assert found.of(e.MilestoneReached) == []
    assert "which is yet to come" in str(found.problems[-1])
    assert found.problems[-1].warning


def test_told_belongs_to_sales_orders(books: Books) -> None:
    head = ("number", "party", "due date", "已告知")
    found = books.load(
        sheet(
            head,
            ("S1", "Northwind Outfitters", "2026-12-01", "2026-12-09"),
            ("P1", "Hengtai", "2026-12-01", "2026-12-09"),
        )
    )
    assert found.of(e.CustomerTold) == [e.CustomerTold("S1", date(2026, 12, 9), source="book.xlsx:2")]
    assert "P1 is no sales order" in str(found.problems[-1])


def test_a_party_that_cannot_be_written_to_well_is_warned_of(books: Books) -> None:
    found = books.load(Source("p.yaml", text="parties:\n- name: Acme\n  role: customer\n  country: US\n"))
    assert len(found.events) == 1
    assert [(problem.warning, problem.what) for problem in found.problems] == [
        (True, "the time zone of Acme is not known"),
        (True, "Acme has no contact"),
    ]


def test_parties_come_in_quiet(books: Books) -> None:
    assert [state.live for state in books.parties.values()] == [False, False]
    assert books.parties["Northwind Outfitters"].party == Party(
        "Northwind Outfitters",
        Role.CUSTOMER,
        timezone="America/New_York",
        contacts=books.parties["Northwind Outfitters"].party.contacts,
    )


def test_milestones_of_our_own_and_who_ships_and_inspects(books: Books) -> None:
    heads = (*HEAD, "定金到账", "BOM", "货代", "验货公司")
    row = ("A1", "Hengtai", "100", "2026-12-05", "Ningbo", "2026-11-18", "2026-11-19", "Harbour Gate", "Kestrel")
    books.load(sheet(heads, row), PARTIES)
    state = books.orders["A1"]
    assert {(lot.milestone, lot.part, str(lot.actual)) for lot in state.lots} == {
        ("payment", "deposit", "2026-11-18"),
        ("bom", "", "2026-11-19"),
    }
    assert (state.order.forwarder, state.order.inspector) == ("Harbour Gate", "Kestrel")
    again = books.load(sheet(heads, row), PARTIES)
    assert again.events == ()
    later = (*row[:5], "2026-11-20", *row[6:])
    (moved,) = books.load(sheet(heads, later), PARTIES).events
    assert isinstance(moved, e.MilestoneReached)
    assert (moved.milestone, moved.part, moved.date) == ("payment", "deposit", date(2026, 11, 20))
