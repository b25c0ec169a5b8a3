"""Words that a customer must not read in a document: the other side's names, numbers, addresses and amounts."""

import re
from collections.abc import Iterable, Iterator, Mapping

from mailflow.core.documents.kinds import plain
from mailflow.core.orders.model import Order, Party, Role
from mailflow.core.orders.state import PartyState

_SHORTEST = 4
"""Shorter Latin words (Wu, 26) stand in many a text by chance; Chinese ones of two signs do not."""
_OTHERS = (Role.SUPPLIER, Role.CUSTOMER)


def secrets_of(reader: str, purchases: Iterable[Order], parties: Mapping[str, PartyState]) -> tuple[str, ...]:
    """Return what a customer must not learn: numbers and amounts of purchase orders, who else buys from us or sells."""
    found = [word for order in purchases for word in (order.number, order.supplier_ref, *_amounts(order))]
    for name, state in parties.items():
        if name != reader and state.party.role in _OTHERS:
            found += _of_party(state.party)
    return tuple(dict.fromkeys(word for word in found if _tells(word)))


def given_away(text: str, secrets: Iterable[str]) -> str:
    """Return the first of some secrets that stands in a text, however it is spaced, or nothing."""
    words = f" {plain(text)} "
    squeezed = words.replace(" ", "")
    for secret in secrets:
        key = plain(secret)
        if f" {key} " in words or (not key.isascii() and key.replace(" ", "") in squeezed):
            return secret
    return ""


def _of_party(party: Party) -> Iterator[str]:
    yield from (party.name, party.short, *party.domains)
    for contact in party.contacts:
        yield from (contact.name, contact.email)


def _amounts(order: Order) -> Iterator[str]:
    if order.unit_price is not None and order.quantity is not None:
        total = order.unit_price * order.quantity
        yield from (f"{total:.2f}", f"{total:,.2f}")


def _tells(word: str) -> bool:
    key = re.sub(r"\W+", "", word)
    return len(key) >= (_SHORTEST if key.isascii() else 2)
