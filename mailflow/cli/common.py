"""What every command shares: where the settings are found, how faults are told, who acts."""

import difflib
import getpass
from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from mailflow.cli.screen import console, line
from mailflow.core.problems import Problem
from mailflow.edges.clock import SystemClock

if TYPE_CHECKING:  # rules, servers and the database are loaded by the commands that need them
    from mailflow.wiring.desk import Desk
    from mailflow.wiring.service import Service

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="PATH",
        envvar="MAILFLOW_CONFIG",
        help="mailflow.yaml, or its folder; the current folder's if left out.",
    ),
]
Why = Annotated[str, typer.Option("--why", metavar="WORDS", help="The reason, kept with the event.")]
Who = Annotated[
    str, typer.Option("--who", metavar="ADDRESS", help="Who says so; the user of this computer if left out.")
]


def fail(what: str, cure: str = "") -> NoReturn:
    """Say what is wrong and what to do, and end with status 1."""
    complain(f"mailflow: {what}; {cure}" if cure else f"mailflow: {what}")
    raise typer.Exit(1)


def complain(text: str, style: str = "red") -> None:
    """Print a fault as one line on standard error, whatever the terminal's width."""
    line(console(stderr=True), text, style=style, broken=False)


def print_problems(problems: Iterable[Problem]) -> None:
    """Print each problem on a line of its own, as `file:line: what; what to do`."""
    for problem in problems:
        complain(str(problem), "yellow" if problem.warning else "red")


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that tells in a line what stands in its way: settings, rules, the database, an odd request."""

    @wraps(command)
    def run(*words: object, **options: object) -> None:
        try:
            command(*words, **options)
        except Exception as error:
            problems = _told(error)
            if not problems:
                raise
            print_problems(problems)
            raise typer.Exit(1) from None

    return run


def _told(error: Exception) -> tuple[Problem, ...]:
    """Return what people can mend; nothing for a fault of ours, which shows where it happened."""
    from mailflow.edges.database.errors import DatabaseError
    from mailflow.jobs.steer import CannotSteerError
    from mailflow.wiring.database import CannotStartError

    if isinstance(error, CannotStartError):
        return error.problems
    if isinstance(error, DatabaseError):
        return (Problem("database", 0, str(error)),)
    return (Problem("mailflow", 0, str(error)),) if isinstance(error, CannotSteerError) else ()


def open_desk(config: Path | None) -> "Desk":
    """Open what looking in and acting by hand need: settings and database."""
    from mailflow.wiring import desk

    return desk.open_desk(config, clock=SystemClock())


def open_service(config: Path | None, *, shadow: bool = False) -> "Service":
    """Build the service, with rules and letters; every fault in them is told at once."""
    from mailflow.wiring.build import build

    return build(config, clock=SystemClock(), shadow=shadow)


def as_day(text: str) -> date:
    """Read a day as YYYY-MM-DD, or end the command saying so."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no day", "write it as YYYY-MM-DD, such as 2026-12-01")


def whoever(who: str) -> str:
    """Return who acts: the given name, else the user of this computer."""
    try:
        return who or getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as containers have them
        fail("nobody knows your name here", "say who acts: --who ADDRESS")


def one_of(name: str, known: Collection[str], what: str, where: str) -> str:
    """Return a name that is known, or end the command with the nearest one that is; `where` tells where they stand."""
    if name in known:
        return name
    guess = nearest(name, known)
    fail(f"there is no {what} {name}", f"did you mean {guess}? {where}" if guess else where)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was most likely meant: another case, a piece of it alone, a slip; else nothing."""
    folded = {one.casefold(): one for one in known}
    asked = name.casefold()
    holding = [one for one in folded if asked in one] if len(asked) > 1 else []
    guesses = holding if len(holding) == 1 else difflib.get_close_matches(asked, folded, n=1)
    return folded[guesses[0]] if guesses else ""
