"""A small installation for the commands: settings, an order book, mails that said something, letters that wait."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from mailflow.cli import build_app
from mailflow.core.letters.model import Duty, LetterFacts, Mode, PlannedLetter
from mailflow.core.mails import MailKey, MailState, NewMail
from mailflow.core.message.model import Address
from mailflow.core.orders import events as e
from mailflow.core.orders.codec import encode_event
from mailflow.core.orders.events import Event, NewEvent, Proof
from mailflow.core.orders.model import DateBasis, Milestone
from mailflow.edges.database import DatabaseStore
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.order_book import import_book
from mailflow.jobs.ports import Transaction
from mailflow.settings import load_settings
from mailflow.wiring.database import database_or_raise

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)  # a Wednesday morning in Shanghai
WORDS = "PO26-101 面料晚到,12月8日出货"
PROMISED = date(2026, 12, 8)
MAIL, STRANGE, UNREAD = "<late.1@haitang.example>", "<who.2@elsewhere.example>", "<new.3@haitang.example>"
SETTINGS = """\
company: Example Trading
timezone: Asia/Shanghai
merchandisers:
- {name: Amy Lin, email: amy@company.example}
accounts:
  followup:
    address: followup@company.example
    imap: {host: 127.0.0.1, port: 1, security: none, password: x}
    smtp: {host: 127.0.0.1, port: 1, security: none}
"""
ORDERS = """\
number,kind,party,style,product,quantity,unit,order_date,due_date,ship_mode,port,linked_order,merchandiser
PO26-101,purchase,Haitang Garment Co.,FH1208,fleece hoodie,2400,pcs,2026-10-01,2026-11-25,sea,Ningbo,SO26-201,Amy Lin
PO26-102,purchase,Haitang Garment Co.,MS4417,sweatshirt,1500,pcs,2026-10-02,2026-11-12,sea,Ningbo,,Amy Lin
PO26-103,purchase,Haitang Garment Co.,KJ2230,jacket,900,pcs,2026-10-02,2026-12-30,sea,Ningbo,,Amy Lin
SO26-201,sales,Fjord & Fell AS,FH1208,fleece hoodie,2400,pcs,2026-10-01,2026-12-05,sea,Ningbo,,Amy Lin
"""
PARTIES = """\
parties:
- {name: Haitang Garment Co., short: Haitang, role: supplier, language: zh, country: CN, timezone: Asia/Shanghai,
   contacts: [{name: Zheng, email: zheng@haitang.example}]}
- {name: Fjord & Fell AS, short: Fjord, role: customer, language: en, country: NO, timezone: Europe/Oslo,
   contacts: [{name: Ingrid, email: ingrid@fjordfell.example}]}
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with settings and a database; `run` carries out one command there."""

    folder: Path

    def run(self, *words: str, input: str | None = None, **env: str) -> Result:  # noqa: A002 - as the runner calls it
        """Carry out a command in this process; a fault that people cannot mend comes out as an exception."""
        variables = {"MAILFLOW_CONFIG": str(self.folder), "USER": "amy", "LOGNAME": "amy", **env}
        app = build_app(words[0])
        return CliRunner().invoke(app, words, input=input, env=variables, catch_exceptions=False)

    def told(self, *words: str, input: str | None = None, **env: str) -> str:  # noqa: A002
        """Carry out a command that must succeed; return what it printed."""
        done = self.run(*words, input=input, **env)
        assert done.exit_code == 0, done.output
        return done.stdout

    def refused(self, *words: str) -> str:
        """Carry out a command that must fail; return the one line that says why."""
        done = self.run(*words)
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        return line

    def events(self) -> list[e.Recorded]:
        """Return everything that is recorded."""
        with opened(self.folder) as store, store.look() as tx:
            return tx.ledger.after(0, 1000)

    def record(self, *events: Event) -> None:
        """Record events as if mailflow had done so."""
        with opened(self.folder) as store, store.begin() as tx:
            tx.ledger.record([NewEvent(event) for event in events], NOW)


@contextmanager
def opened(folder: Path) -> Iterator[DatabaseStore]:
    """Open the database of a folder's settings."""
    settings, faults = load_settings(folder, {})
    assert settings is not None, faults
    store = database_or_raise(settings)
    try:
        yield store
    finally:
        store.close()


