"""Serving one mailbox: receive, file and mark on one connection, in a thread of its own."""

from time import monotonic

import structlog

from mailflow.core.mailbox import MailboxError
from mailflow.daemon.shared import Shared
from mailflow.edges.database.errors import DatabaseError, LostSessionError
from mailflow.edges.imap import ImapMailbox
from mailflow.settings import Account, MailboxAccount

log = structlog.get_logger()

_LOOK_AGAIN = 10.0
"""Seconds until a mailbox that another worker serves is asked for again; one that is gone rings sooner."""


class MailboxServer:
    """Serves a mailbox until the service ends, as long as no other worker does."""

    def __init__(self, account: MailboxAccount, shared: Shared) -> None:
        self._account = account
        self._shared = shared
        self._bell = shared.mailboxes[account.name]
        self._elsewhere = False  # another worker serves it
        self._followed = isinstance(account, Account)  # what only is watched holds nothing up when it is silent

    def run(self) -> None:
        """Serve; after a fault wait longer each time and connect anew."""
        attempt, stopping = 0, self._shared.stopping
        while not stopping.is_set():
            try:
                if not self._ours():
                    self._bell.wait(_LOOK_AGAIN)
                    continue
                log.info("serving", account=self._account.name)
                with self._shared.service.mailbox(self._account) as mailbox:
                    while not stopping.is_set() and self._ours():
                        self._round(mailbox)
                        attempt = 0
                        self._shared.service.idle(self._account, mailbox, self._bell)
            except Exception as error:  # noqa: BLE001 - told in `_pause`; whatever it is, the mailbox is tried again
                attempt += 1
                self._pause(error, attempt)

    def _ours(self) -> bool:
        ours = self._shared.service.take(self._account)
        if not ours:
            if self._followed:
                self._shared.hearing.elsewhere(self._account.name)
            if not self._elsewhere:
                log.info("served elsewhere", account=self._account.name)
        self._elsewhere = not ours
        return ours

    def _round(self, mailbox: ImapMailbox) -> None:
        shared, service, account = self._shared, self._shared.service, self._account
        self._bell.clear()
        began = shared.now()
        if service.receive(account, mailbox, began):
            shared.arrived.set()
        if shared.stopping.is_set():
            return  # it may not have come to the end
        if self._followed:
            shared.hearing.heard(account.name, began)
        shared.work.ring()
        if isinstance(account, Account):
            self._put(account, mailbox)

    def _put(self, account: Account, mailbox: ImapMailbox) -> None:
        """File what is written, look after the drafts, mark what was read."""
        shared, service = self._shared, self._shared.service
        report = service.file_letters(account, mailbox, shared.now())
        for letter, problem in report.problems.items():
            log.warning("not filed", account=account.name, letter=letter, fault=problem)
        if report.drafted or report.copied:
            log.info("filed", account=account.name, drafts=report.drafted, copies=report.copied)
        if declined := service.watch_drafts(account, mailbox, shared.now()):
            log.info("drafts deleted by a person", account=account.name, letters=declined)
        if problem := service.mark(account, mailbox).problem:
            log.warning("read mails stay where they are", account=account.name, fault=problem)

    def _pause(self, error: Exception, attempt: int) -> None:
        """Say what is wrong, and leave the mailbox alone for a while, or until all is to be tried afresh."""
        shared, account = self._shared, self._account
        turn = shared.turn
        seconds = shared.service.back_off(error, attempt)
        if isinstance(error, LostSessionError):
            log.warning("mailbox let go: the session with the database was lost", account=account.name)
        elif isinstance(error, MailboxError | DatabaseError):
            log.warning("mailbox", account=account.name, fault=str(error), again_in=round(seconds))
        else:
            log.exception("mailbox", account=account.name)
        if isinstance(error, MailboxError):
            if self._followed:
                shared.hearing.failed(account.name)
            shared.guard.run("tell", lambda: shared.service.mailbox_failed(account, error, shared.now()))
            shared.work.ring()
        end = monotonic() + seconds
        while not shared.stopping.is_set() and shared.turn == turn and (left := end - monotonic()) > 0:
            self._bell.wait(left)  # letters that went out ring too: they are no reason to come back earlier
