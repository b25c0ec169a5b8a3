"""What one of ours wrote to a party by hand: which orders it is about, and which date the customer has been told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.message.model import Address, Message
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import CustomerTold, Event, NewEvent, Proof, ReviewOpened, WrittenByHand
from mailflow.core.orders.model import DateBasis, Milestone, OrderKind, Party, Role
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.model import SURE, Reading, Update, UpdateKind

MOST_PARTIES = 5
_MOST_WORDS = 300
_MEANS = {
    Milestone.SHIP: frozenset((DateBasis.EXW, DateBasis.ETD)),
    Milestone.PRODUCTION: frozenset((DateBasis.EXW,)),
    Milestone.ARRIVE: frozenset((DateBasis.ETA,)),
    Milestone.RECEIVE: frozenset((DateBasis.DELIVERED,)),
}
"""Which date of an order a milestone's day speaks of; dates of different meaning are never compared directly."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A party that a mail of ours went to, and the address there."""

    party: Party
    address: Address


@dataclass(frozen=True, slots=True)
class Written:
    """A mail of ours in Sent under its id, as it reads to one party."""

    mail: int
    message: Message
    to: Recipient
    reading: Reading
    at: datetime  # when it was sent, aware UTC


def recipients(message: Message, parties: Iterable[PartyState]) -> tuple[Recipient, ...]:
    """Return the parties that a mail of ours went to, by a listed address or by their domain, each once."""
    addresses = [address for address in (*message.to, *message.cc) if "@" in address.email]
    known = [state.party for state in parties if not state.vanished]
    found: dict[str, Recipient] = {}
    for address in addresses:
        for party in known:
            if party.name not in found and _belongs(address, party):
                found[party.name] = Recipient(party, address)
    return tuple(found.values())[:MOST_PARTIES]


def _belongs(address: Address, party: Party) -> bool:
    listed = {contact.email.lower() for contact in party.contacts}
    return address.email in listed or address.email.rpartition("@")[2] in party.domains


def events_of(written: Written, states: Mapping[str, OrderState]) -> list[NewEvent]:
    """Return what a mail written by hand leads to: it stands in the history, and a date in it counts as told.

    A date for a customer counts only where it certainly is the one that their order's date means; else a person is
    asked which date was given.
    """
    message, party, reading = written.message, written.to.party, written.reading
    orders = tuple(match.order for match in reading.orders if match.confidence >= SURE and match.order in states)
    words = " ".join(message.new_text.split())[:_MOST_WORDS]
    to = tuple(address.email for address in message.to)
    events: list[Event] = [
        WrittenByHand(
            written.mail,
            message.message_id,
            message.sender.email,
            party.name,
            to,
            message.subject,
            orders,
            words,
            written.at,
            tuple(dict.fromkeys((*message.in_reply_to, *message.references))),
        )
    ]
    if party.role is Role.CUSTOMER:
        told = list(_told(written, states))
        events += told
        events += _asked(written, states, {event.order for event in told})
    return [NewEvent(event, message.sender.email) for event in events]


def _told(written: Written, states: Mapping[str, OrderState]) -> Iterator[CustomerTold]:
    sure = [update for update in written.reading.updates if update.applied and _tells(update, states)]
    for order in dict.fromkeys(update.order for update in sure):
        days = {update.date for update in sure if update.order == order}
        day = days.pop()
        if day is not None and not days:
            yield CustomerTold(order, day, proof=_proof(written, next(u for u in sure if u.order == order)))


def _tells(update: Update, states: Mapping[str, OrderState]) -> bool:
    state = states.get(update.order)
    if update.kind is not UpdateKind.FORECAST or update.date is None or state is None or update.quantity is not None:
        return False
    sold = state.order.kind is OrderKind.SALES
    return sold and update.milestone is not None and state.order.date_basis in _MEANS.get(update.milestone, ())


def _asked(written: Written, states: Mapping[str, OrderState], settled: set[str]) -> Iterator[ReviewOpened]:
    """Ask which date a customer was given, where a mail gives them one that is not certain."""
    doubtful = [*written.reading.updates, *(u for question in written.reading.questions for u in question.updates)]
    dated = [update for update in doubtful if update.kind is UpdateKind.FORECAST and update.order in states]
    by_order = {update.order: update for update in dated if update.order not in settled}
    for order, update in by_order.items():
        told = CustomerTold(order, update.date, proof=_proof(written, update)) if update.date else None
        guess = f" Was it {update.date}?" if told else ""
        yield ReviewOpened(
            f"R{written.mail}.{order}",  # one mail may go to several parties, an order is one party's
            f"{written.message.sender.email} wrote to {written.to.party.name} about {order}: "
            f"which date has the customer been told?{guess}",
            (order,),
            written.mail,
            proposed=(encode_event(told),) if told else (),
            words=update.evidence,
            party=written.to.party.name,
        )


def _proof(written: Written, update: Update) -> Proof:
    message = written.message
    return Proof(
        written.mail,
        update.evidence,
        update.confidence,
        update.why,
        message.sender.email,
        message.message_id,
        message.date,
    )
