"""A simulation of an order book with the administrator's own rules."""

import os
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from mailflow.core.letters.model import Mode
from mailflow.core.order_book.compare import compare, settle_on
from mailflow.core.orders.events import Event, OrderImported, PartyImported
from mailflow.core.orders.model import House
from mailflow.core.problems import Problem, errors
from mailflow.core.simulation.run import Scene
from mailflow.edges.files.order_book import book_rules, read_files
from mailflow.settings import find_settings, load_settings
from mailflow.wiring.plan import load_plan

_NOBODY = House("Example Trading", "followup@company.example", "Asia/Shanghai", ("merchandiser@company.example",))
"""Who we are where there are no settings yet."""


def make_scene(
    config: Path | None, files: Sequence[Path], start: date, days: int, seed: int
) -> tuple[Scene | None, tuple[Problem, ...]]:
    """Return what a simulation starts from, or None, and every problem; without settings the shipped rules count."""
    house, rules, outside, people = _NOBODY, None, Mode.AUTO, {}
    if config is not None or find_settings(None, os.environ).exists():
        settings, problems = load_settings(config, os.environ)
        if settings is None:
            return None, problems
        house, rules, people = settings.house, settings.rules, settings.people
        outside = Mode(settings.outside)
    plan, problems = load_plan(rules)
    mapping, faults = book_rules(rules)
    if plan is None or errors(faults):
        return None, (*problems, *faults)
    book = read_files(files, mapping, people)
    settled = settle_on(book, {}, {})
    midnight = datetime.combine(start, time(), ZoneInfo(house.timezone))
    comparison = compare(settled, {}, {}, {}, midnight.date())
    facts: tuple[Event, ...] = comparison.events
    orders = [event.order for event in facts if isinstance(event, OrderImported)]
    parties = [event.party for event in facts if isinstance(event, PartyImported)]
    scene = Scene(orders, parties, facts, *plan, house, start, days, seed, outside=outside)
    return scene, (*book.problems, *comparison.problems)
