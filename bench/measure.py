"""Measuring: each measurement in a fresh process, several rounds in turn, compared by medians.

`python -m bench.measure MODULE:FUNCTION` runs a function with the keywords that stand as JSON on standard input and
prints what it returns with the peak of its memory.
"""

import importlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

_MARK = "measured: "
_OFTEN = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process did: how many things in how many seconds, with how much memory."""

    count: int
    seconds: float
    cpu: float = 0.0  # seconds of the processor: what a burdened machine does not change
    peak_mb: float = 0.0  # of the process itself, starting and preparing included
    helpers_mb: float = 0.0  # of all processes that it started, at one moment; what they share is counted by shares
    parts: dict[str, float] = field(default_factory=dict)  # seconds by what they were spent on

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rounds of ours and of the yardstick, in turn."""

    name: str
    goal: float
    what: str
    yardstick_what: str
    ours: Sequence[Measured]
    yardstick: Sequence[Measured]

    @property
    def ratio(self) -> float:
        """How fast ours is, as a share of the yardstick, by medians."""
        return self.rate / self.yardstick_rate

    @property
    def rate(self) -> float:
        """Ours, a second."""
        return median(measured.rate for measured in self.ours)

    @property
    def yardstick_rate(self) -> float:
        """The yardstick's, a second."""
        return median(measured.rate for measured in self.yardstick)

    @property
    def peak_mb(self) -> float:
        """The most memory that any round of ours took, its helpers' included."""
        return max(measured.peak_mb + measured.helpers_mb for measured in self.ours)

    def as_json(self) -> dict[str, Any]:
        """Return everything that was measured, and what follows from it."""
        figures = {name: round(getattr(self, name), 3) for name in ("ratio", "rate", "yardstick_rate", "peak_mb")}
        return asdict(self) | figures


def in_fresh_process(function: str, log: Path | None, **keywords: Any) -> Measured:
    """Run `module:function`, which returns a Measured, in a process of its own; what it logs goes to a file, or without
    one to where ours goes."""
    with log.open("ab") if log else nullcontext() as sink:
        done = subprocess.Popen(
            [sys.executable, "-m", "bench.measure", function],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            cwd=Path(__file__).resolve().parent.parent,
        )
        with _watched(done.pid) as helpers:
            told, _ = done.communicate(json.dumps(keywords, default=str).encode())
    said = [line for line in told.decode().splitlines() if line.startswith(_MARK)]
    if done.returncode or not said:
        raise RuntimeError(f"{function} failed ({done.returncode}):\n{_end_of(log)}")
    return replace(Measured(**json.loads(said[-1].removeprefix(_MARK))), helpers_mb=max(helpers))


def _end_of(log: Path | None) -> str:
    return log.read_text(errors="replace")[-4000:] if log else "see above"


def in_turn(
    rounds: int, ours: Callable[[int], Measured], yardstick: Callable[[int], Measured]
) -> tuple[list[Measured], list[Measured]]:
    """Measure one after the other, round by round, so that a slow hour of the machine meets both."""
    done: tuple[list[Measured], list[Measured]] = [], []
    for number in range(rounds):
        done[0].append(ours(number))
        done[1].append(yardstick(number))
    return done


def _peak_mb() -> float:
    """Return the most memory that this process ever held (getrusage would count its parent's as well)."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


@contextmanager
def _watched(process: int) -> Iterator[list[float]]:
    """Note now and then how much memory the processes hold together that a process has started."""
    held, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(_OFTEN):
            held.append(sum(_proportional_mb(helper) for helper in _descendants(process)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()


def _descendants(process: int) -> list[int]:
    try:
        told = [children.read_text() for children in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:  # a thread or the process has just ended
        return []
    children = [int(child) for line in told for child in line.split()]
    return children + [one for child in children for one in _descendants(child)]


def _proportional_mb(process: int) -> float:
    """Return what a process holds; of a page that several hold, its share."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("Pss:"))


def main() -> None:
    """Run the function that is named on the command line."""
    module, _, name = sys.argv[1].partition(":")
    measured = getattr(importlib.import_module(module), name)(**json.load(sys.stdin))
    told = asdict(measured) | {"peak_mb": _peak_mb()}
    print(_MARK + json.dumps(told))


if __name__ == "__main__":
    main()
