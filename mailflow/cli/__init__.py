"""The command line: one file a group of commands, and the table of them all."""

from collections.abc import Callable

import typer

from mailflow.cli import check, demo, init, look, order_book, read, run, steer

Command = Callable[..., None]

COMMANDS: tuple[tuple[str, str, Command], ...] = (
    ("Start", "init", init.init),
    ("Start", "check", check.check),
    ("Start", "import", order_book.import_),
    ("Start", "go-live", steer.go_live),
    ("Start", "demo", demo.demo),
    ("Run", "run", run.run),
    ("Run", "once", run.once),
    ("Run", "health", run.health),
    ("Look in", "read", read.read),
    ("Look in", "orders", look.orders),
    ("Look in", "show", look.show),
    ("Look in", "why", look.why),
    ("Look in", "due", look.due),
    ("Look in", "review", look.review),
    ("Act", "decide", steer.decide),
    ("Act", "set", steer.set_),
    ("Act", "pause", steer.pause),
    ("Act", "resume", steer.resume),
    ("Act", "stop-writing", steer.stop_writing),
)


def build_app() -> typer.Typer:
    """Return the application with every command of the table."""
    app = typer.Typer(
        name="mailflow",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Follows up orders by e-mail: reads what suppliers, customers and forwarders write, keeps each order's "
        "record, and sends the next letter. Start with `mailflow demo`, or `mailflow init DIR`.",
    )
    for panel, name, command in COMMANDS:
        app.command(name, rich_help_panel=panel)(command)
    return app


def main() -> None:
    """Run the command line."""
    build_app()()
