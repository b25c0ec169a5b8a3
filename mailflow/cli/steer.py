"""Acting by hand: decide, set, pause, resume, stop-writing, go-live. Each is an event with who and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, Who, Why, as_day, fail, one_of, open_desk, whoever
from mailflow.cli.history import tell
from mailflow.cli.letters import print_letters
from mailflow.cli.names import the_item, the_order, the_party, the_subject
from mailflow.cli.screen import console, line
from mailflow.core.orders.events import Recorded, ReviewDecided
from mailflow.core.orders.model import DOCUMENTS, Milestone, OrderKind, place
from mailflow.core.playbook.model import Held
from mailflow.jobs import steer
from mailflow.jobs.ports import Transaction
from mailflow.wiring.desk import Desk

BY_HAND = "said at the command line"
_ANSWERS = ("yes", "no", "seen")
_LETTER = ("send", "decline", "seen")
_NEXT = {
    "send": "It goes with the next delivery, if its reason still holds then.",
    "decline": "It is not sent, and not written again for the same occasion.",
}


def _tell(desk: Desk, recorded: Sequence[Recorded]) -> Console:
    """Print what was recorded."""
    out = console()
    tell(out, recorded, desk.zone)
    return out


def decide(
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="R… for a question, L… for a letter, as `mailflow review` lists them.")
    ],
    choice: Annotated[
        str,
        typer.Argument(metavar="CHOICE", help="Question: yes, no, seen, or an order's number. Letter: send, decline."),
    ],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Settle a question or a letter that waits for a person, and show what was recorded.

    `yes` enters what the question proposes, an order's number enters it for that order; `no` and `seen` enter nothing.

    Examples: mailflow decide R118.1 yes · mailflow decide R118.1 PO26-04871 · mailflow decide L42 send
    """
    desk = open_desk(config)
    actor, now = whoever(who), desk.clock.now()
    with desk.store.look() as tx:
        item = the_item(tx, item)
        choice = _choice(tx, item, choice)
    recorded = steer.decide(desk.store, item, choice, who=actor, why=why, now=now)
    out = _tell(desk, recorded)
    if choice in _NEXT:
        line(out, _NEXT[choice])
    elif all(isinstance(one.event, ReviewDecided) for one in recorded):
        line(out, "Nothing was entered. Dates that you know are entered with `mailflow set`.")


def _choice(tx: Transaction, item: str, choice: str) -> str:
    """Return a choice as it is recorded; ends the command where it is none."""
    letter, said = steer.is_letter(item), choice.lower()
    if said in (_LETTER if letter else _ANSWERS):
        return said
    if letter:
        fail(f"a letter takes send or decline, not {choice}", f"try `mailflow decide {item} send`")
    if said in {"send", "decline"}:
        fail(f"{item} is a question, not a letter", f"answer {', '.join(_ANSWERS)}, or the order that is meant")
    return the_order(tx, choice)


