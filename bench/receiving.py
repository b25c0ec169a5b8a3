"""From IMAP to committed events, beside imap-tools that only fetches and parses the same mails."""

import resource
import shutil
import smtplib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from imap_tools import MailBoxUnencrypted

from bench.agreement import compare
from bench.mails import Derived, derive
from bench.measure import Comparison, Measured, in_fresh_process, in_turn
from mailflow import daemon
from mailflow.edges.database import open_store
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.order_book import import_book
from mailflow.logs import set_up_logs
from mailflow.wiring.build import build
from tests.servers.dovecot import Dovecot

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
GOAL = 0.15
_MAILBOX = "followup@lanmei.example"  # as the corpus has it
_BULK = 500
ROOT = Path(__file__).resolve().parent.parent


class FixedClock:
    """Stands still: nothing that is measured depends on the day."""

    def now(self) -> datetime:
        """Return the moment at which the benchmark takes place."""
        return NOW


def compare_receiving(dovecot: Dovecot, folder: Path, mails: int, rounds: int) -> tuple[Comparison, list[str]]:
    """Measure both; return the comparison and what was found when the events were held against `mailflow read`."""
    derived = derive(mails)
    user = dovecot.address("bench")
    deliver(dovecot, user, derived)
    world = prepare(dovecot, folder / "world", user, derived)
    log = folder / "log"
    login = {"host": dovecot.host, "port": dovecot.imap_port, "user": user, "password": dovecot.password}
    ours, theirs = in_turn(
        rounds,
        lambda number: in_fresh_process("bench.receiving:service", log, config=_fresh(world, folder / f"{number}")),
        lambda number: in_fresh_process("bench.receiving:imap_tools", log, **login),
    )
    counted = {measured.count for measured in (*ours, *theirs)}
    if counted != {mails}:
        raise RuntimeError(f"of {mails} mails {counted} were counted")
    store = open_store(f"sqlite:///{folder / '0' / 'data' / 'mailflow.db'}")
    told = compare(store, read(world))
    store.close()
    what = "IMAP → stored → read → committed events (SQLite)"
    return Comparison("receiving", GOAL, what, f"imap-tools: fetch and parse (bulk={_BULK})", ours, theirs), told


def deliver(dovecot: Dovecot, user: str, derived: Derived) -> None:
    """Put the mails into the mailbox in their order."""
    with smtplib.LMTP(dovecot.host, dovecot.lmtp_port) as lmtp:
        for raw in derived.mails:
            lmtp.sendmail("bounces@partner.example", [user], raw)


def prepare(dovecot: Dovecot, world: Path, user: str, derived: Derived) -> Path:
    """Make an installation with the order book in its ledger, and the same as files for `mailflow read`."""
    (world / "mail").mkdir(parents=True)
    for number, raw in enumerate(derived.mails):
        (world / "mail" / f"{number:06}.eml").write_bytes(raw)
    (world / "orders.csv").write_text(derived.orders, encoding="utf-8")
    (world / "parties.yaml").write_text(derived.parties, encoding="utf-8")
    rules, _ = book_rules()
    book = read_files([world / "parties.yaml", world / "orders.csv"], rules)
    assert book.house is not None
    (world / "mailflow.yaml").write_text(_configuration(dovecot, user, book.house.company), encoding="utf-8")
    service = build(world / "mailflow.yaml", clock=FixedClock(), env={})
    import_book(service.store, book, NOW - timedelta(days=60), service.zone, files=["benchmark"])
    service.store.close()
    return world


def _configuration(dovecot: Dovecot, user: str, company: str) -> str:
    return f"""
company: {company}
timezone: Asia/Shanghai
merchandisers: [{{email: amy.lin@lanmei.example}}, {{email: xu.jie@lanmei.example}}, {{email: chen.bo@lanmei.example}}]
accounts:
  followup:
    address: {_MAILBOX}
    imap: {{host: {dovecot.host}, port: {dovecot.imap_port}, security: none, user: {user},
           password: {dovecot.password}, since: 2020-01-01}}
    smtp: {{host: {dovecot.host}, login: false}}
"""


def _fresh(world: Path, folder: Path) -> Path:
    """Return the configuration of an installation that has received nothing yet."""
    folder.mkdir()
    shutil.copy(world / "mailflow.yaml", folder)
    shutil.copytree(world / "data", folder / "data")
    return folder / "mailflow.yaml"


def service(config: str) -> Measured:
    """Receive and read everything, as the running service does."""
    ready = build(Path(config), clock=FixedClock(), env={})
    set_up_logs(ready.settings.log_format)
    with ready.working():
        begun, cpu = perf_counter(), process_time()
        (account,) = ready.accounts
        with ready.mailbox(account) as mailbox:
            received = ready.receive(account, mailbox, NOW)
        stored = perf_counter()
        daemon.read_all(ready, NOW)
        done = perf_counter()
    parts = {"receive": stored - begun, "read": done - stored}
    helpers = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = process_time() - cpu + helpers.ru_utime + helpers.ru_stime
    return Measured(received, done - begun, cpu, parts=parts)


def imap_tools(host: str, port: int, user: str, password: str) -> Measured:
    """Fetch and parse everything, each field once."""
    begun, cpu = perf_counter(), process_time()
    count = 0
    with MailBoxUnencrypted(host, port).login(user, password) as box:
        for mail in box.fetch(bulk=_BULK, mark_seen=False):
            fields = (mail.uid, mail.subject, mail.from_values, mail.to_values, mail.date, mail.text, mail.html)
            attached = [(a.filename, a.payload) for a in mail.attachments]
            count += bool(fields and mail.headers and attached is not None)
    return Measured(count, perf_counter() - begun, process_time() - cpu)


def read(world: Path) -> bytes:
    """Return what `mailflow read` says of the same mails and the same book."""
    command = [sys.executable, "-c", "from mailflow.cli import main; main()", "read"]
    files = ["--orders", world / "orders.csv", "--parties", world / "parties.yaml", world / "mail"]
    words = [*command, *map(str, files)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout
