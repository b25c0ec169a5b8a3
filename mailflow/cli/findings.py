"""What `mailflow check` found: every fault of the configuration, and how each trial went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from mailflow.cli.screen import line
from mailflow.core.problems import Finding, Problem, errors
from mailflow.settings import Account, MailboxAccount, Settings

CheckRules = Callable[[Settings], Sequence[Problem]]


@dataclass(frozen=True, slots=True)
class Trials:
    """What reaches out: each logs in and looks, and changes nothing. A trial never raises."""

    imap: Callable[[MailboxAccount], Sequence[Finding]]
    smtp: Callable[[Account], Sequence[Finding]]
    database: Callable[[], Sequence[Finding]]


def check_all(
    out: Console,
    path: Path,
    settings: Settings | None,
    faults: Sequence[Problem],
    check_rules: CheckRules,
    trials: Trials | None,
) -> bool:
    """Print one line a finding and tell whether all is well; without `trials` nothing is reached for."""
    well = _told(out, f"settings {path}", faults)
    if settings is None:
        return False
    well = _told(out, f"rules {settings.rules} and templates {settings.templates}", check_rules(settings)) and well
    if trials is None:
        return well
    for account in settings.accounts.values():
        for kind, finding in (("imap", trials.imap), ("smtp", trials.smtp)):
            well = _tried(out, f"{account.name} {kind}", finding(account)) and well
    for watched in settings.watched.values():
        well = _tried(out, f"{watched.name} imap", trials.imap(watched)) and well
    return _tried(out, "database", trials.database()) and well


def _told(out: Console, subject: str, problems: Sequence[Problem]) -> bool:
    bad = errors(problems)
    if not bad:
        _line(out, True, subject)
    for problem in problems:
        _line(out, False, str(problem), warning=problem.warning)
    return not bad


def _tried(out: Console, subject: str, findings: Sequence[Finding]) -> bool:
    for finding in findings:
        cure = f"; {finding.cure}" if finding.cure else ""
        _line(out, finding.ok, f"{subject}: {finding.what}{cure}")
    return all(finding.ok for finding in findings)


def _line(out: Console, ok: bool, text: str, warning: bool = False) -> None:
    sign, style = ("✓", "green") if ok else ("!", "yellow") if warning else ("✗", "red")
    line(out, (sign, style), " ", text, broken=False)