def set_(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="Our own order number.")],
    milestone: Annotated[
        str, typer.Argument(metavar="MILESTONE", help="A milestone, or `told` for the date agreed with the customer.")
    ],
    day: Annotated[
        str, typer.Argument(metavar="DATE", help="YYYY-MM-DD; today for what has happened, if left out.")
    ] = "",
    done: Annotated[bool, typer.Option("--done", help="It has happened; otherwise DATE is the promise.")] = False,
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Enter a date by hand: a promise, with --done what has happened, or what the customer has been told.

    Milestones: acknowledged (always what has happened), material, sample, production, inspection, ship, arrive,
    receive, payment, and those that the playbook names; a part stands behind a point.

    Examples: mailflow set PO26-04871 ship 2026-12-05 --why "by telephone" · mailflow set PO26-04871 acknowledged ·
    mailflow set SO26-1100 told 2026-12-20 · mailflow set SO26-1100 payment.deposit 2026-11-20 --done
    """
    desk = open_desk(config)
    milestone = _milestone(desk, milestone.lower())
    with desk.store.look() as tx:
        order = the_order(tx, order)
        kept = tx.views.orders([order])[order].order
    if milestone == steer.TOLD and kept.kind is not OrderKind.SALES:
        sales = f"{kept.linked_order}, the sales order that it serves" if kept.linked_order else "the sales order"
        fail(f"{order} is a purchase order, of which no customer is told", f"name {sales}")
    happened = done or milestone == Milestone.ACKNOWLEDGED
    on = _day(day, milestone, desk.today(), happened=happened)
    recorded = steer.set_date(
        desk.store,
        order,
        milestone,
        on,
        done=happened,
        who=whoever(who),
        why=why,
        now=desk.clock.now(),
        stages=(milestone, *Milestone),
    )
    _tell(desk, recorded)


def _milestone(desk: Desk, said: str) -> str:
    """Return the milestone that is meant; ends the command where it is none."""
    name, part = place(said)
    if said in {*Milestone, steer.TOLD}:
        return said
    if part and name in {*desk.stages, DOCUMENTS}:
        return said
    known = [*desk.stages, steer.TOLD]
    return one_of(said, known, "milestone", f"known: {', '.join(known)}")


def _day(text: str, milestone: str, today: date, *, happened: bool) -> date:
    """Return the day that is meant; ends the command where it cannot be."""
    if not text and not happened:
        fail(f"{milestone} wants a day", "write it as YYYY-MM-DD, such as 2026-12-01")
    on = as_day(text) if text else today
    if happened and on > today:
        fail(f"{on} is still to come", f"nothing has happened then; leave --done out if {milestone} is promised")
    return on


def pause(
    subject: Annotated[str, typer.Argument(metavar="ORDER|PARTY", help="An order, or a party (also its short name).")],
    until: Annotated[str, typer.Option(metavar="DATE", help="The day on which it goes on, YYYY-MM-DD.")] = "",
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Chase nothing for an order or a party for the time being.

    Example: mailflow pause PO26-04871 --until 2026-12-15 --why "customer considers"
    """
    desk = open_desk(config)
    day = as_day(until) if until else None
    if day is not None and day <= desk.today():
        fail(f"{day} is not to come", "name the day on which it goes on, or leave --until out")
    with desk.store.look() as tx:
        subject = the_subject(tx, subject)
    _tell(desk, steer.pause(desk.store, subject, day, who=whoever(who), why=why, now=desk.clock.now()))


def resume(
    subject: Annotated[str, typer.Argument(metavar="ORDER|PARTY", help="An order, or a party (also its short name).")],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Take a pause back.

    Example: mailflow resume PO26-04871
    """
    desk = open_desk(config)
    with desk.store.look() as tx:
        subject = the_subject(tx, subject)
    _tell(desk, steer.resume(desk.store, subject, who=whoever(who), why=why, now=desk.clock.now()))


def stop_writing(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The e-mail address that gets nothing more.")],
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Never write to an address again.

    Example: mailflow stop-writing old.contact@hengtai.example --why "left the company"
    """
    desk = open_desk(config)
    recorded = steer.stop_writing(desk.store, address, who=whoever(who), why=why, now=desk.clock.now())
    out = _tell(desk, recorded)
    with desk.store.look() as tx:
        contacts = [contact for state in tx.views.parties().values() for contact in state.party.contacts]
    if address.lower() not in {contact.email.lower() for contact in contacts}:
        line(out, f"No party of the book has the address {address}; is it spelt right?", style="yellow")


def go_live(
    party: Annotated[str, typer.Argument(metavar="PARTY|all", help="A party's name or short name, or `all`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
    why: Why = BY_HAND,
    who: Who = "",
    config: Config = None,
) -> None:
    """Switch a quiet party on, after showing what it would be sent now.

    Example: mailflow go-live "Hengtai Garment"
    """
    desk = open_desk(config)
    out, actor = console(), whoever(who)
    with desk.store.look() as tx:
        if party != "all":
            party = the_party(tx, party)
    names, letters, held = desk.preview_live(party, desk.clock.now())
    if not names:
        line(out, "Nobody is quiet: nothing to switch on." if party == "all" else f"{party} is switched on already.")
        return
    line(out, f"Quiet until now: {', '.join(names)}.")
    if letters:
        print_letters(out, "What they would be sent now", letters)
    else:
        line(out, "They would be sent nothing now.")
    _tell_held(out, held)
    if not yes and not _agreed():
        line(out, "Nothing was changed.")
        raise typer.Exit(1)
    _tell(desk, steer.go_live(desk.store, party, who=actor, why=why, now=desk.clock.now()))


def _tell_held(out: Console, held: Sequence[Held]) -> None:
    for reason, count in Counter(one.reason for one in held).most_common():
        line(out, f"held back: {count} × {reason}", style="dim")


def _agreed() -> bool:
    """Ask a person; where nobody can answer, the command ends."""
    try:
        return input("Switch on? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        fail("nobody is there to ask", "add --yes")
