"""Which files of a mail are documents of which order. A file is filed only where nothing is left to guess."""

import re
from collections.abc import Iterable, Mapping, Sequence

from mailflow.core.deciding.decide import MailInHand
from mailflow.core.documents.kinds import DocumentWords, kinds_of, plain
from mailflow.core.documents.secrets import given_away, secrets_of
from mailflow.core.matching.identifiers import normalise, plain_identifier
from mailflow.core.matching.index import Lookup, Naming
from mailflow.core.message.model import Attachment, MessageKind
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import NewEvent, ReviewOpened
from mailflow.core.orders.model import Order, OrderKind, Party, Role, linked
from mailflow.core.orders.papers import DocumentFiled
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.model import SURE

_MOST = 20  # files of one mail
_ITEMS = 100  # questions about files are numbered from here on, behind those about the mail's words
_MOST_ORDERS = 6  # that one file is asked about
_NAMES = frozenset({Naming.OWN, Naming.CUSTOMER, Naming.SUPPLIER, Naming.LEARNED})
_SERVICES = (Role.FORWARDER, Role.INSPECTOR)


def named_in_files(mail: MailInHand, lookup: Lookup) -> tuple[str, ...]:
    """Return the orders whose number stands in the name of a file that came with a mail."""
    found = (order for file in mail.message.attachments[:_MOST] for order in _numbers(file.filename, lookup))
    return tuple(dict.fromkeys(found))


def filed(
    mail: MailInHand, states: Mapping[str, OrderState], parties: Mapping[str, PartyState], words: DocumentWords
) -> list[NewEvent]:
    """Return the documents that came with a mail, and a question for each of which the order is not certain.

    `states` holds the orders that the mail or the name of a file names. Only who has a say in an order files to it.
    """
    sender = parties.get(mail.reading.party)
    if sender is None or mail.message.kind is not MessageKind.PERSONAL or mail.message.unproven:
        return []
    theirs = [state for state in states.values() if _has_say(sender.party, state.order)]
    sure = {match.order for match in mail.reading.orders if match.confidence >= SURE}
    events: list[NewEvent] = []
    asked = 0
    for part, file in enumerate(mail.message.attachments[:_MOST]):
        kinds = () if file.inline or file.forwarded else kinds_of(file.filename, file.content.text, words)
        if not kinds:
            continue
        orders = _orders_of(file, theirs, sure)
        found = [_event(mail, part, kind, state, sender.party, parties) for state in orders for kind in kinds]
        known = {(paper.mail, paper.part) for state in orders for paper in state.papers}
        if (mail.id, part) in known:
            continue
        if len(orders) == 1 or _all_named(file, orders):
            events += [NewEvent(event) for event in found]
        elif 1 < len(orders) <= _MOST_ORDERS:
            asked += 1
            events.append(NewEvent(_question(mail, asked, file, kinds, found)))
    return events


def _orders_of(file: Attachment, theirs: Sequence[OrderState], sure: set[str]) -> list[OrderState]:
    """Return the orders that a file is about: named by its name, else by its words, else by the mail."""
    for text in (file.filename, _said(file)):
        if named := [state for state in theirs if _names(text, state.order)]:
            return named
    return [state for state in theirs if state.order.number in sure]


def _all_named(file: Attachment, orders: Sequence[OrderState]) -> bool:
    text = f"{file.filename}\n{_said(file)}"
    return bool(orders) and all(_names(text, state.order) for state in orders)


def _names(text: str, order: Order) -> bool:
    words = f" {plain(text)} "
    return any(f" {plain(name)} " in words for name in (order.number, order.customer_ref, order.supplier_ref) if name)


def _said(file: Attachment) -> str:
    cells = (cell.text for table in file.content.tables for row in table.rows for cell in row)
    return "\n".join((file.content.text, *cells))


def _has_say(party: Party, order: Order) -> bool:
    """Say whether a party's files may be filed to an order: its own party, or who carries or inspects it."""
    if party.role in _SERVICES:
        own = order.forwarder if party.role is Role.FORWARDER else order.inspector
        return own in ("", party.name)
    return order.party == party.name


def _event(
    mail: MailInHand, part: int, kind: str, state: OrderState, sender: Party, parties: Mapping[str, PartyState]
) -> DocumentFiled:
    file, order = mail.message.attachments[part], state.order
    text = _said(file).strip()
    readable = bool(text) and not file.content.problem
    purchase = order.kind is OrderKind.PURCHASE
    reader = "" if purchase else order.party
    secrets = secrets_of(reader, [order] if purchase else [], _apart(parties, order)) if readable else ()
    names = given_away(f"{file.filename}\n{text}", secrets)
    return DocumentFiled(
        order.number,
        kind,
        mail.id,
        part,
        file.filename,
        file.content_type,
        file.size,
        sender.name,
        str(sender.role),
        readable,
        names,
    )


def _apart(parties: Mapping[str, PartyState], order: Order) -> Mapping[str, PartyState]:
    """Return the parties without the customers, where the customer that an order serves is not known here.

    Who else buys from us is looked for when the letter is written: then its reader is known.
    """
    if order.kind is OrderKind.SALES or not linked(order):
        return parties
    return {name: state for name, state in parties.items() if state.party.role is not Role.CUSTOMER}


def _question(
    mail: MailInHand, number: int, file: Attachment, kinds: Iterable[str], found: Sequence[DocumentFiled]
) -> ReviewOpened:
    orders = tuple(dict.fromkeys(event.order for event in found))
    what = ", ".join(kind.replace("_", " ") for kind in kinds)
    text = f"{mail.message.sender.email} sent {file.filename} ({what}): file it to {', '.join(orders)}?"
    proposed = tuple(encode_event(event) for event in found)
    return ReviewOpened(f"R{mail.id}.{_ITEMS + number}", text, orders, mail.id, (), proposed, "", mail.reading.party)


def _numbers(name: str, lookup: Lookup) -> Iterable[str]:
    for token in re.findall(r"[A-Za-z0-9][A-Za-z0-9./-]*", name.rpartition(".")[0].replace("_", " ")):
        pieces = token.split("-")
        for end in range(len(pieces), 0, -1):
            key = normalise(plain_identifier("-".join(pieces[:end])))
            entries = [one for one in lookup.exact(key) if one.naming in _NAMES] if key else []
            if entries:
                yield from dict.fromkeys(one.order for one in entries)
                break
