"""What a running service has written into its log."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Log:
    """The log of the services of one test, JSON lines in a file."""

    path: Path

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """Return what was logged, or what was under one name."""
        if not self.path.exists():
            return []
        whole = self.path.read_text().rpartition("\n")[0]  # the last line may be half written
        found = [json.loads(line) for line in whole.splitlines()]
        return [line for line in found if not event or line["event"] == event]

    def names(self) -> list[str]:
        """Return the names of what was logged, in order."""
        return [line["event"] for line in self.lines()]
