"""What the operating system asks of the process."""

import signal
from types import FrameType

from mailflow.daemon.bell import Bell


class Signals:
    """SIGTERM and SIGINT ask for an end, SIGHUP for the rules to be loaded again.

    They are kept from `obey` on, so that one that comes while the service is being built neither kills it nor is lost.
    A handler only sets a flag and rings: a lock could be held by the very code that it interrupts.
    """

    def __init__(self) -> None:
        self.bell = Bell()
        self.stop = False
        self.reload = False

    def obey(self) -> None:
        """Take the signals over; call it from the main thread, as early as possible."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_reload)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop = True
        self.bell.ring()

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        self.reload = True
        self.bell.ring()
