"""Letters rendered, recorded and accepted by Postfix, beside smtp-source with as many connections and bytes."""

import csv
import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, process_time, sleep

from ruamel.yaml import YAML

from bench.measure import Comparison, Measured, in_fresh_process, in_turn
from mailflow.core.letters.model import LetterState
from mailflow.core.orders.events import NewEvent, WentLive
from mailflow.edges.database import open_store
from mailflow.edges.files.defaults import default_rules
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs.order_book import import_book
from mailflow.logs import set_up_logs
from mailflow.wiring.build import build
from mailflow.wiring.service import Service
from tests.servers.postfix import MailSystem

GOAL = 0.30
CONNECTIONS = 8
PLANNED = datetime(2026, 11, 18, 0, 30, tzinfo=UTC)  # a Wednesday, 8:30 in Shanghai (Tuesdays have lists)
SENT = datetime(2026, 11, 18, 8, tzinfo=UTC)  # that afternoon, when every letter of the day may go
DUE = date(2026, 11, 25)  # five working days on: the day to ask whether the goods are ready
_LETTER = "ask_ship"
_SMTP_SOURCE = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
_DOMAIN = "letters.example"
_YARDSTICK_DOMAIN = "yardstick.example"


class FixedClock:
    """Stands still: nothing that is measured depends on the day."""

    def now(self) -> datetime:
        """Return the moment at which the benchmark takes place."""
        return SENT


def compare_sending(system: MailSystem, folder: Path, letters: int, rounds: int) -> Comparison:
    """Measure both, each round with as many letters to as many people."""
    world = prepare(system, folder / "world", letters)
    log = folder / "log"

    def ours(number: int) -> Measured:
        with _all_delivered(system, _DOMAIN, letters):
            return in_fresh_process("bench.sending:service", log, config=_fresh(world, folder / f"{number}"))

    def yardstick(number: int) -> Measured:
        with _all_delivered(system, _YARDSTICK_DOMAIN, letters):
            return smtp_source(system, letters, _size(folder / "0"))

    sent, thrown = in_turn(rounds, ours, yardstick)
    if {measured.count for measured in sent} != {letters}:
        raise RuntimeError(f"of {letters} letters {[measured.count for measured in sent]} were sent")
    what = f"letters rendered, recorded, accepted ({CONNECTIONS} connections)"
    return Comparison("sending", GOAL, what, f"smtp-source -s {CONNECTIONS} -l {_size(folder / '0')}", sent, thrown)


def prepare(system: MailSystem, world: Path, letters: int) -> Path:
    """Make an installation in whose outbox the letters wait, each about one order of one supplier."""
    (world / "rules").mkdir(parents=True)
    (world / "rules" / "playbook.yaml").write_text(_playbook(), encoding="utf-8")
    (world / "mailflow.yaml").write_text(_configuration(system), encoding="utf-8")
    (world / "orders.csv").write_text(_orders(letters), encoding="utf-8")
    (world / "parties.yaml").write_text(_parties(letters), encoding="utf-8")
    service = build(world / "mailflow.yaml", clock=FixedClock(), env={})
    rules, _ = book_rules()
    book = read_files([world / "parties.yaml", world / "orders.csv"], rules)
    import_book(service.store, book, PLANNED - timedelta(days=10), service.zone, files=["benchmark"])
    with service.store.begin() as tx:
        live = [NewEvent(WentLive(name), "benchmark") for name in tx.views.parties()]
        tx.ledger.record(live, PLANNED - timedelta(hours=1))  # after Tuesday's lists
    planned = [letter.template for _, letter in service.follow_up(PLANNED).planned]
    service.store.close()
    if planned != [_LETTER] * letters:
        raise RuntimeError(f"{letters} letters were to be planned, not {Counter(planned)}")
    return world


def _playbook() -> str:
    """Return the shipped rules without caps: so many letters at once are the point here."""
    text = (default_rules() / "playbook.yaml").read_text(encoding="utf-8")
    return re.sub(r"(account_per_(?:hour|day)): \d+", r"\1: 1000000", text)


