"""Figures of a small ledger whose truth is counted by hand."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Event, Proof, Recorded
from mailflow.core.orders.model import Milestone, Order, OrderKind, Party, Role
from mailflow.core.reports.figures import Count
from mailflow.core.reports.journal import Journal, keep
from mailflow.core.reports.report import Kind, Report, report_of
from mailflow.core.reports.rules import ReportRules, load_report_rules

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 12, 1)
PROOF = Proof(1, "words", 0.99, "exact")


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def at(text: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"2026-{text}T{hour:02}:00:00+08:00").astimezone(UTC)


def bought(number: str, due: str, party: str = "Mill", serves: str = "", quantity: int = 100) -> Order:
    return Order(number, OrderKind.PURCHASE, party, due_date=day(due), linked_order=serves, quantity=Decimal(quantity))


class Ledger:
    """Events with their moments."""

    def __init__(self) -> None:
        self.events: list[Recorded] = []

    def add(self, when: datetime, *events: Event) -> None:
        for event in events:
            self.events.append(Recorded(len(self.events) + 1, when, event, "mailflow", ""))

    def report(self, kind: Kind = Kind.MONTHLY, on: date = date(2026, 11, 10), today: date = TODAY) -> Report:
        journal = Journal()
        keep(journal, self.events)
        return report_of(kind, on, journal, lambda order, milestone: order.due_date, ReportRules(), ZONE, today)

    def counts(self) -> dict[str, Count]:
        return dict(self.report().counts)


@pytest.fixture
def ledger() -> Ledger:
    """One supplier, one customer, three purchase orders of November and one sales order that the first serves."""
    made = Ledger()
    sold = Order("S1", OrderKind.SALES, "Shop", due_date=day("11-25"))
    made.add(
        at("10-01"),
        e.PartyImported(Party("Mill", Role.SUPPLIER), "book"),
        e.PartyImported(Party("Shop", Role.CUSTOMER), "book"),
        *(e.OrderImported(one, "book") for one in (sold, bought("P1", "11-10", serves="S1"))),
        *(e.OrderImported(bought(number, due), "book") for number, due in (("P2", "11-20"), ("P3", "12-05"))),
    )
    return made


def ship(number: str, on: str, quantity: int | None = None, part: str = "") -> Event:
    amount = Decimal(quantity) if quantity else None
    return e.MilestoneReached(number, Milestone.SHIP, day(on), part, amount, proof=PROOF)


def promise(number: str, on: str) -> Event:
    return e.DatePromised(number, Milestone.SHIP, day(on), proof=PROOF)


def test_on_time_counts_what_was_planned_for_the_month(ledger: Ledger) -> None:
    ledger.add(at("11-10"), ship("P1", "11-10"))
    ledger.add(at("11-22"), ship("P2", "11-22"))
    ledger.add(at("11-22"), ship("P3", "11-22"))
    counts = ledger.counts()
    assert (counts["on_time"].value, counts["on_time"].of) == (1, 2)
    assert counts["shipped"].value == 3


def test_a_part_that_has_shipped_is_not_the_whole(ledger: Ledger) -> None:
    ledger.add(at("11-09"), ship("P1", "11-09", 40, "40"))
    assert ledger.counts()["on_time"].value == 0
    ledger.add(at("11-10"), ship("P1", "11-10", 60, "60"))
    assert ledger.counts()["on_time"].value == 1


def test_slips_are_counted_against_what_stood(ledger: Ledger) -> None:
    ledger.add(at("11-02"), promise("P1", "11-12"))  # two days after the plan
    ledger.add(at("11-08"), promise("P1", "11-15"))  # three more
    ledger.add(at("11-09"), promise("P1", "11-14"))  # earlier: no slip
    ledger.add(at("12-02"), promise("P1", "11-30"))  # known in December only
    counts = ledger.counts()
    assert (counts["slips"].value, counts["slips"].note) == (2, "2.5")


def test_what_was_taken_back_does_not_count(ledger: Ledger) -> None:
    ledger.add(at("11-02"), promise("P1", "11-12"), ship("P2", "11-15"))
    ledger.add(at("11-03"), h.PromiseWithdrawn("P1", "ship"), h.MilestoneReopened("P2", "ship"))
    counts = ledger.counts()
    assert (counts["slips"].value, counts["shipped"].value) == (0, 0)


def test_overdue_and_at_risk_as_they_stood_at_the_end(ledger: Ledger) -> None:
    report = ledger.report()
    assert [row.number for row in report.overdue] == ["P1", "P2"]
    assert report.at_risk == ()
    ledger.add(at("11-12"), promise("P1", "12-03"))
    report = ledger.report()
    assert [row.number for row in report.overdue] == ["P2"]
    assert [row.number for row in report.at_risk] == ["S1"]
    ledger.add(at("11-13"), e.CustomerTold("S1", day("12-05")))
    assert ledger.report().at_risk == ()
    ledger.add(at("12-04"), ship("P1", "11-28"))
    assert [row.number for row in ledger.report().open] == ["P2", "P1", "P3"], "it was not known in November"


def test_answer_time_is_the_median_of_what_was_answered(ledger: Ledger) -> None:
    for number, (sent, answered) in {"P1": (9, 11), "P2": (9, 15)}.items():
        ledger.add(at("11-03", sent), e.LetterSent(1, (number,), "<1@x>", "ask_ship", ("a@b.example",)))
        ledger.add(at("11-03", answered), e.MailRead(1, "<2@x>", "m@mill.example", "Re", "update", (number,), "Mill"))
    ledger.add(at("11-28"), e.LetterSent(3, ("P3",), "<3@x>", "ask_ship", ("a@b.example",)))
    time = ledger.counts()["answer_time"]
    assert (time.value, time.of, time.note) == (4.0, 3, "1")


def test_what_waits_at_the_end(ledger: Ledger) -> None:
    ledger.add(at("11-02"), e.ReviewOpened("R1", "?"), e.ReviewOpened("R2", "?"), e.LetterDrafted(4, ("S1",), "<4@x>"))
    ledger.add(at("11-05"), e.ReviewDecided("R1", "yes"))
    ledger.add(at("12-01"), e.ReviewDecided("R2", "no"), e.LetterSent(4, ("S1",), "<4@x>"))
    counts = ledger.counts()
    assert (counts["questions"].value, counts["drafts"].value) == (1, 1)


def test_complaints_payments_and_orders_that_moved(ledger: Ledger) -> None:
    ledger.add(at("11-03"), e.ProblemReported("S1", "quality", PROOF), e.ProblemReported("P1", "quality", PROOF))
    ledger.add(at("11-04"), e.PaymentClaimed("S1", proof=PROOF), promise("P1", "11-10"), promise("P1", "11-10"))
    counts = ledger.counts()
    assert [counts[name].value for name in ("complaints", "payments", "orders_moved")] == [1, 1, 1]


def test_grades_follow_the_weights(ledger: Ledger) -> None:
    ledger.add(at("11-09"), ship("P1", "11-09"))
    ledger.add(at("11-19"), ship("P2", "11-19"))
    (card,) = ledger.report().cards
    assert (card.party, card.grade, card.score) == ("Mill", "A", 1.0)
    ledger.add(at("11-20"), promise("P3", "12-09"), e.ProblemReported("P3", "quality", PROOF))
    (card,) = ledger.report().cards
    assert card.score == pytest.approx((50 * 1 + 20 * (2 / 3) + 10 * (2 / 3)) / 80)
    assert card.grade == "A"


def test_a_month_that_is_not_over_ends_today(ledger: Ledger) -> None:
    report = ledger.report(today=day("11-15"))
    assert report.counts["on_time"].of == 1
    assert report.period.end == datetime(2026, 11, 16, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [(Kind.DAILY, "11-10", "11-10"), (Kind.WEEKLY, "11-09", "11-15"), (Kind.MONTHLY, "11-01", "11-30")],
)
def test_periods(ledger: Ledger, kind: Kind, first: str, last: str) -> None:
    period = ledger.report(kind).period
    assert (period.first, period.last) == (day(first), day(last))
    assert period.holds(datetime.combine(day(first), datetime.min.time(), ZONE))
    assert not period.holds(datetime.combine(day(last) + timedelta(days=1), datetime.min.time(), ZONE))


def test_every_figure_is_defined(ledger: Ledger) -> None:
    defined = re.findall(r"^\| `(\w+)` \|", Path("docs/figures.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert defined == list(ledger.counts())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("grading: {weigths: {}}", "weights"),
        ("grading:\n  grades: {a: 50, b: 70, c: 20}", "fall"),
        ("grading: {prompt_hours: 90, slow_hours: 10}", "slow_hours"),
    ],
)
def test_faults_of_the_rules_are_told(text: str, told: str) -> None:
    rules, problems = load_report_rules(text)
    assert rules is None
    assert any(told in str(problem) for problem in problems)


def test_the_shipped_rules_are_good() -> None:
    rules, problems = load_report_rules(Path("rules/reports.yaml").read_text(encoding="utf-8"))
    assert problems == ()
    assert rules is not None
    assert rules.grading == ReportRules().grading
    assert set(rules.mails.by_kind) == {"daily", "weekly", "monthly"}
