"""A trading house on a Tuesday morning: Amy and Bob have had their digests, and a mail of somebody's comes in."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

from mailflow.cli.wording import sentence
from mailflow.core.letters.build import Sender, compose
from mailflow.core.letters.model import (
    Duty,
    Envelope,
    LetterFacts,
    LetterState,
    Mode,
    OrderLine,
    OutboxLetter,
    PlannedLetter,
    Told,
)
from mailflow.core.letters.templates import Rendered
from mailflow.core.letters.words import phrase
from mailflow.core.mails import MailKey, NewMail
from mailflow.core.message.model import Address
from mailflow.core.order_book.mapping import plain
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import (
    DatePromised,
    Event,
    MailRead,
    MilestoneReached,
    NewEvent,
    OrderImported,
    PartyImported,
    Proof,
    ReviewOpened,
    WentLive,
)
from mailflow.core.orders.model import Contact, House, Milestone, Order, OrderKind, Party, Role
from mailflow.core.steering.model import STEPS, Colleague
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.files.mailed_book import BookReading, book_limits, mailed_book
from mailflow.edges.files.workbook import write_workbook
from mailflow.jobs.digest import Steerers, send_digests
from mailflow.jobs.follow_up import FollowUpRules
from mailflow.jobs.read_mails import read_mails
from mailflow.jobs.steering import Steering
from mailflow.jobs.steering_book import Books
from mailflow.jobs.steering_done import WouldSteer
from mailflow.wiring.reading import BookReaders
from mailflow.wiring.rules import Rules, load_rules

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
"""Half past eight on a Tuesday, in Shanghai: the hour of the digest."""
SECRET = b"a secret of this test"
MAILBOX = "followup@lanmei.example"
AMY, BOB, WANG = "amy.lin@lanmei.example", "bob.qian@lanmei.example", "wang.li@lanmei.example"
PEOPLE = (Colleague(AMY, "Amy Lin"), Colleague(BOB, "Bob Qian", "zh"), Colleague(WANG, "Wang Li", "en", manager=True))
HOUSE = House("Lanmei Trading", MAILBOX, "Asia/Shanghai", (AMY, BOB), (WANG,))
HENGTAI, BERGMANN = "Hengtai Garment", "Bergmann Outdoor"
SALES = "zheng.jie@hengtai.example"


@cache
def rules() -> Rules:
    """Return the rules that come with mailflow."""
    found, problems = load_rules(None, None)
    assert found is not None, problems
    return found


def _parties() -> tuple[Party, ...]:
    return (
        Party(HENGTAI, Role.SUPPLIER, "Hengtai", "zh", "CN", "Asia/Shanghai", contacts=(Contact("郑洁", SALES),)),
        Party(
            BERGMANN, Role.CUSTOMER, "", "en", "DE", "Europe/Berlin", contacts=(Contact("Kim", "kim@bergmann.example"),)
        ),
    )


def _orders() -> list[Order]:
    bought = [
        Order(
            f"PO26-{number:05}",
            OrderKind.PURCHASE,
            HENGTAI,
            style=f"JK{number}",
            product="jacket",
            quantity=Decimal(1000),
            unit="pcs",
            unit_price=Decimal(9),
            order_date=date(2026, 10, 1),
            due_date=due,
            merchandiser=owner,
        )
        for number, due, owner in (
            (4871, date(2026, 12, 1), AMY),
            (4872, date(2026, 12, 10), AMY),
            (4873, date(2026, 12, 11), AMY),
            (4874, date(2026, 12, 14), AMY),
            (4875, date(2026, 12, 20), AMY),
            (4880, date(2026, 11, 20), BOB),
        )
    ]
    sold = Order(
        "SO26-1100",
        OrderKind.SALES,
        BERGMANN,
        product="jacket",
        quantity=Decimal(1000),
        unit="pcs",
        due_date=date(2026, 12, 16),
        merchandiser=AMY,
    )
    return [*bought, sold]


def _proof(mail: int, words: str, sender: str = SALES) -> Proof:
    return Proof(mail, words, 0.7, "exact", sender, f"<{mail}@hengtai.example>", datetime(2026, 11, 23, 3, tzinfo=UTC))


def _asked(
    mail: int, question: str, words: str, *proposed: Event, orders: Sequence[str] = (), **more: object
) -> list[Event]:
    sender = str(more.pop("sender", SALES))
    party = str(more.pop("party", HENGTAI))
    candidates = tuple(more.pop("candidates", ()))  # type: ignore[call-overload] # test sugar
    opened = ReviewOpened(
        f"R{mail}.1", question, tuple(orders), mail, candidates, tuple(map(encode_event, proposed)), words, party
    )
    read = MailRead(mail, f"<{mail}@hengtai.example>", sender, f"about {mail}", "attention", tuple(orders), party)
    return [read, opened]


def _questions() -> list[Event]:
    dated = DatePromised("PO26-04871", Milestone.SHIP, date(2026, 12, 5), proof=_proof(101, "大货5/12出"))
    named = DatePromised("PO26-04872", Milestone.SHIP, date(2026, 12, 18), proof=_proof(102, "HT-8812 can ship 18 Dec"))
    made = MilestoneReached(
        "PO26-04874", Milestone.PRODUCTION, date(2026, 11, 20), proof=_proof(103, "bulk is finished")
    )
    other = DatePromised("PO26-04880", Milestone.SHIP, date(2026, 12, 2), proof=_proof(106, "12月2日出货"))
    return [
        *_asked(101, "PO26-04871: the date can be read in two ways.", "大货5/12出", dated, orders=["PO26-04871"]),
        *_asked(
            102,
            "Which order is HT-8812?",
            "HT-8812 can ship 18 Dec",
            named,
            orders=["PO26-04872"],
            candidates=("PO26-04872", "PO26-04873"),
        ),
        *_asked(103, "PO26-04874: enter production as done?", "bulk is finished", made, orders=["PO26-04874"]),
        *_asked(
            104,
            "The sender has no say in this order. Who is it?",
            "PO26-04875 needs another week",
            orders=["PO26-04875"],
            candidates=("PO26-04875",),
            sender="wang@htgarment.example",
            party="",
        ),
        *_asked(105, "Zheng Jie wrote about prices: please read it.", "price is not fixed", orders=["PO26-04873"]),
        *_asked(106, "PO26-04880: enter this date?", "12月2日出货", other, orders=["PO26-04880"]),
    ]


def _letters() -> list[PlannedLetter]:
    to_kim, to_zheng = Address("kim@bergmann.example", "Kim"), Address(SALES, "郑洁")
    notice = PlannedLetter(
        "delay_notice",
        "delay_notice",
        BERGMANN,
        (to_kim,),
        "en",
        Mode.DRAFT,
        (Duty("delay_notice", "SO26-1100", to_kim.email, "2026-12-16"),),
        ("SO26-1100",),
        LetterFacts(
            (OrderLine("SO26-1100", product="jacket", basis="exw", expected=date(2026, 12, 23)),),
            topic="capacity",
            old_date=date(2026, 12, 16),
            new_date=date(2026, 12, 23),
        ),
        "followup",
        NOW,
        told=(Told("SO26-1100", date(2026, 12, 23)),),
    )
    chase = PlannedLetter(
        "overdue_2",
        "overdue",
        HENGTAI,
        (to_zheng,),
        "zh",
        Mode.VETO,
        (Duty("overdue", "PO26-04873", to_zheng.email, "2026-11-20"),),
        ("PO26-04873",),
        LetterFacts(()),
        "followup",
        datetime(2026, 11, 24, 6, tzinfo=UTC),
    )
    return [notice, chase]


def steerers() -> Steerers:
    """Return who steers in this house."""
    plan = FollowUpRules(rules().playbook, rules().calendars, HOUSE, "followup", Mode.DRAFT)
    return Steerers(PEOPLE, rules().steering, plan, SECRET, {}, manifests=rules().templates.manifests)


@cache
def books() -> Books:
    """Return how order books are read in this house."""
    people = {one.name: one.email for one in PEOPLE}
    answers = frozenset({plain(phrase(rules().templates.words.of("en"), "columns", "answer"))})
    how = BookReading(rules().book, people, rules().steering.book.headings, book_limits(5, 5_000), answers)
    return Books(partial(mailed_book, how=how), rules().book)


@dataclass(frozen=True)
class Office:
    """The house in a database of its own."""

    store: DatabaseStore

    def record(self, *events: Event, now: datetime = NOW) -> None:
        """Let something happen."""
        with self.store.begin() as tx:
            tx.ledger.record([NewEvent(event) for event in events], now)

    def letters(self) -> list[OutboxLetter]:
        """Return all letters."""
        with self.store.look() as tx:
            return sorted(tx.outbox.letters(list(LetterState)), key=lambda letter: letter.id)

    def put(self, raw: bytes, now: datetime = NOW) -> int:
        """Let a mail come in, and return its number."""
        with self.store.begin() as tx:
            uid = tx.ledger.last() + 100_000
            stored = tx.mails.store(NewMail(MailKey("followup", "INBOX", 1, uid), now, len(raw), raw))
        assert stored is not None
        return stored

    def read(self, now: datetime = NOW, *, shadow: bool = False) -> list[WouldSteer]:
        """Read what has come in; return what shadow mode left undone."""
        readers = BookReaders(HOUSE, SECRET)
        steering = Steering(replace(steerers(), shadow=shadow), rules().words, [MAILBOX], books())
        would: list[WouldSteer] = []
        while (report := read_mails(self.store, lambda tx: readers.reader(rules(), tx), now, steering=steering)).mails:
            would += report.would
        return would

    def send(self, now: datetime = NOW) -> None:
        """Write the letters by which people steer, as delivering does."""
        worker = self.store.join()
        sender = Sender(Address(MAILBOX, "Lanmei Trading"), HOUSE, SECRET)
        with self.store.begin() as tx:
            for letter in tx.outbox.claim(worker, now, 50):
                if letter.planned.step in STEPS:
                    place = letter.planned.answers
                    envelope = compose(
                        rules().templates,
                        letter.planned,
                        sender,
                        letter.id,
                        now,
                        place=place,
                        write_workbook=write_workbook,
                    )
                    tx.outbox.freeze(letter.id, envelope)
                    tx.outbox.handed([letter.id], now)
                    tx.outbox.sent(letter.id, now, "250 ok")
                else:
                    tx.outbox.later(letter.id, now, "")

    def draft(self, letter: int) -> None:
        """Put a letter into Drafts."""
        worker = self.store.join()
        with self.store.begin() as tx:
            (claimed,) = [one for one in tx.outbox.claim(worker, NOW, 1) if one.id == letter]
            raw = b"Subject: New delivery date of SO26-1100 [mf1.aaaaaaaa]\r\n\r\nDear Kim\r\n"
            to = (claimed.planned.to[0].email,)
            tx.outbox.freeze(letter, Envelope("<draft@lanmei.example>", MAILBOX, to, raw))
            tx.outbox.filed(letter)

    def digest(self, person: str) -> OutboxLetter:
        """Return somebody's digest."""
        return next(one for one in self.letters() if one.planned.step == "digest" and one.planned.to[0].email == person)

    def since(self, event: int) -> list[str]:
        """Return what was recorded after an event, as sentences."""
        with self.store.look() as tx:
            found = tx.ledger.after(event, 1000)
        return [f"{one.actor}: {sentence(one.event)}" for one in found]

    def last(self) -> int:
        """Return the newest event."""
        with self.store.look() as tx:
            return tx.ledger.last()


