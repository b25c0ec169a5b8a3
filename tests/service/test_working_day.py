"""A working day of three merchandisers with real servers and clients: mutt, Thunderbird, a phone."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path

import pytest
from imap_tools import MailMessage

from mailflow.core.letters.model import LetterState
from mailflow.core.orders.by_hand import HandedOver
from mailflow.core.orders.events import DatePromised, LetterSent, NewEvent
from mailflow.core.orders.model import Milestone
from tests.clients.mutt import running_mutt
from tests.clients.thunderbird import running_thunderbird
from tests.servers.postfix import MailSystem
from tests.service.by_hand import LATER, Desk
from tests.service.world import NOW, World, make_world, reply, wait_until

pytestmark = pytest.mark.service

PICTURES = Path("build/clients")
"""What the clients show, to be looked at."""
HALF_PAST_TWO = 14 * 60 + 30
OTHER = LATER + timedelta(days=4)
PHONE = 390
"""How wide a phone is, in CSS pixels."""


@dataclass
class Office:
    """Amy and Wei read English and Chinese, Bo Chinese, on a phone; each owns three orders."""

    desk: Desk
    amy: str
    wei: str
    bo: str

    @property
    def world(self) -> World:
        return self.desk.world

    def at(self, hour: int, minute: int = 0) -> None:
        """Come round on the Wednesday, at an hour of Shanghai."""
        self.desk.round((24 + hour) * 60 + minute - HALF_PAST_TWO)

    def until(self, hour: tuple[int, int], found: Callable[[], bool]) -> None:
        """Come round at an hour until something is there."""

        def there() -> bool:
            self.at(*hour)
            return found()

        wait_until(there)

    def mails(self, person: str) -> list[str]:
        return [mail.subject for mail in self.world.inbox(person)]

    def confirmed(self, person: str) -> bool:
        """Say whether an answer of theirs was answered."""
        return any("in-reply-to" in mail.headers for mail in self.world.inbox(person))

    def listed(self, person: str) -> list[str]:
        """Return the lists of customers' mails that nobody has answered."""
        heads = ("Not answered yet", "尚未答复")
        return [mail.text for mail in self.world.inbox(person) if mail.subject.startswith(heads)]

    def digest(self, person: str) -> MailMessage:
        """Return a person's digest."""
        heads = ("to decide", "项待定")
        (found,) = [mail for mail in self.world.inbox(person) if any(head in mail.subject for head in heads)]
        return found

    def number(self, person: str, order: str) -> str:
        """Return under which number a person's digest asks about an order."""
        text = self.digest(person).text
        (found,) = [line.partition(")")[0] for line in text.splitlines() if f") {order} " in line]
        return found

    def notices(self, n: int) -> list[LetterSent]:
        """Return how the notices of an order went out."""
        events = [one.event for one in self.desk.history(f"SO26-{n:05}")]
        return [event for event in events if isinstance(event, LetterSent) and event.template == "delay_notice"]

    def promised(self, order: str) -> date | None:
        with self.desk.service.store.look() as tx:
            lots = tx.views.orders([order])[order].lots
        return next((lot.promise for lot in lots if lot.milestone == Milestone.SHIP), None)

    def show(self, order: str) -> str:
        """Return what `mailflow show` says of an order."""
        command = [sys.executable, "-m", "mailflow", "show", order, "--config", str(self.world.config)]
        shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return " ".join(shown.stdout.split())


@contextmanager
def an_office(folder: Path, system: MailSystem) -> Iterator[Office]:
    world = make_world(folder, system, orders=9, customers=3, mode=lambda customer: "draft")
    wei, bo = system.address("wei"), system.address("bo")
    one = f"merchandisers: [{{name: Amy, email: {world.merchandiser}}}]"
    three = (
        f"merchandisers: [{{name: Amy, email: {world.merchandiser}, language: en}}, "
        f"{{name: 小魏, email: {wei}, language: zh}}, {{name: 小薄, email: {bo}, language: zh}}]"
    )
    text = world.config.read_text()
    assert one in text
    world.config.write_text(text.replace(one, three))
    service = world.service()
    handed = [HandedOver(f"{kind}26-{n:05}", who) for n, who in _owners(wei, bo) for kind in ("SO", "PO")]
    overdue = DatePromised("PO26-00007", Milestone.SHIP, NOW.date() - timedelta(days=4))
    with service.store.begin() as tx:
        tx.ledger.record([NewEvent(event) for event in (*handed, overdue)], NOW - timedelta(days=5))
    with service.working():
        yield Office(Desk(world, service), world.merchandiser, wei, bo)
    service.store.close()


