"""File letters: drafts that wait for a person go to Drafts, copies of what was sent go to Sent; each of them once.

A crash between the APPEND and its record is the dangerous moment, so our Message-ID is looked for before every APPEND.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.mailbox import FolderError, RefusedError
from mailflow.core.orders.events import LetterDrafted, NewEvent
from mailflow.jobs.ports import Mailbox, Store


class SentCopy(StrEnum):
    """Who puts the copy of what was sent into Sent: we (`append`), or the provider itself (`server`, as Gmail does)."""

    APPEND = "append"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Filing:
    """The folders of one account; an empty name means that the mailbox has no such folder."""

    account: str
    drafts: str
    sent: str
    sent_copy: SentCopy = SentCopy.APPEND
    crash_point: Callable[[str], None] = lambda name: None
    stopping: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class FileReport:
    """Which letters now lie in Drafts and Sent; `problems` says by letter why one could not be filed."""

    drafted: list[int] = field(default_factory=list)
    copied: list[int] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)


def file_letters(store: Store, mailbox: Mailbox, filing: Filing, now: datetime) -> FileReport:
    """File what the outbox wants filed; what the server refuses is told and tried again in the next round."""
    report = FileReport()
    with store.look() as tx:
        letters = tx.outbox.to_file(filing.account)
    for letter in letters:
        if filing.stopping():
            break
        try:
            _put(mailbox, filing, letter, now)
        except (FolderError, RefusedError) as error:
            report.problems[letter.id] = str(error)
            continue
        _record(store, letter, now)
        filing.crash_point("after_filed_commit")
        (report.copied if letter.state is LetterState.SENT else report.drafted).append(letter.id)
    return report


def _put(mailbox: Mailbox, filing: Filing, letter: OutboxLetter, now: datetime) -> None:
    """Put a letter into its folder unless it lies there already."""
    copy = letter.state is LetterState.SENT
    if letter.envelope is None or (copy and filing.sent_copy is SentCopy.SERVER):
        return
    folder, flags = (filing.sent, ["\\Seen"]) if copy else (filing.drafts, ["\\Draft"])
    if not folder:
        name = "Sent" if copy else "Drafts"
        raise FolderError(f"the mailbox has no folder for {name}; make one, or name it in the configuration")
    if mailbox.find_message_id(folder, letter.envelope.message_id) is not None:
        return
    filing.crash_point("before_append")
    mailbox.append(folder, letter.envelope.raw, flags, letter.sent_at or now)
    filing.crash_point("after_append")


def _record(store: Store, letter: OutboxLetter, now: datetime) -> None:
    with store.begin() as tx:
        tx.outbox.filed(letter.id)
        if letter.state is not LetterState.SENT and letter.envelope is not None:
            drafted = LetterDrafted(letter.id, letter.planned.orders, letter.envelope.message_id)
            tx.ledger.record([NewEvent(drafted)], now)
