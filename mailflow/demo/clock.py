"""The time of the demo: it stands where it was set, and goes on from there when people look in."""

import time
from datetime import UTC, datetime, timedelta


class DemoClock:
    """A clock whose time is set; after `go_on` it runs."""

    def __init__(self, start: datetime) -> None:
        self._set_to = start
        self._running_since: float | None = None

    def now(self) -> datetime:
        """Return the time of the demo, aware, in UTC."""
        passed = 0.0 if self._running_since is None else time.monotonic() - self._running_since
        return (self._set_to + timedelta(seconds=passed)).astimezone(UTC)

    def set(self, moment: datetime) -> None:
        """Let it be `moment`; the clock never goes back."""
        self._set_to = max(self._set_to, moment)

    def go_on(self) -> None:
        """Let the time run from here on."""
        if self._running_since is None:
            self._running_since = time.monotonic()