def _owners(wei: str, bo: str) -> Sequence[tuple[int, str]]:
    return [(n, wei) for n in (2, 5, 8)] + [(n, bo) for n in (3, 6, 9)]


def test_a_working_day(tmp_path: Path, mail_system: MailSystem) -> None:
    with an_office(tmp_path, mail_system) as office:
        somebody_is_faster(office, mail_system)
        the_afternoon_before(office)
        office.at(8, 31)
        wait_until(lambda: all(map(office.mails, (office.amy, office.wei, office.bo))))
        answers_from_three_clients(office, mail_system)
        drafts_edited_deleted_and_sent(office, mail_system)
        customers_ask(office)


def somebody_is_faster(office: Office, system: MailSystem) -> None:
    """A chase from mutt, minutes before the scheduled one: that one is not written."""
    world = office.world
    with running_mutt(system, world.mailbox) as mutt:
        mutt.write(world.supplier, "PO26-00007", "Dear Chen, PO26-00007 is overdue. When does it ship?")
    wait_until(lambda: world.inbox(world.supplier))
    office.desk.round()
    assert len(world.inbox(world.supplier)) == 1
    assert "wrote to Hidden Supplier “PO26-00007”" in office.show("PO26-00007")


def the_afternoon_before(office: Office) -> None:
    """A doubtful mail and a new date for each of the three."""
    world = office.world
    for n in (1, 2, 3):
        text = f"Dear Amy,\n\nPO26-{n:05} can perhaps ship on {9 + n} Dec 2026, I have to ask the workshop.\n\nChen"
        world.send(reply(world.supplier, world.mailbox, f"PO26-{n:05}", text, NOW))
    for n in (4, 5, 6):
        world.send(world.promise(n, LATER))
    wait_until(lambda: len(world.inbox(world.mailbox)) == 6)
    office.desk.round(1)
    wait_until(lambda: len(world.inbox(world.mailbox, "Drafts")) == 3)


def answers_from_three_clients(office: Office, system: MailSystem) -> None:
    """Amy answers in mutt, Wei in Thunderbird below the quote, Bo on a phone: in HTML, with a signature of its own."""
    world = office.world
    first = {who: office.number(who, f"PO26-{n:05}") for n, who in ((1, office.amy), (2, office.wei), (3, office.bo))}
    chinese = office.digest(office.wei).subject
    assert "项待定" in chinese
    assert "to decide" in office.digest(office.amy).subject
    with running_mutt(system, office.amy) as mutt:
        mutt.wait_for("to decide")
        mutt.answer(f"{first[office.amy]}A")
    with running_thunderbird(system, office.wei) as thunderbird:
        thunderbird.wait_for_mail("INBOX", chinese)
        assert "PO26-00002" in thunderbird.open("INBOX", chinese)
        thunderbird.picture(PICTURES / "day-digest.png")
        assert thunderbird.narrow_picture(PICTURES / "day-digest-phone.png", PHONE) <= PHONE, "it fits a phone"
        thunderbird.reply("INBOX", chinese)
        thunderbird.write(f"{first[office.wei]}A")
        thunderbird.send()
    digest = office.digest(office.bo)
    world.send(
        _from_a_phone(office.bo, world.mailbox, digest.subject, digest.headers["message-id"][0], first[office.bo]),
        office.bo,
    )
    wait_until(lambda: len(world.inbox(world.mailbox)) == 9)
    people = (office.amy, office.wei, office.bo)
    office.until((8, 40), lambda: all(map(office.confirmed, people)))
    assert [office.promised(f"PO26-{n:05}") for n in (1, 2, 3)] == [date(2026, 12, 9 + n) for n in (1, 2, 3)]


