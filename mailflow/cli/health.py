"""`mailflow health`: whether the service is alive, for health checks."""

from datetime import timedelta

from mailflow.cli.common import Config, fail, open_desk
from mailflow.cli.screen import console, line

_SILENCE = timedelta(minutes=5)


def health(config: Config = None) -> None:
    """Say whether the service has come round lately; exit status 0 only if so (for health checks).

    Example: mailflow health --config /srv/mailflow
    """
    desk = open_desk(config)
    heard = desk.last_heard()
    if heard is None:
        fail("the service does not run on this machine", "start it with `mailflow run`")
    silence = desk.clock.now() - heard
    if silence > _SILENCE:
        fail(f"the service was last heard {silence.total_seconds():.0f} s ago", "look at its log and start it again")
    line(console(), f"well: last heard {silence.total_seconds():.0f} s ago")
