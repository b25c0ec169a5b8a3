"""What a report is made of when it is written down: sheets of a workbook, charts of a page or a mail."""

from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list under headings; `percents`, `late` and `days` are columns (from 0) of shares, of days too many, of dates.

    A date may stand there as text (2026-11-20), as it does in what was stored.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    percents: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A point or a bar of a chart: a percentage under a label, None where there is nothing to show."""

    label: str
    value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart before it is drawn: `kind` is `trend` (a line) or `suppliers` (bars, the best first)."""

    kind: str
    told: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What goes along with a report that is mailed: its lists as a workbook, and charts that stand in the letter."""

    name: str
    sheets: tuple[Sheet, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and what it shows, for those who cannot see it."""

    png: bytes
    told: str
