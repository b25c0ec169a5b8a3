"""The journal: what the ledger's events tell of days, promises, letters and answers, in their order of recording."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from mailflow.core.orders import by_hand as h
from mailflow.core.orders import events as e
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Order, OrderKind, Party, linked

K = TypeVar("K", str, int)


@dataclass(frozen=True, slots=True)
class Promised:
    """A date that somebody gave for (a part of) a milestone; `at` aware UTC."""

    at: datetime
    day: date
    part: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone (or a part of it) that happened on `day`, known since `at`."""

    at: datetime
    day: date
    part: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A mail that came from a party, or a letter that went out, about some orders."""

    at: datetime
    party: str
    orders: tuple[str, ...]


@dataclass(slots=True)
class OrderJournal:
    """Everything dated that is known of one order; lists grow in the order of recording."""

    order: Order
    promises: dict[str, list[Promised]] = field(default_factory=lambda: defaultdict(list))
    reached: dict[str, list[Reached]] = field(default_factory=lambda: defaultdict(list))
    told: list[Promised] = field(default_factory=list)
    moved_at: list[datetime] = field(default_factory=list)
    problems: list[tuple[datetime, str]] = field(default_factory=list)
    payments: list[datetime] = field(default_factory=list)
    owner: str = ""  # the merchandiser it was handed over to; empty: the book's

    @property
    def merchandiser(self) -> str:
        """Return the address of the person of ours whose order it is, where one is known."""
        return self.owner or self.order.merchandiser

    def done(self, milestone: str, until: datetime) -> date | None:
        """Return the day on which a milestone had wholly happened, as was known at `until`; None while it is open."""
        known = [one for one in self.reached.get(milestone, ()) if one.at < until]
        if not known:
            return None
        last = max(one.day for one in known)
        parts = {one.part: one.quantity for one in known}
        if "" in parts or self.order.quantity is None:
            return last
        whole = sum((quantity or Decimal(0) for quantity in parts.values()), Decimal(0))
        return last if whole >= self.order.quantity else None

    def expected(self, milestone: str, until: datetime) -> date | None:
        """Return the latest date that stood for a milestone at `until`; None where none was ever given."""
        by_part = {one.part: one.day for one in self.promises.get(milestone, ()) if one.at < until}
        return max(by_part.values(), default=None)

    def told_at(self, until: datetime) -> date | None:
        """Return the date last agreed with the customer at `until`."""
        known = [one.day for one in self.told if one.at < until]
        return known[-1] if known else None


@dataclass(slots=True)
class Journal:
    """What happened, by order and by party."""

    orders: dict[str, OrderJournal] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    mails: list[Spoken] = field(default_factory=list)
    mails_of: dict[str, list[Spoken]] = field(default_factory=lambda: defaultdict(list))  # those with orders, by party
    letters: list[Spoken] = field(default_factory=list)
    asked: dict[str, datetime] = field(default_factory=dict)  # questions to people, by item
    decided: dict[str, datetime] = field(default_factory=dict)
    drafted: dict[int, datetime] = field(default_factory=dict)
    settled: dict[int, datetime] = field(default_factory=dict)  # drafts that were sent, declined or withdrawn
    about: dict[str | int, tuple[str, ...]] = field(default_factory=dict)  # orders of questions and drafts
    serving: dict[str, OrderJournal] = field(default_factory=dict)  # of a share: others' purchases that serve its sales

    def purchases(self) -> Mapping[str, OrderJournal]:
        """Return the orders that we place."""
        return {n: one for n, one in self.orders.items() if one.order.kind is OrderKind.PURCHASE}

    def sales(self) -> Mapping[str, OrderJournal]:
        """Return the orders that we got."""
        return {n: one for n, one in self.orders.items() if one.order.kind is OrderKind.SALES}


def share(journal: Journal, mine: Callable[[OrderJournal], bool]) -> Journal:
    """Return what concerns some orders alone; mails, letters and questions about none of them are left out."""
    orders = {number: one for number, one in journal.orders.items() if mine(one)}

    def ours(some: Iterable[Spoken]) -> list[Spoken]:
        return [one for one in some if not orders.keys().isdisjoint(one.orders)]

    def named(some: Mapping[K, datetime]) -> dict[K, datetime]:
        return {key: at for key, at in some.items() if not orders.keys().isdisjoint(journal.about.get(key, ()))}

    part = Journal(orders, journal.parties, ours(journal.mails))
    part.mails_of.update({party: ours(mails) for party, mails in journal.mails_of.items()})
    part.letters = ours(journal.letters)
    part.asked, part.decided = named(journal.asked), named(journal.decided)
    part.drafted, part.settled = named(journal.drafted), named(journal.settled)
    part.serving = {
        number: one
        for number, one in journal.purchases().items()
        if number not in orders and not orders.keys().isdisjoint(linked(one.order))
    }
    return part


def keep(journal: Journal, events: Iterable[Recorded]) -> None:
    """Note what further events tell."""
    for recorded in events:
        _note_book(journal, recorded)
        _note_fact(journal, recorded)
        _take_back(journal, recorded.event)
        _note_talk(journal, recorded)


def _note_book(journal: Journal, recorded: Recorded) -> None:
    match recorded.event:
        case e.OrderImported(order) | e.OrderChanged(order):
            known = journal.orders.get(order.number)
            if known is None:
                journal.orders[order.number] = OrderJournal(order)
            else:
                known.order = order
        case e.PartyImported(party) | e.PartyChanged(party):
            journal.parties[party.name] = party


def _of_order(journal: Journal, event: e.Event) -> OrderJournal | None:
    number = getattr(event, "order", None)
    return journal.orders.get(number) if isinstance(number, str) else None


def _take_back(journal: Journal, event: e.Event) -> None:
    """Forget what was entered by mistake."""
    known = _of_order(journal, event)
    match event:
        case h.PromiseWithdrawn(milestone=milestone, part=part) if known:
            known.promises[milestone] = [one for one in known.promises[milestone] if one.part != part]
        case h.MilestoneReopened(milestone=milestone, part=part) if known:
            known.reached[milestone] = [one for one in known.reached[milestone] if one.part != part]
        case h.ToldWithdrawn() if known:
            known.told.clear()
        case h.ProblemWithdrawn(topic=topic) if known:
            known.problems = [one for one in known.problems if one[1] != topic]
        case h.ReviewReopened(item=item):
            journal.decided.pop(item, None)


def _note_fact(journal: Journal, recorded: Recorded) -> None:
    event, at = recorded.event, recorded.at
    known = _of_order(journal, event)
    if known is None:
        return
    match event:
        case e.DatePromised():
            known.promises[event.milestone].append(Promised(at, event.date, event.part))
        case e.MilestoneReached():
            known.reached[event.milestone].append(Reached(at, event.date, event.part, event.quantity))
        case e.CustomerTold():
            known.told.append(Promised(at, event.date))
        case e.ProblemReported():
            known.problems.append((at, event.topic))
        case e.PaymentClaimed():
            known.payments.append(at)
        case h.HandedOver(merchandiser=owner):
            known.owner = owner
    if isinstance(event, e.DatePromised | e.MilestoneReached | e.OrderAcknowledged) and event.proof is not None:
        known.moved_at.append(at)


def _note_talk(journal: Journal, recorded: Recorded) -> None:
    event, at = recorded.event, recorded.at
    match event:
        case e.MailRead():
            journal.mails.append(Spoken(at, event.party, event.orders))
            if event.party and event.orders:
                journal.mails_of[event.party].append(journal.mails[-1])
        case e.LetterSent():
            party = next((one.order.party for n in event.orders if (one := journal.orders.get(n))), "")
            journal.letters.append(Spoken(at, party, event.orders))
            journal.settled[event.letter] = at
        case e.LetterDrafted():
            journal.drafted[event.letter] = at
            journal.about[event.letter] = event.orders
        case e.LetterWithdrawn():
            journal.settled[event.letter] = at
        case e.ReviewOpened():
            journal.asked[event.item] = at
            journal.about[event.item] = event.orders
            journal.decided.pop(event.item, None)
        case e.ReviewDecided():
            journal.decided[event.item] = at
