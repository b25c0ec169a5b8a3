"""The charts of a report, before they are drawn."""

from mailflow.core.letters.traditional import Words
from mailflow.core.reports.model import Chart, Mark
from mailflow.core.reports.report import Report
from mailflow.core.reports.sheets import said

_MOST = 15  # suppliers in one chart
_LONGEST = 28  # letters of a name


def charts_of(report: Report, words: Words) -> tuple[Chart, ...]:
    """Return the charts for which a report has any figures."""
    found: list[Chart] = []
    if any(count.of for _, count in report.trend):
        marks = tuple(
            Mark(
                f"{first:%Y-%m}",
                None if count.share is None else count.share * 100,
                f"{count.value:.0f}/{count.of or 0}",
            )
            for first, count in report.trend
        )
        found.append(Chart("trend", said(words, "chart_trend"), marks))
    bars = [Mark(_short(card.party), card.score * 100, card.grade) for card in report.cards if card.score is not None]
    if len(bars) > _MOST:  # the best and the worst of very many
        bars = [*bars[: _MOST // 2], *bars[-(_MOST - _MOST // 2) :]]
    if bars:
        found.append(Chart("suppliers", said(words, "chart_suppliers"), tuple(bars)))
    return tuple(found)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
