"""What the jobs need from outside. Edges have these shapes; `wiring` puts them together."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from mailflow.core.letters.model import Duty, Envelope, LetterState, OutboxLetter, PlannedLetter, ThreadPlace
from mailflow.core.mailbox import FetchedMail, Folder, FolderStatus
from mailflow.core.mails import Cursor, MailKey, MailState, NewMail, StoredMail
from mailflow.core.matching.index import Lookup
from mailflow.core.orders.events import Event, NewEvent, Recorded
from mailflow.core.orders.state import (
    AddressState,
    Correspondence,
    LearnedState,
    OrderState,
    PartyState,
    PersonState,
    ReviewState,
)
from mailflow.core.playbook.looks import Awoken, Look


class Clock(Protocol):
    def now(self) -> datetime: ...


class Mails(Protocol):
    """The raw mails and how far each folder has been stored."""

    def cursor(self, account: str, folder: str) -> Cursor | None: ...
    def set_cursor(self, account: str, folder: str, cursor: Cursor) -> None: ...
    def store(self, mail: NewMail) -> int | None:
        """Store a mail, return its id; None where its key is known already."""
        ...

    def unread(self, limit: int) -> list[StoredMail]:
        """Return the oldest mails in state `stored`, fewer where they are big; PostgreSQL: with SKIP LOCKED."""
        ...

    def unread_behind(self, mail: int, limit: int) -> list[int]:
        """Return the ids of the oldest mails in state `stored` that came after a mail."""
        ...

    def waiting(self) -> bool:
        """Say whether a stored mail has not been read yet, also one that another worker is just reading."""
        ...

    def identify(self, mail: int, message_id: str, content_hash: str) -> int:
        """Claim (Message-ID, content hash) for a mail; return the id of the mail that holds it (its own when new)."""
        ...

    def settle(self, mail: int, state: MailState, reason: str = "") -> None: ...
    def get(self, mail: int) -> StoredMail | None: ...
    def find(self, message_id: str) -> list[int]: ...
    def unmarked(self, account: str, folder: str, limit: int) -> list[tuple[int, MailKey]]:
        """Return read mails that carry no mark in the mailbox yet."""
        ...

    def marked(self, mails: Sequence[int]) -> None: ...


class Ledger(Protocol):
    """Append-only events and the views folded from them; views move in the same transaction."""

    def record(self, events: Sequence[NewEvent], at: datetime) -> list[Recorded]: ...
    def history(self, order: str) -> list[Recorded]: ...
    def of_mail(self, mail: int) -> list[Recorded]: ...
    def after(self, event: int, limit: int) -> list[Recorded]: ...
    def last(self) -> int:
        """Return the id of the newest event, 0 in an empty ledger."""
        ...

    def any_after(self, event: int, kinds: Collection[type[Event]]) -> bool:
        """Say whether an event of one of these kinds came after one."""
        ...


class Views(Protocol):
    def orders(self, numbers: Iterable[str] | None = None) -> dict[str, OrderState]: ...
    def linked(self, numbers: Iterable[str]) -> dict[str, OrderState]:
        """Return these orders, the sales orders that they serve, and the purchase orders that serve those."""
        ...

    def parties(self) -> dict[str, PartyState]: ...
    def addresses(self) -> dict[str, AddressState]: ...
    def reviews(self, *, decided: bool = False) -> dict[str, ReviewState]:
        """Return the open questions by item; with `decided` all of them."""
        ...

    def review(self, item: str) -> ReviewState | None:
        """Return a question, open or decided."""
        ...

    def people(self) -> dict[str, PersonState]: ...
    def learned(self) -> dict[str, LearnedState]:
        """Return what people's answers taught and nobody has withdrawn, by its key."""
        ...

    def unanswered(self) -> dict[str, Correspondence]:
        """Return the customers whose mails nobody has answered yet, by name."""
        ...

    def awake(self, now: datetime, most: int) -> list[Awoken]:
        """Return so many of the orders that must be looked at by now, those that wait longest first: those to which
        something happened, and whose time came."""
        ...

    def sleep(self, until: Mapping[str, Look]) -> None:
        """Keep when each of some orders must be looked at again, unless something happens to it before."""
        ...

    def of_party(self, party: str) -> list[str]:
        """Return all orders of a party, closed ones too."""
        ...

    def parties_by_urgency(self) -> list[str]:
        """Return the parties that have orders, first the one of which an order must be looked at soonest."""
        ...

    def listed(self, day: date, parties: Iterable[str] | None = None) -> dict[str, OrderState]:
        """Return the orders (of some parties, where given) that may stand in a list on a day."""
        ...

    def complaining(self) -> frozenset[str]:
        """Return the parties who have complained of an order, until a person has settled it."""
        ...

    def rebuild(self) -> None:
        """Fold every view again from the first event."""
        ...


