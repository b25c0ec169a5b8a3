"""Acting by hand: decide, set, pause, resume, stop-writing, go-live."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table as RichTable

from mailflow.cli.common import Config, Who, Why, as_day, console, fail, open_service, whoever
from mailflow.cli.wording import describe
from mailflow.core.orders.events import Recorded
from mailflow.jobs import steer
from mailflow.wiring.service import Service

BY_HAND = "said at the command line"


def _tell(service: Service, act: Callable[[], list[Recorded]]) -> None:
    """Do it, and print what was recorded; a refusal is told in one line."""
    try:
        recorded = act()
    except steer.CannotSteerError as error:
        fail(str(error))
    for one in recorded:
        console().print(describe(one, service.zone))


def decide(
    item: Annotated[str, typer.Argument(help="R… for a question, L… for a letter, as `mailflow review` lists them.")],
    choice: Annotated[
        str, typer.Argument(help="Question: yes, no, seen, or an order's number. Letter: send, decline.")
    ],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Settle a question or a letter that waits for a person.

    Examples: mailflow decide R118.1 yes · mailflow decide R118.1 PO26-04871 · mailflow decide L42 send
    """
    service = open_service(config)
    now = service.clock.now()
    _tell(service, lambda: steer.decide(service.store, item, choice, who=whoever(who), why=why, now=now))


def set_(
    order: Annotated[str, typer.Argument(help="Our own order number.")],
    milestone: Annotated[str, typer.Argument(help="A milestone, or `told` for the date agreed with the customer.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD")],
    done: Annotated[bool, typer.Option("--done", help="It has happened; otherwise DATE is the promise.")] = False,
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Enter a date by hand.

    Examples: mailflow set PO26-04871 ship 2026-12-05 --why "by telephone" · mailflow set SO26-1100 told 2026-12-20
    """
    service = open_service(config)
    on, now = as_day(day), service.clock.now()
    _tell(
        service,
        lambda: steer.set_date(service.store, order, milestone, on, done=done, who=whoever(who), why=why, now=now),
    )


def pause(
    subject: Annotated[str, typer.Argument(metavar="ORDER|PARTY")],
    until: Annotated[str, typer.Option(help="The day on which it goes on, YYYY-MM-DD.")] = "",
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Chase nothing for an order or a party for the time being.

    Example: mailflow pause PO26-04871 --until 2026-12-15 --why "customer considers"
    """
    service = open_service(config)
    day, now = (as_day(until) if until else None), service.clock.now()
    _tell(service, lambda: steer.pause(service.store, subject, day, who=whoever(who), why=why, now=now))


def resume(
    subject: Annotated[str, typer.Argument(metavar="ORDER|PARTY")],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Take a pause back."""
    service = open_service(config)
    now = service.clock.now()
    _tell(service, lambda: steer.resume(service.store, subject, who=whoever(who), why=why, now=now))


def stop_writing(
    address: Annotated[str, typer.Argument(help="The e-mail address that gets nothing more.")],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Never write to an address again."""
    service = open_service(config)
    now = service.clock.now()
    _tell(service, lambda: steer.stop_writing(service.store, address, who=whoever(who), why=why, now=now))


def go_live(
    party: Annotated[str, typer.Argument(metavar="PARTY|all", help="A party's name or short name, or `all`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Switch a quiet party on, after showing what would be sent.

    Example: mailflow go-live "Hengtai Garment"
    """
    service = open_service(config)
    now = service.clock.now()
    try:
        names, letters, _ = service.preview_live(party, now)
    except steer.CannotSteerError as error:
        fail(str(error))
    if not names:
        console().print("Nobody is quiet: nothing to switch on.")
        return
    table = RichTable("Letter", "To", "Orders", "Mode", "Why", title=f"What {', '.join(names)} would be sent now")
    for letter in letters:
        to = ", ".join(address.email for address in letter.to)
        table.add_row(letter.template, to, ", ".join(letter.orders), letter.mode, letter.why)
    console().print(table)
    if not yes and not typer.confirm("Switch on?"):
        raise typer.Exit(1)
    _tell(service, lambda: steer.go_live(service.store, party, who=whoever(who), why=why, now=now))
