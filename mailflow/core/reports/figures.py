"""The figures of a period, each computed from the journal and defined in docs/figures.md."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TypeVar

from mailflow.core.orders.model import Milestone, Order, linked
from mailflow.core.reports.journal import Journal, OrderJournal, Spoken

K = TypeVar("K")

Plan = Callable[[Order, str], date | None]
"""The day that the playbook plans for a milestone of an order (计划)."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of ours: from `first` to `last`, both in it; `begin` and `end` are the same as moments (UTC)."""

    first: date
    last: date
    begin: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Say whether a moment lies in the period."""
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Count:
    """A number, `of` how many where it is a share; `days` or `hours` where it is a mean of them."""

    value: float
    of: int | None = None
    unit: str = ""  # empty for a plain number, "hours"
    note: str = ""

    @property
    def share(self) -> float | None:
        """Return the share from 0 to 1; None where there is nothing to take a share of."""
        return self.value / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Slip:
    """A supplier moved a date to a later one."""

    order: str
    party: str
    milestone: str
    at: datetime
    before: date
    after: date

    @property
    def days(self) -> int:
        """Return by how many days."""
        return (self.after - self.before).days


def figures(journal: Journal, plan: Plan, period: Period) -> dict[str, Count]:
    """Return every figure of a period by its name in the letters' words."""
    bought = journal.purchases()
    slipped = [slip for slip in slips(bought, plan) if period.holds(slip.at)]
    mean = sum(slip.days for slip in slipped) / len(slipped) if slipped else 0
    return {
        "mails_in": Count(_within(journal.mails, period)),
        "letters_out": Count(_within(journal.letters, period)),
        "orders_moved": Count(sum(any(map(period.holds, one.moved_at)) for one in journal.orders.values())),
        "questions": Count(_open(journal.asked, journal.decided, period)),
        "drafts": Count(_open(journal.drafted, journal.settled, period)),
        "overdue": Count(len(overdue(bought, plan, period))),
        "at_risk": Count(len(at_risk(journal, plan, period))),
        "shipped": Count(sum(_happened(one, Milestone.SHIP, period) for one in bought.values())),
        "on_time": on_time(bought.values(), Milestone.SHIP, plan, period),
        "goods_in_on_time": on_time(bought.values(), Milestone.RECEIVE, plan, period),
        "answer_time": answer_time(journal, period),
        "slips": Count(len(slipped), note=f"{mean:.1f}" if slipped else ""),
        "payments": Count(sum(period.holds(at) for one in journal.orders.values() for at in one.payments)),
        "complaints": Count(sum(period.holds(at) for one in journal.sales().values() for at, _ in one.problems)),
    }


def overdue(orders: Mapping[str, OrderJournal], plan: Plan, period: Period) -> tuple[str, ...]:
    """Return the orders whose ship date, promised or else planned, had passed unfulfilled at the period's end."""
    return tuple(
        number
        for number, one in sorted(orders.items())
        if one.order.status == "open" and (day := _stands(one, plan, period)) is not None and day < period.last
    )


def open_until(orders: Mapping[str, OrderJournal], plan: Plan, period: Period, last: date) -> tuple[str, ...]:
    """Return the orders that had not left at the period's end and were to leave by a day, the earliest first."""
    found = [
        (day, number)
        for number, one in orders.items()
        if one.order.status == "open" and (day := _stands(one, plan, period)) is not None and day <= last
    ]
    return tuple(number for _, number in sorted(found))


def at_risk(journal: Journal, plan: Plan, period: Period) -> tuple[str, ...]:
    """Return the sales orders that an open purchase order endangered at the period's end: it comes after the date told,
    else due."""
    bought = (*journal.purchases().values(), *journal.serving.values())
    latest: dict[str, date] = {}
    for one in bought:
        day = _stands(one, plan, period)
        if day is not None:
            latest.update({served: max(day, latest.get(served, day)) for served in linked(one.order)})
    found = []
    for number, sold in sorted(journal.sales().items()):
        stands = sold.told_at(period.end) or sold.order.due_date
        if sold.order.status == "open" and stands is not None and latest.get(number, stands) > stands:
            found.append(number)
    return tuple(found)


def _stands(one: OrderJournal, plan: Plan, period: Period) -> date | None:
    if one.done(Milestone.SHIP, period.end) is not None:
        return None
    return one.expected(Milestone.SHIP, period.end) or plan(one.order, Milestone.SHIP)


def on_time(orders: Iterable[OrderJournal], milestone: str, plan: Plan, period: Period) -> Count:
    """Return how many of the orders planned for the period reached a milestone by its planned day."""
    planned = [(one, day) for one in orders if (day := plan(one.order, milestone)) and _in(day, period)]
    kept = sum((done := one.done(milestone, period.end)) is not None and done <= day for one, day in planned)
    return Count(kept, len(planned))


def slips(orders: Mapping[str, OrderJournal], plan: Plan) -> Sequence[Slip]:
    """Return every time that a date was moved to a later one, against what stood before, at first the plan."""
    found = []
    for number, one in sorted(orders.items()):
        for milestone, promises in one.promises.items():
            stood: dict[str, date] = {}
            for promised in promises:
                before = stood.get(promised.part) or plan(one.order, milestone)
                if before is not None and promised.day > before:
                    found.append(Slip(number, one.order.party, milestone, promised.at, before, promised.day))
                stood[promised.part] = promised.day
    return found


def answer_time(journal: Journal, period: Period, party: str = "") -> Count:
    """Return the median hours from a letter about orders to the next mail of its party about any of them.

    The letters of the period count; `of` is how many there were, `note` how many have no answer yet.
    """
    sent = [one for one in journal.letters if one.orders and period.holds(one.at) and (not party or one.party == party)]
    hours = [gap.total_seconds() / 3600 for one in sent if (gap := _answered(journal, one)) is not None]
    unanswered = len(sent) - len(hours)
    return Count(median(hours) if hours else 0, len(sent), "hours", str(unanswered) if unanswered else "")


def _answered(journal: Journal, letter: Spoken) -> timedelta | None:
    about = set(letter.orders)
    mails = journal.mails_of.get(letter.party, [])
    later = mails[bisect_left(mails, letter.at, key=lambda mail: mail.at) :]
    return next((mail.at - letter.at for mail in later if about & set(mail.orders)), None)


def _within(spoken: Iterable[Spoken], period: Period) -> int:
    return sum(period.holds(one.at) for one in spoken)


def _open(opened: Mapping[K, datetime], closed: Mapping[K, datetime], period: Period) -> int:
    """Count what was opened before the period's end and not settled by then."""
    return sum(at < period.end and not (key in closed and at <= closed[key] < period.end) for key, at in opened.items())


def _happened(one: OrderJournal, milestone: str, period: Period) -> bool:
    done = one.done(milestone, period.end)
    return done is not None and _in(done, period)


def _in(day: date, period: Period) -> bool:
    return period.first <= day <= period.last
