"""What a round did, for people."""

from collections import Counter

from rich.console import Console

from mailflow.cli.letters import print_letters
from mailflow.cli.screen import line
from mailflow.cli.wording import sentence
from mailflow.core.orders.events import MailRead, Recorded
from mailflow.daemon import RoundReport
from mailflow.jobs.delivered import DeliverReport
from mailflow.jobs.file_letters import FileReport
from mailflow.jobs.steering_done import WouldSteer

_MOST_TOLD = 20  # of what one mail would lead to in shadow mode


def print_round(out: Console, report: RoundReport, *, shadow: bool) -> None:
    """Print what came in and what follows from it, what is planned, what went out; in shadow mode what would."""
    mails = sum(batch.mails for batch in report.read)
    line(out, (f"{report.received} mail{'' if report.received == 1 else 's'} received, {mails} read", "bold"))
    for batch in report.read:
        for recorded in batch.recorded:
            _tell(out, recorded)
        for would in batch.would:
            _tell_would(out, would)
    _print_planned(out, report, shadow)
    for number, reason in report.looked.withdrawn:
        line(out, f"L{number} {'would be' if shadow else 'was'} withdrawn: {reason}")
    for delivered in report.delivered:
        _print_delivered(out, delivered)
    for filed in report.filed:
        _print_filed(out, filed)
    for account, fault in report.faults.items():
        line(out, f"{account}: {fault}", style="red")
    if report.faults:
        line(out, "Nothing new goes outside: the answer may lie in a mailbox that was not heard.", style="red")
    if shadow:
        line(out, "Shadow: nothing was sent, and no mailbox was changed.", style="bold")


def _tell(out: Console, recorded: Recorded) -> None:
    """Print what was read in a mail, and below it what was entered and asked, with the words that say so."""
    event = recorded.event
    if isinstance(event, MailRead):
        line(out, sentence(event), indent=2)
        return
    line(out, sentence(event), indent=4)
    proof = getattr(event, "proof", None)
    words = proof.words if proof else getattr(event, "words", "")
    if words:
        line(out, (f"“{words}”", "italic green"), indent=6)


def _tell_would(out: Console, would: WouldSteer) -> None:
    """Print what a person's mail would have led to, were this no shadow."""
    said = f"“{would.words}”" if would.words else "a mail"
    if would.asks:
        line(out, f"{would.person} would be asked whether {said} is theirs", indent=2)
        return
    line(out, f"{would.person} would be answered; {said} would lead to:", indent=2)
    told = [sentence(event) for event in would.events]
    told += [f"L{letter} goes out" for letter in would.send]
    told += [f"L{letter} is not sent" for letter in would.stop]
    told += [f"{order} is chased" for order in would.chase]
    for text in told[:_MOST_TOLD] or ["nothing"]:
        line(out, text, indent=4)
    if len(told) > _MOST_TOLD:
        line(out, f"… and {len(told) - _MOST_TOLD} more", indent=4)


def _print_planned(out: Console, report: RoundReport, shadow: bool) -> None:
    planned = [letter for _, letter in report.followed.planned]
    if planned:
        print_letters(out, "Would be written" if shadow else "Planned", planned)
    else:
        line(out, "No letter is due.")
    for reason, count in Counter(held.reason for held in report.followed.held).most_common():
        line(out, f"held back: {count} × {reason}", style="dim")


def _print_delivered(out: Console, delivered: DeliverReport) -> None:
    if delivered.would:
        line(out, f"Would be looked at again and sent or drafted: {', '.join(f'L{one}' for one in delivered.would)}")
    counts = {name: count for name, count in delivered.counts().items() if count}
    if counts:
        line(out, f"Letters: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    for trouble in (delivered.stopped, delivered.unreachable):
        if trouble:
            line(out, trouble, style="red")


def _print_filed(out: Console, filed: FileReport) -> None:
    if filed.drafted or filed.copied:
        line(out, f"Filed: {len(filed.drafted)} drafts in Drafts, {len(filed.copied)} copies in Sent")
    for number, problem in filed.problems.items():
        line(out, f"L{number} could not be filed: {problem}", style="red")
