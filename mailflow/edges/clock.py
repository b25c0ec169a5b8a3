"""The only place that reads the wall clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Tells the time; everything else takes it as an argument."""

    def now(self) -> datetime:
        """Return the present moment, timezone-aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        time.sleep(seconds)
