"""A trading house with an order at a supplier and the customer's order that it serves, in a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from mailflow.core.letters.model import Envelope, LetterState, Mode, OutboxLetter
from mailflow.core.orders.events import (
    DatePromised,
    Event,
    MilestoneReached,
    NewEvent,
    OrderAcknowledged,
    OrderImported,
    PartyImported,
    ProblemReported,
    WentLive,
)
from mailflow.core.orders.model import Milestone
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.follow_up import FollowUpReport, follow_up
from mailflow.jobs.look_again import LookReport, look_again
from mailflow.jobs.rules import FollowUpRules
from tests.core.letters.samples import shipped_templates
from tests.core.playbook.situations import (
    HOUSE,
    at,
    customer,
    purchase,
    sale,
    shipped_calendars,
    supplier,
    without_lists,
)

NOW = at("2026-11-24")
"""A Tuesday morning."""
PURCHASE, SALE = "PO26-1", "SO26-1"


class TradingHouse:
    """Plans letters by the shipped playbook (without weekly lists) and says what became of them."""

    def __init__(self, store: DatabaseStore, due: str = "2026-12-15", **order: object) -> None:
        self.store = store
        self.due = date.fromisoformat(due)
        bought = replace(purchase(PURCHASE, due).order, linked_order=SALE, **order)  # type: ignore[arg-type]  # test sugar
        sold = sale(SALE, due).order
        parties = (supplier().party, customer().party)
        self.record(
            *(PartyImported(party, "test") for party in parties),
            *(OrderImported(one, "test") for one in (bought, sold)),
            *(WentLive(party.name) for party in parties),
            OrderAcknowledged(PURCHASE),
            now=at("2026-10-01"),
        )

    def record(self, *events: Event, now: datetime = NOW) -> None:
        """Let something happen."""
        with self.store.begin() as tx:
            tx.ledger.record([NewEvent(event) for event in events], now)

    def promise(self, day: str, now: datetime = NOW) -> None:
        """Let the supplier promise another ship date, with a reason that a customer may hear."""
        promised = DatePromised(PURCHASE, Milestone.SHIP, date.fromisoformat(day))
        self.record(promised, ProblemReported(PURCHASE, "capacity"), now=now)

    def ship(self, now: datetime = NOW) -> None:
        """Let the goods leave."""
        self.record(MilestoneReached(PURCHASE, Milestone.SHIP, now.date()), now=now)

    def rules(self, outside: Mode = Mode.DRAFT) -> FollowUpRules:
        return FollowUpRules(without_lists(), shipped_calendars(), HOUSE, "main", outside)

    def follow_up(self, now: datetime = NOW, *, outside: bool = True, shadow: bool = False) -> FollowUpReport:
        """Plan what is due."""
        return follow_up(self.store, self.rules(), now, outside=outside, shadow=shadow)

    def look_again(self, now: datetime = NOW, *, shadow: bool = False) -> LookReport:
        """Look at the letters that wait."""
        return look_again(self.store, self.rules(), shipped_templates().manifests, now, shadow=shadow)

    def planned(self, now: datetime = NOW) -> list[tuple[str, tuple[str, ...]]]:
        """Plan what is due; return the templates and what they are about."""
        return [(letter.template, letter.orders) for _, letter in self.follow_up(now).planned]

    def draft(self, template: str, now: datetime = NOW) -> int:
        """Let a letter that waits be put into Drafts; return its number."""
        worker = self.store.join()
        with self.store.begin() as tx:
            (letter,) = [one for one in tx.outbox.claim(worker, now, 10) if one.planned.template == template]
            envelope = Envelope(f"<{letter.id}@lanmei.example>", HOUSE.mailbox, ("a@b.example",), b"Subject: x\n\n")
            tx.outbox.freeze(letter.id, envelope)
            tx.outbox.filed(letter.id)
        assert self.state(letter.id) is LetterState.DRAFTED
        return letter.id

    def letter(self, number: int) -> OutboxLetter:
        with self.store.look() as tx:
            found = tx.outbox.get(number)
        assert found is not None
        return found

    def state(self, number: int) -> LetterState:
        return self.letter(number).state

    def events(self, *kinds: type) -> Sequence[Event]:
        """Return what was recorded of some kinds."""
        with self.store.look() as tx:
            return [recorded.event for recorded in tx.ledger.after(0, 1000) if isinstance(recorded.event, kinds)]

    def questions(self) -> dict[str, str]:
        """Return the open questions."""
        with self.store.look() as tx:
            return {item: review.opened.question for item, review in tx.views.reviews().items()}
