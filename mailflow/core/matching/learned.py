"""What people's answers taught about names of orders and about senders, put to the order book."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailflow.core.matching.index import Alias
from mailflow.core.orders.model import Contact, Party
from mailflow.core.orders.state import LearnedKind, LearnedState


def also_called(learned: Iterable[LearnedState]) -> list[Alias]:
    """Return the other names of orders."""
    return [Alias(one.name, one.value) for one in learned if one.kind is LearnedKind.ALIAS and not one.withdrawn]


def as_learned(parties: Sequence[Party], learned: Iterable[LearnedState]) -> list[Party]:
    """Return the parties as mails are read for them: with the addresses that were learned, and how they write dates.

    Nobody is written to at an address because it was learned: letters go to whom the order book lists.
    """
    contacts: dict[str, list[Contact]] = {}
    orders: dict[str, str] = {}
    for one in learned:
        if one.withdrawn:
            continue
        if one.kind is LearnedKind.CONTACT:
            contacts.setdefault(one.party, []).append(Contact("", one.name))
        elif one.kind is LearnedKind.DATE_ORDER:
            orders[one.party] = one.value
    return [
        replace(
            party,
            contacts=(*party.contacts, *contacts.get(party.name, ())),
            date_order=orders.get(party.name, party.date_order),
        )
        for party in parties
    ]
