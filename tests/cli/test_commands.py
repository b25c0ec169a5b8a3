"""Every command is there, explains itself, and stands in the documents; an undocumented one fails here."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailflow.cli import COMMANDS, build_app
from tests.cli.commands_page import commands, page

ROOT = Path(__file__).parents[2]
NAMES = [name for _, name, _ in COMMANDS]


def test_the_page_of_commands_says_what_the_commands_say(refresh_golden: bool) -> None:
    path = ROOT / "docs" / "commands.md"
    if refresh_golden:
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page(), "refresh it: pytest tests/cli --refresh-golden"


@pytest.mark.parametrize("name", NAMES)
def test_a_command_explains_itself_with_an_example(name: str) -> None:
    command = commands()[name]
    examples = re.findall(rf"mailflow {name}\b", (command.help or "").partition("Example")[2])
    assert examples, f"the help of {name} has no example"
    undocumented = [one.name for one in command.params if not getattr(one, "help", "")]
    assert undocumented == [], f"{name}: these have no help"
    section = page().split(f"### {name}\n")[1].split("\n### ")[0]
    for param in command.params:
        written = param.opts[0] if param.opts[0].startswith("-") else getattr(param, "metavar", None) or param.opts[0]
        assert written.lower() in section.lower(), f"docs/commands.md tells nothing of {written} of {name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_command_alone_is_the_same_as_among_all(name: str) -> None:
    alone = CliRunner().invoke(build_app(name), [name, "--help"], env={"COLUMNS": "100"})
    among = CliRunner().invoke(build_app(), [name, "--help"], env={"COLUMNS": "100"})
    assert alone.exit_code == among.exit_code == 0
    assert f"mailflow {name}" in alone.output
    assert alone.output == among.output


def test_the_readme_shows_the_commands_of_a_day_and_leads_to_the_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "docs/commands.md" in readme
    for name in ("demo", "init", "check", "import", "go-live", "once", "run", "review", "decide", "show"):
        assert re.search(rf"(mailflow|make) {name}\b", readme), f"README.md does not show {name}"
    named = set(re.findall(r"(?:`|bin/)mailflow ([a-z][a-z-]+)", readme))
    assert named <= set(NAMES), "README.md names a command that is none"


def test_a_slip_in_a_command_is_told_with_the_right_one() -> None:
    done = CliRunner().invoke(build_app("ordrs"), ["ordrs"])
    assert done.exit_code == 2
    assert "orders" in done.output
