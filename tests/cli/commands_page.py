"""docs/commands.md as the commands themselves tell it: what each does, its arguments and options, an example."""

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from mailflow.cli import COMMANDS, build_app

HEAD = """\
# Commands
What `mailflow --help` and `mailflow COMMAND --help` say, on one page; a test keeps it so
(`pytest tests/cli --refresh-golden` writes it anew).

- Settings are those of `--config`, else of `MAILFLOW_CONFIG`, else `mailflow.yaml` in the current folder.
- The exit status is 0 when all went well, 1 when something stood in the way (each told in a line, as
  `file:line: what; what to do`), 2 for a command that cannot be understood, 130 after Ctrl-C.
- Tables are as wide as the terminal; into a pipe or a file lines are never broken (`COLUMNS` sets another width).
  Colours are for terminals alone, and none with `NO_COLOR`.
- Everything that comes from mails and order books is shown with `�` in place of what a terminal would obey.
- Acting by hand is recorded with who (`--who`, else the user of the computer) and why (`--why`).
"""


def commands() -> dict[str, TyperCommand]:
    """Return every command by its name."""
    group = typer.main.get_command(build_app())
    assert isinstance(group, TyperGroup)
    return {name: command for name, command in group.commands.items() if isinstance(command, TyperCommand)}


def page() -> str:
    """Return the page."""
    known, parts, heading = commands(), [HEAD], ""
    for under, name, _ in COMMANDS:
        if under != heading:
            heading = under
            parts.append(f"## {heading}\n")
        parts.append(_section(name, known[name]))
    return "\n".join(parts)


def _section(name: str, command: TyperCommand) -> str:
    arguments = [one for one in command.params if isinstance(one, TyperArgument)]
    options = [one for one in command.params if isinstance(one, TyperOption)]
    usage = " ".join([f"mailflow {name}", *map(_written, arguments), *(["[OPTIONS]"] if options else [])])
    text = (command.help or "").replace("Examples: ", "Example: ")
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    said = [part for part in paragraphs if not part.startswith("Example: ")]
    examples = [one for part in paragraphs if part not in said for one in part.removeprefix("Example: ").split(" · ")]
    rows = [(_written(one), one.help or "") for one in arguments] + [(_names(one), one.help or "") for one in options]
    table = [f"| `{names}` | {_cell(told)} |" for names, told in rows]
    shown = ["```", *examples, "```"]
    lines = [f"### {name}", f"`{usage}`", "", "\n\n".join(said), "", *shown, "", "| | |", "|---|---|", *table, ""]
    return "\n".join(lines)


def _written(argument: TyperArgument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    name = f"{name} …" if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _names(option: TyperOption) -> str:
    value = "" if option.is_flag else f" {option.metavar or (option.name or '').upper()}"
    return ", ".join(option.opts) + value


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
