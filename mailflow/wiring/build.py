"""From mailflow.yaml to a service that is ready to work."""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from mailflow.core.problems import Problem, errors
from mailflow.edges.database import DatabaseStore, open_store, upgrade
from mailflow.edges.database.errors import DatabaseError
from mailflow.jobs.ports import Clock
from mailflow.settings import Settings, load_settings
from mailflow.wiring.rules import Rules, load_rules
from mailflow.wiring.service import CrashPoint, Service

SECRET = "secret"  # noqa: S105 - the name of the note that holds it


class CannotStartError(Exception):
    """The settings, rules or the database do not allow it; holds every problem."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def build(
    config: Path | None,
    *,
    clock: Clock,
    shadow: bool = False,
    env: Mapping[str, str] | None = None,
    crash_point: CrashPoint = lambda name: None,
    rules: Rules | None = None,
) -> Service:
    """Return the service that a configuration describes; raises CannotStartError with everything that is wrong.

    `rules` are taken as they are where they have been loaded already.
    """
    settings, problems = load_settings(config, os.environ if env is None else env)
    if settings is None:
        raise CannotStartError(problems)
    rules = rules or rules_or_raise(settings)
    store = database_or_raise(settings)
    return Service(settings, store, rules, clock, _secret(store), shadow=shadow, crash_point=crash_point)


def rules_or_raise(settings: Settings) -> Rules:
    """Return the rules and letters; raises CannotStartError."""
    rules, problems = load_rules(settings.rules, settings.templates)
    if rules is None:
        raise CannotStartError(errors(problems))
    return rules


def database_or_raise(settings: Settings) -> DatabaseStore:
    """Return the database with the tables of this version, made where they are missing; raises CannotStartError."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        upgrade(settings.database_url)
        return open_store(settings.database_url)
    except OSError as error:
        problem = Problem(str(settings.data), 0, error.strerror or str(error), "check `data:` and the folder's rights")
        raise CannotStartError([problem]) from error
    except DatabaseError as error:
        raise CannotStartError([Problem("database", 0, str(error))]) from error


def _secret(store: DatabaseStore) -> bytes:
    """Return the key that signs this installation's tokens, made on its first start."""
    with store.look() as tx:
        known = tx.notes.get(SECRET)
    if known is None:
        with store.begin() as tx:
            known = tx.notes.get(SECRET)
            if known is None:
                known = secrets.token_hex(32)
                tx.notes.put(SECRET, known)
    return bytes.fromhex(known)
