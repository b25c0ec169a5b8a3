"""Supplier grading 供应商评审 (P27): delivery, slips, answers and quality, weighed as rules/reports.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailflow.core.orders.model import Milestone, Role
from mailflow.core.reports.figures import Count, Period, Plan, answer_time, on_time, slips
from mailflow.core.reports.journal import Journal, OrderJournal
from mailflow.core.reports.rules import Grading

QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How one supplier did in a period; `score` from 0 to 1, None where nothing can be judged; `grade` then empty."""

    party: str
    orders: int
    on_time: Count
    slips: int
    slipped_days: float
    answer_time: Count
    quality: int
    score: float | None
    grade: str


def scorecards(journal: Journal, plan: Plan, period: Period, grading: Grading) -> tuple[Scorecard, ...]:
    """Return the scorecards of the suppliers who had anything to do in the period, the best first."""
    by_party: dict[str, dict[str, OrderJournal]] = {}
    for number, one in journal.purchases().items():
        by_party.setdefault(one.order.party, {})[number] = one
    cards = [
        _card(journal, name, own, plan, period, grading)
        for name, own in by_party.items()
        if (party := journal.parties.get(name)) is None or party.role is Role.SUPPLIER
    ]
    busy = [card for card in cards if card.on_time.of or card.slips or card.answer_time.of or card.quality]
    return tuple(sorted(busy, key=lambda card: (card.score is None, -(card.score or 0), card.party)))


def _card(
    journal: Journal, name: str, orders: Mapping[str, OrderJournal], plan: Plan, period: Period, grading: Grading
) -> Scorecard:
    delivered = on_time(orders.values(), Milestone.SHIP, plan, period)
    moved = [slip for slip in slips(orders, plan) if period.holds(slip.at)]
    answered = answer_time(journal, period, name)
    bad = sum(period.holds(at) and topic == QUALITY for one in orders.values() for at, topic in one.problems)
    score = grading.score(
        delivery=delivered.share,
        slips=1 - min(1.0, len(moved) / len(orders)),
        answers=_promptness(answered, grading),
        quality=1 - min(1.0, bad / len(orders)),
    )
    days = sum(slip.days for slip in moved) / len(moved) if moved else 0.0
    grade = grading.grade(score) if score is not None else ""
    return Scorecard(name, len(orders), delivered, len(moved), days, answered, bad, score, grade)


def _promptness(answered: Count, grading: Grading) -> float | None:
    """Return 1 for answers within the good time, 0 from the bad one on, and between them in proportion."""
    sent = answered.of or 0
    if sent == 0:
        return None
    if answered.note and int(answered.note) == sent:
        return 0.0
    span = grading.slow_hours - grading.prompt_hours
    return min(1.0, max(0.0, (grading.slow_hours - answered.value) / span))