def rendered(letter: OutboxLetter) -> Rendered:
    """Return a letter's words."""
    planned = letter.planned
    return rules().templates.render(planned.template, planned.language, planned.facts, HOUSE, planned.to[0])


def furnish(store: DatabaseStore) -> Office:
    """Fill a database: the book, the questions, two letters that wait, and the digests of this morning."""
    office = Office(store)
    before = datetime(2026, 11, 20, 2, tzinfo=UTC)
    parties = _parties()
    office.record(
        *(PartyImported(one, "test") for one in parties),
        *(WentLive(one.name) for one in parties),
        *(OrderImported(one, "test") for one in _orders()),
        now=before,
    )
    office.record(*_questions(), now=datetime(2026, 11, 23, 4, tzinfo=UTC))
    with store.begin() as tx:
        numbers = [tx.outbox.plan(letter, before) for letter in _letters()]
    assert numbers == [1, 2]
    office.draft(1)
    assert len(send_digests(store, steerers(), NOW)) == 2, "Amy and Bob; Wang Li has nothing to decide"
    office.send()
    return office


def new_office(folder: Path) -> Office:
    """Return an office in a database of its own."""
    file = folder / "mailflow.db"
    shutil.copy(_furnished(folder.parent), file)
    return Office(open_store(f"sqlite:///{file}"))


@cache
def _furnished(folder: Path) -> Path:
    file = folder / "furnished.db"
    url = f"sqlite:///{file}"
    upgrade(url)
    store = open_store(url)
    office = furnish(store)
    store.leave()
    store.close()
    assert office
    return file
