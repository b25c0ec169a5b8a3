"""One round of everything, for cron, for tests and for the demonstration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from mailflow.core.mailbox import MailboxError
from mailflow.edges.imap import ImapMailbox
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.file_letters import FileReport
from mailflow.jobs.follow_up import FollowUpReport
from mailflow.jobs.look_again import LookReport
from mailflow.jobs.read_mails import ReadReport
from mailflow.jobs.steering_done import WouldSteer
from mailflow.settings import Account, MailboxAccount
from mailflow.wiring.service import Service

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What one round did."""

    received: int = 0
    read: tuple[ReadReport, ...] = ()
    followed: FollowUpReport = field(default_factory=FollowUpReport)
    delivered: tuple[DeliverReport, ...] = ()
    filed: tuple[FileReport, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)  # by account: why its mailbox could not be used
    looked: LookReport = field(default_factory=LookReport)


def one_round(service: Service, now: datetime) -> RoundReport:
    """Do everything once at a given time: receive, read, follow up, deliver, file; then return what was done.

    A mailbox that cannot be used stops neither the others nor what needs no mailbox; but nothing new is written
    outside then: the answer may lie in it.
    """
    faults: dict[str, str] = {}

    def at_mailbox(account: MailboxAccount, work: Callable[[ImapMailbox], T]) -> T | None:
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
        service.watch_drafts(account, mailbox, now)
        if problem := service.mark(account, mailbox).problem:
            log.warning("read mails stay where they are", account=account.name, fault=problem)
        return report

    accounts = service.accounts
    received = [at_mailbox(account, partial(service.receive, account, now=now)) or 0 for account in service.mailboxes]
    read = read_all(service, now)
    silent = [account.name for account in accounts if account.name in faults]
    waits = f"nothing new is written outside: not heard is the mailbox {', '.join(silent)}" if silent else ""
    if waits:
        log.error("a mailbox is silent", consequence=waits)
    looked = service.look_again(now)
    inside = (*service.send_digests(now), *service.send_reports(now))
    followed = _follow_all(service, now, outside=not waits)
    followed = replace(followed, planned=(*inside, *followed.planned))
    delivered = tuple(service.deliver(account, now, waits=waits) for account in accounts)
    filed = [at_mailbox(account, partial(file_and_mark, account)) for account in accounts]
    put = tuple(report for report in filed if report)
    return RoundReport(sum(received), read, followed, delivered, put, faults, looked)


def _follow_all(service: Service, now: datetime, *, outside: bool) -> FollowUpReport:
    """Follow up portion after portion until no order waits, or the service is to end."""
    whole = service.follow_up(now, outside=outside)
    while whole.behind and not service.stopping():
        more = service.follow_up(now, outside=outside)
        whole = replace(more, planned=(*whole.planned, *more.planned), held=(*whole.held, *more.held))
    return whole


def read_all(service: Service, now: datetime) -> tuple[ReadReport, ...]:
    """Read batch after batch until nothing is left, or the service is to end."""
    reports = []
    while not service.stopping() and (report := service.read(now)).mails:
        reports.append(report)
        log.info("read", mails=report.mails, aside=report.aside)
        for recorded in report.recorded:
            _log_event(recorded.event)
        for would in report.would:
            _log_would(would)
    return tuple(reports)


def _log_event(event: object) -> None:
    ids = {name: getattr(event, name) for name in ("mail", "order", "item") if getattr(event, name, None)}
    proof = getattr(event, "proof", None)
    if proof is not None:
        ids["mail"] = proof.mail
    log.info("event", event_type=type(event).__name__, **ids)


def _log_would(would: WouldSteer) -> None:
    """Say what a person's mail would have come to, were this no shadow."""
    log.info(
        "would obey" if not would.asks else "would ask whether a mail was theirs",
        mail=would.mail,
        person=would.person,
        words=would.words,
        events=[type(event).__name__ for event in would.events],
        send=would.send,
        stop=would.stop,
        chase=would.chase,
    )
