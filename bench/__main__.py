"""`python -m bench`: measure both ways in one run, print a table, keep the figures under bench-out/."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.measure import Comparison, Measured
from bench.receiving import compare_receiving
from bench.sending import compare_sending
from tests.servers.dovecot import running_dovecot
from tests.servers.postfix import running_mail_system

OUT = Path("bench-out")
MOST_MEMORY_MB = 250


def main() -> None:
    """Measure, tell, and fail where a goal is missed."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="mailflow-bench-") as name, running_dovecot() as dovecot:
        folder = Path(name)
        done: list[Comparison] = []
        notes: list[str] = []
        if options.mails:
            (folder / "receiving").mkdir()
            receiving, notes = compare_receiving(dovecot, folder / "receiving", options.mails, options.rounds)
            done.append(receiving)
        if options.letters:
            (folder / "sending").mkdir()
            with running_mail_system(dovecot) as system:
                done.append(compare_sending(system, folder / "sending", options.letters, options.rounds))
    _keep(done, notes)
    _show(done, notes)
    missed = [each.name for each in done if each.ratio < each.goal or each.peak_mb > MOST_MEMORY_MB]
    if missed and not options.no_goals:
        sys.exit(f"the goal is missed: {', '.join(missed)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the service beside its yardsticks.")
    parser.add_argument("--mails", type=int, default=5_000, help="mails to receive (default 5000; 0: leave it out)")
    parser.add_argument("--letters", type=int, default=1_000, help="letters to send (default 1000; 0: leave it out)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each, in turn (default 3)")
    parser.add_argument("--no-goals", action="store_true", help="end well even where a goal is missed")
    return parser.parse_args()


def machine() -> str:
    """Return what was measured on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"


def _keep(done: Sequence[Comparison], notes: Sequence[str]) -> None:
    OUT.mkdir(exist_ok=True)
    for each in done:
        told = {"machine": machine(), **each.as_json()} | ({"agreement": notes} if each.name == "receiving" else {})
        (OUT / f"{each.name}.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _show(done: Sequence[Comparison], notes: Sequence[str]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 150)
    table = Table("", "a second", "beside", "a second", "ratio", "goal", "peak memory", title="mailflow bench")
    for each in done:
        ratio = f"[{'green' if each.ratio >= each.goal else 'red'}]{each.ratio:.2f}[/]"
        ours, theirs = (each.what, f"{each.rate:,.0f}"), (each.yardstick_what, f"{each.yardstick_rate:,.0f}")
        table.add_row(*ours, *theirs, ratio, f"≥ {each.goal:.2f}", f"{each.peak_mb:.0f} MB")
    console.print(table)
    console.print(f"{machine()}; medians of {len(done[0].ours)} rounds in turn" if done else "nothing was measured")
    for each in done:
        told = [f"processor {_each(each.ours)} each"]
        told += [f"the yardstick {_each(each.yardstick)}"] if each.yardstick[0].cpu else []
        parts = each.ours[0].parts
        told += [f"{name} {seconds / sum(parts.values()):.0%}" for name, seconds in parts.items()]
        console.print(f"{each.name}: {', '.join(told)}")
    for note in notes:
        console.print(f"events beside `mailflow read`: {note}")


def _each(rounds: Sequence[Measured]) -> str:
    return f"{median(measured.cpu / measured.count for measured in rounds) * 1000:.2f} ms"


if __name__ == "__main__":
    main()
