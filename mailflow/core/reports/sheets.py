"""A report as lists in the reader's language: what a workbook holds and a page shows."""

from collections.abc import Iterable

from mailflow.core.letters.traditional import Words
from mailflow.core.letters.words import phrase
from mailflow.core.reports.figures import Slip
from mailflow.core.reports.model import Sheet, Value
from mailflow.core.reports.report import OrderRow, Report
from mailflow.core.reports.scorecard import Scorecard

_ORDERS = ("order", "party", "product", "planned", "expected", "told", "serves")
_ORDER_DAYS = (3, 4, 5)
_SLIPS = ("order", "party", "milestone", "before", "after", "days")
_CARDS = (
    "party",
    "grade",
    "score",
    "orders",
    "on_time",
    "slips",
    "slipped_days",
    "answer_hours",
    "unanswered",
    "quality",
)


def sheets_of(report: Report, words: Words) -> tuple[Sheet, ...]:
    """Return the lists of a report that have any row, the figures first."""
    figures = [
        (phrase(words, "figures", one.name), one.value, one.before, _noted(one.name, one.note, words))
        for one in report.figures
    ]
    found = (
        _sheet(words, "figures", ("figure", "value", "period_before", "note"), figures),
        _sheet(words, "suppliers", _CARDS, map(_card, report.cards), percents=(2, 4)),
        _sheet(words, "slips", _SLIPS, (_slip(one, words) for one in report.slipped), late=(5,), days=(3, 4)),
        _sheet(words, "overdue", _ORDERS, map(_order, report.overdue), days=_ORDER_DAYS),
        _sheet(words, "at_risk", _ORDERS, map(_order, report.at_risk), days=_ORDER_DAYS),
        _sheet(words, "open", _ORDERS, map(_order, report.open), days=_ORDER_DAYS),
    )
    return tuple(sheet for sheet in found if sheet.rows)


def title_of(report: Report, words: Words) -> str:
    """Return what a report is called: "Monthly report 2026-11"."""
    period = report.period
    days = {"daily": f"{period.first}", "weekly": f"{period.first} – {period.last}", "monthly": f"{period.first:%Y-%m}"}
    return f"{said(words, report.kind)} {days[report.kind]}"


def said(words: Words, name: str) -> str:
    """Return a phrase that reports use."""
    return phrase(words, "report", name)


def _sheet(
    words: Words,
    name: str,
    headings: tuple[str, ...],
    rows: Iterable[tuple[Value, ...]],
    percents: tuple[int, ...] = (),
    late: tuple[int, ...] = (),
    days: tuple[int, ...] = (),
) -> Sheet:
    return Sheet(said(words, name), tuple(said(words, one) for one in headings), tuple(rows), percents, late, days)


def _order(row: OrderRow) -> tuple[Value, ...]:
    return row.number, row.party, row.product, row.planned, row.expected, row.told, row.linked


def _slip(slip: Slip, words: Words) -> tuple[Value, ...]:
    milestone = phrase(words, "milestones", slip.milestone)
    return slip.order, slip.party, milestone, slip.before, slip.after, slip.days


def _card(card: Scorecard) -> tuple[Value, ...]:
    answered = card.answer_time
    known = answered.of and str(answered.of) != answered.note
    return (
        card.party,
        card.grade,
        None if card.score is None else round(card.score, 3),
        card.orders,
        None if card.on_time.share is None else round(card.on_time.share, 3),
        card.slips,
        round(card.slipped_days, 1) if card.slips else None,
        round(answered.value, 1) if known else None,
        int(answered.note or 0),
        card.quality,
    )


def _noted(name: str, note: str, words: Words) -> str:
    if not note:
        return ""
    return said(words, f"note_{name}").format(note)
