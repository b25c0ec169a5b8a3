"""Looking in: the list of orders, and what is due."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, as_day, open_desk
from mailflow.cli.names import the_party
from mailflow.cli.screen import Words, console, fixed, free, line, table
from mailflow.cli.wording import letter_name, lot_text, problem_text, reason
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import OrderState, PartyState
from mailflow.core.playbook.model import Due, Held
from mailflow.wiring.desk import Desk

_SLOTS = 31
_NAMED = 5  # quiet parties by name; of more the number is told


def orders(
    party: Annotated[str, typer.Option(metavar="NAME", help="Only orders of this party (name or short name).")] = "",
    late: Annotated[bool, typer.Option("--late", help="Only orders whose shipment is late or promised late.")] = False,
    config: Config = None,
) -> None:
    """List the orders by due date, with what is promised, shipped and told to the customer.

    Example: mailflow orders --party Hengtai --late
    """
    desk = open_desk(config)
    today = desk.today()
    with desk.store.look() as tx:
        only = the_party(tx, party) if party else ""
        states, parties = tx.views.orders(), tx.views.parties()
    shown = [
        state
        for state in sorted(states.values(), key=_by_due_day)
        if (not only or state.order.party == only) and (not late or is_late(state, today))
    ]
    out = console()
    columns = (fixed("Order"), free("Party"), free("Style"), fixed("Due"), free("Ship"), fixed("Told"), free("Notes"))
    if shown:
        table(out, f"Orders on {today}", columns, [_row(state, parties, today) for state in shown])
    line(out, f"{len(shown)} of {len(states)} orders. Ship: as promised, ✓ shipped. Told: agreed with the customer.")
    _tell_quiet(out, parties)


def _by_due_day(state: OrderState) -> tuple[date, str]:
    return state.order.due_date or date.max, state.order.number


def _row(state: OrderState, parties: Mapping[str, PartyState], today: date) -> tuple[Words, ...]:
    known = parties.get(state.order.party)
    ship = [lot for lot in state.lots if lot.milestone == Milestone.SHIP]
    days = [f"✓ {lot_text(lot, lot.actual)}" if lot.actual else lot_text(lot, lot.promise) for lot in ship]
    bad = "red" if is_late(state, today) else ""
    return (
        state.order.number,
        known.party.short or known.party.name if known else state.order.party,
        state.order.style,
        (str(state.order.due_date or ""), bad),
        (", ".join(days), bad),
        str(state.told or ""),
        ", ".join(notes(state, today)),
    )


def notes(state: OrderState, today: date) -> list[str]:
    """Return what else there is to know of an order."""
    found = [problem_text(topic) for topic in state.problems]
    if state.paused and (state.paused_until is None or state.paused_until > today):
        found.append(f"paused until {state.paused_until}" if state.paused_until else "paused")
    if state.vanished:
        found.append("no longer in the book")
    return found if state.order.status == "open" else [*found, state.order.status]


def is_late(state: OrderState, today: date) -> bool:
    """Tell whether an open order has not shipped on its day, or is promised for a later one."""
    ship = [lot for lot in state.lots if lot.milestone == Milestone.SHIP]
    due = state.order.due_date
    if due is None or state.order.status != "open" or (ship and all(lot.actual for lot in ship)):
        return False
    return due < today or any(lot.promise and lot.promise > due and not lot.actual for lot in ship)


def _tell_quiet(out: Console, parties: Mapping[str, PartyState]) -> None:
    quiet = sorted(name for name, state in parties.items() if not state.live and not state.vanished)
    if quiet:
        named = ", ".join(quiet) if len(quiet) <= _NAMED else f"{len(quiet)} parties"
        line(out, f"Quiet, nothing is sent to them: {named}. `mailflow go-live PARTY` switches one on.", style="dim")


def due(
    day: Annotated[str, typer.Option("--date", metavar="DATE", help="A day, YYYY-MM-DD; today when left out.")] = "",
    month: Annotated[bool, typer.Option("--month", help="All 31 slots of the tickler, from that day on.")] = False,
    config: Config = None,
) -> None:
    """Show what is chased on a day (its slot of the tickler), and for today what is held back and why.

    Examples: mailflow due --date 2026-12-01 · mailflow due --month
    """
    desk = open_desk(config)
    today = desk.today()
    on = as_day(day) if day else today
    if month:
        _tell_month(desk, on)
        return
    held: Iterable[Held] = ()
    with desk.store.look() as tx:
        if on == today:
            waiting, held = desk.due(tx, desk.clock.now())
            later = {one.duty: one for one in (*waiting, *desk.slot(tx, on))}
            dues = [one for duty, one in later.items() if duty not in {blocked.duty for blocked in held}]
        else:
            dues = list(desk.slot(tx, on))
    out = console()
    if dues:
        columns = (free("Letter"), free("To"), fixed("Mode"), free("Why"))
        table(out, f"Due on {on}", columns, [_due_row(one) for one in dues])
    else:
        line(out, f"Nothing is due on {on}" + (" that is not planned already." if on == today else "."))
    if held:
        _tell_held(out, held)


def _tell_month(desk: Desk, first: date) -> None:
    """Print the 31 slots: for each day how many letters of which sort, and to how many."""
    days = [first + timedelta(days=n) for n in range(_SLOTS)]
    with desk.store.look() as tx:
        slots = desk.slots(tx, days)
    rows = []
    for day, dues in zip(days, slots, strict=True):
        letters = Counter(letter_name(one.template) for one in dues)
        whom = {one.party or one.duty.recipient for one in dues}
        named = ", ".join(f"{count} × {name}" for name, count in sorted(letters.items()))
        rows.append((f"{day:%a} {day}", named, str(len(whom)) if whom else ""))
    out = console()
    table(out, f"The tickler from {first} on", (fixed("Day"), free("Letters"), fixed("To so many")), rows)
    line(out, "As things stand now: answers, new dates and letters that go before move what comes later.", style="dim")


def _due_row(one: Due) -> tuple[Words, ...]:
    to = one.party or ", ".join(address.email for address in one.to)
    return letter_name(one.template), to, one.mode, reason(one.why)


def _tell_held(out: Console, held: Iterable[Held]) -> None:
    orders_by_reason: dict[tuple[str, str], dict[str, None]] = {}
    for one in held:
        orders_by_reason.setdefault((one.reason, letter_name(one.duty.step)), {})[one.duty.order] = None
    rows = [(*key, ", ".join(numbers)) for key, numbers in sorted(orders_by_reason.items())]
    table(out, "Held back today", (free("Why"), free("Letter"), free("Orders")), rows)
