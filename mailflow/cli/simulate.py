"""Simulate: what the rules would send over weeks, to simulated parties, before they go live."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress

from mailflow.cli.common import Config, as_day, fail, print_problems
from mailflow.cli.screen import console, fixed, free, line, table
from mailflow.cli.wording import letter_name
from mailflow.core.simulation.run import Outcome, Scene, simulate
from mailflow.edges.clock import SystemClock

_MOST_ROWS = 30


def simulate_(
    orders: Annotated[
        list[Path], typer.Option("--orders", metavar="FILE", help="Order book and parties; may be given several times.")
    ],
    days: Annotated[int, typer.Option(min=1, max=400, metavar="N", help="How many days.")] = 90,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number: other answers, slips and silences.")] = 0,
    start: Annotated[str, typer.Option(metavar="DATE", help="The first day; today if left out.")] = "",
    config: Config = None,
) -> None:
    """Play some weeks with your own rules: nothing is sent, no mailbox and no database is touched.

    Suppliers answer, slip, stay silent and bounce by chance; the same seed gives the same course. What would be sent
    is counted by letter, party and week, and what comes late is listed.

    Example: mailflow simulate --days 90 --orders orders.xlsx --orders parties.yaml
    """
    from mailflow.wiring.simulation import make_scene

    first = as_day(start) if start else SystemClock().now().date()
    missing = [path for path in orders if not path.is_file()]
    if missing:
        fail(f"{missing[0]} is not there", "name the files of your order book and its parties")
    scene, problems = make_scene(config, orders, first, days, seed)
    print_problems(problems)
    if scene is None:
        raise typer.Exit(1)
    if not scene.orders:
        fail("no order could be read", "see the lines above")
    out = console()
    with Progress(console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("simulating", total=days)
        outcome = simulate(scene, lambda day: bar.update(task, completed=(day - first).days + 1))
    _tell(out, scene, outcome)


def _tell(out: Console, scene: Scene, outcome: Outcome) -> None:
    zone = ZoneInfo(scene.house.timezone)
    last = scene.start + timedelta(days=scene.days - 1)
    line(out, f"{len(scene.orders)} orders from {scene.start} to {last}, seed {scene.seed}", style="bold")
    letters = Counter((letter_name(one.planned.template), one.planned.mode.value) for one in outcome.sent)
    rows = [(name, mode, str(count)) for (name, mode), count in letters.most_common()]
    table(out, f"{len(outcome.sent)} letters", (free("Letter"), fixed("Mode"), fixed("Sent")), rows)
    parties = Counter(one.planned.party or "our own people" for one in outcome.sent)
    busiest = _busiest(outcome, zone)
    rows = [(name, str(count), str(busiest[name])) for name, count in parties.most_common(_MOST_ROWS)]
    table(out, "By party", (free("Party"), fixed("Letters"), fixed("Most on one day")), rows)
    weeks: Counter[date] = Counter()
    for day, count in outcome.by_day(zone).items():
        weeks[day - timedelta(days=day.weekday())] += count
    most = max(weeks.values(), default=1)
    rows = [(f"{week}", str(count), "█" * round(40 * count / most)) for week, count in sorted(weeks.items())]
    table(out, "By week", (fixed("Week of"), fixed("Letters"), fixed("")), rows)
    late = [(one.number, one.party, str(one.due), str(one.shipped or "not yet")) for one in outcome.late]
    title = f"{len(late)} orders late" + (f", the first {_MOST_ROWS}" if len(late) > _MOST_ROWS else "")
    columns = (fixed("Order"), free("Party"), fixed("Due"), fixed("Left"))
    table(out, title, columns, late[:_MOST_ROWS])
    reasons = Counter(one.reason for one in outcome.held)
    table(out, "Held back at the end", (free("Why"), fixed("Times")), [(r, str(n)) for r, n in reasons.most_common(10)])


def _busiest(outcome: Outcome, zone: ZoneInfo) -> Counter[str]:
    found: Counter[str] = Counter()
    days = Counter((one.planned.party or "our own people", one.at.astimezone(zone).date()) for one in outcome.sent)
    for (party, _), count in days.items():
        found[party] = max(found[party], count)
    return found
