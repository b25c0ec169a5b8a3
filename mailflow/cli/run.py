"""Running: the service, and one round of it."""

import logging
from datetime import datetime
from typing import Annotated

import typer

from mailflow.cli.common import Config, fail, open_service
from mailflow.cli.report import print_round
from mailflow.cli.screen import console
from mailflow.daemon import Daemon, Signals, one_round
from mailflow.logs import set_up_logs

Shadow = Annotated[bool, typer.Option("--shadow", help="Send nothing, change no mailbox; say what would be done.")]


def run(shadow: Shadow = False, config: Config = None) -> None:
    """Look after the mailboxes until stopped (SIGTERM); SIGHUP reloads rules and templates.

    Example: mailflow run --config /srv/mailflow
    """
    signals = Signals()
    signals.obey()
    service = open_service(config, shadow=shadow)
    set_up_logs(service.settings.log_format)
    Daemon(service, signals).run()


def once(
    now: Annotated[
        str, typer.Option(metavar="ISO", help="Act as if it were this moment (ISO 8601 with offset); for tests.")
    ] = "",
    shadow: Shadow = False,
    config: Config = None,
) -> None:
    """Do one round: receive, read, follow up, deliver, file. For cron, and to try things out.

    Example: mailflow once --now 2026-12-01T09:00:00+08:00 --shadow
    """
    given = _moment(now) if now else None
    service = open_service(config, shadow=shadow)
    set_up_logs(service.settings.log_format, logging.WARNING)  # what was done is told below
    moment = given or service.clock.now()
    with service.working():
        service.recover(moment)
        report = one_round(service, moment)
    print_round(console(), report, shadow=shadow)
    if report.faults:
        raise typer.Exit(1)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no moment", "write it as ISO 8601, such as 2026-12-01T09:00:00+08:00")
    if moment.tzinfo is None:
        fail(f"{text} has no offset", "add one, such as +08:00")
    return moment
