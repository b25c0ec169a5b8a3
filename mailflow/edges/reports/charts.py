"""Charts as PNG, with matplotlib; loaded only where a report is drawn, for it wants much memory."""

import io
from typing import TYPE_CHECKING

from mailflow.core.reports.model import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DOTS = 150  # per inch
_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
)
_BLUE, _AMBER, _GREY = "#2f6fb0", "#c9821f", "#8a97a5"
_POOR = 70  # percent


def draw(chart: Chart) -> bytes:
    """Draw a chart; the same marks give the same picture."""
    return _trend(chart) if chart.kind == "trend" else _bars(chart)


def _trend(chart: Chart) -> bytes:
    """Draw shares by month; months without any order leave a gap."""
    figure, axes = _canvas(6.4, 2.6)
    shares = [mark.value if mark.value is not None else float("nan") for mark in chart.marks]
    axes.plot([mark.label for mark in chart.marks], shares, marker="o", color=_BLUE, linewidth=2)
    for place, mark in enumerate(chart.marks):
        if mark.value is not None:
            words = f"{mark.value:.0f} %\n{mark.note}"
            axes.annotate(
                words, (place, mark.value), textcoords="offset points", xytext=(0, 8), ha="center", fontsize=8
            )
    axes.set_ylim(0, 125)
    axes.set_yticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    axes.grid(axis="y", color="#e3e8ed")
    return _png(figure, axes, chart.told)


def _bars(chart: Chart) -> bytes:
    """Draw scores, the best on top."""
    shown = chart.marks[::-1]
    figure, axes = _canvas(6.4, max(1.4, 0.36 * len(shown) + 0.7))
    scores = [mark.value or 0 for mark in shown]
    colours = [_AMBER if score < _POOR else _BLUE for score in scores]
    bars = axes.barh([mark.label for mark in shown], scores, color=colours, height=0.6)
    axes.bar_label(bars, [f"{mark.note}  {mark.value or 0:.0f}" for mark in shown], padding=4, fontsize=8)
    axes.set_xlim(0, 115)
    axes.set_xticks([0, 50, 100])
    return _png(figure, axes, chart.told)


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
