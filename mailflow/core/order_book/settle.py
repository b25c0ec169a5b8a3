"""From what a book says to whole orders and parties, on top of what is known already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mailflow.core.order_book.mapping import plain
from mailflow.core.order_book.model import Book, OrderRow, PartyRow
from mailflow.core.order_book.party_rows import names
from mailflow.core.orders.model import Order, OrderKind, Party, Role
from mailflow.core.problems import Problem

_ROLE_OF_KIND = {OrderKind.PURCHASE: Role.SUPPLIER, OrderKind.SALES: Role.CUSTOMER}
_KIND_OF_ROLE = {role: kind for kind, role in _ROLE_OF_KIND.items()}


@dataclass(frozen=True, slots=True)
class Settled:
    """Orders and parties as they would now stand, each with the row that says so; `spoilt` as in `Book`."""

    orders: tuple[tuple[OrderRow, Order], ...]
    parties: tuple[tuple[PartyRow, Party], ...]
    problems: tuple[Problem, ...]
    spoilt: frozenset[str]


def settle(book: Book, orders: Mapping[str, Order], parties: Mapping[str, Party]) -> Settled:
    """Complete each row with what is known of its order or party, and look at the book as a whole."""
    problems: list[Problem] = []
    spoilt = set(book.spoilt)
    found_parties: list[tuple[PartyRow, Party]] = []
    for row in book.parties:
        party = _party(row, parties.get(row.name), problems)
        if party:
            found_parties.append((row, party))
        else:
            spoilt.add(row.name)
    everyone = dict(parties) | {party.name: party for _, party in found_parties}
    by_name = names([(party.name, party.short) for party in everyone.values()])
    found_orders: list[tuple[OrderRow, Order]] = []
    for order_row in book.orders:
        order = _order(order_row, orders.get(order_row.number), everyone, by_name, problems)
        if order:
            found_orders.append((order_row, order))
        else:
            spoilt.add(order_row.number)
    problems += _unknown_parties(found_orders, everyone)
    every_order = dict(orders) | {order.number: order for _, order in found_orders}
    for order_row, order in found_orders:
        problems += _doubts(order_row, order, everyone.get(order.party), every_order)
    return Settled(tuple(found_orders), tuple(found_parties), tuple(problems), frozenset(spoilt))


def _party(row: PartyRow, known: Party | None, problems: list[Problem]) -> Party | None:
    if known is not None:
        return replace(known, **row.values)  # type: ignore[arg-type]  # the row reader types each field
    if "role" not in row.values:
        cure = "write supplier, customer or forwarder in a column 'role'"
        problems.append(Problem(row.file, row.line, f"what {row.name} is to us stands nowhere", cure))
        return None
    party = Party(name=row.name, **row.values)  # type: ignore[arg-type]  # the row reader types each field
    if "timezone" not in row.values:
        cure = "add a column 'timezone' (Asia/Shanghai) or 'country': letters go in their working hours"
        problems.append(Problem(row.file, row.line, f"the time zone of {row.name} is not known", cure, warning=True))
    if not party.contacts and party.role is not Role.FORWARDER:
        cure = "add a contact with an e-mail address: nobody can be asked"
        problems.append(Problem(row.file, row.line, f"{row.name} has no contact", cure, warning=True))
    return party


def _order(
    row: OrderRow,
    known: Order | None,
    parties: Mapping[str, Party],
    by_name: Mapping[str, str],
    problems: list[Problem],
) -> Order | None:
    said = {name: value for name, value in row.values.items() if name not in ("kind", "party")}
    party, kind = _who(row, known, parties, by_name)
    if not party:
        problems.append(Problem(row.file, row.line, f"order {row.number} names no party", "fill in who it is with"))
        return None
    if kind is None:
        what = f"whether order {row.number} is a purchase or a sales order stands nowhere"
        problems.append(Problem(row.file, row.line, what, "add a column 'kind', or the party to the parties"))
        return None
    base = known or Order(row.number, kind, party)
    return replace(base, kind=kind, party=party, **said)  # type: ignore[arg-type]  # the row reader types each field


def _who(
    row: OrderRow, known: Order | None, parties: Mapping[str, Party], by_name: Mapping[str, str]
) -> tuple[str, OrderKind | None]:
    """Return the party and the kind: a list with both a customer and a supplier is one of purchase orders."""
    kind = row.values.get("kind")
    said = str(row.values.get("party") or "")
    if not said and row.supplier and kind is not OrderKind.SALES:
        said, kind = row.supplier, kind or OrderKind.PURCHASE
    elif not said and row.customer and kind is not OrderKind.PURCHASE:
        said, kind = row.customer, kind or OrderKind.SALES
    party = by_name.get(plain(said), said) if said else known.party if known else ""
    if kind is None and known is not None:
        kind = known.kind
    if kind is None and party in parties:
        kind = _KIND_OF_ROLE.get(parties[party].role)
    assert kind is None or isinstance(kind, OrderKind)
    return party, kind


def _unknown_parties(orders: Iterable[tuple[OrderRow, Order]], parties: Mapping[str, Party]) -> list[Problem]:
    """Tell of each unknown party once: a book without its parties would otherwise repeat itself in every row."""
    rows: dict[str, list[OrderRow]] = {}
    for row, order in orders:
        if order.party not in parties:
            rows.setdefault(order.party, []).append(row)
    problems = []
    for party, found in rows.items():
        first = found[0]
        which = f"order {first.number}" if len(found) == 1 else f"order {first.number} and {len(found) - 1} more"
        what = f"party '{party}' of {which} is not known"
        cure = "import it too: nobody there can be asked, and nobody has a say"
        problems.append(Problem(first.file, first.line, what, cure, warning=True))
    return problems


def _doubts(row: OrderRow, order: Order, party: Party | None, orders: Mapping[str, Order]) -> list[Problem]:
    """Return what looks wrong with an order that is imported all the same."""
    problems: list[Problem] = []

    def doubt(field: str, what: str, cure: str) -> None:
        place = f"{row.places[field]}: " if field in row.places else ""
        problems.append(Problem(row.file, row.line, f"{place}{what}", cure, warning=True))

    if order.due_date is None and order.status == "open":
        doubt("due_date", f"order {order.number} has no due date", "fill it in: nothing is chased without one")
    if order.due_date and order.order_date and order.due_date < order.order_date:
        what = f"{order.due_date} is before the order date {order.order_date}"
        doubt("due_date", what, "check both dates; it was imported as it stands")
    if party and party.role in _KIND_OF_ROLE and party.role is not _ROLE_OF_KIND[order.kind]:
        what = f"a {order.kind} order of {party.name}, who is a {party.role}"
        doubt("kind", what, "check the kind and the party")
    if order.linked_order:
        linked = orders.get(order.linked_order)
        if linked is None:
            what = f"linked order '{order.linked_order}' is in no book"
            doubt("linked_order", what, "import it too, or mend the number: its customer would not be told of a delay")
        elif linked.kind is not OrderKind.SALES or order.kind is not OrderKind.PURCHASE:
            what = f"a {order.kind} order is linked to {linked.kind} order {linked.number}"
            doubt("linked_order", what, "a purchase order names the sales order that it serves")
    return problems
