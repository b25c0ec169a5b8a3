"""Measuring: each measurement in a fresh process, several rounds in turn, compared by medians.

`python -m bench.measure MODULE:FUNCTION` runs a function with the keywords that stand as JSON on standard input and
prints what it returns with the peak of its memory.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

_MARK = "measured: "


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process did: how many things in how many seconds, with how much memory."""

    count: int
    seconds: float
    cpu: float = 0.0  # seconds of the processor: what a burdened machine does not change
    peak_mb: float = 0.0  # of the process itself, starting and preparing included
    helpers_mb: float = 0.0  # of processes that it started and that live on
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
        done = subprocess.run(
            [sys.executable, "-m", "bench.measure", function],
            input=json.dumps(keywords, default=str).encode(),
            stdout=subprocess.PIPE,
            stderr=sink,
            check=False,
            cwd=Path(__file__).resolve().parent.parent,
        )
    said = [line for line in done.stdout.decode().splitlines() if line.startswith(_MARK)]
    if done.returncode or not said:
        raise RuntimeError(f"{function} failed ({done.returncode}):\n{_end_of(log)}")
    return Measured(**json.loads(said[-1].removeprefix(_MARK)))


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


def _peak_mb(process: int | str) -> float:
    """Return the most memory that a process ever held (getrusage would count its parent's as well)."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return 0.0
    peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peaks[0]) / 1024 if peaks else 0.0


def _helpers_mb() -> float:
    own = Path(f"/proc/{os.getpid()}/task")
    children = {child for task in own.iterdir() for child in (task / "children").read_text().split()}
    return sum(_peak_mb(child) for child in children)


def main() -> None:
    """Run the function that is named on the command line."""
    module, _, name = sys.argv[1].partition(":")
    measured = getattr(importlib.import_module(module), name)(**json.load(sys.stdin))
    told = asdict(measured) | {"peak_mb": _peak_mb("self"), "helpers_mb": _helpers_mb()}
    print(_MARK + json.dumps(told))


if __name__ == "__main__":
    main()
