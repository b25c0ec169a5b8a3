"""Reading: each mail counts once, one that cannot be read stops no other, and a batch sees its own effects."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from mailflow.core.deciding.decide import MailInHand
from mailflow.core.letters.model import Envelope, OutboxLetter
from mailflow.core.mails import MailKey, MailState, NewMail, StoredMail
from mailflow.core.message.model import Message
from mailflow.core.message.parse import parse_message
from mailflow.core.message.phrases import phrases_from
from mailflow.core.orders.events import (
    AnswerWanted,
    Change,
    DatePromised,
    Event,
    MailRead,
    MailSetAside,
    NewEvent,
    ReviewOpened,
)
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.reading.book import Thread
from mailflow.core.reading.model import Disposition, Match, Reading, Update, UpdateKind
from mailflow.edges.database import DatabaseStore
from mailflow.edges.files.attachments import open_attachment
from mailflow.jobs.ahead import Grounded
from mailflow.jobs.ports import Transaction
from mailflow.jobs.read_mails import ReadReport, read_mails
from tests.jobs.house import NOW, PURCHASE, SALE, TradingHouse


class ScriptedReader:
    """Reads "ships DAY" as a promise for the house's order, and fails where the mail says so."""

    def __init__(self) -> None:
        self.answered: list[list[int]] = []

    def differing(self, mail: MailInHand, states: Mapping[str, OrderState]) -> Mapping[str, tuple[Change, ...]]:
        return {}

    def filed(self, mail: MailInHand, parties: Mapping[str, PartyState]) -> Sequence[NewEvent]:
        return ()

    def expect(self, messages: Sequence[Message]) -> None:
        """Look nothing up."""

    def parse(self, mail: StoredMail) -> Message:
        if b"X-Breaks-Parser" in mail.raw:
            raise ValueError("a header that no program ever wrote")
        return parse_message(mail.raw, open_attachment, phrases_from({}))

    def read_grounded(self, message: Message, ours: Sequence[OutboxLetter]) -> Grounded:
        return Grounded(self.read(message, ours), Thread())

    def holds(self, grounded: Grounded, message: Message, ours: Sequence[OutboxLetter]) -> bool:
        return True

    def read(self, message: Message, ours: Sequence[OutboxLetter]) -> Reading:
        self.answered.append([letter.id for letter in ours])
        words = message.new_text.split()
        if "explode" in words:
            raise RecursionError("too deep")
        if message.kind != "personal":
            return Reading(Disposition.AUTO_REPLY, orders=(Match(PURCHASE, 0.99, "exact"),), party="Hengtai")
        day = date.fromisoformat(words[1]) if words[:1] == ["ships"] else None
        update = Update(
            PURCHASE, UpdateKind.FORECAST, " ".join(words), 0.99, "exact", Milestone.SHIP, day, applied=True
        )
        matches = (Match(PURCHASE, 0.99, "exact"), Match(SALE, 0.4, "thread"))
        return Reading(Disposition.UPDATE, (update,) if day else (), matches, party="Hengtai")

    def wants_answer(self, mail: StoredMail, message: Message, reading: Reading) -> AnswerWanted | None:
        """Mails that end in a question mark want one."""
        if not message.new_text.endswith("?"):
            return None
        return AnswerWanted(mail.id, message.message_id, "Hengtai", message.sender.email, "", mail.received_at)


