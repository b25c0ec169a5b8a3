"""Mark: where the administrator wants it, read mails get a keyword or go to a folder; never anything else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailflow.core.mailbox import FolderError, RefusedError, UnsupportedError
from mailflow.core.orders.events import MailRead
from mailflow.jobs.ports import Mailbox, Store, Transaction

KEYWORD = "$Mailflow"
_HARMLESS = frozenset((r"\seen", r"\recent", "nonjunk", "$notjunk", "$mdnsent", KEYWORD.lower()))
"""What mail programs set by themselves; any other flag is a person's, who is at work on the mail: it stays."""
_MOST_SETTLED = 50


@dataclass(frozen=True, slots=True)
class SortedInto:
    """The folders for mails about orders, for those that a person was asked about, and for the rest."""

    matched: str
    question: str
    filed: str


@dataclass(frozen=True, slots=True)
class Marks:
    """`keyword` sets `$Mailflow`; `folder` moves (RFC 6851) read mails there, `folders` by what became of each; none of
    them: the mailbox stays untouched."""

    keyword: bool = False
    folder: str = ""
    folders: SortedInto | None = None

    @property
    def wanted(self) -> bool:
        return self.keyword or self.moves

    @property
    def moves(self) -> bool:
        return bool(self.folder) or self.folders is not None


@dataclass(frozen=True, slots=True)
class Marked:
    """How many mails were marked, and why they could not be moved, where they could not."""

    mails: int = 0
    problem: str = ""


def mark_mails(store: Store, mailbox: Mailbox, account: str, folder: str, marks: Marks, limit: int = 200) -> Marked:
    """Mark mails whose events are committed. Doing it twice after a crash does no harm: a mail that was moved is no
    longer there. Where mails cannot be moved they get the keyword instead."""
    if not marks.wanted:
        return Marked()
    with store.look() as tx:
        mails = tx.mails.unmarked(account, folder, limit)
        goes = {number: _target(tx, number, marks) for number, _ in mails} if marks.moves else {}
    if not mails:
        return Marked()
    status = mailbox.select(folder)
    uids = {key.uid: number for number, key in mails if key.uidvalidity == status.uidvalidity}
    problem, moved = "", set[int]()
    if marks.moves:
        free = _untouched(mailbox, sorted(uids))
        problem, moved = _move(mailbox, folder, {uid: goes[uids[uid]] for uid in free})
    if marks.keyword or problem:
        mailbox.select(folder)
        mailbox.add_keyword([uid for uid in uids if uid not in moved], KEYWORD)
    with store.begin() as tx:
        tx.mails.marked([number for number, _ in mails])
        if marks.folders is not None:
            asked = {uids[uid] for uid in moved if goes[uids[uid]] == marks.folders.question}
            _note(tx, account, {**_noted(tx, account), **_message_ids(tx, asked)})
    return Marked(len(uids), problem)


def settle_questions(store: Store, mailbox: Mailbox, account: str, marks: Marks) -> int:
    """Move the mails on whose question a person has decided from its folder to that of the matched; return how many."""
    if marks.folders is None:
        return 0
    with store.look() as tx:
        noted = _noted(tx, account)
        open_ones = {review.opened.mail for review in tx.views.reviews().values()} if noted else set()
    settled = {number: ident for number, ident in noted.items() if int(number) not in open_ones}
    moved = 0
    for ident in list(settled.values())[:_MOST_SETTLED]:
        moved += _move_on(mailbox, ident, marks.folders)
    if settled:
        with store.begin() as tx:
            done = set(list(settled)[:_MOST_SETTLED])
            _note(tx, account, {number: ident for number, ident in _noted(tx, account).items() if number not in done})
    return moved


def _move_on(mailbox: Mailbox, message_id: str, folders: SortedInto) -> bool:
    """Move one mail; one that a person has taken elsewhere, or is at work on, stays where it is."""
    try:
        uid = mailbox.find_message_id(folders.question, message_id)
        if uid is None:
            return False
        mailbox.select(folders.question)
        return bool(_move(mailbox, folders.question, dict.fromkeys(_untouched(mailbox, [uid]), folders.matched))[1])
    except FolderError:
        return False  # a person did away with the folder


def _target(tx: Transaction, mail: int, marks: Marks) -> str:
    """Return the folder that a mail goes to."""
    if marks.folders is None:
        return marks.folder
    if any(review.opened.mail == mail for review in tx.views.reviews().values()):
        return marks.folders.question
    read = [one.event for one in tx.ledger.of_mail(mail) if isinstance(one.event, MailRead)]
    return marks.folders.matched if any(event.orders for event in read) else marks.folders.filed


def _untouched(mailbox: Mailbox, uids: Sequence[int]) -> list[int]:
    """Return the mails that are still there and that no other client has marked."""
    return [uid for uid, flags in mailbox.flags(uids).items() if {flag.lower() for flag in flags} <= _HARMLESS]


def _move(mailbox: Mailbox, source: str, goes: Mapping[int, str]) -> tuple[str, set[int]]:
    """Move mails of a folder, each to its own; return why that could not be done, and which were moved."""
    moved: set[int] = set()
    try:
        known = {folder.name for folder in mailbox.folders()}
        for target in sorted(set(goes.values()) - {source}):
            some = [uid for uid, name in goes.items() if name == target]
            if target not in known:
                mailbox.create(target)
            mailbox.select(source)
            mailbox.move(some, target)
            moved |= set(some)
    except (FolderError, RefusedError, UnsupportedError) as error:
        return str(error), moved
    return "", moved


def _message_ids(tx: Transaction, mails: Iterable[int]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in mails:
        read = next((one.event for one in tx.ledger.of_mail(number) if isinstance(one.event, MailRead)), None)
        if read is not None and read.message_id:
            found[str(number)] = read.message_id
    return found


def _noted(tx: Transaction, account: str) -> dict[str, str]:
    """Return the mails that lie in the folder for questions: Message-IDs by number."""
    noted: dict[str, str] = json.loads(tx.notes.get(f"asked-in:{account}") or "{}")
    return noted


def _note(tx: Transaction, account: str, mails: Mapping[str, str]) -> None:
    text = json.dumps(mails)
    if text != (tx.notes.get(f"asked-in:{account}") or "{}"):
        tx.notes.put(f"asked-in:{account}", text)
