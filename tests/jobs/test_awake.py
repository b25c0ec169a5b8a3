"""A round that looks only at the orders that are awake writes the letters of one that looks at all of them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from mailflow.core.letters.model import Envelope, Mode, PlannedLetter
from mailflow.core.orders.events import (
    AddressFailed,
    CustomerTold,
    DatePromised,
    Event,
    LetterDrafted,
    LetterQueued,
    LetterSent,
    LetterWithdrawn,
    MilestoneReached,
    NewEvent,
    OrderChanged,
    OrderImported,
    PartyImported,
    Paused,
    ProblemReported,
    Proof,
    Resumed,
    ReviewDecided,
    ReviewOpened,
    WentLive,
)
from mailflow.core.orders.model import Milestone, Order, OrderKind
from mailflow.core.playbook.due import due
from mailflow.core.playbook.letters import plan_letters
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.awake import due_now
from mailflow.jobs.follow_up import situation
from mailflow.jobs.portions import AT_MOST, take_portion
from mailflow.jobs.ports import Transaction
from mailflow.jobs.rules import FollowUpRules
from tests.core.playbook.situations import HOUSE, at, customer, playbook_with, shipped_calendars, supplier
from tests.core.playbook.test_looks import CLOSURE

SUPPLIERS = ("Hengtai", "Jinxiu", "Kovai")
CUSTOMERS = ("Bergmann", "Northwind")
START = at("2026-12-07", "08:00")


def rules() -> FollowUpRules:
    playbook = playbook_with(("  - name: backlog ", CLOSURE))
    return FollowUpRules(playbook, shipped_calendars(), HOUSE, "main", Mode.AUTO)


class Trade:
    """Some orders, and what befalls them by chance."""

    def __init__(self, store: DatabaseStore, seed: int) -> None:
        self.chance = Random(seed)
        self.store = store
        self.mail = 0
        self.worker = store.join()
        sales = [self.order(f"SO{n}", OrderKind.SALES) for n in range(6)]
        purchases = [self.order(f"PO{n}", OrderKind.PURCHASE) for n in range(24)]
        self.orders = {order.number: order for order in (*sales, *purchases)}
        parties = [*(supplier(name).party for name in SUPPLIERS), *(customer(name).party for name in CUSTOMERS)]
        self.emails = [contact.email for party in parties for contact in party.contacts]
        book = [
            *(PartyImported(party, "b") for party in parties),
            *(OrderImported(o, "b") for o in self.orders.values()),
        ]
        live = [WentLive(name) for name in (*SUPPLIERS[:2], *CUSTOMERS)]
        self.record(START - timedelta(days=40), *book, *live)

    def record(self, now: datetime, *events: Event) -> None:
        with self.store.begin() as tx:
            tx.ledger.record([NewEvent(event) for event in events], now)

    def order(self, number: str, kind: OrderKind) -> Order:
        chance = self.chance
        links = chance.choice(["", "SO0", "SO1", "SO2, SO3", "SO4"])
        return Order(
            number,
            kind,
            chance.choice(SUPPLIERS if kind == OrderKind.PURCHASE else CUSTOMERS),
            style="HD5420",
            product="hoodie",
            quantity=Decimal(1200),
            order_date=date(2026, 10, 1),
            due_date=START.date() + timedelta(days=chance.randrange(-20, 110)),
            linked_order=links if kind == OrderKind.PURCHASE else "",
            merchandiser=chance.choice(["amy@lanmei.example", "bo@lanmei.example"]),
        )

    def befall(self, now: datetime) -> None:
        """Let something happen."""
        chance, self.mail = self.chance, self.mail + 1
        number = chance.choice(sorted(self.orders))
        day = now.date() + timedelta(days=chance.randrange(1, 40))
        proof = Proof(self.mail, "words", 0.9, "exact", said_at=now)
        changed = replace(self.orders[number], due_date=day, status=chance.choice(["open", "open", "cancelled"]))
        email = chance.choice(self.emails)
        self.orders[number] = changed
        event = chance.choice(
            [
                DatePromised(number, Milestone.SHIP, day, proof=proof),
                DatePromised(number, Milestone.SHIP, day, "600", Decimal(600), proof=proof),
                MilestoneReached(number, Milestone.SHIP, now.date(), proof=proof),
                ProblemReported(number, chance.choice(["material", "quality"]), proof),
                OrderChanged(changed, (), "book"),
                CustomerTold(number, day),
                Paused(number, chance.choice([None, day])),
                Resumed(number),
                Paused(chance.choice(SUPPLIERS), day),
                ReviewOpened(f"R{self.mail}", "which?", (number,), self.mail),
                ReviewDecided(f"R{chance.randrange(1, self.mail + 1)}", "seen", (number,)),
                AddressFailed(email, permanent=True, mail=self.mail),
                WentLive("Kovai"),
            ]
        )
        self.record(now, event)

    def round(
        self, now: datetime, at_most: int = AT_MOST, mine: FollowUpRules | None = None
    ) -> tuple[list[PlannedLetter], list[PlannedLetter]]:
        """Return the letters of a look at all orders, and of looks at those that are awake, portion by portion, until
        none waits; plan them."""
        mine = mine or rules()
        with self.store.look() as tx:
            whole = self.letters(tx, now, mine)
        some: list[PlannedLetter] = []
        behind = True
        while behind:
            with self.store.begin() as tx:
                found = due_now(tx, mine, now, at_most)
                letters = plan_letters(found.dues, found.situation, mine.playbook, "main")
                for letter in letters:
                    self.plan(tx, letter, now)
            some += letters
            behind = found.behind
        return whole, some

    def letters(self, tx: Transaction, now: datetime, mine: FollowUpRules) -> list[PlannedLetter]:
        everything = situation(tx, mine)
        dues, _ = due(everything, mine.playbook, mine.calendars, now)
        return list(plan_letters(dues, everything, mine.playbook, "main"))

    def plan(self, tx: Transaction, letter: PlannedLetter, now: datetime) -> None:
        number = tx.outbox.plan(letter, now)
        assert number is not None
        queued = LetterQueued(number, letter.template, letter.party, (), letter.orders, letter.mode)
        tx.ledger.record([NewEvent(queued)], now)

    def send(self, now: datetime) -> None:
        """Send what may go, take some of it back, leave some of the drafts where they are."""
        with self.store.begin() as tx:
            for letter in tx.outbox.claim(self.worker, now, 1000):
                number, orders = letter.id, letter.planned.orders
                gone = Envelope(f"<{number}@lanmei.example>", HOUSE.mailbox, ("a@b.example",), b"Subject: x\n\n")
                if self.chance.random() < 0.15:
                    tx.outbox.withdraw(number, "gone")
                    tx.ledger.record([NewEvent(LetterWithdrawn(number, orders, "gone"))], now)
                    continue
                tx.outbox.freeze(number, gone)
                if letter.planned.mode == Mode.DRAFT:
                    tx.outbox.filed(number)
                    tx.ledger.record([NewEvent(LetterDrafted(number, orders, gone.message_id))], now)
                    if self.chance.random() < 0.5:
                        continue
                else:
                    tx.outbox.handed([number], now)
                tx.outbox.sent(number, now, "250")
                tx.ledger.record([NewEvent(LetterSent(number, orders, gone.message_id))], now)


@pytest.mark.parametrize("seed", range(6))
def test_the_letters_are_those_of_a_look_at_all(store: DatabaseStore, seed: int) -> None:
    trade = Trade(store, seed)
    now, written = START, 0
    while now < START + timedelta(days=40):
        for _ in range(trade.chance.randrange(4)):
            trade.befall(now)
        whole, some = trade.round(now)
        assert some == whole, now
        written += len(some)
        trade.send(now)
        now += timedelta(hours=trade.chance.choice([1, 5, 9, 16, 30]))
    assert written > 10
    with store.look() as tx:
        assert len(tx.views.awake(now, 100)) < len(trade.orders)  # some do sleep


def by_duty(letters: list[PlannedLetter]) -> list[PlannedLetter]:
    """Return letters in one order, whichever portion brought them first."""
    return sorted(letters, key=lambda letter: repr(letter.duties))


CHANGES = (
    ("when: 5 working days before ship", "when: 40 days before ship"),
    ("when: 2 working days after order", "when: 30 days after order"),
    ("    horizon: 28 days ", "    horizon: 90 days "),
)


@pytest.mark.parametrize("at_most", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_portions_of_a_round_give_the_letters_of_a_whole_look(store: DatabaseStore, seed: int, at_most: int) -> None:
    """So few orders at a time as may be, rules that change, and what befalls orders: no letter is lost or split."""
    trade = Trade(store, seed)
    now, written, mine = START, 0, rules()
    while now < START + timedelta(days=30):
        for _ in range(trade.chance.randrange(4)):
            trade.befall(now)
        if trade.chance.random() < 0.3:
            chosen = [change for change in CHANGES if trade.chance.random() < 0.5]
            mine = replace(mine, playbook=playbook_with(("  - name: backlog ", CLOSURE), *chosen))
        whole, some = trade.round(now, at_most, mine)
        assert by_duty(some) == by_duty(whole), now
        written += len(some)
        trade.send(now)
        now += timedelta(hours=trade.chance.choice([1, 5, 9, 16, 30]))
    assert written > 10


def test_after_changed_rules_every_order_is_looked_at_in_portions(store: DatabaseStore) -> None:
    trade = Trade(store, 1)
    trade.round(START)
    trade.round(START)
    other = replace(rules(), playbook=playbook_with(("when: 5 working days before ship", "when: 40 days before ship")))
    looks = 0
    behind = True
    with store.begin() as tx:
        assert len(tx.views.awake(START, 100)) < len(trade.orders)
        wanted, _ = due(situation(tx, other), other.playbook, other.calendars, START)
        alone = set()
        while behind:
            found = due_now(tx, other, START, at_most=5)
            alone |= {one.duty for one in found.dues}
            behind, looks = found.behind, looks + 1
    assert alone == {one.duty for one in wanted}
    assert looks == 5, "a round looks at one party at least, and at no more orders than it may if there are several"


def test_what_just_was_looked_at_lets_others_go_first(store: DatabaseStore) -> None:
    """Orders that stay awake, because nobody knows until when they wait, do not keep the others from their turn."""
    trade = Trade(store, 2)
    trade.round(START)
    later = START + timedelta(minutes=1)
    for number in sorted(trade.orders):
        trade.record(later, ReviewOpened(f"Q{number}", "which?", (number,), 1))
    with store.begin() as tx:
        first = take_portion(tx, rules(), later, 1)
        due_now(tx, rules(), later, at_most=1)
        second = take_portion(tx, rules(), later, 1)
        seen = {number for one in (first, second) for number in one.keys}
        assert {trade.orders[number].party for number in first.keys}.isdisjoint(
            {trade.orders[number].party for number in second.keys}
        )
        assert len(seen) == len(first.keys) + len(second.keys)
