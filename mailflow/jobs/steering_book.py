"""An order book that one of our people mails: compared with the ledger, entered or asked about, and answered."""

from collections.abc import Callable
from dataclasses import dataclass

from mailflow.core.order_book.mapping import BookRules
from mailflow.core.orders.by_hand import Steered, SteeringUndone
from mailflow.core.steering.act import Heard
from mailflow.core.steering.authority import Standing
from mailflow.core.steering.book_answer import answer_of
from mailflow.core.steering.books import Compared, MailedBook, Plan, agreement, planned, with_owner
from mailflow.core.steering.model import BookAnswer, SteerLine
from mailflow.core.steering.obey import Floor
from mailflow.jobs.order_book import BesideLedger, beside_ledger
from mailflow.jobs.ports import Transaction

ReadBook = Callable[[bytes], MailedBook | None]
"""Port: a mail's bytes → the order book that it brings along, None where it brings none."""


@dataclass(frozen=True, slots=True)
class Books:
    """How order books are read; `mapping` says which heading is which field."""

    read: ReadBook
    mapping: BookRules


def hear_book(tx: Transaction, books: Books, mailed: MailedBook, heard: Heard, floor: Floor) -> None:
    """Gather in `floor.out` what a mailed book comes to; what its sender cannot prove to have sent waits whole."""
    found, out, rules = heard.authority, floor.out, floor.rules.book
    if rules.managers_only and not floor.person.manager:
        out.fail("managers_only", text=mailed.file)
        return
    if found.standing is Standing.ASK and found.says == "ask_doubt":
        out.confirm += [SteerLine("ask_doubt"), SteerLine("wanted_book")]
        return
    plan, beside = _compared(tx, mailed, floor)
    if found.standing is not Standing.OBEY:
        plan = plan.waiting(SteerLine("book_proof"))
    elif heard.said.doubtful:
        plan = plan.waiting(SteerLine("book_doubtful"))
    _answer(plan, beside, mailed, books, floor)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A yes: to what was asked, in which letter, about the book of which mail."""

    asked: BookAnswer
    letter: int
    mail: int


def agree_to_book(tx: Transaction, books: Books, mailed: MailedBook, agreed: Agreed, floor: Floor) -> None:
    """Enter what a person was asked about and has said yes to; what has moved since is asked again."""
    events = [one.event for one in floor.record.of_mail(agreed.mail)]
    if any(isinstance(event, SteeringUndone) for event in events):
        floor.out.fail("book_undone")
        return
    if any(isinstance(event, Steered) and event.letter == agreed.letter for event in events):
        floor.out.fail("done_already")
        return
    plan, beside = _compared(tx, mailed, floor)
    whole = plan.at_once()
    if agreement(whole.events(waits=False)) != agreed.asked.agreed:
        whole = plan.waiting(SteerLine("book_moved"))
    _answer(whole, beside, mailed, books, floor)


def _compared(tx: Transaction, mailed: MailedBook, floor: Floor) -> tuple[Plan, BesideLedger]:
    book = with_owner(mailed.book, floor.person.email, tx.views.orders())
    found = beside_ledger(tx, book, floor.record.today())
    compared = Compared(found.settled, found.comparison, found.orders, lambda owner: _decides(owner, floor))
    return planned(compared, mailed.file, floor.rules.book), found


def _decides(owner: str, floor: Floor) -> bool:
    return floor.rules.answers.others_orders or floor.house.decides_for(floor.person, owner)


def _answer(plan: Plan, beside: BesideLedger, mailed: MailedBook, books: Books, floor: Floor) -> None:
    out, waits = floor.out, plan.events(waits=True)
    problems = (*mailed.unreadable, *mailed.book.problems, *beside.comparison.problems)
    most, agreed = floor.rules.book.shown, agreement(waits) if waits else ""
    same = beside.comparison.same
    out.book = answer_of(mailed, plan, problems, same, beside.orders, books.mapping, most, agreed)
    out.events += plan.events(waits=False)
    out.told += plan.notes
    out.confirm += plan.reasons if waits else ()
