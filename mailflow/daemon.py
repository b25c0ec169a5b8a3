"""One round of everything, and the running service: a thread a mailbox, one for the work, `schedule` as the tick."""

import select
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from types import FrameType
from typing import TypeVar

import schedule
import structlog

from mailflow.core.mailbox import MailboxError
from mailflow.edges.database.errors import DatabaseError
from mailflow.edges.imap import ImapMailbox
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.file_letters import FileReport
from mailflow.jobs.follow_up import FollowUpReport
from mailflow.jobs.read_mails import ReadReport
from mailflow.settings import Account
from mailflow.wiring.desk import HEARTBEAT
from mailflow.wiring.service import Service

T = TypeVar("T")
log = structlog.get_logger()

_GRACE_SECONDS = 9.0  # SIGTERM: what is in hand gets this long, and the service manager one second more


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What one round did."""

    received: int = 0
    read: tuple[ReadReport, ...] = ()
    followed: FollowUpReport = field(default_factory=FollowUpReport)
    delivered: tuple[DeliverReport, ...] = ()
    filed: tuple[FileReport, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)  # by account: why its mailbox could not be used


def one_round(service: Service, now: datetime) -> RoundReport:
    """Do everything once at a given time: receive, read, follow up, deliver, file; then return what was done.

    A mailbox that cannot be used stops neither the others nor what needs no mailbox.
    """
    faults: dict[str, str] = {}

    def at_mailbox(account: Account, work: Callable[[ImapMailbox], T]) -> T | None:
        """Do something at a mailbox, unless it cannot be used in this round."""
        if account.name not in faults and (reason := service.resting(account, now)):
            faults[account.name] = reason
        try:
            if account.name not in faults:
                with service.mailbox(account) as mailbox:
                    return work(mailbox)
        except MailboxError as error:
            service.mailbox_failed(account, error, now)
            faults[account.name] = str(error)
        return None

    def file_and_mark(account: Account, mailbox: ImapMailbox) -> FileReport:
        report = service.file_letters(account, mailbox, now)
        service.mark(account, mailbox)
        return report

    accounts = service.accounts
    received = [at_mailbox(account, partial(service.receive, account, now=now)) or 0 for account in accounts]
    read = read_all(service, now)
    followed = service.follow_up(now)
    delivered = tuple(service.deliver(account, now) for account in accounts)
    filed = [at_mailbox(account, partial(file_and_mark, account)) for account in accounts]
    return RoundReport(sum(received), read, followed, delivered, tuple(report for report in filed if report), faults)


def read_all(service: Service, now: datetime) -> tuple[ReadReport, ...]:
    """Read batch after batch until nothing is left."""
    reports = []
    while (report := service.read(now)).mails:
        reports.append(report)
        log.info("read", mails=report.mails, aside=report.aside)
        for recorded in report.recorded:
            _log_event(recorded.event)
    return tuple(reports)


def _log_event(event: object) -> None:
    ids = {name: getattr(event, name) for name in ("mail", "order", "item") if getattr(event, name, None)}
    proof = getattr(event, "proof", None)
    if proof is not None:
        ids["mail"] = proof.mail
    log.info("event", event_type=type(event).__name__, **ids)


class Bell:
    """Wakes a thread that waits on a socket, such as one in IDLE."""

    def __init__(self) -> None:
        self._listen, self._ring = socket.socketpair()
        self._listen.setblocking(False)
        self._ring.setblocking(False)

    def fileno(self) -> int:
        """Return what `select` waits on."""
        return self._listen.fileno()

    def ring(self) -> None:
        """Wake the waiting thread; ringing twice is as good as once."""
        try:
            self._ring.send(b"!")
        except BlockingIOError:
            return  # the buffer is full of rings that nobody has heard yet

    def wait(self, seconds: float) -> None:
        """Wait until it rings or the time is up, and forget earlier rings."""
        select.select([self._listen], [], [], seconds)
        self.clear()

    def clear(self) -> None:
        """Forget earlier rings."""
        try:
            while self._listen.recv(4096):
                pass
        except BlockingIOError:
            return


class Daemon:
    """The running service. `run` returns when SIGTERM or SIGINT came, or when `stop` was called."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stopping = threading.Event()
        self._reload = threading.Event()
        self._reloads = 0
        self._faults: dict[str, str] = {}
        self._work = Bell()
        self._bells = {account.name: Bell() for account in service.accounts}
        self._scheduler = schedule.Scheduler()

    def run(self) -> None:
        """Serve every mailbox until told to stop."""
        service = self._service
        service.join()
        threads = [
            threading.Thread(target=self._serve_mailbox, args=(account,), name=f"mailbox {account.name}", daemon=True)
            for account in service.accounts
        ]
        threads.append(threading.Thread(target=self._serve_work, name="work", daemon=True))
        for thread in threads:
            thread.start()
        log.info("running", accounts=[account.name for account in service.accounts], shadow=service.shadow)
        self._stopping.wait()
        for bell in (self._work, *self._bells.values()):
            bell.ring()
        for thread in threads:
            thread.join(_GRACE_SECONDS / len(threads))
        service.leave()
        log.info("stopped", unfinished=[thread.name for thread in threads if thread.is_alive()])

    def stop(self) -> None:
        """End `run` after what is in hand."""
        self._stopping.set()

    def obey_signals(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP reloads rules and templates; call it from the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        self._reload.set()
        self._reloads += 1
        for bell in (self._work, *self._bells.values()):
            bell.ring()

    def _serve_mailbox(self, account: Account) -> None:
        """Receive, file and mark on one connection; after a fault wait longer each time and connect anew."""
        service, bell, attempt = self._service, self._bells[account.name], 0
        while not self._stopping.is_set():
            try:
                if not service.take(account):
                    bell.wait(account.poll_seconds)
                    continue
                with service.mailbox(account) as mailbox:
                    while not self._stopping.is_set():
                        bell.clear()
                        if service.receive(account, mailbox, service.clock.now()):
                            self._work.ring()
                        service.file_letters(account, mailbox, service.clock.now())
                        service.mark(account, mailbox)
                        attempt = 0
                        service.idle(account, mailbox, bell)
            except Exception as error:  # noqa: BLE001 - told in `_pause`; whatever it is, the mailbox is tried again
                attempt += 1
                self._pause(account, error, attempt)

    def _pause(self, account: Account, error: Exception, attempt: int) -> None:
        """Say what is wrong with a mailbox, and leave it alone for a while or until the rules are loaded again."""
        service = self._service
        seconds = service.back_off(error, attempt)
        if isinstance(error, MailboxError | DatabaseError):
            log.warning("mailbox", account=account.name, fault=str(error), again_in=round(seconds))
        else:
            log.exception("mailbox", account=account.name)
        if isinstance(error, MailboxError):
            self._guarded("tell", lambda: service.mailbox_failed(account, error, service.clock.now()))
        bell, reloads, end = self._bells[account.name], self._reloads, monotonic() + seconds
        while not self._stopping.is_set() and self._reloads == reloads and (left := end - monotonic()) > 0:
            bell.wait(left)  # letters that went out ring too: they are no reason to come back earlier

    def _serve_work(self) -> None:
        """Read as soon as mail came, the rest at its tick; a job that fails stops no other."""
        service, every = self._service, self._scheduler.every
        every(service.settings.ticks.follow_up_seconds).seconds.do(self._guarded, "follow up", self._follow_up)
        every(service.settings.ticks.deliver_seconds).seconds.do(self._guarded, "deliver", self._deliver)
        every(service.settings.ticks.heartbeat_seconds).seconds.do(self._guarded, "heartbeat", self._heartbeat)
        self._guarded("heartbeat", self._heartbeat)
        self._guarded("recover", lambda: service.recover(service.clock.now()))
        self._guarded("read", self._read)
        self._guarded("follow up", self._follow_up)
        while not self._stopping.is_set():
            self._work.wait(min(1.0, max(0.0, self._scheduler.idle_seconds or 0.0)))
            if self._reload.is_set():
                self._reload.clear()
                self._guarded("reload", self._reload_rules)
            self._guarded("read", self._read)
            self._scheduler.run_pending()

    def _guarded(self, name: str, job: Callable[[], object]) -> None:
        try:
            job()
        except DatabaseError as error:
            if self._faults.get(name) != str(error):  # told once, not every second until the disk has room again
                log.error("job failed", job=name, fault=str(error))
            self._faults[name] = str(error)
        except Exception:
            log.exception("job failed", job=name)
        else:
            if self._faults.pop(name, None):
                log.info("job works again", job=name)

    def _read(self) -> None:
        if read_all(self._service, self._service.clock.now()):
            self._guarded("follow up", self._follow_up)

    def _follow_up(self) -> None:
        report = self._service.follow_up(self._service.clock.now())
        for number, letter in report.planned:
            log.info("planned", letter=number, template=letter.template, orders=letter.orders, mode=letter.mode)
        self._guarded("deliver", self._deliver)

    def _deliver(self) -> None:
        for account in self._service.accounts:
            report = self._service.deliver(account, self._service.clock.now())
            if report.changed:
                log.info("delivered", account=account.name, **report.counts())
                self._bells[account.name].ring()

    def _heartbeat(self) -> None:
        self._service.note(HEARTBEAT, self._service.clock.now().isoformat())

    def _reload_rules(self) -> None:
        problems = self._service.reload()
        for problem in problems:
            log.error("rules not taken over, the last good ones stay", problem=str(problem))
        if not problems:
            log.info("rules and templates reloaded")
