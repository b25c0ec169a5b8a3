"""From the settings to the database that they name."""

from collections.abc import Sequence

from mailflow.core.problems import Problem
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.database.errors import DatabaseError
from mailflow.edges.database.upgrade import schema_is_current
from mailflow.settings import Settings


class CannotStartError(Exception):
    """The settings, rules or the database do not allow it; holds every problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def database_or_raise(settings: Settings) -> DatabaseStore:
    """Return the database with the tables of this version, made where they are missing; raises CannotStartError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        if not schema_is_current(settings.database_url):  # looking in waits for nobody who writes
            upgrade(settings.database_url)
        return open_store(settings.database_url)
    except OSError as error:
        problem = Problem(str(settings.data), 0, error.strerror or str(error), "check `data:` and the folder's rights")
        raise CannotStartError([problem]) from error
    except DatabaseError as error:
        raise CannotStartError([Problem("database", 0, str(error))]) from error