def install(folder: Path) -> Installation:
    """Write settings and book, import them, and let some mails arrive and some letters wait."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("mailflow.yaml", SETTINGS), ("orders.csv", ORDERS), ("parties.yaml", PARTIES)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "mailflow.yaml").chmod(0o600)
    book = read_files([folder / "parties.yaml", folder / "orders.csv"], book_rules()[0])
    with opened(folder) as store:
        assert not import_book(store, book, NOW, UTC, files=["book"]).bad
        with store.begin() as tx:
            live = [NewEvent(e.WentLive("Haitang Garment Co."), "amy@company.example", "agreed by telephone")]
            tx.ledger.record(live, NOW)
            mails = [_stored(tx, number) for number in (1, 2, 3)]
            for mail, message_id in zip(mails, (MAIL, STRANGE, UNREAD), strict=True):
                tx.mails.identify(mail, message_id, f"hash {mail}")
            for mail in mails[:2]:
                tx.mails.settle(mail, MailState.READ)
            tx.ledger.record([NewEvent(event) for event in said(mails[0], mails[1])], NOW)
            for letter in (_letter("shipment_notice", "PO26-101"), _letter("ask_ship", "PO26-102")):
                _wait(tx, letter)
    return Installation(folder)


def _stored(tx: Transaction, number: int) -> int:
    stored = tx.mails.store(NewMail(MailKey("followup", "INBOX", 1, number), NOW, 20, b"Subject: x\n\nx"))
    assert stored is not None
    return stored


def _wait(tx: Transaction, letter: PlannedLetter) -> None:
    number = tx.outbox.plan(letter, NOW)
    assert number is not None
    tx.outbox.hold(number, "missing: shipping mark")
    tx.ledger.record([NewEvent(e.ReviewOpened(f"L{number}", "waits for: shipping mark", letter.orders))], NOW)


def said(mail: int, strange: int) -> Sequence[Event]:
    """Return what two mails came to: a later date with its reason, and a stranger's word that is asked about."""
    proof = Proof(mail, WORDS, 0.97, "the number, exact", "zheng@haitang.example", MAIL, NOW)
    doubtful = Proof(strange, "102 ships 20 Nov", 0.4, "its tail", "who@elsewhere.example", STRANGE, NOW)
    first = e.DatePromised("PO26-101", Milestone.SHIP, date(2026, 11, 27), basis=DateBasis.EXW, proof=proof)
    proposed = e.DatePromised("PO26-102", Milestone.SHIP, date(2026, 11, 20), proof=doubtful)
    return (
        e.MailRead(mail, MAIL, "zheng@haitang.example", "进度", "update", ("PO26-101",), "Haitang Garment Co."),
        first,
        e.DatePromised("PO26-101", Milestone.SHIP, PROMISED, basis=DateBasis.EXW, proof=proof),
        e.ProblemReported("PO26-101", "material", proof),
        e.OrderAcknowledged("PO26-101", proof),
        e.MailRead(strange, STRANGE, "who@elsewhere.example", "shipping", "attention", ("PO26-102",)),
        e.ReviewOpened(
            f"R{strange}.1",
            "The sender has no say in this order. Who is it?",
            ("PO26-102",),
            strange,
            ("PO26-102", "PO26-103"),
            (encode_event(proposed),),
            "102 ships 20 Nov",
        ),
    )


def _letter(template: str, order: str) -> PlannedLetter:
    to = Address("zheng@haitang.example", "Zheng")
    return PlannedLetter(
        template,
        template,
        "Haitang Garment Co.",
        (to,),
        "zh",
        Mode.AUTO,
        (Duty(template, order, to.email, "2026-11-25"),),
        (order,),
        LetterFacts(()),
        "followup",
        NOW,
        why=f"{template}: {order} ship planned 2026-11-25",
    )
