"""What a round did, for people."""

from rich.console import Console
from rich.table import Table

from mailflow.core.orders.events import MailRead
from mailflow.daemon import RoundReport


def print_round(out: Console, report: RoundReport, *, shadow: bool) -> None:
    """Print what came in, what was planned, what went out; in shadow mode what would have."""
    out.print(f"received {report.received}, read {sum(batch.mails for batch in report.read)} mails")
    for batch in report.read:
        for recorded in batch.recorded:
            if isinstance(recorded.event, MailRead):
                read = recorded.event
                out.print(
                    f"  mail {read.mail}: {read.disposition}, {', '.join(read.orders) or 'no order'}", style="dim"
                )
    planned = report.followed.planned
    if planned:
        table = Table("Letter", "To", "Orders", "Mode", "Why", title="Would be planned" if shadow else "Planned")
        for _, letter in planned:
            to = ", ".join(address.email for address in letter.to)
            table.add_row(letter.template, to, ", ".join(letter.orders), letter.mode, letter.why)
        out.print(table)
    for delivered in report.delivered:
        counts = {name: count for name, count in delivered.counts().items() if count}
        out.print(f"letters: {', '.join(f'{count} {name}' for name, count in counts.items()) or 'none to send'}")
    for filed in report.filed:
        if filed.drafted or filed.copied:
            out.print(f"filed {len(filed.drafted)} drafts in Drafts, {len(filed.copied)} copies in Sent")
        for number, problem in filed.problems.items():
            out.print(f"L{number} could not be filed: {problem}", style="red")
    for account, fault in report.faults.items():
        out.print(f"{account}: {fault}", style="red")
