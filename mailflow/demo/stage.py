"""The stage of the demo: mail server, settings, database and service, as a real installation has them."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from importlib.resources import as_file
from pathlib import Path

from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Party
from mailflow.core.orders.state import OrderState
from mailflow.core.problems import Problem
from mailflow.demo.clock import DemoClock
from mailflow.demo.compose import Answered, compose, subject_of
from mailflow.demo.pages import body_of
from mailflow.demo.sandbox import HOST, Sandbox
from mailflow.demo.week import WORLD, Mail, Week
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.jobs import steer
from mailflow.jobs.order_book import import_book
from mailflow.wiring.build import build
from mailflow.wiring.service import Service

HOUSE = "followup@qinghe.example"
BATCH = 1000
SETTINGS = """\
# Written by the demo; a real one comes from `mailflow init`.
company: Qinghe Trading Co., Ltd.
timezone: {zone}
accounts:
  followup:
    address: {house}
    display_name: Qinghe Trading, order follow-up
    imap: {{host: {host}, port: {imap_port}, security: none, password: {password}, since: {since}, poll_seconds: 5}}
    smtp: {{host: {host}, port: {smtp_port}, security: none, rate_per_minute: 10000}}
merchandisers:
  - {{name: Lily Shen, email: lily.shen@qinghe.example}}
  - {{name: Tom Gao, email: tom.gao@qinghe.example}}
managers:
  - {{name: Wang Jing, email: head@qinghe.example}}
outside: auto  # the demo trusts itself; a new installation starts with drafts
ticks: {{follow_up_seconds: 2, deliver_seconds: 1}}
"""


class WorldError(Exception):
    """The sample order book was refused; holds why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))


class Stage:
    """Everything that runs during the demo."""

    def __init__(self, week: Week, clock: DemoClock, sandbox: Sandbox, service: Service) -> None:
        self.week = week
        self.clock = clock
        self.sandbox = sandbox
        self.service = service
        self._last_event = 0

    def import_world(self) -> None:
        """Read the sample order book as `mailflow import` would."""
        rules, problems = book_rules()
        with as_file(WORLD / "orders.csv") as orders, as_file(WORLD / "parties.yaml") as parties:
            book = read_files([parties, orders], rules)
        done = import_book(
            self.service.store, book, self.clock.now(), self.week.home, files=["orders.csv", "parties.yaml"]
        )
        if problems or done.bad:
            raise WorldError((*problems, *done.problems))

    def go_live(self) -> None:
        """Switch all parties on, as `mailflow go-live all` would."""
        steer.go_live(self.service.store, "all", who="lily.shen@qinghe.example", why="demo", now=self.clock.now())

    def news(self) -> list[Recorded]:
        """Return what the ledger has recorded since the last call."""
        events: list[Recorded] = []
        with self.service.store.look() as tx:
            while batch := tx.ledger.after(self._last_event, BATCH):
                events += batch
                self._last_event = batch[-1].id
        return events

    def orders(self) -> dict[str, OrderState]:
        """Return every order as it stands."""
        with self.service.store.look() as tx:
            return tx.views.orders()

    def parties(self) -> dict[str, Party]:
        """Return every party by its name."""
        with self.service.store.look() as tx:
            return {name: state.party for name, state in tx.views.parties().items()}

    def write(self, mail: Mail, at: datetime) -> tuple[str, bytes]:
        """Return a sample mail's subject and bytes; an answer continues the letter that its writer got."""
        answered = self._answered(mail) if mail.answers else None
        return subject_of(mail, answered), compose(mail, at, HOUSE, answered)

    def send(self, mail: Mail, raw: bytes) -> None:
        """Hand a sample mail to the mail server, as its writer's server would."""
        sender = "" if mail.failed else parseaddr(mail.sender)[1]
        with smtplib.SMTP(HOST, self.sandbox.smtp_port, timeout=30) as smtp:
            smtp.sendmail(sender, [parseaddr(mail.to)[1] or HOUSE], raw)

    def _answered(self, mail: Mail) -> Answered | None:
        """Return the last letter that the writer got about the order, out of their own mailbox."""
        writer = parseaddr(mail.sender)[1].lower()
        for delivered in reversed(self.sandbox.delivered):
            if writer not in delivered.recipients:
                continue
            letter = message_from_bytes(delivered.raw, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            text = body_of(letter, "plain")
            if mail.answers in str(letter["Subject"]) or mail.answers in text:
                sent = format_datetime(delivered.at.astimezone(self.week.home))
                return Answered(
                    message_id=str(letter["Message-ID"]),
                    references=str(letter["References"] or ""),
                    subject=str(letter["Subject"]),
                    sent=sent,
                    text=text,
                    html=body_of(letter, "html"),
                )
        return None


@contextmanager
def set_up(week: Week, folder: Path) -> Iterator[Stage]:
    """Start the mail server, write the settings, and build the service on an empty database."""
    clock = DemoClock(week.start)
    with Sandbox([HOUSE], clock=clock.now) as sandbox:
        config = folder / "mailflow.yaml"
        config.write_text(
            SETTINGS.format(
                zone=week.zone,
                house=HOUSE,
                host=HOST,
                imap_port=sandbox.imap_port,
                smtp_port=sandbox.smtp_port,
                password=sandbox.password,
                since=week.begins,
            ),
            encoding="utf-8",
        )
        config.chmod(0o600)
        yield Stage(week, clock, sandbox, build(config, clock=clock, env={}))
