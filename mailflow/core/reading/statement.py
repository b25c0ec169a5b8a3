"""A statement: a milestone and its day as a sentence gives it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.core.reading.finders.dates import DateHit
from mailflow.core.reading.finders.quantities import QuantityHit
from mailflow.core.reading.moods import Doubt
from mailflow.core.reading.text import Clause


class Source(StrEnum):
    """How the date of a statement was told, the surest first."""

    DATE = "date"
    OFFSET = "offset"
    SCHEDULE = "schedule"
    SOMEDAY = "someday"
    TODAY = "today"  # a done form without a day: the mail's own


@dataclass(slots=True)
class Statement:
    """A milestone and its day as a sentence gives it; `orders` are filled in by scope."""

    milestone: Milestone
    source: Source
    done: bool
    start: int
    end: int
    clause: Clause
    day: date | None = None
    span: tuple[DateHit, int] | None = None  # an offset and its sign, to be counted from the date that stands
    quantity: Decimal | None = None
    unit: str = ""
    part: bool = False
    basis: DateBasis | None = None
    doubts: set[Doubt] = field(default_factory=set)
    default: bool = False
    weak: bool = False  # told from a word that means much else too
    renewed: bool = False
    order: str = ""
    at: tuple[int, int] = (0, 0)  # where its date stands
    by: tuple[int, int] = (0, 0)  # where the word of its milestone stands
    strong: bool = False  # that word means nothing else
    by_done: bool = False  # that word says by itself that it has happened
    paired: tuple[tuple[int, int], ...] = ()  # the dates of its clause that have a word of their own
    unexplained: tuple[str, ...] = ()  # why its date may belong to something else
    beside: tuple[QuantityHit, ...] = ()  # amounts in clauses of its sentence that have no date of their own
    place: tuple[int, int] = (0, 0)  # sentence, position: later ones outrank earlier ones in a correction
