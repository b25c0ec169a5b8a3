"""From files to a book: every source is read, faults are gathered, lines of one order are put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from mailflow.core.order_book.documents import document_records
from mailflow.core.order_book.mapping import BookRules, plain
from mailflow.core.order_book.model import Book, OrderRow, PartyRow, Sheet
from mailflow.core.order_book.order_rows import order_rows
from mailflow.core.order_book.party_rows import party_rows
from mailflow.core.order_book.records import Records, sheet_records
from mailflow.core.orders.model import House
from mailflow.core.problems import Problem, errors

# What may differ between the lines of one order; anything else that differs is a contradiction.
_OF_A_LINE = frozenset({"style", "description", "product", "quantity", "unit", "unit_price", "shipping_mark"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the book: its sheets, or the text of a YAML document."""

    file: str
    sheets: tuple[Sheet, ...] = ()
    text: str | None = None


def read_book(sources: Sequence[Source], rules: BookRules, people: Mapping[str, str] | None = None) -> Book:
    """Return everything that the sources say; `people` gives a merchandiser's address by (plain) name."""
    records = Records()
    house: House | None = None
    for source in sources:
        found, here = (
            (sheet_records(source.sheets, rules), None)
            if source.text is None
            else document_records(source.text, source.file, rules)
        )
        house = house or here
        records.orders += found.orders
        records.parties += found.parties
        records.problems += found.problems
        records.ignored += found.ignored
    known = {plain(name): address for name, address in (people or {}).items()}
    orders, order_problems, numbers = order_rows(records.orders, rules, known)
    parties, party_problems, names = party_rows(records.parties, rules)
    kept, twice, contradicting = _once(orders)
    return Book(
        orders=tuple(kept),
        parties=tuple(parties),
        house=house,
        problems=(*records.problems, *party_problems, *order_problems, *twice, *_shared_addresses(parties)),
        spoilt=frozenset(numbers | names | contradicting | ({""} if errors(records.problems) else set())),
        ignored=tuple(records.ignored),
    )


def _once(rows: Sequence[OrderRow]) -> tuple[list[OrderRow], list[Problem], set[str]]:
    """Put the lines of one order together; refuse orders whose rows contradict each other."""
    by_number: dict[str, list[OrderRow]] = {}
    for row in rows:
        by_number.setdefault(row.number, []).append(row)
    kept: list[OrderRow] = []
    problems: list[Problem] = []
    refused: set[str] = set()
    for number, same in by_number.items():
        first, *more = same
        for row in more:
            differing = _contradictions(first, row)
            if differing:
                refused.add(number)
                what = f"order {number} stands at {first.source} already with another {', '.join(differing)}"
                problems.append(Problem(row.file, row.line, what, "keep one of the rows; neither was imported"))
            elif _same(first, row):
                what = f"order {number} stands at {first.source} already"
                problems.append(Problem(row.file, row.line, what, "delete one of the rows", warning=True))
            else:
                what = f"order {number} has a further line here; put together with {first.source}"
                problems.append(Problem(row.file, row.line, what, "number the lines if each is to be followed", True))
        if number not in refused:
            kept.append(_together([row for index, row in enumerate(same) if not index or not _same(first, row)]))
    return kept, problems, refused


def _same(left: OrderRow, right: OrderRow) -> bool:
    return (left.values, left.facts, left.supplier, left.customer) == (
        right.values,
        right.facts,
        right.supplier,
        right.customer,
    )


def _contradictions(first: OrderRow, row: OrderRow) -> list[str]:
    names = sorted((first.values.keys() & row.values.keys()) - _OF_A_LINE)
    differing = [name for name in names if row.values[name] and first.values[name] != row.values[name]]
    if row.facts and first.facts and row.facts != first.facts:
        differing.append("milestones")
    return differing


def _together(rows: list[OrderRow]) -> OrderRow:
    """Return one row for several lines: quantities of one unit are added, what differs is joined or left out."""
    first = rows[0]
    if len(rows) == 1:
        return first
    values = dict(first.values)
    for name in _OF_A_LINE & values.keys():
        said = list(dict.fromkeys(row.values[name] for row in rows if row.values.get(name)))
        if name == "quantity":
            continue
        if name == "unit_price":
            values[name] = said[0] if len(said) == 1 else None
        elif name != "unit":
            values[name] = " / ".join(str(value) for value in said)
    units = {row.values.get("unit", "") for row in rows}
    amounts = [row.values.get("quantity") for row in rows]
    if "quantity" in values:
        numbers = [amount for amount in amounts if isinstance(amount, Decimal)]
        values["quantity"] = sum(numbers, Decimal(0)) if len(units) == 1 and len(numbers) == len(rows) else None
    return replace(first, values=values)


def _shared_addresses(parties: Sequence[PartyRow]) -> list[Problem]:
    """A mail from an address of two parties tells nothing about who wrote."""
    owners: dict[str, PartyRow] = {}
    problems = []
    for party in parties:
        contacts = party.values.get("contacts", ())
        assert isinstance(contacts, tuple)
        for contact in contacts:
            other = owners.setdefault(contact.email, party)
            if other.name != party.name:
                what = f"{contact.email} is a contact of {other.name} ({other.source}) as well"
                problems.append(Problem(party.file, party.line, what, "keep it with one of them", warning=True))
    return problems
