"""Records as what the book says of orders, each fault with its row and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from functools import partial
from typing import TypeVar

from mailflow.core.order_book import values as v
from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import CellValue, Entry, Fact, OrderRow, Record
from mailflow.core.order_book.values import BadValueError
from mailflow.core.orders.model import DateBasis, Milestone, Order, OrderKind, place
from mailflow.core.problems import Problem

T = TypeVar("T")
DEFAULTS: Mapping[str, object] = {
    field.name: field.default for field in fields(Order) if field.name not in ("number", "kind", "party")
}
# Without these an order is not followed, so that an empty cell keeps what we had; "-" clears.
KEPT = frozenset({"kind", "party", "quantity", "due_date"})
_DATES = ("order_date", "due_date")
_REFERENCES = ("customer_ref", "supplier_ref", "linked_order", "style")


def order_rows(
    records: Sequence[Record], rules: BookRules, people: Mapping[str, str]
) -> tuple[list[OrderRow], list[Problem], set[str]]:
    """Return the rows that can be understood, all faults, and the numbers of refused rows.

    `people` gives a merchandiser's address by name.
    """
    orders_of_dates = _date_orders(records, rules)
    found: list[OrderRow] = []
    problems: list[Problem] = []
    spoilt: set[str] = set()
    for record in records:
        reader = _RowReader(record, rules, people, orders_of_dates)
        row = reader.read()
        problems.extend(reader.problems)
        if row is not None:
            found.append(row)
        else:
            spoilt.add(reader.number)
    return found, problems, spoilt


def _date_orders(records: Sequence[Record], rules: BookRules) -> dict[tuple[str, str], frozenset[str]]:
    """Return for each column of days in which ways they can be read, by file and field."""
    columns: dict[tuple[str, str], list[CellValue]] = {}
    for record in records:
        for name, entry in record.entries.items():
            if name in _DATES or name == "told" or "." in name:
                columns.setdefault((record.file, name), []).append(entry.value)
    chosen = frozenset({rules.date_order, "year_first"}) if rules.date_order != "ask" else v.EVERY_ORDER
    orders = {}
    for key, cells in columns.items():
        possible = v.possible_orders(cells)
        orders[key] = (possible & chosen) or possible
    return orders


class _RowReader:
    """Reads one record; a soft fault leaves the field out, a hard one refuses the row."""

    def __init__(
        self,
        record: Record,
        rules: BookRules,
        people: Mapping[str, str],
        date_orders: Mapping[tuple[str, str], frozenset[str]],
    ) -> None:
        self.record = record
        self.rules = rules
        self.people = people
        self.date_orders = date_orders
        self.problems: list[Problem] = []
        self.number = ""
        self.refused = False
        self.values: dict[str, object] = {}

    def read(self) -> OrderRow | None:
        self.number = self._try("number", v.number_text) or ""
        if not self.number:
            if not self.refused:
                self._problem(self.record.entries["number"], BadValueError("is empty", "give the order a number"))
            return None
        for name, entry in self.record.entries.items():
            if name in DEFAULTS or name in ("kind", "party"):
                self._field(name, entry)
        supplier, customer = (self._try(name, v.text) or "" for name in ("supplier", "customer"))
        facts = self._facts()
        if self.refused:
            return None
        places = {name: entry.place for name, entry in self.record.entries.items()}
        record = self.record
        return OrderRow(self.number, self.values, facts, record.file, record.line, places, supplier, customer)

    def _problem(self, entry: Entry, bad: BadValueError) -> None:
        what = f"{entry.place}: {bad.what}"
        self.problems.append(Problem(self.record.file, entry.line, what, bad.cure, warning=bad.soft))
        self.refused = self.refused or not bad.soft

    def _try(self, name: str, read: Callable[[CellValue], T]) -> T | None:
        entry = self.record.entries.get(name)
        if entry is None:
            return None
        try:
            return read(entry.value)
        except BadValueError as bad:
            self._problem(entry, bad)
            return None

    def _field(self, name: str, entry: Entry) -> None:
        if entry.value is None and name in KEPT:
            return
        if entry.value is None or v.is_nothing(entry.value):
            if name not in ("kind", "party"):
                self.values.setdefault(name, DEFAULTS[name])
            return
        before = len(self.problems)
        value = self._try(name, self._reader(name))
        if len(self.problems) == before:
            self.values[name] = value

    def _reader(self, name: str) -> Callable[[CellValue], object]:
        special: dict[str, Callable[[CellValue], object]] = {
            "kind": self._kind,
            "status": self._status,
            "date_basis": self._basis,
            "quantity": self._quantity,
            "unit_price": self._price,
            "unit": lambda value: self._open_word("unit", value),
            "ship_mode": lambda value: self._open_word("ship_mode", value),
            "destination_country": lambda value: self._open_word("country", value),
            "currency": lambda value: self._open_word("currency", value).upper(),
            "required_documents": v.pieces,
            "merchandiser": self._merchandiser,
            "order_type": lambda value: v.text(value) or "standard",
        }
        if name in _DATES:
            return lambda value: v.day(value, self._order(name))
        if name in _REFERENCES:
            return v.number_text
        return special.get(name, v.text)

    def _order(self, name: str) -> frozenset[str]:
        return self.date_orders.get((self.record.file, name), v.EVERY_ORDER)

    def _word(self, table: str, value: CellValue, soft: bool) -> str:
        said = v.text(value)
        word = self.rules.word(table, said)
        if word is None:
            known = ", ".join(dict.fromkeys(self.rules.words.get(table, {}).values()))
            raise BadValueError(f"'{said}' is not known", f"write one of {known}, or add it to order_book.yaml", soft)
        return word

    def _open_word(self, table: str, value: CellValue) -> str:
        said = v.text(value)
        return self.rules.word(table, said) or said

    def _kind(self, value: CellValue) -> OrderKind:
        return OrderKind(self._word("kind", value, soft=False))

    def _status(self, value: CellValue) -> str:
        return self._word("status", value, soft=True)

    def _basis(self, value: CellValue) -> DateBasis:
        return DateBasis(self._word("date_basis", value, soft=True))

    def _quantity(self, value: CellValue) -> object:
        number, before, unit = v.amount(value, whole=True)
        if number is not None and number <= 0:
            raise BadValueError(f"'{v.text(value)}' is not more than nothing", "write the quantity ordered")
        if before:
            raise BadValueError(f"'{v.text(value)}' is no quantity", "write digits only, such as 1200")
        if unit:
            self.values["unit"] = self._open_word("unit", unit)
        return number

    def _price(self, value: CellValue) -> object:
        number, before, behind = v.amount(value, whole=False)
        currency = self.rules.word("currency", before) or self.rules.word("currency", behind)
        if currency:
            self.values["currency"] = currency
        return number

    def _merchandiser(self, value: CellValue) -> str:
        said = v.text(value)
        if found := v.emails(said):
            return found[0]
        if known := self.people.get(plain(said)):
            return known
        cure = "write the address, or name the person under merchandisers in mailflow.yaml"
        raise BadValueError(f"'{said}' is no address and no merchandiser that is known", cure, soft=True)

    def _facts(self) -> tuple[Fact, ...]:
        """Return what has happened and what is promised; references belong to the shipment."""
        refs = tuple(plain(ref).upper() for ref in self._try("refs", v.pieces) or ())
        facts: list[Fact] = []
        for name, entry in self.record.entries.items():
            kind, _, milestone = name.partition(".")
            if (kind not in ("actual", "promised") and name != "told") or entry.value is None:
                continue
            stage, part = place(milestone) if milestone else (str(Milestone.SHIP), "")
            found = self._try(name, partial(self._when, name=name, stage=stage))
            if found:
                facts.append(Fact(kind, stage, found if isinstance(found, date) else None, part=part))
        shipments = [fact for fact in facts if fact.milestone == Milestone.SHIP and fact.kind != "told"]
        if refs and shipments:
            shipped = min(shipments, key=lambda fact: fact.kind)  # what has happened rather than what is promised
            facts[facts.index(shipped)] = replace(shipped, refs=refs)
        return tuple(facts)

    def _when(self, value: CellValue, name: str, stage: str) -> date | bool:
        """Return the day; True for an acknowledgement that is only ticked; False for a no."""
        ticked = value if isinstance(value, bool) else None
        if isinstance(value, str):
            word = self.rules.word("yes_no", value)
            ticked = None if word is None else word == "yes"
        if ticked is None:
            return v.day(value, self._order(name)) or False
        if ticked and (name.startswith("promised") or stage != Milestone.ACKNOWLEDGED):
            raise BadValueError(f"'{v.text(value)}' says no day, and was left out", "write the day", soft=True)
        return ticked
