"""`mailflow check`: every fault of the configuration at once, then a try of everything that it names."""

import os
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from mailflow.cli.common import Config
from mailflow.cli.findings import Trials, check_all
from mailflow.cli.screen import console
from mailflow.core.problems import Problem
from mailflow.settings import Settings, find_settings, load_settings
from mailflow.wiring.rules import load_rules
from mailflow.wiring.trials import try_database, try_imap, try_smtp

Offline = Annotated[bool, typer.Option("--offline", help="Look at the files alone; reach for no server.")]


def check(offline: Offline = False, config: Config = None) -> None:
    """Tell everything that is wrong, as `file:line: what; what to do`, and try to log in. Sends and changes nothing.

    Settings, rules, letters and the columns of the order book are checked; then the login, folders and abilities of
    each mailbox, the login for sending, and the database. The exit status is 0 only when all is well.

    Example: mailflow check --config /srv/mailflow/mailflow.yaml
    """
    settings, faults = load_settings(config, os.environ)
    trials = None
    if settings is not None and not offline:
        trials = Trials(
            imap=partial(try_imap, settings=settings), smtp=try_smtp, database=partial(try_database, settings)
        )
    path = find_settings(config, os.environ)
    if not check_all(console(), path, settings, faults, check_rules, trials):
        raise typer.Exit(1)


def check_rules(settings: Settings) -> Sequence[Problem]:
    """Return what is wrong with rules and letters."""
    _, problems = load_rules(settings.rules, settings.templates)
    return problems
