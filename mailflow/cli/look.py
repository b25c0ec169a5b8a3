"""Looking in: orders, show, why, due, review."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import typer
from rich.table import Table as RichTable
from rich.text import Text

from mailflow.cli.common import Config, as_day, console, fail, open_service
from mailflow.cli.wording import describe, lot_text
from mailflow.core.letters.model import LetterState
from mailflow.core.orders.model import Milestone
from mailflow.core.orders.state import Lot, OrderState, ReviewState

WAITING = (LetterState.DRAFTED, LetterState.HELD)


def orders(
    party: Annotated[str, typer.Option(help="Only orders of this party (name or short name).")] = "",
    late: Annotated[bool, typer.Option("--late", help="Only orders whose shipment is late or promised late.")] = False,
    config: Config = None,
) -> None:
    """List the orders with what is due, promised and done.

    Example: mailflow orders --late
    """
    service = open_service(config)
    today = service.today()
    table = RichTable(title=f"Orders on {today}", row_styles=["", "dim"])
    for heading in ("Order", "Party", "Style", "Due", "Ship promised", "Shipped", "Told", "Notes"):
        table.add_column(heading)
    with service.store.look() as tx:
        states, parties = tx.views.orders(), tx.views.parties()
    shown = 0
    for number, state in sorted(states.items()):
        names = {state.order.party, parties[state.order.party].party.short} if state.order.party in parties else set()
        if (party and party not in names) or (late and not _is_late(state, today)):
            continue
        shown += 1
        table.add_row(number, state.order.party, state.order.style, str(state.order.due_date or ""), *_progress(state))
    console().print(table)
    console().print(f"{shown} of {len(states)} orders")


def _progress(state: OrderState) -> tuple[str, str, str, str]:
    ship = [lot for lot in state.lots if lot.milestone is Milestone.SHIP]
    notes = [*state.problems]
    notes += ["paused"] if state.paused else []
    notes += ["no longer in the book"] if state.vanished else []
    notes += [] if state.order.status == "open" else [state.order.status]
    promised = ", ".join(lot_text(lot, lot.promise) for lot in ship if lot.promise and not lot.actual)
    shipped = ", ".join(lot_text(lot, lot.actual) for lot in ship if lot.actual)
    return promised, shipped, str(state.told or ""), ", ".join(notes)


def _is_late(state: OrderState, today: date) -> bool:
    ship = [lot for lot in state.lots if lot.milestone is Milestone.SHIP]
    due = state.order.due_date
    if due is None or state.order.status != "open" or (ship and all(lot.actual for lot in ship)):
        return False
    return due < today or any(lot.promise and lot.promise > due and not lot.actual for lot in ship)


def show(order: Annotated[str, typer.Argument(help="Our own order number.")], config: Config = None) -> None:
    """Show one order: milestones with plan, promise and actual, and its history with the quoted words.

    Example: mailflow show PO26-04871
    """
    service = open_service(config)
    with service.store.look() as tx:
        state = tx.views.orders([order]).get(order)
        if state is None:
            fail(f"there is no order {order}", "`mailflow orders` lists them; `mailflow import FILE` brings new ones")
        history, parties = tx.ledger.history(order), tx.views.parties()
    out = console()
    out.print(_head(state))
    table = RichTable("Milestone", "Part", "Plan", "Promise", "Actual", "References", title="Milestones")
    for milestone in Milestone:
        lots: list[Lot | None] = [lot for lot in state.lots if lot.milestone is milestone]
        for lot in lots or [None]:
            plan = service.planned(state, parties.get(state.order.party), milestone)
            if lot is None and plan is None:
                continue
            cells = ("", "", "", "") if lot is None else (lot.part, lot.promise, lot.actual, ", ".join(lot.refs))
            table.add_row(milestone, cells[0], str(plan or ""), *(str(cell or "") for cell in cells[1:]))
    out.print(table)
    out.print("[bold]History[/bold]")
    for recorded in history:
        out.print(describe(recorded, service.zone))


def _head(state: OrderState) -> Text:
    o = state.order
    words = [o.number, o.kind, o.party, o.style, o.product or o.description, f"{o.quantity or ''} {o.unit}".strip()]
    return Text(" · ".join(str(word) for word in words if word), style="bold")


def why(
    subject: Annotated[str, typer.Argument(metavar="ORDER|MESSAGE-ID", help="An order, or a mail's Message-ID.")],
    config: Config = None,
) -> None:
    """Say where each status of an order comes from, or what became of a mail.

    Example: mailflow why "<20261118.1022@hengtai.example>"
    """
    service = open_service(config)
    with service.store.look() as tx:
        mails = [mail for form in (subject, f"<{subject.strip('<>')}>") for mail in tx.mails.find(form)]
        events = [r for mail in dict.fromkeys(mails) for r in tx.ledger.of_mail(mail)]
        events = events or [r for r in tx.ledger.history(subject) if getattr(r.event, "proof", None)]
    if not events:
        fail(f"nothing is known of {subject}", "give an order's number, or the Message-ID header of a mail we received")
    for recorded in events:
        console().print(describe(recorded, service.zone))


def due(
    day: Annotated[str, typer.Option("--date", help="A day, YYYY-MM-DD; today when left out.")] = "",
    config: Config = None,
) -> None:
    """Show what is chased on a day: that day's slot of the tickler.

    Example: mailflow due --date 2026-12-01
    """
    service = open_service(config)
    on = as_day(day) if day else service.today()
    with service.store.look() as tx:
        dues = service.slot(tx, on)
    table = RichTable("Step", "Order", "To", "Letter", "Mode", "Why", title=f"Due on {on}")
    for one in dues:
        to = ", ".join(address.email for address in one.to)
        table.add_row(one.step, ", ".join(one.orders), to, one.template, one.mode, one.why)
    console().print(table)


def review(config: Config = None) -> None:
    """List what waits for a person: open questions (R…) and letters (L…); settle them with `mailflow decide`."""
    service = open_service(config)
    with service.store.look() as tx:
        questions, letters = tx.views.reviews(), tx.outbox.letters(WAITING)
    _print_questions(questions)
    table = RichTable("Letter", "State", "To", "Orders", "What", title="Letters that wait")
    for letter in letters:
        to = ", ".join(address.email for address in letter.planned.to)
        what = letter.reply or letter.planned.why
        table.add_row(f"L{letter.id}", letter.state, to, ", ".join(letter.planned.orders), what)
    if letters:
        console().print(table)
    if not questions and not letters:
        console().print("Nothing waits for a person.")


def _print_questions(questions: Mapping[str, ReviewState]) -> None:
    for item, state in questions.items():
        opened = state.opened
        line = Text(f"{item}  ", style="bold")
        line.append(opened.question, style="not bold")
        if opened.words:
            line.append(f"\n      “{opened.words}”", style="italic not bold")
        if opened.candidates:
            line.append(f"\n      candidates: {', '.join(opened.candidates)}", style="not bold dim")
        console().print(line)
