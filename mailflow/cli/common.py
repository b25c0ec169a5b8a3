"""What every command shares: where the settings are found, the console, how faults are told."""

import getpass
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from mailflow.core.problems import Problem
from mailflow.edges.clock import SystemClock
from mailflow.wiring.build import build
from mailflow.wiring.database import CannotStartError
from mailflow.wiring.service import Service

Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="MAILFLOW_CONFIG", help="mailflow.yaml; the current folder's if left out."),
]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the event.")]
Who = Annotated[str, typer.Option("--who", help="Who says so (an address); the user of this computer if left out.")]


@cache
def console() -> Console:
    """Return the console for results; colours only on terminals."""
    return Console(highlight=False)


@cache
def complaints() -> Console:
    """Return the console for faults (standard error)."""
    return Console(stderr=True, highlight=False)


def fail(what: str, cure: str = "") -> NoReturn:
    """Say what is wrong and what to do, and end with status 1."""
    complaints().print(Text(f"mailflow: {what}; {cure}" if cure else f"mailflow: {what}", style="red"))
    raise typer.Exit(1)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on a line of its own, as `file:line: what; what to do`."""
    for problem in problems:
        style = "yellow" if problem.warning else "red"
        complaints().print(Text(str(problem), style=style), soft_wrap=True)


def open_service(config: Path | None, *, shadow: bool = False) -> Service:
    """Build the service from the settings; ends the command with every problem where that is impossible."""
    try:
        return build(config, clock=SystemClock(), shadow=shadow)
    except CannotStartError as error:
        print_problems(error.problems)
        raise typer.Exit(1) from None


def as_day(text: str) -> date:
    """Read a day as YYYY-MM-DD, or end the command saying so."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no day", "write it as YYYY-MM-DD, such as 2026-12-01")


def whoever(who: str) -> str:
    """Return who acts: the given name, else the user of this computer."""
    return who or getpass.getuser()
