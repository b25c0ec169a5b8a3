"""Dates of two small numbers (12/8) whose other reading fits the order far better: a person is asked."""

import re
from dataclasses import replace
from datetime import date, timedelta

from mailflow.core.orders.model import Milestone
from mailflow.core.reading.book import Book
from mailflow.core.reading.milestones import Open, Settled
from mailflow.core.reading.model import Update, UpdateKind

FAR = timedelta(days=120)
"""A promise so far from the date that stands is strange …"""
NEAR = timedelta(days=60)
"""… where the other reading lies so near."""
_PAIR = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})(?![\d]|[./-]\d)")
_SMALL = 12


def with_doubtful_days(settled: Settled, book: Book) -> Settled:
    """Return what is settled without the dates whose order of day and month is in doubt; those are asked about."""
    doubtful = {update: other for update in settled.updates if (other := _other_reading(update, book)) is not None}
    if not doubtful:
        return settled
    asked = [
        Open("its day and month may be the other way round", (update.order,), update.evidence, _both(update, other))
        for update, other in doubtful.items()
    ]
    kept = [update for update in settled.updates if update not in doubtful]
    return replace(settled, updates=kept, open=[*settled.open, *asked])


def _both(update: Update, other: date) -> tuple[Update, ...]:
    return replace(update, date=other, applied=False), replace(update, applied=False)


def _other_reading(update: Update, book: Book) -> date | None:
    """Return the other reading of a promise, where that fits and the one taken does not."""
    if update.kind is not UpdateKind.FORECAST or update.date is None or not isinstance(update.milestone, Milestone):
        return None
    day, month = update.date.day, update.date.month
    if day > _SMALL or day == month:
        return None
    pairs = {frozenset((int(a), int(b))) for a, b in _PAIR.findall(update.evidence)}
    stands = book.date_that_stands(update.order, update.milestone)
    if frozenset((day, month)) not in pairs or stands is None or abs(update.date - stands) <= FAR:
        return None
    years = range(stands.year - 1, stands.year + 2)
    nearest = min((date(year, day, month) for year in years), key=lambda other: abs(other - stands))
    return nearest if abs(nearest - stands) <= NEAR else None