def _from_a_phone(sender: str, to: str, subject: str, answers: str, number: str) -> str:
    """Return an answer as a phone writes it: HTML alone, a Message-ID of its own kind, a signature."""
    html = (
        f'<html><body dir="auto">{number}a<br><br><div id="Signature">发自我的 iPhone</div>'
        "<blockquote>在 2026年11月18日，08:31，mailflow 写道：<br>1) …</blockquote></body></html>"
    )
    mail = MIMEText(html, "html", "utf-8")
    mail["From"], mail["To"], mail["Subject"] = sender, to, f"回复：{subject}"
    mail["Date"], mail["Message-ID"] = format_datetime(NOW), f"<{secrets.token_hex(16).upper()}@phone.example>"
    mail["In-Reply-To"] = answers
    return mail.as_string()


def drafts_edited_deleted_and_sent(office: Office, system: MailSystem) -> None:
    """Of three notices one goes with another date, one is thrown away, one goes as it is."""
    world, desk = office.world, office.desk
    with running_thunderbird(system, world.mailbox) as thunderbird:
        thunderbird.wait_for_mail("Drafts", "SO26-00005")
        thunderbird.open("Drafts", "SO26-00005")
        thunderbird.picture(PICTURES / "day-draft.png")
        assert thunderbird.narrow_picture(PICTURES / "day-draft-phone.png", PHONE) <= PHONE
        thunderbird.draft("SO26-00005")
        thunderbird.replace(f"{LATER.day} {LATER:%b %Y}", f"{OTHER.day} {OTHER:%b %Y}")
        thunderbird.send()
        thunderbird.delete("Drafts", "SO26-00006")
        wait_until(lambda: len(world.inbox(world.mailbox, "Drafts")) == 1)
    with running_mutt(system, world.mailbox) as mutt:
        mutt.send_draft()
    wait_until(lambda: sum(len(world.inbox(customer)) for customer in world.customers) == 2)
    office.at(8, 55)
    office.at(9, 10)
    declined = {letter.planned.orders for letter in desk.letters(LetterState.DECLINED)}
    assert declined == {("SO26-00006",)}
    assert [[one.edited for one in office.notices(n)] for n in (4, 5, 6)] == [[False], [True], []]
    assert f"the customer has been told {OTHER}" in office.show("SO26-00005")
    assert "sent by hand" in office.show("SO26-00004")


def customers_ask(office: Office) -> None:
    """One is answered from the record, one by hand, one by nobody: it stands on its merchandiser's list."""
    world, desk = office.world, office.desk
    asked: dict[int, str] = {}
    for n, text in (
        (9, "What is the status of SO26-00009?"),
        (8, "Can SO26-00008 have other labels?"),
        (1, "Which box for SO26-00001?"),
    ):
        customer = world.customers[n % 3]
        asked[n] = reply(customer, world.mailbox, f"Question {n}", f"Dear all,\n\n{text}\n\nKim", NOW)
        world.send(asked[n], customer)
    wait_until(lambda: len(world.inbox(world.mailbox)) == 12)
    office.at(9, 30)
    templates = [letter.planned.template for letter in desk.letters(LetterState.DRAFTED)]
    assert templates == ["status_answer"]
    written = NOW + timedelta(hours=20)
    wei = reply(world.mailbox, world.customers[2], "Question 8", "Dear Kim, SO26-00008 can have them.", written)
    desk.put(wei.encode(), "Sent", written)
    office.until((16, 1), lambda: bool(office.listed(office.amy) and office.listed(office.bo)))
    lists = {who: office.listed(who)[0] for who in (office.amy, office.bo)}
    assert "Question 1" in lists[office.amy]
    assert "Question 9" in lists[office.bo]
    assert not any("Question 8" in text for text in lists.values())
    assert office.listed(office.wei) == [], "Wei has answered"
    assert "waits for an answer to “Re: Question 1”" in office.show("SO26-00001")
