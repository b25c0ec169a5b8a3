"""`mailflow review`: what waits for a person, with the words of the mails that it is about."""

from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from itertools import chain, groupby

from rich.console import Console

from mailflow.cli.common import Config, open_desk
from mailflow.cli.history import moment
from mailflow.cli.screen import console, line
from mailflow.cli.wording import letter_name, reason, sentence
from mailflow.core.letters.model import LetterState, OutboxLetter
from mailflow.core.orders.codec import decode_event
from mailflow.core.orders.events import MailRead
from mailflow.core.orders.state import ReviewState
from mailflow.jobs.ports import Transaction
from mailflow.wiring.desk import Desk

WAITING = (LetterState.DRAFTED, LetterState.HELD)
_WAITS = {LetterState.DRAFTED: "a draft: send it from Drafts", LetterState.HELD: "held"}


def review(config: Config = None) -> None:
    """List what waits for a person: open questions (R…) with the words they are about, and letters (L…).

    Settle them with `mailflow decide`; a draft may also be sent from the Drafts folder of the mailbox.

    Example: mailflow review
    """
    desk = open_desk(config)
    out = console()
    with desk.store.look() as tx:
        questions, letters = tx.views.reviews(), tx.outbox.letters(WAITING)
        mails = _mails(tx, questions)
    told_below = {f"L{letter.id}" for letter in letters}
    asked = [state for item, state in questions.items() if item not in told_below]
    _tell_questions(out, desk, sorted(asked, key=lambda one: (one.opened_at, one.opened.mail or 0)), mails)
    if letters:
        line(out, f"{len(letters)} letter{'s' if len(letters) > 1 else ''} waiting", style="bold")
    for letter in letters:
        tell_waiting(out, desk, letter)
    if asked or letters:
        line(out, "Settle: mailflow decide R… yes|no|seen|ORDER, mailflow decide L… send|decline", style="dim")
    else:
        line(out, "Nothing waits for a person.")


def _tell_questions(out: Console, desk: Desk, asked: Sequence[ReviewState], mails: Mapping[int, MailRead]) -> None:
    """Print the questions, those about one mail below that mail."""
    if asked:
        line(out, f"{len(asked)} open question{'s' if len(asked) > 1 else ''}", style="bold")
    for number, states in groupby(asked, key=lambda one: one.opened.mail):
        if mail := mails.get(number or 0):
            line(out, f"{mail.sender}, “{mail.subject}”  {mail.message_id}", style="dim")
        for state in states:
            tell_question(out, desk, state)


def _mails(tx: Transaction, questions: Mapping[str, ReviewState]) -> dict[int, MailRead]:
    """Return what was read of the mails that questions are about."""
    numbers = {state.opened.mail for state in questions.values() if state.opened.mail}
    events = chain.from_iterable(tx.ledger.of_mail(number) for number in numbers)
    return {one.event.mail: one.event for one in events if isinstance(one.event, MailRead)}


def tell_question(out: Console, desk: Desk, state: ReviewState) -> None:
    """Print a question: what is asked about which words, which orders it may be about, what a yes would enter."""
    opened = state.opened
    about = ", ".join(part for part in (*opened.orders, opened.party) if part)
    when = moment(state.opened_at, desk.zone)
    line(out, (about, "bold"), (f"  {when}" if about else when, "dim"), lead=(f"{opened.item:7} ", "bold"))
    line(out, opened.question, indent=8)
    if opened.words:
        line(out, (f"“{opened.words}”", "italic green"), indent=8)
    if set(opened.candidates) - set(opened.orders):
        line(out, f"could be: {', '.join(opened.candidates)}", indent=8)
    for text in opened.proposed:
        line(out, f"yes enters: {sentence(decode_event(text))}", indent=8)
    if state.choice is not None:
        line(out, f"settled: {state.choice}, by {state.decided_by}", indent=8, style="cyan")


def tell_waiting(out: Console, desk: Desk, letter: OutboxLetter) -> None:
    """Print a letter that waits: its subject, whom it goes to, why it is written and why it waits."""
    planned = letter.planned
    waits = _WAITS.get(letter.state, letter.state.value)
    name = f"{', '.join(planned.orders)} {letter_name(planned.template)}".strip()
    when = moment(letter.created_at, desk.zone)
    line(out, (name, "bold"), (f"  {when}", "dim"), lead=(f"{f'L{letter.id}':7} ", "bold"))
    line(out, f"to {', '.join(address.email for address in planned.to)}", indent=8)
    if subject := subject_of(letter):
        line(out, f"“{subject}”", indent=8)
    line(out, reason(planned.why), indent=8)
    line(out, f"{waits}; {letter.reply}" if letter.reply else waits, indent=8, style="yellow")


def subject_of(letter: OutboxLetter) -> str:
    """Return a letter's subject; nothing before it has been written."""
    if letter.envelope is None:
        return ""
    return str(message_from_bytes(letter.envelope.raw, policy=policy.default)["Subject"] or "")
