"""What is wrong in a file that people write, said so that they can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it stands, what is wrong, and what to do; a `warning` stops nothing.

    `line` is 0 where the fault has no line (a missing file, say).
    """

    file: str
    line: int
    what: str
    cure: str = ""
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.cure}" if self.cure else f"{place}: {self.what}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are more than warnings."""
    return [problem for problem in problems if not problem.warning]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one trial went: what was tried or found, and what to do where it is not `ok`."""

    ok: bool
    what: str
    cure: str = ""
