"""Receive: fetch what is new in a mailbox and store the raw bytes with the cursor, before anything reads them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailflow.core.deciding.decide import set_aside_events
from mailflow.core.letters.model import LetterState
from mailflow.core.mailbox import FetchedMail, FolderStatus
from mailflow.core.mails import Cursor, MailKey, NewMail
from mailflow.core.message.headers import headers_of
from mailflow.jobs.ports import Mailbox, Store, Transaction

_GONE = frozenset((LetterState.SENT, LetterState.HANDED))
CHUNK = 100
"""Mails stored with one commit: large enough to be fast, small enough that a crash repeats little."""
CHUNK_BYTES = 16 * 1024 * 1024
"""Mails are stored before they come to much more than this, so that big ones do not fill the memory."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that is followed; `since` None means from now on, else mails that arrived from that moment on (UTC).

    Of a `sent` folder the copies of letters that went out are not stored again. Of a `watched` mailbox, which is a
    person's own, only mails from and to listed parties are stored, and mails that are left out are nowhere told.
    """

    account: str
    folder: str
    since: datetime | None = None
    sent: bool = False
    watched: bool = False


def receive(
    store: Store,
    mailbox: Mailbox,
    source: Source,
    now: datetime,
    crash_point: Callable[[str], None] = lambda name: None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Store every mail of a folder that is not stored yet, until told to stop; return how many were new.

    A changed UIDVALIDITY (RFC 9051, 2.3.1.1) starts the folder again from the moment of its first start; mails that are
    known by Message-ID and content do not count twice.
    """
    status = mailbox.select(source.folder)
    cursor = _cursor(store, mailbox, source, status, now)
    new = 0
    for mails, last in _batches(mailbox, mailbox.uids_above(cursor.last_uid)):
        crash_point("before_store_commit")
        with store.begin() as tx:
            wanted = _concerning(tx, mails) if source.watched else mails
            wanted = _without_copies(tx, wanted) if source.sent else wanted
            new += sum(_store(tx, _as_new(source, status, mail), now) for mail in wanted)
            tx.mails.set_cursor(source.account, source.folder, Cursor(status.uidvalidity, last))
        crash_point("after_store_commit")
        if stopping():
            break
    return new


def _batches(mailbox: Mailbox, uids: Sequence[int]) -> Iterator[tuple[list[FetchedMail], int]]:
    """Yield mails in batches bounded in number and bytes, each with the UID up to which nothing is left out."""
    for start in range(0, len(uids), CHUNK):
        chunk = uids[start : start + CHUNK]
        batch: list[FetchedMail] = []
        held = 0
        for mail in mailbox.fetch(chunk):
            size = len(mail.raw or b"")
            if batch and held + size > CHUNK_BYTES:
                yield batch, batch[-1].uid
                batch, held = [], 0
            batch.append(mail)
            held += size
        yield batch, chunk[-1]


def _concerning(tx: Transaction, mails: Sequence[FetchedMail]) -> list[FetchedMail]:
    """Keep what comes from or goes to a party of the book."""
    parties = [state.party for state in tx.views.parties().values() if not state.vanished]
    known = {contact.email.lower() for party in parties for contact in party.contacts}
    domains = {domain.lower() for party in parties for domain in party.domains}
    kept = []
    for mail in mails:
        headers = headers_of(mail.raw or b"")
        emails = {address.email for name in ("from", "to", "cc") for address in headers.addresses(name)}
        if emails & known or {email.rpartition("@")[2] for email in emails} & domains:
            kept.append(mail)
    return kept


def _without_copies(tx: Transaction, mails: Sequence[FetchedMail]) -> list[FetchedMail]:
    """Leave out copies of our own letters that have gone out: their bytes lie in the outbox."""
    ids = {mail.uid: headers_of(mail.raw or b"").message_id() for mail in mails}
    letters = tx.outbox.by_message_id(sorted({each for each in ids.values() if each}))
    gone = {letter.envelope.message_id for letter in letters if letter.envelope and letter.state in _GONE}
    return [mail for mail in mails if ids[mail.uid] not in gone]


def _store(tx: Transaction, mail: NewMail, now: datetime) -> bool:
    """Store one mail; of one that is too big to read a person is told at once."""
    number = tx.mails.store(mail)
    if number is not None and mail.skipped:
        tx.ledger.record(set_aside_events(number, mail.skipped), now)
    return number is not None


def _cursor(store: Store, mailbox: Mailbox, source: Source, status: FolderStatus, now: datetime) -> Cursor:
    """Return where to go on; on a first start, or after UIDVALIDITY changed, decide it and write it down."""
    note = f"started:{source.account}:{source.folder}"
    with store.look() as tx:
        cursor = tx.mails.cursor(source.account, source.folder)
        started = tx.notes.get(note)
    if cursor is not None and cursor.uidvalidity == status.uidvalidity:
        return cursor
    since = datetime.fromisoformat(started) if started else source.since
    last = status.uidnext - 1 if since is None else mailbox.first_uid_since(since) - 1
    cursor = Cursor(status.uidvalidity, last)
    with store.begin() as tx:
        tx.mails.set_cursor(source.account, source.folder, cursor)
        tx.notes.put(note, (since or now).isoformat())
    return cursor


def _as_new(source: Source, status: FolderStatus, mail: FetchedMail) -> NewMail:
    key = MailKey(source.account, source.folder, status.uidvalidity, mail.uid)
    skipped = "" if mail.raw is not None else mail.problem or f"its {mail.size:,} bytes could not be fetched"
    return NewMail(key, mail.internaldate, mail.size, mail.raw or b"", skipped)
