"""A report of a day, a week or a month: figures beside the period before, scorecards, what slipped, what is at risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailflow.core.letters.model import Figure
from mailflow.core.orders.model import Milestone
from mailflow.core.reports.figures import (
    Count,
    Period,
    Plan,
    Slip,
    at_risk,
    figures,
    on_time,
    open_until,
    overdue,
    slips,
)
from mailflow.core.reports.journal import Journal
from mailflow.core.reports.rules import ReportRules
from mailflow.core.reports.scorecard import Scorecard, scorecards

MONTHS = 6
"""How many months a trend shows, the report's own the last."""
AHEAD = timedelta(days=28)
"""How far a report looks ahead for what is open (P5, P25)."""
SHARES = frozenset({"on_time", "goods_in_on_time"})


class Kind(StrEnum):
    """How long a report's period is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order that a report names; days are those that stood at the period's end."""

    number: str
    party: str
    product: str
    planned: date | None
    expected: date | None
    told: date | None
    linked: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report says; `open` is what is to leave within four weeks or should have left."""

    kind: Kind
    period: Period
    counts: Mapping[str, Count]
    before: Mapping[str, Count]
    cards: tuple[Scorecard, ...]
    slipped: tuple[Slip, ...]
    overdue: tuple[OrderRow, ...]
    at_risk: tuple[OrderRow, ...]
    open: tuple[OrderRow, ...]
    trend: tuple[tuple[date, Count], ...]  # orders executed on time, by the first of each month

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Return the figures as people write them."""
        return tuple(
            Figure(name, written(name, count), written(name, self.before[name]), count.note)
            for name, count in self.counts.items()
        )

    @property
    def named(self) -> tuple[str, ...]:
        """Return the numbers of all orders that are listed, each once."""
        return tuple(dict.fromkeys(row.number for row in (*self.at_risk, *self.overdue, *self.open)))


def period_with(kind: Kind, day: date, zone: ZoneInfo) -> Period:
    """Return the day, the week from Monday on, or the month in which a day lies, in a time zone."""
    if kind is Kind.DAILY:
        return _period(day, day, zone)
    if kind is Kind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return _period(monday, monday + timedelta(days=6), zone)
    first = day.replace(day=1)
    return _period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1), zone)


def _period(first: date, last: date, zone: ZoneInfo) -> Period:
    begin = datetime.combine(first, time(), zone)
    return Period(first, last, begin, datetime.combine(last + timedelta(days=1), time(), zone))


def _until(period: Period, today: date, zone: ZoneInfo) -> Period:
    return _period(period.first, min(period.last, max(today, period.first)), zone)


def _before(kind: Kind, period: Period, zone: ZoneInfo) -> Period:
    return period_with(kind, period.first - timedelta(days=1), zone)


def report_of(
    kind: Kind, day: date, journal: Journal, plan: Plan, rules: ReportRules, zone: ZoneInfo, today: date
) -> Report:
    """Compute the report of the period in which a day of ours lies; a period that is not over ends today."""
    period = _until(period_with(kind, day, zone), today, zone)
    bought = journal.purchases()
    trend = [_until(period_with(Kind.MONTHLY, day, zone), today, zone)]
    while len(trend) < MONTHS:
        trend.insert(0, _before(Kind.MONTHLY, trend[0], zone))
    monthly = kind is Kind.MONTHLY
    return Report(
        kind,
        period,
        figures(journal, plan, period),
        figures(journal, plan, _before(kind, period, zone)),
        scorecards(journal, plan, period, rules.grading) if monthly else (),
        tuple(slip for slip in slips(bought, plan) if period.holds(slip.at)),
        tuple(_row(journal, number, plan, period) for number in overdue(bought, plan, period)),
        tuple(_row(journal, number, plan, period) for number in at_risk(journal, plan, period)),
        tuple(_row(journal, number, plan, period) for number in open_until(bought, plan, period, period.last + AHEAD)),
        tuple((one.first, on_time(bought.values(), Milestone.SHIP, plan, one)) for one in trend) if monthly else (),
    )


def _row(journal: Journal, number: str, plan: Plan, period: Period) -> OrderRow:
    one = journal.orders[number]
    order = one.order
    return OrderRow(
        number,
        order.party,
        order.product or order.description or order.style,
        plan(order, Milestone.SHIP),
        one.expected(Milestone.SHIP, period.end),
        one.told_at(period.end),
        order.linked_order,
    )


def written(name: str, count: Count) -> str:
    """Return a figure as people write it."""
    if name in SHARES:
        return f"{count.value:.0f}/{count.of} ({count.share:.0%})" if count.share is not None else "–"
    if count.unit == "hours":
        return f"{count.value:.0f} h" if count.of and str(count.of) != count.note else "–"
    return f"{count.value:.0f}"
