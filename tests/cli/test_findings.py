"""`mailflow check`: one line a finding, and well only when everything is."""

import io
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from mailflow.cli.findings import Trials, check_all
from mailflow.core.problems import Finding, Problem
from mailflow.settings import Settings

GOOD = Settings.model_validate(
    {
        "company": "C",
        "timezone": "UTC",
        "accounts": {
            name: {"address": f"{name}@c.example", "imap": {"host": "h", "password": "p"}, "smtp": {"host": "h"}}
            for name in ("one", "two")
        },
    }
)


def check(
    settings: Settings | None = GOOD,
    faults: Sequence[Problem] = (),
    rules: Sequence[Problem] = (),
    imap: Sequence[Finding] = (Finding(True, "logged in"),),
    database: Sequence[Finding] = (Finding(True, "is reached"),),
) -> tuple[bool, list[str]]:
    out = io.StringIO()
    trials = Trials(imap=lambda _: imap, smtp=lambda _: [Finding(True, "answers")], database=lambda: database)
    path = Path("mailflow.yaml")
    well = check_all(Console(file=out, width=200), path, settings, faults, lambda _: rules, trials)
    return well, out.getvalue().splitlines()


def test_all_is_well() -> None:
    well, lines = check()
    assert well
    assert lines == [
        "✓ settings mailflow.yaml",
        "✓ rules rules and templates templates",
        "✓ one imap: logged in",
        "✓ one smtp: answers",
        "✓ two imap: logged in",
        "✓ two smtp: answers",
        "✓ database: is reached",
    ]


def test_a_warning_is_shown_and_is_no_fault() -> None:
    well, lines = check(faults=[Problem("secrets/x", 0, "is open to all", "chmod 600", warning=True)])
    assert well
    assert lines[1] == "! secrets/x: is open to all; chmod 600"


def test_each_kind_of_fault_spoils_it_and_stops_nothing() -> None:
    well, lines = check(rules=[Problem("rules/playbook.yaml", 3, "unknown key 'stpes'", "did you mean 'steps'?")])
    assert not well
    assert "✗ rules/playbook.yaml:3: unknown key 'stpes'; did you mean 'steps'?" in lines
    assert lines[-1] == "✓ database: is reached"
    well, lines = check(imap=[Finding(True, "logged in"), Finding(False, "no folder", "make it")])
    assert not well
    assert "✗ two imap: no folder; make it" in lines
    assert not check(database=[Finding(False, "gone")])[0]


def test_without_settings_nothing_is_tried() -> None:
    well, lines = check(settings=None, faults=[Problem("mailflow.yaml", 2, "'company' is missing", "add it")])
    assert not well
    assert lines == ["✗ mailflow.yaml:2: 'company' is missing; add it"]
