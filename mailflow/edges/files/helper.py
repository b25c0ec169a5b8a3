"""Processes of our own that take untrusted bytes apart: what hangs, crashes or eats memory in one harms nobody else."""

import resource
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import BinaryIO

_PIPE = 1024 * 1024  # where the system allows it: neither side waits for the other over a batch


@dataclass(slots=True)
class Helper:
    """One such process, a Python module that answers on its standard output what it is given on its standard input.

    It ends with its input, so it never outlives us.
    """

    module: str
    arguments: tuple[str, ...] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The number of the process; None where none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the process, in place of one that runs; raises OSError."""
        self.end()
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", self.module, *self.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pipesize=_PIPE,
        )

    @property
    def pipes(self) -> tuple[BinaryIO, BinaryIO]:
        """What the process is written to and read from; raises BrokenPipeError where there is none."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise BrokenPipeError("no process")
        return process.stdin, process.stdout  # type: ignore[return-value]  # typed as IO[bytes]; made for pipes

    def end(self) -> bool:
        """End the process, if there is one; return whether it had been ended by its own limit of time."""
        process, self._process = self._process, None
        if process is None:
            return False
        process.kill()
        status = process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)
        return status == -signal.SIGALRM


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined]  # a pipe; what was not flushed is lost with the process
    except OSError:
        return


def be_bounded(memory: int) -> None:
    """In the process: hold at most so many bytes, leave no core, and end when our parent says so, not the terminal."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process whatever it is busy with
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def at_most(seconds: float) -> None:
    """In the process: end unless `in_time` is said within so many seconds."""
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))


def in_time() -> None:
    """In the process: what had its limit is done."""
    signal.setitimer(signal.ITIMER_REAL, 0)
