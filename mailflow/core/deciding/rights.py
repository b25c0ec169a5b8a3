"""Five rights 五适: where a confirmation says another quantity, price, day or article than was ordered.

Only what plainly is the value of a field is compared: a cell under a heading, or behind a label, or in a sentence of a
mail about one order the only quantity in its unit or the only price in its currency. What cannot be told is left alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mailflow.core.deciding.decide import MailInHand
from mailflow.core.documents.kinds import DocumentWords, kinds_of
from mailflow.core.matching.identifiers import normalise, plain_identifier
from mailflow.core.message.model import MessageKind, Table
from mailflow.core.order_book.mapping import plain_heading
from mailflow.core.order_book.values import BadValueError, amount, day
from mailflow.core.orders.events import Change
from mailflow.core.orders.model import DateBasis, Order
from mailflow.core.orders.state import OrderState
from mailflow.core.reading.model import UpdateKind

_CONFIRMING = frozenset({"contract", "proforma"})
_HEADING_ROWS = 15
_MOST_ROWS = 400
_LABEL = re.compile(r"\s*([^:：\t]{2,40}?)\s*[:：]\s*(\S.{0,80}?)\s*(?=$|\t|\s{3,})")
_PRICE = re.compile(
    r"(USD|US\$|EUR|€|GBP|£|RMB|CNY|¥|￥)\s?(\d[\d,]*(?:\.\d+)?)(?!\d)|(\d+\.\d+)\s?(USD|EUR|GBP|RMB|CNY)\b"
)
_SIGNS = {"US$": "USD", "€": "EUR", "£": "GBP", "RMB": "CNY", "¥": "CNY", "￥": "CNY"}
_FIELDS = ("quantity", "unit_price", "due_date", "style")
_NAMES = ("number", "customer_ref", "supplier_ref")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a confirmation says of an order: fields by name, as their cells say them."""

    order: str
    values: Mapping[str, str]


def differing(
    mail: MailInHand, states: Mapping[str, OrderState], headings: Mapping[str, str], words: DocumentWords
) -> dict[str, tuple[Change, ...]]:
    """Return, by order, where the confirmation in a mail says something else than was ordered; `before` is the order's.

    A confirmation is a mail that takes an order on, or one that brings a contract or a proforma invoice back.
    """
    if mail.message.kind is not MessageKind.PERSONAL:
        return {}
    own = {number: state.order for number, state in states.items() if state.order.party == mail.reading.party}
    taken = {one.order for one in mail.reading.updates if one.kind is UpdateKind.ACKNOWLEDGED}
    taken |= {
        one.order for asked in mail.reading.questions for one in asked.updates if one.kind is UpdateKind.ACKNOWLEDGED
    }
    files = [one for one in mail.message.attachments if not one.inline and not one.forwarded]
    if not taken and not any(_CONFIRMING & set(kinds_of(one.filename, one.content.text, words)) for one in files):
        return {}
    about = {number: order for number, order in own.items() if not taken or number in taken}
    found: dict[str, dict[str, Change]] = {}
    for said in _everything(mail, about, headings):
        for change in _compared(about[said.order], said.values):
            found.setdefault(said.order, {}).setdefault(change.field, change)
    return {number: tuple(changes.values()) for number, changes in found.items()}


def _everything(mail: MailInHand, orders: Mapping[str, Order], headings: Mapping[str, str]) -> Iterator[_Said]:
    message = mail.message
    files = [one.content for one in message.attachments if not one.inline and not one.forwarded]
    tables = [line.table for line in message.lines if line.table] + [table for one in files for table in one.tables]
    for table in tables[:20]:
        yield from _rows(table, orders, headings)
    if len(orders) != 1:
        return
    (number,) = orders
    for text in (message.new_text, *(one.text for one in files)):
        if values := _labelled(text, headings):
            yield _Said(number, values)
    yield _Said(number, _in_words(mail, orders[number]))


def _rows(table: Table, orders: Mapping[str, Order], headings: Mapping[str, str]) -> Iterator[_Said]:
    """Yield what the rows of a table say, each under the order that it names (or the only one that it can be of)."""
    for place, row in enumerate(table.rows[:_HEADING_ROWS]):
        fields = {i: field for i, cell in enumerate(row) if (field := _field(cell.text, headings))}
        if len(fields) < 2 or not set(fields.values()) & set(_FIELDS):
            continue
        below = table.rows[place + 1 : _MOST_ROWS]
        values = [{fields[i]: cell.text.strip() for i, cell in enumerate(one) if i in fields} for one in below]
        named = [(number, said) for said in values if (number := _order_of(said, orders))]
        per_order = {number: [said for other, said in named if other == number] for number, _ in named}
        yield from (_Said(number, some[0]) for number, some in per_order.items() if len(some) == 1)
        filled = [said for said in values if said.get("quantity")]
        if not named and not set(fields.values()) & set(_NAMES) and len(orders) == 1 and len(filled) == 1:
            yield _Said(next(iter(orders)), filled[0])
        return


