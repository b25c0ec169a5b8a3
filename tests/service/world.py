"""A small trading house on real servers: its configuration, its order book, its suppliers and customers."""

import secrets
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from time import monotonic, sleep

from imap_tools import MailBoxUnencrypted, MailMessage

from mailflow.core.orders.events import NewEvent, WentLive
from mailflow.core.reports.rules import ReportRules
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.order_book import import_book
from mailflow.wiring.build import build
from mailflow.wiring.rules import Rules, load_rules
from mailflow.wiring.service import Service
from tests.servers.postfix import MailSystem

NOW = datetime(2026, 11, 17, 6, 30, tzinfo=UTC)  # a Tuesday, half past two in Shanghai: letters go at once
DUE = date(2026, 12, 15)


class MovingClock:
    """Starts at a given moment and goes on from there, so that no test depends on the day it runs."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = monotonic()

    def now(self) -> datetime:
        """Return the moment it is in the test's world."""
        return self._start + timedelta(seconds=monotonic() - self._began)


@cache
def shipped_rules() -> Rules:
    """Return the rules and letters that come with mailflow; they take two seconds to load.

    Reports are not mailed: clocks leap over their hours here, and every test counts letters.
    """
    rules, problems = load_rules(None, None)
    assert rules is not None, problems
    return replace(rules, reports=ReportRules())


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is: `config` is mailflow.yaml; every address has a mailbox on the mail system."""

    folder: Path
    system: MailSystem
    mailbox: str
    merchandiser: str
    supplier: str
    customers: tuple[str, ...]
    orders: int

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "mailflow.yaml"

    def service(self, now: datetime = NOW, *, shadow: bool = False) -> Service:
        """Build the service in this process."""
        return build(self.config, clock=MovingClock(now), env={}, rules=shipped_rules(), shadow=shadow)

    def inbox(self, address: str, folder: str = "INBOX") -> list[MailMessage]:
        """Return all mails of a folder, without marking them."""
        with MailBoxUnencrypted(self.system.host, self.system.imap_port).login(address, self.system.password) as box:
            box.folder.set(folder, readonly=True)
            return list(box.fetch(mark_seen=False, bulk=True))

    def promise(self, number: int, day: date, *, reason: str = "we are short of workers", said: datetime = NOW) -> str:
        """Return a supplier's mail with a new date for purchase order `number`, ready to send."""
        return reply(
            self.supplier,
            self.mailbox,
            f"PO26-{number:05}",
            f"Dear Amy,\n\nPO26-{number:05}: {reason}, new ex-factory date is {day:%d %b %Y}.\n\nBest regards\nChen",
            said,
        )

    def send(self, raw: str, sender: str = "") -> None:
        """Hand a mail for the follow-up mailbox to the mail system."""
        with smtplib.SMTP(self.system.host, self.system.smtp_port) as smtp:
            smtp.sendmail(sender or self.supplier, [self.mailbox], raw.encode())


def reply(sender: str, to: str, subject: str, text: str, said: datetime, answers: str = "") -> str:
    """Return a plain mail; `answers` is the Message-ID that it replies to."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, f"Re: {subject}"
    mail["Date"] = format_datetime(said)
    mail["Message-ID"] = f"<{secrets.token_hex(8)}@{sender.partition('@')[2]}>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    return mail.as_string()


def make_world(
    folder: Path,
    system: MailSystem,
    *,
    orders: int = 10,
    customers: int = 2,
    mode: Callable[[int], str] = lambda customer: "auto",
    smtp_port: int = 0,
    imap_port: int = 0,
    database: str = "",
    live: bool = True,
    due: date = DUE,
    poll_seconds: int = 5,
) -> World:
    """Write configuration and order book, import them, switch everybody on; `mode`: of a customer's delay notices."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(
        folder,
        system,
        system.address("followup"),
        system.address("amy"),
        _elsewhere(system.address("supplier"), "weaving.example"),
        tuple(_elsewhere(system.address(f"customer{n}"), "outfitters.example") for n in range(customers)),
        orders,
    )
    world.config.write_text(_configuration(world, smtp_port, imap_port, poll_seconds, database))
    (folder / "orders.csv").write_text(_orders(world, due))
    (folder / "parties.yaml").write_text(_parties(world, mode))
    service = world.service()
    rules, problems = book_rules()
    assert not problems
    book = read_files([folder / "parties.yaml", folder / "orders.csv"], rules)
    import_book(service.store, book, NOW - timedelta(days=10), service.zone, files=["test"])
    if live:
        with service.store.begin() as tx:
            switched = [NewEvent(WentLive(name), "amy", "test") for name in tx.views.parties()]
            tx.ledger.record(switched, NOW - timedelta(days=10))
    service.store.close()
    return world


def _elsewhere(address: str, domain: str) -> str:
    """Return an address at another company."""
    return f"{address.partition('@')[0]}@{domain}"


def _configuration(world: World, smtp_port: int, imap_port: int, poll_seconds: int, database: str) -> str:
    system = world.system
    (world.folder / "rules").mkdir(exist_ok=True)
    return f"""
company: Lanmei Trading
timezone: Asia/Shanghai
outside: auto
merchandisers: [{{name: Amy, email: {world.merchandiser}}}]
ticks: {{follow_up_seconds: 1, deliver_seconds: 1}}
{f"database: {{url: '{database}'}}" if database else ""}
accounts:
  followup:
    address: {world.mailbox}
    imap: {{host: {system.host}, port: {imap_port or system.imap_port}, security: none, password: {system.password},
           since: 2026-11-01, poll_seconds: {poll_seconds}}}
    smtp: {{host: {system.host}, port: {smtp_port or system.smtp_port}, security: none, login: false, connections: 4}}
"""


def _orders(world: World, due: date) -> str:
    heading = (
        "number,kind,party,customer_ref,supplier_ref,style,description,quantity,unit,order_date,due_date,ship_mode,"
        "port,linked_order,merchandiser"
    )
    rows = [heading]
    for n in range(1, world.orders + 1):
        customer = f"Customer {n % len(world.customers)}"
        rows.append(
            f"SO26-{n:05},sales,{customer},C-{n:06},,ST{n:04},jacket,{1000 + n},pcs,2026-11-02,{due},sea,Ningbo,,"
            f"{world.merchandiser}"
        )
        rows.append(
            f"PO26-{n:05},purchase,Hidden Supplier,,HS-{n:06},ST{n:04},jacket,{1000 + n},pcs,2026-11-02,{due},sea,"
            f"Ningbo,SO26-{n:05},{world.merchandiser}"
        )
    return "\n".join(rows) + "\n"


def _parties(world: World, mode: Callable[[int], str]) -> str:
    lines = [
        "parties:",
        "- {name: Hidden Supplier, role: supplier, language: en, country: CN, timezone: Asia/Shanghai,",
        f"   modes: {{weekly_list: off, overdue_2: auto}}, contacts: [{{name: Chen, email: {world.supplier}}}]}}",
    ]
    for n, address in enumerate(world.customers):
        lines += [
            f"- {{name: Customer {n}, role: customer, language: en, country: CN, timezone: Asia/Shanghai,",
            f"   modes: {{delay_notice: {mode(n)}}}, contacts: [{{name: Kim, email: {address}}}]}}",
        ]
    return "\n".join(lines) + "\n"


def wait_until(found: Callable[[], Sequence[object] | bool], seconds: float = 60) -> None:
    """Wait until something is there; fails when it doesn't come."""
    end = monotonic() + seconds
    while not found():
        assert monotonic() < end, "waited in vain"
        sleep(0.05)
