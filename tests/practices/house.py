"""A trading house with its mailbox, whose clock a play moves: mails come in as bytes, letters go out as bytes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.events import NewEvent, WentLive
from mailflow.core.playbook.by_hand import Wanted
from mailflow.core.playbook.loader import load_playbook
from mailflow.core.reports.rules import ReportRules
from mailflow.edges.database import upgrade
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.edges.imap import ImapMailbox
from mailflow.edges.imap.fake import FakeMailbox, FakeMailServer
from mailflow.jobs.order_book import import_book
from mailflow.jobs.write_letter import write_letter
from mailflow.wiring.build import build
from mailflow.wiring.rules import Rules, load_rules
from mailflow.wiring.service import Service
from tests.core.letters.contents import everything
from tests.servers.scripted_smtp import ScriptedSmtp

CHINA = ZoneInfo("Asia/Shanghai")
MAILBOX = "followup@lanmei.example"
PARTIES = """
parties:
- {name: Hengtai, role: supplier, language: en, country: CN, timezone: Asia/Shanghai, domains: [hengtai.example],
   modes: {weekly_list: "off"}, contacts: [{name: Zheng, email: zheng@hengtai.example},
   {name: He, email: he@hengtai.example, role: manager}]}
- {name: 海塘制衣, role: supplier, language: zh, country: CN, timezone: Asia/Shanghai, domains: [haitang.example],
   contacts: [{name: 郑洁, email: zhengjie@haitang.example}]}
- {name: Bergmann, role: customer, language: en, country: DE, timezone: Europe/Berlin, domains: [bergmann.example],
   contacts: [{name: Piotr, email: piotr@bergmann.example}]}
- {name: Harbour Gate, role: forwarder, language: en, country: CN, timezone: Asia/Shanghai,
   domains: [harbourgate.example], contacts: [{name: Leo, email: leo@harbourgate.example}]}
- {name: Kestrel, role: inspector, language: en, country: CN, timezone: Asia/Shanghai,
   domains: [kestrel.example], contacts: [{name: Gu, email: gu@kestrel.example}]}
- {name: Own people, role: internal, language: en, country: CN, timezone: Asia/Shanghai,
   contacts: [{name: Wei, email: wei@lanmei.example, role: "sales, engineering"},
   {name: Lan, email: lan@lanmei.example, role: accounts}]}
"""
HEADINGS = (
    *("number", "kind", "party", "customer_ref", "style", "product", "description", "quantity", "unit", "unit_price"),
    *("currency", "order_date", "due_date", "date_basis", "ship_mode", "port", "destination_port"),
    *("destination_country", "shipping_mark", "payment_terms", "required_documents", "order_type", "linked_order"),
    *("merchandiser", "status", "acknowledged", "shipped", "received"),
)
BOUGHT = {
    "kind": "purchase",
    "party": "Hengtai",
    "style": "HD5420",
    "product": "hoodie",
    "description": "brushed fleece",
    "quantity": "1200",
    "unit": "pcs",
    "unit_price": "6.20",
    "currency": "USD",
    "order_date": "2026-10-12",
    "due_date": "2026-12-15",
    "ship_mode": "sea",
    "port": "Ningbo",
    "destination_port": "Hamburg",
    "destination_country": "Germany",
    "shipping_mark": "LANMEI",
    "linked_order": "SO26-1001",
    "merchandiser": "amy@lanmei.example",
    "status": "open",
    "acknowledged": "2026-10-14",
}
SOLD = {
    "kind": "sales",
    "party": "Bergmann",
    "customer_ref": "BM-4500",
    "style": "HD5420",
    "product": "hoodie",
    "quantity": "1200",
    "unit": "pcs",
    "unit_price": "9.80",
    "currency": "USD",
    "order_date": "2026-10-08",
    "due_date": "2026-12-18",
    "date_basis": "etd",
    "ship_mode": "sea",
    "port": "Ningbo",
    "status": "open",
    "destination_port": "Hamburg",
    "merchandiser": "amy@lanmei.example",
    "acknowledged": "2026-10-09",
}
ORDERS = {
    "PO26-2001": BOUGHT,
    "SO26-1001": SOLD,
    "PO26-2002": {**BOUGHT, "party": "海塘制衣", "style": "JK100", "product": "jacket", "linked_order": ""},
}

Book = dict[str, dict[str, str]]


@dataclass(slots=True)
class Clock:
    """Stands where the play puts it."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment it is."""
        return self.at


@cache
def rules_with(on: tuple[tuple[str, str], ...], *, reports: bool) -> Rules:
    """Return the shipped rules and letters with some steps switched on; the reports' mails only where wanted."""
    shipped = _shipped()
    text = (Path(__file__).parents[2] / "rules" / "playbook.yaml").read_text("utf-8")
    for step, mode in on:
        head, _, tail = text.partition(f"  - name: {step} ")
        assert "mode: off" in tail.partition("  - name: ")[0], f"{step} is not switched off"
        text = f"{head}  - name: {step} {tail.replace('mode: off', f'mode: {mode}', 1)}"
    playbook, problems = load_playbook(text, "playbook.yaml")
    assert playbook is not None, problems
    return replace(shipped, playbook=playbook, reports=shipped.reports if reports else ReportRules())


@cache
def _shipped() -> Rules:
    rules, problems = load_rules(None, None)
    assert rules is not None, problems
    return rules