def _field(heading: str, headings: Mapping[str, str]) -> str:
    return next((headings[text] for text in plain_heading(heading) if text in headings), "")


def _order_of(said: Mapping[str, str], orders: Mapping[str, Order]) -> str:
    for name in _NAMES:
        key = normalise(plain_identifier(said.get(name, "")))
        for number, order in orders.items():
            if key and key in {normalise(plain_identifier(own)) for own in _numbers(order)}:
                return number
    return ""


def _numbers(order: Order) -> tuple[str, ...]:
    return tuple(one for one in (order.number, order.customer_ref, order.supplier_ref) if one)


def _labelled(text: str, headings: Mapping[str, str]) -> dict[str, str]:
    """Return the values that stand behind labels; of a field that is said twice neither counts."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines()[:300]:
        for label, value in _LABEL.findall(line):
            if (field := _field(label, headings)) in _FIELDS:
                found.setdefault(field, []).append(value)
    return {field: values[0] for field, values in found.items() if len(set(values)) == 1}


def _in_words(mail: MailInHand, order: Order) -> dict[str, str]:
    """Return the only quantity in the order's unit and the only price near its own that a mail's sentences give."""
    said: dict[str, str] = {}
    parts = {one.quantity for one in mail.reading.updates if one.quantity is not None}
    amounts = {one.value for one in mail.reading.mentions.quantities if one.unit == order.unit}
    if len(amounts) == 1 and not parts and order.quantity is not None:
        (only,) = amounts
        if order.quantity / 2 < only < order.quantity * 2:  # less may be a lot, or samples
            said["quantity"] = f"{only} {order.unit}"
    prices = {(currency, value) for currency, value in _prices(mail.message.new_text) if _near(value, order)}
    if len(prices) == 1:
        currency, value = next(iter(prices))
        said["unit_price"] = f"{currency} {value}"
    return said


def _prices(text: str) -> Iterator[tuple[str, Decimal]]:
    for hit in _PRICE.finditer(text):
        sign, number = (hit[1], hit[2]) if hit[1] else (hit[4], hit[3])
        yield _SIGNS.get(sign, sign), Decimal(number.replace(",", ""))


def _near(value: Decimal, order: Order) -> bool:
    own = order.unit_price
    return own is not None and own / 2 <= value <= own * 2


def _compared(order: Order, said: Mapping[str, str]) -> Iterable[Change]:
    looks = (_quantity, _price, _day, _article)
    return [change for look in looks if (change := look(order, said)) is not None]


def _number(text: str, *, whole: bool) -> tuple[Decimal | None, str, str]:
    try:
        return amount(text, whole)
    except BadValueError:
        return None, "", ""


def _quantity(order: Order, said: Mapping[str, str]) -> Change | None:
    value, before, unit = _number(said.get("quantity", ""), whole=True)
    known = unit.strip().casefold()
    if value is None or value <= 0 or order.quantity is None or before.strip() or value == order.quantity:
        return None
    if known and known.rstrip("s.") != order.unit.casefold().rstrip("s."):
        return None  # counted in something else
    return Change("quantity", _shown(order.quantity, order.unit), _shown(value, order.unit))


def _price(order: Order, said: Mapping[str, str]) -> Change | None:
    value, sign, _ = _number(said.get("unit_price", ""), whole=False)
    currency = _SIGNS.get(sign.strip().upper(), sign.strip().upper()) or order.currency
    if value is None or order.unit_price is None or value <= 0 or not _near(value, order):
        return None
    if (value, currency) == (order.unit_price, order.currency):
        return None
    return Change("price", f"{order.currency} {order.unit_price:.2f}".strip(), f"{currency} {value:.2f}".strip())


def _day(order: Order, said: Mapping[str, str]) -> Change | None:
    """Compare days where both mean the same: a bare delivery date from a factory is ex-factory."""
    if order.due_date is None or order.date_basis is not DateBasis.EXW:
        return None
    try:
        found: date | None = day(said.get("due_date", ""), frozenset())
    except BadValueError:
        return None
    if found is None or found == order.due_date or abs((found - order.due_date).days) > 366:
        return None
    return Change("date", order.due_date.isoformat(), found.isoformat())


def _article(order: Order, said: Mapping[str, str]) -> Change | None:
    own, given = (normalise(plain_identifier(text)) for text in (order.style, said.get("style", "")))
    if not own or not given or own in given or given in own or not any(sign.isdigit() for sign in given):
        return None
    return Change("goods", order.style, said["style"][:60])


def _shown(value: Decimal, unit: str) -> str:
    return f"{value:,f} {unit}".strip()
