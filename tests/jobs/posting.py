"""A small trading house that sends letters: a database of its own, a server that fails as told, and made-up letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from mailflow.core.letters.manifest import Side
from mailflow.core.letters.model import Duty, LetterState, Mode, OutboxLetter, PlannedLetter
from mailflow.core.letters.samples import CUSTOMER, SUPPLIER
from mailflow.core.letters.templates import Templates
from mailflow.core.message.model import Address
from mailflow.core.orders.events import NewEvent, PartyImported
from mailflow.edges.database import DatabaseStore
from mailflow.edges.smtp import Security, SmtpAccount, connect
from mailflow.jobs.deliver import Limits, Look, Outgoing, deliver
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.ports import Transaction
from tests.core.letters.samples import SENDER, planned
from tests.servers.scripted_smtp import ScriptedSmtp

NOW = datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
ACCOUNT = "main"


DRAFT = Mode.DRAFT


class DiskFullError(Exception):
    """The database could not write; the process lives on."""


class Killed(BaseException):
    """The process ends here, as kill -9 would end it."""


@dataclass
class Post:
    """Plans letters, delivers them, and tells what became of them."""

    store: DatabaseStore
    templates: Templates
    server: ScriptedSmtp
    now: datetime = NOW
    limits: Limits = field(default_factory=Limits)
    connections: int = 1
    gone: dict[int, str] = field(default_factory=dict)  # letters whose reason is gone, and why
    changed: dict[int, PlannedLetter] = field(default_factory=dict)  # letters that are planned otherwise by now
    odd: set[int] = field(default_factory=set)  # letters that no rule can judge
    unreadable: set[int] = field(default_factory=set)  # letters for which nothing can be gathered
    gathered: list[list[int]] = field(default_factory=list)  # the letters that were gathered for, each time
    killed_at: str = ""
    full_at: str = ""
    user: str = ""
    password: str = ""
    stopping: Callable[[], bool] = lambda: False
    waits: str = ""

    def __post_init__(self) -> None:
        with self.store.begin() as tx:
            tx.ledger.record([NewEvent(PartyImported(party, "test")) for party in (SUPPLIER, CUSTOMER)], NOW)

    def plan(self, template: str = "ask_ship", side: Side = Side.SUPPLIER, number: int = 1, **changes: object) -> int:
        """Put a letter into the outbox; letters with different numbers go to different people."""
        letter = planned(template, side)
        to = Address(f"r{number}@x.example", f"Reader {number}")
        duties = tuple(Duty(template, duty.order, to.email, "2026-12-08") for duty in letter.duties)
        letter = replace(letter, to=(to,), duties=duties, account=ACCOUNT)
        letter = replace(letter, **changes)  # type: ignore[arg-type] # the names are those of PlannedLetter
        with self.store.begin() as tx:
            found = tx.outbox.plan(letter, self.now)
        assert found is not None
        return found

    def deliver(self) -> DeliverReport:
        """Do one round."""
        login = SmtpAccount(
            self.server.host,
            self.server.port,
            self.user,
            self.password,
            security=Security.NONE,
            timeout=5,
            data_timeout=0.3,
        )
        outgoing = Outgoing(
            ACCOUNT,
            SENDER,
            self.templates,
            self._recheck,
            self.limits,
            self.connections,
            self.crash_point,
            self.stopping,
            self.waits,
        )
        return deliver(self.store, connect(login), outgoing, self.now, self.store.join())

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def letter(self, number: int) -> OutboxLetter:
        """Return a letter as the outbox has it."""
        with self.store.look() as tx:
            found = tx.outbox.get(number)
        assert found is not None
        return found

    def state(self, number: int) -> LetterState:
        """Return how far a letter has got."""
        return self.letter(number).state

    def events(self, *kinds: type) -> list[object]:
        """Return the events of some kinds, in the order of the ledger."""
        with self.store.look() as tx:
            return [recorded.event for recorded in tx.ledger.after(0, 1000) if isinstance(recorded.event, kinds)]

    def open_questions(self) -> list[str]:
        """Return the items that wait for a person."""
        with self.store.look() as tx:
            return sorted(tx.views.reviews())

    def recipients(self) -> Sequence[str]:
        """Return who was sent something, mail by mail."""
        return [recipient for mail in self.server.mails for recipient in mail.recipients]

    def new_process(self) -> None:
        """Take over after a crash, as the next process does."""
        self.killed_at = ""
        with self.store.begin() as tx:
            tx.outbox.recover([self.store.join()], self.now)
        self.store.leave()
        self.store.join()

    def _recheck(self, tx: Transaction, letters: Sequence[OutboxLetter]) -> Look:
        self.gathered.append([letter.id for letter in letters])
        if not self.unreadable.isdisjoint(self.gathered[-1]):
            raise KeyError("an order that nobody can read")

        def look(letter: OutboxLetter) -> PlannedLetter | str:
            if letter.id in self.odd:
                raise KeyError("a rule that is not there")
            return self.gone.get(letter.id) or self.changed.get(letter.id, letter.planned)

        return look

    def crash_point(self, name: str) -> None:
        """End the process at the named point."""
        if name == self.full_at:
            raise DiskFullError(name)
        if name == self.killed_at:
            raise Killed(name)
