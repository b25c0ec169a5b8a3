"""What is read from an order book, before and after it is understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mailflow.core.orders.model import House
from mailflow.core.problems import Problem


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula failed, such as #N/A."""

    text: str


CellValue = str | Decimal | date | bool | CellError | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook or a CSV file; row numbers are those that a spreadsheet program shows."""

    file: str
    rows: tuple[tuple[CellValue, ...], ...]
    name: str = ""
    first_row: int = 1

    @property
    def label(self) -> str:
        """Return the file's name, with the sheet's where there is one."""
        return f"{self.file}[{self.name}]" if self.name else self.file


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a record; `place` names its column, or its key in YAML."""

    value: CellValue
    place: str
    line: int


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A person as a record names them, before the e-mail is looked at."""

    name: str
    email: str
    role: str
    place: str
    line: int


@dataclass(frozen=True, slots=True)
class Record:
    """One row, or one item of a YAML list: fields by name, and where each stands."""

    file: str
    line: int
    entries: Mapping[str, Entry]
    contacts: tuple[ContactEntry, ...] | None = None
    modes: tuple[tuple[str, str], ...] | None = None
    domains: tuple[str, ...] | None = None

    @property
    def source(self) -> str:
        """Return `file:line`, the way an event names where it came from."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fact:
    """What the book says has happened (`actual`), is promised (`promised`) or was told to the customer (`told`).

    `date` is None for an acknowledgement that is only ticked.
    """

    kind: str
    milestone: str
    date: date | None
    refs: tuple[str, ...] = ()
    part: str = ""  # of a milestone: the deposit of the payment, a document


@dataclass(frozen=True, slots=True)
class OrderRow:
    """What the book says of one order: only the fields that it has; `values` are typed as in `Order`."""

    number: str
    values: Mapping[str, object]
    facts: tuple[Fact, ...]
    file: str
    line: int
    places: Mapping[str, str] = field(default_factory=dict)  # field → its column
    supplier: str = ""
    customer: str = ""

    @property
    def source(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class PartyRow:
    """What the book says of one party: only the fields that it has; `values` are typed as in `Party`."""

    name: str
    values: Mapping[str, object]
    file: str
    line: int

    @property
    def source(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Book:
    """All that was read; `spoilt` are numbers and names of rows that were refused: they have not vanished.

    An empty text among them stands for rows, or whole files, of which not even the number could be read.
    """

    orders: tuple[OrderRow, ...] = ()
    parties: tuple[PartyRow, ...] = ()
    house: House | None = None
    problems: tuple[Problem, ...] = ()
    spoilt: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()  # columns that no field was found for, as `file: heading`
