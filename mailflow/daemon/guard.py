"""Runs jobs so that a failing one stops no other."""

from collections.abc import Callable

import structlog

from mailflow.edges.database.errors import DatabaseError

log = structlog.get_logger()


class Guard:
    """Logs what a job fails with; a fault of the database, which may last, is told once and not every second."""

    def __init__(self) -> None:
        self._faults: dict[str, str] = {}

    def run(self, name: str, job: Callable[[], object]) -> bool:
        """Run a job; return whether it went through."""
        try:
            job()
        except DatabaseError as error:
            if self._faults.get(name) != str(error):
                log.error("job failed", job=name, fault=str(error))
            self._faults[name] = str(error)
            return False
        except Exception:
            log.exception("job failed", job=name)
            return False
        if self._faults.pop(name, None):
            log.info("job works again", job=name)
        return True
