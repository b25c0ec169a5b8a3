"""From mailflow.yaml to a service that is ready to work."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from mailflow.core.problems import errors
from mailflow.edges.database import DatabaseStore
from mailflow.jobs.ports import Clock
from mailflow.settings import Settings, load_settings
from mailflow.wiring.database import CannotStartError, database_or_raise
from mailflow.wiring.rules import Rules, load_rules
from mailflow.wiring.service import CrashPoint, Service

SECRET = "secret"  # noqa: S105 - the name of the note that holds it


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


def _secret(store: DatabaseStore) -> bytes:
    """Return the key that signs this installation's tokens, made on its first start."""
    with store.look() as tx:
        known = tx.notes.get(SECRET)
    if known is None:
        with store.begin() as tx:
            known = tx.notes.first(SECRET, secrets.token_hex(32))  # another worker may be starting too
    return bytes.fromhex(known)
