"""What a report is made of when it is written down: sheets of a workbook, pictures of a page."""

from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list under headings; `percents` and `late` are columns (from 0) of shares and of days too many."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    percents: tuple[int, ...] = ()
    late: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and what it shows, for those who cannot see it."""

    png: bytes
    told: str
