"""The service as the daemon, the commands and the demonstration see it: the jobs with everything they need."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time
from functools import partial
from random import random
from zoneinfo import ZoneInfo

from mailflow.core.letters.build import Sender
from mailflow.core.letters.model import BY_HAND, Mode, OutboxLetter, PlannedLetter
from mailflow.core.mailbox import FolderError, LoginError, MailboxError, UnreachableError, backoff
from mailflow.core.message.model import Address
from mailflow.core.playbook.by_hand import no_longer_possible
from mailflow.core.playbook.claims import still_due
from mailflow.core.playbook.frame import Frame
from mailflow.core.problems import Problem
from mailflow.core.reports.mails import STEPS as REPORTS
from mailflow.core.reports.mails import newer
from mailflow.core.steering.chasing import STEP as CHASE_NOW
from mailflow.core.steering.chasing import no_longer_wanted
from mailflow.core.steering.model import STEPS, UNANSWERED
from mailflow.edges.database import DatabaseStore
from mailflow.edges.database.errors import DatabaseError, LostSessionError
from mailflow.edges.imap import ImapMailbox
from mailflow.edges.imap.idle import Wake
from mailflow.edges.oauth import OAuthError
from mailflow.jobs.approved_drafts import DraftFate, fates
from mailflow.jobs.deliver import Limits, Look, Outgoing, deliver
from mailflow.jobs.delivered import DeliverReport, would_deliver
from mailflow.jobs.digest import send_digests
from mailflow.jobs.file_letters import FileReport, Filing, SentCopy, file_letters
from mailflow.jobs.follow_up import FollowUpReport, follow_up
from mailflow.jobs.last_call import send_last_calls
from mailflow.jobs.look_again import LookReport, look_again
from mailflow.jobs.mailbox_faults import LOGIN_REST, mailbox_closed, mailbox_opened, resting
from mailflow.jobs.mark_mails import Marked, mark_mails, settle_questions
from mailflow.jobs.ports import Clock, Transaction
from mailflow.jobs.read_mails import MailReader, ReadReport, read_mails
from mailflow.jobs.receive import Source, receive
from mailflow.jobs.reports import Reporting, frame_of, send_reports
from mailflow.jobs.rules import FollowUpRules
from mailflow.jobs.situations import situations
from mailflow.jobs.watch_drafts import watch_drafts
from mailflow.settings import Account, MailboxAccount, Settings, Watched
from mailflow.wiring.ahead import ReadingAhead
from mailflow.wiring.connections import open_mailbox, open_transport
from mailflow.wiring.enclosures import encloser, write_calendar, write_workbook
from mailflow.wiring.marks import marks_of
from mailflow.wiring.reading import BookReaders
from mailflow.wiring.rules import Rules, load_rules
from mailflow.wiring.steering import languages_of, steerers_of, steering_of

CrashPoint = Callable[[str], None]


class Service:
    """Everything that one installation consists of. Times are aware UTC; `shadow` sends nothing and marks nothing."""

    def __init__(
        self,
        settings: Settings,
        store: DatabaseStore,
        rules: Rules,
        clock: Clock,
        secret: bytes,
        *,
        shadow: bool = False,
        crash_point: CrashPoint = lambda name: None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.rules = rules
        self.clock = clock
        self.shadow = shadow
        self.accounts = tuple(settings.accounts.values())
        self.mailboxes: tuple[MailboxAccount, ...] = (*self.accounts, *settings.watched.values())
        self.zone = ZoneInfo(settings.timezone)
        self._secret = secret
        self._crash_point = crash_point
        authservs = {box.name: box.authserv_id for box in self.mailboxes}
        self._readers = BookReaders(settings.house, secret, authservs, languages_of(settings))
        self._worker = ""
        self._stopping: Callable[[], bool] = lambda: False
        self._ahead = ReadingAhead(settings.database_url, self._readers, self.stopping)

    def today(self) -> date:
        """Return the day it is at our house."""
        return self.clock.now().astimezone(self.zone).date()

    def follow_up_rules(self) -> FollowUpRules:
        """Return what decides which letters are due."""
        rules = self.rules  # one set, though another may be taken over meanwhile
        return FollowUpRules(
            rules.playbook,
            rules.calendars,
            self.settings.house,
            self.accounts[0].name,
            Mode(self.settings.outside),
        )

    # ── the jobs, one after the other ────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def mailbox(self, account: MailboxAccount) -> Iterator[ImapMailbox]:
        """Open an account's mailbox for as long as the block lasts; raises MailboxError."""
        try:
            mailbox = open_mailbox(account, self.settings)
        except OAuthError as error:
            raise UnreachableError(str(error)) from error
        try:
            mailbox_opened(self.store, account.name, self.clock.now(), whole=False)
            yield mailbox
        finally:
            with suppress(MailboxError):  # a connection that is broken cannot be closed politely
                mailbox.close()

    def receive(self, account: MailboxAccount, mailbox: ImapMailbox, now: datetime) -> int:
        """Store what is new in every folder of an account; return how many mails.

        A folder that cannot be opened does not stop the others; its fault is raised when they are done.
        """
        since = account.imap.since
        watched = isinstance(account, Watched)
        sent = self._sent_folder(account, mailbox)
        if sent and self._noted_text(f"sent:{account.name}") != sent:
            self._note(f"sent:{account.name}", sent)
        folders = dict.fromkeys((*account.imap.folders, *([sent] if sent else [])))
        moment = None if since == "now" else datetime.combine(since, time(), self.zone).astimezone(UTC)
        sources = [Source(account.name, folder, moment, sent=folder == sent, watched=watched) for folder in folders]
        new, fault = 0, None
        for source in sources:
            if self._stopping():
                return new
            try:
                new += receive(self.store, mailbox, source, now, self._crash_point, self._stopping)
            except FolderError as error:
                fault = error
        if fault is not None:
            raise fault
        mailbox_opened(self.store, account.name, now)
        return new

    def read(self, now: datetime, limit: int = 50) -> ReadReport:
        """Read a batch of stored mails."""
        sent = {one.name: folder for one in self.mailboxes if (folder := self._noted_text(f"sent:{one.name}"))}
        steering = steering_of(self.settings, self.rules, self.follow_up_rules(), self._secret, shadow=self.shadow)
        ahead = self._ahead.made(self.rules)
        if self._stopping():
            return ReadReport()
        report = read_mails(self.store, self._make_reader, now, limit, self._crash_point, sent, steering, ahead)
        self._ahead.go_on(self.rules, report.behind, limit, sent)
        return report

    def _make_reader(self, tx: Transaction) -> MailReader:
        return self._readers.reader(self.rules, tx)

    def follow_up(self, now: datetime, *, outside: bool = True) -> FollowUpReport:
        """Plan what is due; without `outside` only letters inside the house."""
        rules = self.follow_up_rules()
        return follow_up(self.store, rules, now, outside=outside, shadow=self.shadow, crash_point=self._crash_point)

    def send_digests(self, now: datetime) -> tuple[tuple[int, PlannedLetter], ...]:
        """Plan the digests of the morning and the last calls of the day; in shadow mode none."""
        if self.shadow:
            return ()
        steerers = steerers_of(self.settings, self.rules, self.follow_up_rules(), self._secret)
        return (*send_digests(self.store, steerers, now), *send_last_calls(self.store, steerers, now))

    def send_reports(self, now: datetime) -> tuple[tuple[int, PlannedLetter], ...]:
        """Plan the reports whose hour has come; in shadow mode none."""
        if self.shadow:
            return ()
        people = steerers_of(self.settings, self.rules, self.follow_up_rules(), self._secret).people
        words = self.rules.templates.words.of
        return send_reports(self.store, Reporting(people, self.rules.reports, self.follow_up_rules(), words), now)

    def look_again(self, now: datetime) -> LookReport:
        """Withdraw drafts whose reason is gone; let go what was held until a field came."""
        manifests = self.rules.templates.manifests
        return look_again(self.store, self.follow_up_rules(), manifests, now, shadow=self.shadow)

    def deliver(
        self, account: Account, now: datetime, *, waits: str = "", pause: Callable[[], bool] = lambda: False
    ) -> DeliverReport:
        """Hand over what may go; in shadow mode say what would.

        `waits` says why letters to others must wait; `pause` is asked between batches, the rest goes in a later round.
        """
        if self.shadow:
            return would_deliver(self.store, account.name, now)
        try:
            transport = open_transport(account)
        except OAuthError as error:
            return DeliverReport(unreachable=str(error))
        outgoing = self._outgoing(account, now, waits, lambda: self._stopping() or pause())
        return deliver(self.store, transport, outgoing, now, self._worker)

    def file_letters(self, account: Account, mailbox: ImapMailbox, now: datetime) -> FileReport:
        """Put drafts into Drafts and copies into Sent; in shadow mode nothing."""
        if self.shadow:
            return FileReport()
        filing = Filing(
            account.name,
            self._drafts_folder(account, mailbox),
            self._sent_folder(account, mailbox),
            SentCopy(account.imap.sent_copy),
            self._crash_point,
            lambda: self._stopping() or not self._holds(account),
        )
        return file_letters(self.store, mailbox, filing, now)

    def watch_drafts(self, account: Account, mailbox: ImapMailbox, now: datetime) -> tuple[int, ...]:
        """Decline the drafts that a person deleted; in shadow mode nothing."""
        folder = self._drafts_folder(account, mailbox)
        if self.shadow or not folder:
            return ()
        return watch_drafts(self.store, mailbox, account.name, folder, self._make_reader, now)

    def _drafts_folder(self, account: MailboxAccount, mailbox: ImapMailbox) -> str:
        return account.imap.drafts or mailbox.folder_for("drafts") or ""

    def _sent_folder(self, account: MailboxAccount, mailbox: ImapMailbox) -> str:
        return account.imap.sent or mailbox.folder_for("sent") or ""

    def mark(self, account: Account, mailbox: ImapMailbox) -> Marked:
        """Mark read mails as the settings say; in shadow mode not at all."""
        marks = marks_of(account)
        if self.shadow or not marks.wanted:
            return Marked()
        done = [mark_mails(self.store, mailbox, account.name, folder, marks) for folder in account.imap.folders]
        settled = settle_questions(self.store, mailbox, account.name, marks)
        return Marked(sum(one.mails for one in done) + settled, "; ".join({one.problem for one in done if one.problem}))

    def _holds(self, account: Account) -> bool:
        """Say whether the mailbox is this worker's still, before something is put into it."""
        try:
            self.store.check()
            return self.store.take(account.name)
        except LostSessionError:
            return False

    def _outgoing(self, account: Account, now: datetime, waits: str, stopping: Callable[[], bool]) -> Outgoing:
        house = self.settings.house
        sender = Sender(Address(account.address, account.display_name or house.company), house, self._secret)
        caps = self.rules.playbook.caps
        limits = Limits(caps.address_per_day, caps.account_per_day, caps.account_per_hour)
        return Outgoing(
            account.name,
            sender,
            self.rules.templates,
            partial(self._recheck, now),
            limits,
            account.smtp.connections,
            self._crash_point,
            stopping,
            waits,
            write_workbook,
            encloser(house.company, now, self.rules.phrases),
            write_calendar,
            partial(self._look_at_drafts, account, now),
        )

    def _look_at_drafts(
        self, account: Account, now: datetime, letters: Sequence[OutboxLetter]
    ) -> Mapping[int, DraftFate]:
        """Look into the mailbox whether approved drafts still lie there."""
        try:
            with self.mailbox(account) as mailbox:
                folders = self._drafts_folder(account, mailbox), self._sent_folder(account, mailbox)
                return fates(self.store, mailbox, folders, self._make_reader, letters, now)
        except MailboxError:
            return {}

    def _recheck(self, now: datetime, tx: Transaction, letters: Sequence[OutboxLetter]) -> Look:
        """Look at letters' duties again (DESIGN: a letter whose reason is gone is withdrawn)."""
        rules = self.follow_up_rules()
        situation_of = situations(tx, rules, [letter.planned.orders for letter in letters])

        def look(letter: OutboxLetter) -> PlannedLetter | str:
            if letter.planned.step in (*STEPS, UNANSWERED):
                return letter.planned
            if letter.planned.step in REPORTS:
                duty, mails = letter.planned.duties[0], self.rules.reports.mails.by_kind
                return newer(duty.step, duty.occasion, mails, frame_of(rules, now)) or letter.planned
            today = situation_of(letter.planned.orders)
            if letter.planned.step == BY_HAND:
                frame = Frame(today, rules.playbook, rules.calendars, now)
                return no_longer_possible(frame, letter.planned) or letter.planned
            if letter.planned.step == CHASE_NOW:
                frame = Frame(today, rules.playbook, rules.calendars, now)
                return no_longer_wanted(frame, letter.planned, letter.created_at) or letter.planned
            reason, planned = still_due(letter.planned, today, rules.playbook, rules.calendars, now)
            return reason or planned

        return look

    # ── waiting, working together, beginning and ending ──────────────────────────────────────────────────────────────

    def idle(self, account: MailboxAccount, mailbox: ImapMailbox, wake: Wake) -> None:
        """Wait for mail, the bell, or the next poll: IDLE is a hint, the poll follows always."""
        mailbox.select(account.imap.folders[0])
        mailbox.idle(wake, float(account.poll_seconds))

    def back_off(self, error: Exception, attempt: int) -> float:
        """Return how many seconds to wait after a fault; a refused login rests until somebody has seen to it."""
        seconds = backoff(attempt, random())  # noqa: S311 - jitter, not a secret
        if isinstance(error, LoginError):
            return LOGIN_REST.total_seconds()
        if isinstance(error, MailboxError):
            return max(seconds, error.retry_after, 600.0 if error.permanent else 0.0)
        return min(seconds, 60.0) if isinstance(error, DatabaseError) else seconds

    def mailbox_failed(self, account: MailboxAccount, error: MailboxError, now: datetime) -> None:
        """Tell a person of a mailbox that will not open by itself."""
        mailbox_closed(self.store, account.name, error, now)

    def resting(self, account: MailboxAccount, now: datetime) -> str:
        """Return why an account's mailbox is left alone for now; empty where it is not."""
        return resting(self.store, account.name, now)

    def stop_when(self, stopping: Callable[[], bool]) -> None:
        """Let long work ask between its batches whether it is to end."""
        self._stopping = stopping

    def stopping(self) -> bool:
        """Say whether long work is to end."""
        return self._stopping()

    def join(self) -> None:
        """Become a worker; raises where another process owns the database's file."""
        self._worker = self.store.join()

    def leave(self) -> None:
        """Stop being a worker."""
        self._ahead.end()
        self.store.leave()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Be a worker for as long as the block lasts."""
        self.join()
        try:
            yield
        finally:
            self.leave()

    def take(self, account: MailboxAccount) -> bool:
        """Become the one that serves an account's mailbox; False where another worker does."""
        return self.store.take(account.name)

    def check(self) -> None:
        """Raise LostSessionError where what this worker took may be another's by now: join afresh then."""
        self.store.check()

    def recover(self, now: datetime) -> list[str]:
        """Give up what workers that are gone had claimed; return their names."""
        gone = self.store.gone()
        if gone:
            with self.store.begin() as tx:
                tx.outbox.recover(gone, now)
        return gone

    # ── small facts that workers and commands leave each other ───────────────────────────────────────────────────────

    def note_heard(self, account: str, at: datetime) -> None:
        """Note for the other workers that a mailbox has been heard."""
        self._note(f"heard:{account}", at.isoformat())

    def last_heard(self, account: str) -> datetime | None:
        """Return when a mailbox was heard, as far as the worker that serves it has noted."""
        return self._noted(f"heard:{account}")

    def _note(self, key: str, value: str) -> None:
        with self.store.begin() as tx:
            tx.notes.put(key, value)

    def _noted(self, key: str) -> datetime | None:
        noted = self._noted_text(key)
        return datetime.fromisoformat(noted) if noted else None

    def _noted_text(self, key: str) -> str:
        with self.store.look() as tx:
            return tx.notes.get(key) or ""

    def reload(self) -> tuple[Problem, ...]:
        """Take over changed rules and letters; where they have a fault the last good ones stay, and it is returned."""
        rules, problems = load_rules(self.settings.rules, self.settings.templates)
        if rules is None:
            return problems
        self.rules = rules
        return ()
