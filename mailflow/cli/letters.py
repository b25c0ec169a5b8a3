"""Letters that are planned, as a table."""

from collections.abc import Iterable

from rich.console import Console

from mailflow.cli.screen import Words, fixed, free, table
from mailflow.cli.wording import letter_name, reason
from mailflow.core.letters.model import PlannedLetter


def print_letters(out: Console, title: str, letters: Iterable[PlannedLetter]) -> None:
    """Print letters with whom they go to, who lets them go, and why they are written."""
    columns = (free("Letter"), fixed("To"), fixed("Mode"), free("Why"))
    table(out, title, columns, [_row(letter) for letter in letters])


def _row(letter: PlannedLetter) -> tuple[Words, ...]:
    to = ", ".join(address.email for address in letter.to)
    return letter_name(letter.template), to, letter.mode.value, reason(letter.why)
