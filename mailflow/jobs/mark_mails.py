"""Mark: where the administrator wants it, read mails get a keyword or go to a folder; never anything else."""

from dataclasses import dataclass

from mailflow.jobs.ports import Mailbox, Store

KEYWORD = "$Mailflow"


@dataclass(frozen=True, slots=True)
class Marks:
    """`keyword` sets `$Mailflow`; `folder` moves (RFC 6851) read mails there; neither: the mailbox stays untouched."""

    keyword: bool = False
    folder: str = ""

    @property
    def wanted(self) -> bool:
        return self.keyword or bool(self.folder)


def mark_mails(store: Store, mailbox: Mailbox, account: str, folder: str, marks: Marks, limit: int = 200) -> int:
    """Mark mails whose events are committed; return how many. Doing it twice after a crash does no harm."""
    if not marks.wanted:
        return 0
    with store.look() as tx:
        mails = tx.mails.unmarked(account, folder, limit)
    if not mails:
        return 0
    status = mailbox.select(folder)
    uids = [key.uid for _, key in mails if key.uidvalidity == status.uidvalidity]
    if marks.keyword:
        mailbox.add_keyword(uids, KEYWORD)
    if marks.folder:
        mailbox.move(uids, marks.folder)
    with store.begin() as tx:
        tx.mails.marked([number for number, _ in mails])
    return len(uids)
