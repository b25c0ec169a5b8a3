"""The command line: one file a group of commands, and the table of them all."""

import signal
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from mailflow.cli.common import guarded

COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("Start", "init", "init:init"),
    ("Start", "check", "check:check"),
    ("Start", "import", "order_book:import_"),
    ("Start", "go-live", "steer:go_live"),
    ("Start", "simulate", "simulate:simulate_"),
    ("Start", "demo", "demo:demo"),
    ("Run", "run", "run:run"),
    ("Run", "once", "run:once"),
    ("Run", "health", "health:health"),
    ("Look in", "read", "read:read"),
    ("Look in", "orders", "look:orders"),
    ("Look in", "show", "order:show"),
    ("Look in", "why", "order:why"),
    ("Look in", "due", "look:due"),
    ("Look in", "review", "review:review"),
    ("Look in", "report", "reports:report"),
    ("Look in", "learned", "learned:learned"),
    ("Act", "decide", "steer:decide"),
    ("Act", "set", "steer:set_"),
    ("Act", "write", "write:write"),
    ("Act", "documents", "documents:documents"),
    ("Act", "pause", "steer:pause"),
    ("Act", "resume", "steer:resume"),
    ("Act", "stop-writing", "steer:stop_writing"),
)
"""Heading, name, and the module here with its function; a module is loaded for its own commands alone."""


def build_app(only: str = "") -> typer.Typer:
    """Return the application with every command of the table, or with the one that is asked for."""
    app = typer.Typer(
        name="mailflow",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Follows up orders by e-mail: reads what suppliers, customers and forwarders write, keeps each order's "
        "record, and sends the next letter. Start with `mailflow demo`, or `mailflow init DIR`.",
    )
    app.callback()(_options)
    wanted = [row for row in COMMANDS if row[1] == only] or COMMANDS
    for heading, name, place in wanted:
        command = _command(place)
        app.command(name, help=_help(command), rich_help_panel=heading)(guarded(command))
    return app


def _help(command: Callable[..., None]) -> str:
    """Return what a command says of itself, its paragraphs as lines that the terminal breaks."""
    return "\n\n".join(" ".join(part.split()) for part in (command.__doc__ or "").split("\n\n"))


def _command(place: str) -> Callable[..., None]:
    module, _, function = place.partition(":")
    command: Callable[..., None] = getattr(import_module(f"mailflow.cli.{module}"), function)
    return command


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mailflow {version('mailflow-followup')}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Say which version this is.")
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["run"]:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nothing is loaded yet that it could ask to be loaded again
    build_app(only=next(iter(sys.argv[1:]), ""))(prog_name="mailflow")
