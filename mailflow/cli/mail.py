"""What became of one mail, whether somebody wrote it to us or we wrote it."""

from rich.console import Console

from mailflow.cli.history import moment, tell
from mailflow.cli.review import subject_of, tell_question
from mailflow.cli.screen import line
from mailflow.cli.wording import letter_name
from mailflow.core.letters.model import OutboxLetter
from mailflow.core.mails import MailState
from mailflow.core.orders.events import MailRead, ReviewOpened
from mailflow.jobs.ports import Transaction
from mailflow.wiring.desk import Desk

_STATES = {
    MailState.STORED: "received and not read yet; `mailflow once` or the running service reads it",
    MailState.READ: "read",
    MailState.ASIDE: "could not be read and was set aside",
    MailState.REPEATED: "the same mail as one that we had already",
    MailState.SKIPPED: "too big to be fetched; look at it in the mailbox",
}


def tell_mail(out: Console, desk: Desk, tx: Transaction, number: int) -> None:
    """Print what was read in a mail, what was entered, what a person was asked and how that was settled."""
    mail = tx.mails.get(number)
    if mail is None:
        return
    reason = f": {mail.reason}" if mail.reason else ""
    line(out, (f"mail {number}", "bold"), f"  {mail.message_id}  {moment(mail.received_at, desk.zone)}")
    line(out, f"{_STATES[mail.state]}{reason}", indent=2)
    events = tx.ledger.of_mail(number)
    for read in (one.event for one in events if isinstance(one.event, MailRead)):
        party = f" of {read.party}" if read.party else ", who is nobody's contact"
        line(out, f"from {read.sender}{party}: “{read.subject}”", indent=2)
        line(out, f"about {', '.join(read.orders) or 'no order'}", indent=2)
    reviews = tx.views.reviews(decided=True)
    tell(out, [one for one in events if not isinstance(one.event, MailRead | ReviewOpened)], desk.zone, sources=False)
    for asked in (one.event for one in events if isinstance(one.event, ReviewOpened)):
        tell_question(out, desk, reviews[asked.item])


def tell_letter(out: Console, desk: Desk, letter: OutboxLetter) -> None:
    """Print why a letter of ours was written and where it stands."""
    planned = letter.planned
    line(out, (f"L{letter.id} {letter_name(planned.template)}", "bold"), f"  {moment(letter.created_at, desk.zone)}")
    line(out, f"to {', '.join(address.email for address in planned.to)}: “{subject_of(letter)}”", indent=2)
    line(out, f"about {', '.join(planned.orders) or 'no order'}; written because {planned.why}", indent=2)
    sent = f" {moment(letter.sent_at, desk.zone)}" if letter.sent_at else ""
    line(out, f"{letter.state.value}{sent}" + (f": {letter.reply}" if letter.reply else ""), indent=2)
