"""Documents of an order: what came by mail, what of it is for the customer, what is none of the order's."""

from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, Who, Why, fail, open_desk, whoever
from mailflow.cli.history import tell
from mailflow.cli.names import the_order
from mailflow.cli.screen import Words, console, fixed, free, line, table
from mailflow.core.orders.state import OrderState
from mailflow.jobs import papers
from mailflow.jobs.papers import name_of

BY_HAND = "said at the command line"


def documents(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="Our own order number.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="A document, as it stands in the list: 118.1.")] = "",
    for_customer: Annotated[
        bool, typer.Option("--for-customer", help="It goes along with letters to the customer from now on.")
    ] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="It is no document of this order after all.")] = False,
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """List the documents of an order that came by mail, release one for the customer, or take one away.

    The files stay in their mails. A document that names the other side is not released.

    Example: mailflow documents PO26-04871 118.1 --for-customer
    """
    desk = open_desk(config)
    out = console()
    with desk.store.look() as tx:
        number = the_order(tx, order)
        state = tx.views.orders([number])[number]
    if for_customer and withdraw:
        fail("a document is released or taken away, not both", "give one of --for-customer and --withdraw")
    if not file:
        if for_customer or withdraw:
            fail("which document?", f"name it as `mailflow documents {number}` lists it")
        tell_documents(out, state)
        return
    if not (for_customer or withdraw):
        fail(f"what shall be done with {file}?", "give --for-customer or --withdraw")
    job = papers.release if for_customer else papers.withdraw
    recorded = job(desk.store, number, file, who=whoever(who), why=why, now=desk.clock.now())
    tell(out, recorded, desk.zone)


def tell_documents(out: Console, state: OrderState) -> None:
    """Print the documents of an order."""
    if not state.papers:
        line(out, f"No document of {state.order.number} has come by mail.")
        return
    rows: list[tuple[Words, ...]] = [
        (
            name_of(paper),
            paper.kind.replace("_", " "),
            paper.name,
            f"{paper.party}, {paper.filed}",
            "for the customer" if paper.released else f"names {paper.names}" if paper.names else "",
        )
        for paper in state.papers
    ]
    columns = (fixed("File"), fixed("Document"), free("Name"), free("From"), free("Notes"))
    table(out, "Documents", columns, rows)
