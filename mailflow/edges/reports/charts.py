"""Charts as PNG, with matplotlib; loaded only where a report is drawn, for it wants much memory."""

import io
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from mailflow.core.reports.figures import Count
from mailflow.core.reports.scorecard import Scorecard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOTS = 150  # per inch
_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"),
    *("WenQuanYi Zen Hei", "Droid Sans Fallback"),
)
_BLUE, _AMBER, _GREY = "#2f6fb0", "#c9821f", "#8a97a5"
_MOST = 15  # suppliers in one chart


def trend_chart(trend: Sequence[tuple[date, Count]], title: str) -> bytes:
    """Draw the share of orders executed on time by month; months without any order leave a gap."""
    figure, axes = _canvas(6.4, 2.6)
    labels = [f"{first:%Y-%m}" for first, _ in trend]
    shares = [count.share * 100 if count.share is not None else float("nan") for _, count in trend]
    axes.plot(labels, shares, marker="o", color=_BLUE, linewidth=2)
    for place, (share, (_, count)) in enumerate(zip(shares, trend, strict=True)):
        if count.share is not None:
            words = f"{share:.0f} %\n{count.value:.0f}/{count.of}"
            axes.annotate(words, (place, share), textcoords="offset points", xytext=(0, 8), ha="center", fontsize=8)
    axes.set_ylim(0, 125)
    axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    axes.grid(axis="y", color="#e3e8ed")
    return _png(figure, axes, title)


def supplier_chart(cards: Sequence[Scorecard], title: str) -> bytes:
    """Draw the suppliers' scores, the best on top; only the best and the worst of very many."""
    shown = [card for card in cards if card.score is not None]
    if len(shown) > _MOST:
        shown = [*shown[: _MOST // 2], *shown[-(_MOST - _MOST // 2) :]]
    figure, axes = _canvas(6.4, max(1.4, 0.36 * len(shown) + 0.7))
    names = [card.party if len(card.party) <= 28 else card.party[:27] + "…" for card in shown][::-1]
    scores = [(card.score or 0) * 100 for card in shown][::-1]
    bars = axes.barh(names, scores, color=[_AMBER if score < 70 else _BLUE for score in scores], height=0.6)
    axes.bar_label(
        bars, [f"{card.grade}  {(card.score or 0) * 100:.0f}" for card in shown[::-1]], padding=4, fontsize=8
    )
    axes.set_xlim(0, 115)
    axes.set_xticks([0, 50, 100])
    return _png(figure, axes, title)


def _canvas(width: float, height: float) -> "tuple[Figure, Axes]":
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    mpl.rcParams["font.family"] = [*(name for name in _FONTS if name in known), "DejaVu Sans"]
    figure = Figure(figsize=(width, height), dpi=_DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    return figure, axes


def _png(figure: "Figure", axes: "Axes", title: str) -> bytes:
    axes.set_title(title, fontsize=10, loc="left")
    axes.tick_params(labelsize=8, colors="#3c4650", length=0)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_GREY)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()