class Inbox:
    """Puts mails into the database and reads them."""

    def __init__(self, store: DatabaseStore) -> None:
        self.house = TradingHouse(store)
        self.store = store
        self.reader = ScriptedReader()
        self._uid = 0

    def put(self, number: int, text: str, *, account: str = "main", hours: int = 0, header: str = "") -> int:
        """Store a mail; those with one number are one mail."""
        self._uid += 1
        said = (NOW + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S %z")
        head = f"Message-ID: <{number}@hengtai.example>\r\nDate: {said}\r\nFrom: sales@hengtai.example\r\n{header}"
        raw = f"{head}To: a@lanmei.example\r\nSubject: {PURCHASE}\r\n\r\n{text}\r\n".encode()
        with self.store.begin() as tx:
            stored = tx.mails.store(NewMail(MailKey(account, "INBOX", 1, self._uid), NOW, len(raw), raw))
        assert stored is not None
        return stored

    def read(self, limit: int = 50) -> ReadReport:
        return read_mails(self.store, lambda tx: self.reader, NOW, limit)

    def state(self, mail: int) -> MailState:
        with self.store.look() as tx:
            found = tx.mails.get(mail)
        assert found is not None
        return found.state

    def promised(self) -> list[date]:
        """Return the dates that mails have promised."""
        promised = self.house.events(DatePromised)
        return [event.date for event in promised if isinstance(event, DatePromised) and event.proof]


@pytest.fixture
def inbox(store: DatabaseStore) -> Inbox:
    return Inbox(store)


@pytest.mark.parametrize("fault", [{"text": "explode"}, {"text": "hello", "header": "X-Breaks-Parser: yes\r\n"}])
def test_a_mail_that_breaks_the_reader_is_set_aside_and_the_next_is_read(inbox: Inbox, fault: dict[str, str]) -> None:
    broken = inbox.put(1, **fault)
    inbox.put(2, "ships 2026-12-24")
    report = inbox.read()
    assert (report.mails, report.aside) == (2, 1)
    assert inbox.state(broken) is MailState.ASIDE
    assert inbox.promised() == [date(2026, 12, 24)]
    (aside,) = inbox.house.events(MailSetAside)
    assert isinstance(aside, MailSetAside)
    assert aside.mail == broken
    assert f"R{broken}.1" in inbox.house.questions()
    assert inbox.read() == ReadReport(), "it is not tried again and again"


def test_one_mail_in_two_mailboxes_counts_once(inbox: Inbox) -> None:
    first = inbox.put(1, "ships 2026-12-24")
    second = inbox.put(1, "ships 2026-12-24", account="sales", header="Received: by another way\r\n")
    inbox.read()
    assert (inbox.state(first), inbox.state(second)) == (MailState.READ, MailState.REPEATED)
    assert len(inbox.house.events(MailRead)) == 1
    assert len(inbox.promised()) == 1


def test_another_mail_under_the_same_message_id_counts(inbox: Inbox) -> None:
    inbox.put(1, "ships 2026-12-24")
    inbox.put(1, "ships 2026-12-28")
    inbox.read()
    assert inbox.promised() == [date(2026, 12, 24), date(2026, 12, 28)]


def test_our_own_letter_that_comes_back_says_nothing(inbox: Inbox) -> None:
    sent_letter(inbox, "<1@hengtai.example>")
    ours = inbox.put(1, "ships 2026-12-24")
    inbox.read()
    assert inbox.state(ours) is MailState.READ
    assert inbox.promised() == []
    (read,) = inbox.house.events(MailRead)
    assert isinstance(read, MailRead)
    assert read.disposition == "ignore"


def test_a_reply_to_our_letter_is_read_as_one(inbox: Inbox) -> None:
    letter = sent_letter(inbox, "<ours@lanmei.example>")
    inbox.put(1, "thank you", header="In-Reply-To: <ours@lanmei.example>\r\n")
    inbox.put(2, "thank you")
    inbox.read()
    assert inbox.reader.answered == [[letter], []]


def sent_letter(inbox: Inbox, message_id: str) -> int:
    house, store = inbox.house, inbox.store
    house.promise("2026-12-28")
    ((number, _),) = house.follow_up().planned
    worker = store.join()
    with store.begin() as tx:
        tx.outbox.claim(worker, NOW, 1)
        tx.outbox.freeze(number, Envelope(message_id, "a@lanmei.example", ("b@bergmann.example",), b"Subject: x\n\n"))
    return number


def test_two_mails_about_one_order_in_a_batch_see_each_others_effect(inbox: Inbox) -> None:
    inbox.put(1, "ships 2026-12-28", hours=2)
    inbox.put(2, "ships 2026-12-24", hours=1)
    inbox.read()
    assert inbox.promised() == [date(2026, 12, 28)]
    (question,) = [event for event in inbox.house.events(ReviewOpened) if isinstance(event, ReviewOpened)]
    assert "older than the one that promised 2026-12-28" in question.question


def test_a_batch_has_a_limit_and_the_rest_is_read_next(inbox: Inbox) -> None:
    for number in range(5):
        inbox.put(number, f"ships 2026-12-{10 + number}", hours=number)
    assert [inbox.read(limit=2).mails for _ in range(4)] == [2, 2, 1, 0]
    assert len(inbox.promised()) == 5


def test_a_conversation_goes_on_from_the_last_mail_of_the_party(inbox: Inbox) -> None:
    inbox.put(1, "thank you", header="References: <0@hengtai.example>\r\n")
    inbox.put(2, "I am away", header="Auto-Submitted: auto-replied\r\n")
    inbox.read()
    with inbox.store.look() as tx:
        place = tx.threads.place(PURCHASE, "Hengtai")
        unsure = tx.threads.place(SALE, "Hengtai")
    assert place is not None
    assert (place.message_id, place.references) == (
        "<1@hengtai.example>",
        ("<0@hengtai.example>", "<1@hengtai.example>"),
    )
    assert unsure is None, "a mail that is perhaps about an order is no part of its conversation"


def test_a_crash_before_the_commit_reads_again(inbox: Inbox) -> None:
    class CrashError(Exception):
        pass

    def crash(name: str) -> None:
        if name == "before_read_commit":
            raise CrashError

    def reader(tx: Transaction) -> ScriptedReader:
        return inbox.reader

    inbox.put(1, "ships 2026-12-24")
    with pytest.raises(CrashError):
        read_mails(inbox.store, reader, NOW, crash_point=crash)
    assert inbox.promised() == []
    inbox.read()
    assert inbox.promised() == [date(2026, 12, 24)]


def test_what_was_recorded_is_returned_in_order(inbox: Inbox) -> None:
    inbox.put(1, "ships 2026-12-24")
    events: list[Event] = [recorded.event for recorded in inbox.read().recorded]
    assert [type(event) for event in events] == [MailRead, DatePromised]