def _configuration(system: MailSystem) -> str:
    return f"""
company: Lanmei Trading
timezone: Asia/Shanghai
outside: auto
merchandisers: [{{name: Amy, email: amy@lanmei.example}}]
accounts:
  followup:
    address: followup@lanmei.example
    imap: {{host: {system.host}, port: {system.imap_port}, security: none, password: {system.password}}}
    smtp: {{host: {system.host}, port: {system.smtp_port}, security: none, login: false, connections: {CONNECTIONS}}}
"""


def _orders(count: int) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            "number",
            "kind",
            "party",
            "supplier_ref",
            "style",
            "description",
            "quantity",
            "unit",
            "order_date",
            "due_date",
        ]
    )
    for n in range(count):
        own = [f"PO26-{n:05}", "purchase", f"Supplier {n}", f"S-{n:06}", f"ST{n:05}", "cotton jacket", 1000 + n]
        writer.writerow([*own, "pcs", "2026-10-01", DUE])
    return out.getvalue()


def _parties(count: int) -> str:
    """Return as many suppliers, who are written to in two languages."""
    parties = [
        {
            "name": f"Supplier {n}",
            "role": "supplier",
            "language": ("en", "zh")[n % 2],
            "country": "CN",
            "timezone": "Asia/Shanghai",
            "contacts": [{"name": f"Contact {n}", "email": f"contact{n}@{_DOMAIN}"}],
        }
        for n in range(count)
    ]
    out = io.StringIO()
    YAML(typ="safe").dump({"parties": parties}, out)
    return out.getvalue()


def _fresh(world: Path, folder: Path) -> Path:
    shutil.copytree(world, folder)
    return folder / "mailflow.yaml"


def _size(folder: Path) -> int:
    """Return how large our letters are, in the middle."""
    store = open_store(f"sqlite:///{folder / 'data' / 'mailflow.db'}")
    with store.look() as tx:
        envelopes = [letter.envelope for letter in tx.outbox.letters([LetterState.SENT])]
    store.close()
    return int(median(len(envelope.raw) for envelope in envelopes if envelope))


def service(config: str) -> Measured:
    """Deliver what waits, as the running service does."""
    ready: Service = build(Path(config), clock=FixedClock(), env={})
    set_up_logs(ready.settings.log_format)
    with ready.working():
        begun, cpu = perf_counter(), process_time()
        report = ready.deliver(ready.accounts[0], SENT)
        seconds, cpu = perf_counter() - begun, process_time() - cpu
    return Measured(report.counts()["sent"], seconds, cpu)


def smtp_source(system: MailSystem, letters: int, size: int) -> Measured:
    """Let Postfix's own tool hand over as many mails, of nothing but the letter X."""
    options = ["-s", CONNECTIONS, "-m", letters, "-l", size, "-N", "-f", "followup@lanmei.example"]
    command = [_SMTP_SOURCE, *options, "-t", f"@{_YARDSTICK_DOMAIN}", f"{system.host}:{system.smtp_port}"]
    begun = perf_counter()
    subprocess.run([str(word) for word in command], check=True)
    return Measured(letters, perf_counter() - begun)


@contextmanager
def _all_delivered(system: MailSystem, domain: str, letters: int) -> Iterator[None]:
    """Wait until the recipients have everything, so that one measurement does not burden the next one."""
    before = _in_mailboxes(system, domain)
    yield
    end = monotonic() + 60 + letters / 20
    while _in_mailboxes(system, domain) < before + letters:
        if monotonic() > end:
            raise TimeoutError(f"of {letters} mails {_in_mailboxes(system, domain) - before} reached their mailboxes")
        sleep(0.1)


def _in_mailboxes(system: MailSystem, domain: str) -> int:
    folder = system.dovecot.folder / "mail" / domain
    return sum(1 for _ in folder.glob("*/Maildir/new/*")) if folder.exists() else 0