@cache
def empty_database() -> bytes:
    """Return a database with tables and no rows; making them takes longer than a play."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{folder}/mailflow.db")
        return (Path(folder) / "mailflow.db").read_bytes()


@dataclass
class House:
    """The service with a mailbox in memory and a server that takes its letters."""

    folder: Path
    smtp: ScriptedSmtp
    rules: Rules
    begins: datetime
    server: FakeMailServer = field(default_factory=FakeMailServer)
    swap: tuple[str, str] = ("", "")  # what stands in the list of parties, and what stands there instead
    seen: set[int] = field(default_factory=set)  # letters that an earlier look has found

    def __post_init__(self) -> None:
        self.clock = Clock(self.begins)
        data = self.folder / "data"
        data.mkdir()
        (data / "mailflow.db").write_bytes(empty_database())
        config = self.folder / "mailflow.yaml"
        config.write_text(
            f"""
company: Lanmei Trading
timezone: Asia/Shanghai
outside: auto
data: data
merchandisers: [{{name: Amy, email: amy@lanmei.example}}]
managers: [{{name: Chen, email: chen@lanmei.example}}]
accounts:
  followup:
    address: {MAILBOX}
    imap: {{host: 127.0.0.1, port: 1, security: none, password: x, since: 2026-11-01}}
    smtp: {{host: {self.smtp.host}, port: {self.smtp.port}, security: none, login: false}}
"""
        )
        self.service: Service = build(config, clock=self.clock, env={}, rules=self.rules)

    def book(self, orders: Book) -> None:
        """Take an order book over, as it stands now: a spreadsheet, and the list of parties beside it."""
        rows = [",".join(HEADINGS), *(_row(number, order) for number, order in orders.items())]
        (self.folder / "orders.csv").write_text("\n".join(rows) + "\n", "utf-8")
        (self.folder / "parties.yaml").write_text(PARTIES.replace(*self.swap) if self.swap[0] else PARTIES, "utf-8")
        read = read_files([self.folder / "parties.yaml", self.folder / "orders.csv"], book_rules()[0])
        assert not read.problems, read.problems
        done = import_book(self.service.store, read, self.clock.at, CHINA, files=["orders.csv"])
        assert not done.problems, done.problems

    def go_live(self) -> None:
        """Switch every party on."""
        with self.service.store.begin() as tx:
            tx.ledger.record([NewEvent(WentLive(name)) for name in tx.views.parties()], self.clock.at)

    def round(self, at: datetime) -> None:
        """Let the service come round once."""
        self.clock.at = at
        service, (account,) = self.service, self.service.accounts
        mailbox = cast("ImapMailbox", FakeMailbox(self.server))
        service.receive(account, mailbox, at)
        while service.read(at).mails:
            pass
        service.look_again(at)
        service.send_digests(at)
        service.send_reports(at)
        service.follow_up(at)
        service.deliver(account, at)
        service.file_letters(account, mailbox, at)
        mailbox.close()

    def new_letters(self) -> list[OutboxLetter]:
        """Return the letters that have gone, or lie in Drafts, since the last look; both as those bytes."""
        with self.service.store.look() as tx:
            letters = tx.outbox.letters([LetterState.SENT, LetterState.DRAFTED])
        found = [letter for letter in letters if letter.id not in self.seen]
        self.seen |= {letter.id for letter in found}
        drafts = self.server.folder("Drafts").mails.values()
        there = {mail.raw for mail in self.smtp.mails} | {mail.raw for mail in drafts}
        assert all(letter.envelope is not None and letter.envelope.raw in there for letter in found)
        return found

    def send_drafts(self, at: datetime) -> None:
        """Let the merchandiser send what lies in Drafts, as a mail program does: it moves to Sent."""
        for uid in self.server.uids("Drafts"):
            self.server.deliver(self.server.folder("Drafts").mails[uid].raw, at, "Sent")
            self.server.remove(uid, "Drafts")

    def write(self, letter: str, orders: Sequence[str], said: Sequence[tuple[str, str]], to: str = "") -> None:
        """Let a person order a letter."""
        manifest = self.rules.templates.manifests[letter]
        wanted = Wanted(tuple(orders), to, tuple(said), "amy@lanmei.example")
        write_letter(self.service.store, self.service.follow_up_rules(), manifest, wanted, self.clock.at)

    def answered(self, party: str) -> str:
        """Return the Message-ID of the last letter to somebody."""
        with self.service.store.look() as tx:
            sent = tx.outbox.letters([LetterState.SENT])
        ids = [one.envelope.message_id for one in sent if one.envelope and one.planned.to[0].email == party]
        return ids[-1]


def _row(number: str, order: dict[str, str]) -> str:
    return ",".join(f'"{({**order, "number": number}).get(name, "")}"' for name in HEADINGS)


@contextmanager
def house(folder: Path, smtp: ScriptedSmtp, rules: Rules, begins: datetime) -> Iterator[House]:
    """Open a house and join it to the database; closes it behind."""
    opened = House(folder, smtp, rules, begins)
    with opened.service.working():
        yield opened
    opened.service.store.close()


def mail(
    sender: str, subject: str, text: str, at: datetime, answers: str = "", file: tuple[str, bytes] | None = None
) -> bytes:
    """Return a mail as a mail program writes it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, MAILBOX, subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{at:%m%d%H%M%S}.{abs(hash(text)) % 9999}@{parseaddr(sender)[1].partition('@')[2]}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    return message.as_bytes()


def words_of(letter: OutboxLetter) -> str:
    """Return every word of a letter's bytes."""
    assert letter.envelope is not None
    return everything(letter.envelope.raw)
