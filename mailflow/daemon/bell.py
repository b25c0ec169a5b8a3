"""A bell that wakes a thread waiting on a socket."""

import select
import socket


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