class DutyRecord(Protocol):
    @property
    def duty(self) -> Duty: ...
    @property
    def letter(self) -> int: ...
    @property
    def state(self) -> LetterState: ...
    @property
    def at(self) -> datetime:
        """When the letter was sent, else when it was planned."""
        ...


class Outbox(Protocol):
    """Letters and the duties that they fulfil. Every change of state is committed by the surrounding transaction."""

    def plan(self, letter: PlannedLetter, at: datetime) -> int | None:
        """Put a letter in the outbox; None where any of its duties is there already (withdrawn ones apart)."""
        ...

    def duties(self, orders: Iterable[str] | None = None, since: datetime | None = None) -> Sequence[DutyRecord]:
        """Return the duties of these orders or of all; with `since` those of letters that wait or are not older."""
        ...

    def claim(self, worker: str, now: datetime, limit: int, account: str = "") -> list[OutboxLetter]:
        """Take letters (of one account, where given) that may go now: queued or unknown, `next_try` reached.

        The state becomes claimed; where it was unknown, `repeated` goes up by one: the letter may have gone out.
        """
        ...

    def freeze(self, letter: int, envelope: Envelope, planned: PlannedLetter | None = None) -> None:
        """Keep the bytes for ever, and the plan as it was checked again where it is no longer the one of the row."""
        ...

    def handed(self, letters: Sequence[int], at: datetime) -> None:
        """About to be handed to the server; `attempts` goes up by one."""
        ...

    def sent(self, letter: int, at: datetime, reply: str, refused: Sequence[str] = ()) -> None: ...
    def refused(self, letter: int, reply: str, refused: Sequence[str]) -> None: ...
    def later(self, letter: int, next_try: datetime, reply: str) -> None:
        """Put a letter back in the queue after a refusal for now."""
        ...

    def unknown(self, letter: int, next_try: datetime, reply: str) -> None: ...
    def hold(self, letter: int, reason: str) -> None: ...
    def withdraw(self, letter: int, reason: str) -> None: ...
    def release(self, letter: int, planned: PlannedLetter, now: datetime) -> None:
        """Put a letter that was held and never written back in the queue, with the plan as it is now."""
        ...

    def approve(self, letter: int, now: datetime) -> None: ...
    def decline(self, letter: int) -> None: ...
    def to_file(self, account: str) -> list[OutboxLetter]:
        """Return claimed drafts that are not in Drafts yet and sent letters whose copy is not in Sent yet."""
        ...

    def filed(self, letter: int) -> None:
        """The draft or the copy is in the mailbox; a claimed draft becomes drafted."""
        ...

    def get(self, letter: int) -> OutboxLetter | None: ...
    def letters(self, states: Sequence[LetterState]) -> list[OutboxLetter]: ...
    def by_message_id(self, message_ids: Sequence[str]) -> list[OutboxLetter]: ...
    def sent_since(self, since: datetime) -> Mapping[str, int]:
        """Return how many letters each address was sent since then (caps)."""
        ...

    def refused_since(self, since: datetime) -> int:
        """Return how many letters were refused for good since then (the breaker)."""
        ...

    def recover(self, gone: Iterable[str], now: datetime) -> int:
        """Give up the claims of workers that are gone: claimed → queued, handed → unknown. Returns how many."""
        ...


