"""Running: the service, one round, and whether it is well."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from mailflow.cli.common import Config, console, fail, open_service
from mailflow.cli.report import print_round
from mailflow.daemon import HEARTBEAT, Daemon, one_round
from mailflow.logs import set_up_logs

_SILENCE = timedelta(minutes=5)

Shadow = Annotated[bool, typer.Option("--shadow", help="Send nothing, change no mailbox; say what would be done.")]


def run(shadow: Shadow = False, config: Config = None) -> None:
    """Look after the mailboxes until stopped (SIGTERM); SIGHUP reloads rules and templates."""
    service = open_service(config, shadow=shadow)
    set_up_logs(service.settings.log_format)
    daemon = Daemon(service)
    daemon.obey_signals()
    daemon.run()


def once(
    now: Annotated[str, typer.Option(help="Act as if it were this moment (ISO 8601 with offset); for tests.")] = "",
    shadow: Shadow = False,
    config: Config = None,
) -> None:
    """Do one round: receive, read, follow up, deliver, file. For cron, and to try things out.

    Example: mailflow once --now 2026-12-01T09:00:00+08:00 --shadow
    """
    service = open_service(config, shadow=shadow)
    moment = _moment(now) if now else service.clock.now()
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


def health(config: Config = None) -> None:
    """Say whether the service has come round lately; exit status 0 only if so (for health checks)."""
    service = open_service(config)
    with service.store.look() as tx:
        noted = tx.notes.get(HEARTBEAT)
    if noted is None:
        fail("the service has not run yet", "start it with `mailflow run`")
    silence = service.clock.now() - datetime.fromisoformat(noted)
    if silence > _SILENCE:
        fail(f"the service was last heard {silence.total_seconds():.0f} s ago", "look at its log and start it again")
    console().print(f"well: last heard {silence.total_seconds():.0f} s ago")
