"""`mailflow init`: a folder to start from."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mailflow.cli.common import fail
from mailflow.cli.screen import console, line
from mailflow.edges.files.starting import Started, write_starter

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Where to write; made if it is not there.", show_default=False)
]


def init(folder: Folder) -> None:
    """Write mailflow.yaml, rules/ and templates/ to start from. What is there is never overwritten.

    Example: mailflow init /srv/mailflow
    """
    try:
        started = write_starter(folder)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}", "choose a folder that you may write to")
    _tell(folder, started)


def _tell(folder: Path, started: Started) -> None:
    say = partial(line, console(), broken=False)
    for top in ("mailflow.yaml", "rules", "templates", "secrets"):
        new = sum(name.split("/")[0] == top for name in started.written)
        old = sum(name.split("/")[0] == top for name in started.kept)
        what = f"{new} written" if new > 1 else "written" if new else ""
        left = f"{old} kept as they were" if old > 1 else "kept as it was" if old else ""
        if new or old:
            say(f"  {folder / top}: {', '.join(part for part in (what, left) if part)}")
    say("")
    say("Next:")
    say(f"  1. Edit {folder / 'mailflow.yaml'}: company, time zone, your mailbox (address, imap, smtp).")
    say(f"  2. Put the mailbox's password into {folder / 'secrets' / 'followup'} (chmod 600).")
    say(f"  3. mailflow check --config {folder / 'mailflow.yaml'}")
    say("  4. mailflow import --config … ORDERS.xlsx PARTIES.yaml --dry-run")
    say("  5. mailflow run --config … --shadow    (sends nothing, says what it would do)")
