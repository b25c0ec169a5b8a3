"""One order from every side (`show`), and where each status comes from (`why`)."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from mailflow.cli.common import Config, fail, nearest, open_desk
from mailflow.cli.documents import tell_documents
from mailflow.cli.history import moment, source, tell
from mailflow.cli.look import notes
from mailflow.cli.mail import tell_letter, tell_mail
from mailflow.cli.names import the_order
from mailflow.cli.reasons import reasons
from mailflow.cli.review import WAITING, tell_question, tell_waiting
from mailflow.cli.screen import Words, console, fixed, free, line, table
from mailflow.cli.wording import amount, basis_text, sentence
from mailflow.core.orders.events import Recorded
from mailflow.core.orders.model import Milestone, OrderKind, place
from mailflow.core.orders.state import Lot, OrderState, PartyState
from mailflow.jobs.ports import Transaction
from mailflow.wiring.desk import Desk


def show(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="Our own order number.")], config: Config = None
) -> None:
    """Show one order: milestones with plan, promise and actual, what waits, and its history with the quoted words.

    Example: mailflow show PO26-04871
    """
    desk = open_desk(config)
    out = console()
    with desk.store.look() as tx:
        number = the_order(tx, order)
        linked, parties = tx.views.linked([number]), tx.views.parties()
        questions = [state for state in tx.views.reviews().values() if number in state.opened.orders]
        letters = [letter for letter in tx.outbox.letters(WAITING) if number in letter.planned.orders]
        history = tx.ledger.history(number)
    state = linked.pop(number)
    party = parties.get(state.order.party)
    _tell_head(out, desk, state, party, sorted(linked))
    _tell_milestones(out, desk, state, party)
    if state.papers:
        tell_documents(out, state)
    if questions:
        line(out, "Open questions", style="bold")
    for question in questions:
        tell_question(out, desk, question)
    if letters:
        line(out, "Letters that wait", style="bold")
    for letter in letters:
        tell_waiting(out, desk, letter)
    line(out, "History", style="bold")
    tell(out, history, desk.zone, number)


def _tell_head(out: Console, desk: Desk, state: OrderState, party: PartyState | None, linked: Sequence[str]) -> None:
    o = state.order
    line(out, (o.number, "bold"), f"  {o.kind} order, {o.party}", ("" if _live(party) else "  (quiet)", "yellow"))
    due = f"due {o.due_date} {basis_text(o.date_basis)}" if o.due_date else "no due date"
    ways = " → ".join(part for part in (o.port, o.destination_port or o.destination_country) if part)
    served = "serves" if o.kind is OrderKind.PURCHASE else "served by"
    facts = (
        (o.style, o.product or o.description, amount(o.quantity, o.unit)),
        (f"ordered {o.order_date}" if o.order_date else "", due, o.ship_mode, ways),
        (_named("customer's number", o.customer_ref), _named("supplier's number", o.supplier_ref)),
        (_named(served, ", ".join(linked)), _named("merchandiser", o.merchandiser)),
        (_named("the customer has been told", str(state.told or "")),),
    )
    for some in facts:
        if any(some):
            line(out, " · ".join(fact for fact in some if fact), indent=2)
    if found := notes(state, desk.today()):
        line(out, ", ".join(found), indent=2, style="yellow")


def _live(party: PartyState | None) -> bool:
    return party is not None and party.live


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""


def _tell_milestones(out: Console, desk: Desk, state: OrderState, party: PartyState | None) -> None:
    rows: list[Sequence[Words]] = []
    for milestone in _stages(desk, state):
        plan = desk.planned(state, party, milestone)
        lots = [lot for lot in state.lots if lot.milestone == milestone]
        if milestone == Milestone.ACKNOWLEDGED and not lots and state.acknowledged:
            lots = [Lot(milestone, actual=state.acknowledged)]
        if not lots and plan is not None:
            lots = [Lot(milestone)]
        for lot in lots:
            promise = (str(lot.promise or ""), "red" if plan and lot.promise and lot.promise > plan else "")
            days = (str(plan or ""), promise, str(lot.actual or ""))
            rows.append((str(milestone), lot.part, *days, basis_text(lot.basis), ", ".join(lot.refs)))
    headings = ("Milestone", "Lot", "Plan", "Promise", "Actual")
    columns = (*(fixed(heading) for heading in headings), free("Date is"), free("References"))
    table(out, "Milestones", columns, rows)


def _stages(desk: Desk, state: OrderState) -> list[str]:
    """Return the milestones to show: the nine, and what else the playbook plans or anybody has entered."""
    entered = [lot.milestone for lot in state.lots]
    named = [name for name in desk.stages if not place(name)[1]]
    return list(dict.fromkeys((*Milestone, *(name for name in named if desk.planned(state, None, name)), *entered)))


def why(
    subject: Annotated[
        str, typer.Argument(metavar="ORDER|MESSAGE-ID", help="An order, or the Message-ID of a mail (ours too).")
    ],
    config: Config = None,
) -> None:
    """Say which sentence of which mail each status of an order rests on, or what became of a mail.

    Examples: mailflow why PO26-04871 · mailflow why "<20261118.1022@hengtai.example>"
    """
    desk = open_desk(config)
    out = console()
    with desk.store.look() as tx:
        state = tx.views.orders([subject]).get(subject)
        if state is not None:
            _tell_reasons(out, desk, state, tx.ledger.history(subject))
        elif not _tell_of_mails(out, desk, tx, subject):
            guess = nearest(subject, tx.views.orders())
            known = "give an order's number, or the Message-ID header of a mail that we received or sent"
            fail(f"nothing is known of {subject}", f"did you mean {guess}? {known}" if guess else known)


def _tell_of_mails(out: Console, desk: Desk, tx: Transaction, message_id: str) -> bool:
    forms = dict.fromkeys((message_id, f"<{message_id.strip('<> ')}>"))
    mails = dict.fromkeys(mail for form in forms for mail in tx.mails.find(form))
    letters = tx.outbox.by_message_id(list(forms))
    for letter in letters:
        tell_letter(out, desk, letter)
    for mail in mails:
        tell_mail(out, desk, tx, mail)
    return bool(mails or letters)


def _tell_reasons(out: Console, desk: Desk, state: OrderState, history: Sequence[Recorded]) -> None:
    line(out, (state.order.number, "bold"), f"  {state.order.party}")
    for reason in reasons(state, history):
        line(out, (reason.status, "bold"), indent=2)
        if reason.rests_on is not None:
            tell_ground(out, desk, reason.rests_on)
        for earlier in reason.before:
            line(out, f"before: {sentence(earlier.event, state.order.number)}", indent=4, style="dim")


def tell_ground(out: Console, desk: Desk, recorded: Recorded) -> None:
    """Print what a status rests on: the words of a mail, a file, or a person."""
    proof = getattr(recorded.event, "proof", None)
    if proof is not None:
        line(out, (f"“{proof.words}”", "italic green"), indent=4)
        source(out, proof, desk.zone, 4)
    file = getattr(recorded.event, "source", "")
    who = "" if recorded.actor == "mailflow" else f"by {recorded.actor}"
    said = ", ".join(part for part in (f"from {file}" if file else "", who, recorded.why) if part)
    if said or proof is None:
        line(out, f"{moment(recorded.at, desk.zone)}  {said or sentence(recorded.event)}", indent=4, style="dim")
