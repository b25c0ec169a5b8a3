"""What is done beside the mailboxes: read as soon as mail came, everything else at its tick."""

import schedule
import structlog

from mailflow.core.letters.model import Duty, PlannedLetter
from mailflow.daemon.hearing import Heard
from mailflow.daemon.rounds import read_all
from mailflow.daemon.shared import Shared
from mailflow.edges.database.errors import LostSessionError
from mailflow.jobs.look_again import LookReport
from mailflow.wiring.heartbeat import beat

log = structlog.get_logger()

_RECOVER_SECONDS = 10


class Work:
    """One thread does all of it, one job after the other; a job that fails stops no other."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._service = shared.service
        self._scheduler = schedule.Scheduler()
        self._lost = False
        self._followed = False  # once, since all mailboxes were heard
        self._silent = ""
        self._said: set[Duty] = set()  # in shadow mode: what would be written is told once
        self._would_send: set[int] = set()
        self._looked = LookReport()

    def run(self) -> None:
        """Work until the service ends."""
        shared, guard, ticks = self._shared, self._shared.guard, self._service.settings.ticks
        jobs = (
            (ticks.heartbeat_seconds, "heartbeat", self._heartbeat),
            (_RECOVER_SECONDS, "recover", self._recover),
            (ticks.follow_up_seconds, "follow up", self._follow_up),
            (ticks.deliver_seconds, "deliver", self._deliver),
        )
        for seconds, name, job in jobs:
            self._scheduler.every(seconds).seconds.do(guard.run, name, job)
        guard.run("heartbeat", self._heartbeat)
        guard.run("recover", self._recover)
        while not shared.stopping.is_set():
            if not guard.run("session", self._keep_session):
                shared.work.wait(1.0)
                continue
            guard.run("read", self._read)
            if not self._followed:
                guard.run("follow up", self._follow_up)
            self._scheduler.run_pending()
            shared.work.wait(min(1.0, max(0.0, self._scheduler.idle_seconds or 0.0)))

    def reload(self) -> None:
        """Take over changed rules and letters, or say what is wrong with them."""
        problems = self._service.reload()
        for problem in problems:
            log.error("rules not taken over, the last good ones stay", problem=str(problem))
        if not problems:
            log.info("rules and templates reloaded")

    def _keep_session(self) -> None:
        """Make sure that what was taken is ours still; after a lost session become a worker afresh."""
        try:
            self._service.check()
        except LostSessionError as error:
            if not self._lost:
                log.warning("lost the session with the database, starting afresh", fault=str(error))
                self._shared.hearing.forget()
            self._lost = True
            self._service.join()
            self._lost = self._followed = False
            log.info("joined again")
            self._recover()
            self._shared.afresh()

    def _recover(self) -> None:
        gone = self._service.recover(self._shared.now())
        if gone:
            log.warning("taking over from workers that are gone", workers=gone)
            self._shared.ring()

    def _read(self) -> None:
        self._shared.arrived.clear()
        if read_all(self._service, self._shared.now()):
            self._shared.guard.run("follow up", self._follow_up)

    def _heard(self) -> Heard:
        """Return whether all mailboxes have been heard, and log when that changes."""
        heard = self._shared.hearing.now(self._shared.now())
        if heard.reason and not self._silent:
            log.error("a mailbox is silent", consequence=heard.reason)
        elif self._silent and not heard.reason:
            log.info("every mailbox is heard again")
        self._silent = heard.reason
        return heard

    def _follow_up(self) -> None:
        heard = self._heard()
        if heard.untried:
            return
        self._followed = True
        self._shared.guard.run("look again", self._look_again)
        self._shared.guard.run("digest", self._send_digests)
        self._shared.guard.run("reports", self._send_reports)
        report = self._service.follow_up(self._shared.now(), outside=not heard.reason)
        self._followed = not report.behind  # else the next portion has its turn after what has come in meanwhile
        for number, letter in report.planned:
            if self._service.shadow and self._said.issuperset(letter.duties):
                continue
            self._said.update(letter.duties if self._service.shadow else ())
            word = "would plan" if self._service.shadow else "planned"
            to = [address.email for address in letter.to]
            log.info(word, letter=number, template=letter.template, to=to, orders=letter.orders, mode=letter.mode)
        self._shared.guard.run("deliver", self._deliver)

    def _send_digests(self) -> None:
        self._log_planned(self._service.send_digests(self._shared.now()))

    def _send_reports(self) -> None:
        self._log_planned(self._service.send_reports(self._shared.now()))

    @staticmethod
    def _log_planned(planned: tuple[tuple[int, PlannedLetter], ...]) -> None:
        for number, letter in planned:
            log.info("planned", letter=number, template=letter.template, to=[one.email for one in letter.to])

    def _look_again(self) -> None:
        report = self._service.look_again(self._shared.now())
        if self._service.shadow and report == self._looked:
            return
        self._looked = report
        would = "would be " if self._service.shadow else ""
        for number, reason in report.withdrawn:
            log.info(f"{would}withdrawn", letter=number, reason=reason)
        for number in report.released:
            log.info(f"{would}back in the queue: all that was missing is there", letter=number)

    def _deliver(self) -> None:
        heard = self._heard()
        if heard.untried:
            return
        for account in self._service.accounts:
            arrived = self._shared.arrived.is_set
            report = self._service.deliver(account, self._shared.now(), waits=heard.reason, pause=arrived)
            if report.changed:
                log.info("delivered", account=account.name, **report.counts())
                self._shared.mailboxes[account.name].ring()
            if report.unreachable:
                log.warning("letters wait", account=account.name, fault=report.unreachable)
            if would := set(report.would) - self._would_send:
                log.info("would send", account=account.name, letters=sorted(would))
                self._would_send |= would

    def _heartbeat(self) -> None:
        beat(self._service.store, self._shared.now())
