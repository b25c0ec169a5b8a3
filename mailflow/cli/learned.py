"""`mailflow learned`: what people's answers taught, and how to take it back."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, Who, Why, one_of, open_desk, whoever
from mailflow.cli.history import tell
from mailflow.cli.screen import console, fixed, free, line, table
from mailflow.core.orders.state import LearnedKind, LearnedState
from mailflow.jobs import steer
from mailflow.wiring.desk import Desk

BY_HAND = "said at the command line"
_DATES = {"day_first": "writes the day first", "month_first": "writes the month first"}


def learned(
    withdraw: Annotated[
        str, typer.Option(metavar="KEY", help="Take one of them back: from now on it does not hold any more.")
    ] = "",
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """List what answers to digests taught: names that parties have for orders, addresses, how they write dates.

    Each is used when the next mail is read, until it is withdrawn.

    Examples: mailflow learned · mailflow learned --withdraw "alias:ht-8812:Hengtai Garment"
    """
    desk = open_desk(config)
    out = console()
    with desk.store.look() as tx:
        known = tx.views.learned()
    if withdraw:
        key = one_of(withdraw, known, "learned thing", "`mailflow learned` lists them")
        recorded = steer.withdraw_learned(desk.store, key, who=whoever(who), why=why, now=desk.clock.now())
        tell(out, recorded, desk.zone)
        return
    _tell(out, desk, known)


def _tell(out: Console, desk: Desk, known: Mapping[str, LearnedState]) -> None:
    if not known:
        line(out, "Nothing has been learned from answers yet.")
        return
    columns = (free("Key"), free("What"), fixed("Since"), free("From whom"))
    rows = [
        [one.key, _said(one), f"{one.learned_at.astimezone(desk.zone):%Y-%m-%d}", one.by]
        for one in sorted(known.values(), key=lambda one: (one.party, one.key))
    ]
    table(out, "Learned from answers", columns, rows)


def _said(one: LearnedState) -> str:
    if one.kind is LearnedKind.ALIAS:
        return f"{one.party} calls {one.value} {one.name}"
    if one.kind is LearnedKind.CONTACT:
        return f"{one.name} writes for {one.party}"
    return f"{one.party} {_DATES.get(one.value, one.value)}"