class Threads(Protocol):
    """The last mail about an order with a party, so that letters continue conversations."""

    def place(self, order: str, party: str) -> ThreadPlace | None: ...
    def note(self, order: str, party: str, place: ThreadPlace, at: datetime) -> None: ...


class Notes(Protocol):
    """Small settled facts of an installation: when a folder was first followed, the secret of our tokens."""

    def get(self, key: str) -> str | None: ...
    def put(self, key: str, value: str) -> None: ...
    def first(self, key: str, value: str) -> str:
        """Keep a value where there is none yet; return the one that stands, whoever put it."""
        ...


class Transaction(Protocol):
    """Everything inside is committed together or not at all."""

    @property
    def identifiers(self) -> Lookup:
        """What orders are called, kept up to date by the events that the ledger records."""
        ...

    @property
    def mails(self) -> Mails: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def views(self) -> Views: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def notes(self) -> Notes: ...


class Store(Protocol):
    """The database."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """Start a writing transaction (BEGIN IMMEDIATE on SQLite); commits on leaving, rolls back on an error."""
        ...

    def look(self) -> AbstractContextManager[Transaction]:
        """Start a reading transaction; writing in it is an error."""
        ...

    def join(self) -> str:
        """Become a worker and return its name; raises where another process owns the file (SQLite)."""
        ...

    def check(self) -> None:
        """Raise where this worker has lost its session, and with it all that it had taken: join again then."""
        ...

    def gone(self) -> list[str]:
        """Return the workers whose lock is free."""
        ...

    def take(self, account: str) -> bool:
        """Become the one that serves a mailbox; False where another worker does."""
        ...

    def leave(self) -> None: ...


class Mailbox(Protocol):
    """One IMAP connection to one mailbox."""

    def select(self, folder: str) -> FolderStatus: ...
    def uids_above(self, uid: int) -> list[int]: ...
    def first_uid_since(self, since: datetime) -> int:
        """Return the lowest UID that arrived at or after `since`; UIDNEXT where there is none."""
        ...

    def fetch(self, uids: Sequence[int]) -> Iterator[FetchedMail]: ...
    def append(self, folder: str, raw: bytes, flags: Sequence[str], at: datetime) -> int | None: ...
    def find_message_id(self, folder: str, message_id: str) -> int | None: ...
    def folders(self) -> list[Folder]: ...
    def create(self, folder: str) -> None: ...
    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the flags of those of some mails of the selected folder that are still there."""
        ...

    def add_keyword(self, uids: Sequence[int], keyword: str) -> None: ...
    def move(self, uids: Sequence[int], folder: str) -> None: ...
    def close(self) -> None: ...


class Delivery(Protocol):
    """How one letter fared with the SMTP server; exactly one of the outcomes holds."""

    @property
    def outcome(self) -> str:
        """`accepted`, `refused` (for good), `later`, `unknown` (no reply), `untried` (never got to DATA)."""
        ...

    @property
    def reply(self) -> str: ...
    @property
    def refused(self) -> Sequence[str]:
        """Recipients refused for good where others were accepted."""
        ...

    @property
    def bad_addresses(self) -> Sequence[str]:
        """Those refused because nobody lives there, whatever became of the others."""
        ...

    @property
    def stops_mailbox(self) -> bool:
        """Authentication failed or the account is blocked: trying again does harm, a person must look."""
        ...

    @property
    def retry_after(self) -> float:
        """Seconds to wait at least before the next try, where the server or experience says so; else 0."""
        ...


class Transport(Protocol):
    """The SMTP side of one account."""

    def open(self, connections: int) -> Sequence[Delivery]:
        """Connect and log in; returns no deliveries when all is well, else what went wrong."""
        ...

    def send(self, envelopes: Sequence[Envelope]) -> Sequence[Delivery]:
        """Hand letters over, some at the same time; the answers stand in the order of the envelopes. Never raises."""
        ...

    def close(self) -> None: ...


Random = Callable[[], float]
NewToken = Callable[[], str]
