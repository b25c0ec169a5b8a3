"""The house rules that hold for the project as a whole: layers, sizes, what documents name, what locks may hold."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mailflow.cli import build_app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PARTS = (".ci", "bench", "docs", "mailflow", "packaging", "requirements", "rules", "scripts", "templates", "tests")

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 45
# What is longer, how long it may be, and why it is better in one piece.
LONGER: dict[str, tuple[int, str]] = {}
# Hosts that the program or its reader must name; every other is made up and ends in .example.
HOSTS = {
    "login.microsoftonline.com": "where Microsoft gives out tokens",
    "mail.google.com": "the name of Google's permission for mail",
    "outlook.office365.com": "the name of Microsoft's permission for mail",
    "www.textualize.io": "the generator's note in a picture",
    "www.w3.org": "the name space of SVG",
}
REGISTRIES = re.compile(
    r"(?i)\bpypi\b|pythonhosted|\b(deb|security|snapshot)\.debian\.org|docker\.io|\bghcr\.io|npmjs|artifactory|/simple/"
)
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.})-])/(root|work|home|Users)/\w")


@cache
def files() -> dict[str, str]:
    """Return every text that people wrote, by its path; mails and what is read from them are data."""
    paths = [path for part in PARTS for path in (ROOT / part).rglob("*") if path.is_file()]
    paths += [path for path in ROOT.iterdir() if path.is_file()]
    found = {}
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        made_up = name.startswith(("tests/mail/", "tests/corpus/")) or path.suffix in {".png", ".pyc"}
        if not made_up and path != Path(__file__) and not path.name.startswith(".coverage"):
            found[name] = path.read_text("utf-8")
    return found


def code() -> Iterator[tuple[str, str]]:
    """Return the Python files."""
    return ((name, text) for name, text in files().items() if name.endswith(".py") or "env python3" in text[:40])


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts on the package in a folder."""
    words = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-P", "-c", words, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_each_room_imports_only_what_lies_below_it() -> None:
    done = lint_imports(ROOT)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert " 0 broken." in done.stdout


LAYERS = "layers: each room imports only what lies below it, and every module has its room"
EDGES = "the edges do not know each other"
CORE = "the core does no input or output"


@pytest.mark.parametrize(
    ("modules", "broken"),
    [
        ({"core/loose.py": "import socket", "edges/smtp/loose.py": "from mailflow.edges import imap"}, {CORE, EDGES}),
        ({"core/loose.py": "from mailflow import settings"}, {LAYERS}),
        ({"loose.py": ""}, {LAYERS}),
    ],
    ids=["io in the core and edges that meet", "upwards", "no room"],
)
def test_a_module_out_of_place_is_found(modules: dict[str, str], broken: set[str], tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mailflow", tmp_path / "mailflow", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, line in modules.items():
        (tmp_path / "mailflow" / module).write_text(f'"""A module."""\n{line}\n', "utf-8")
    done = lint_imports(tmp_path)
    assert set(re.findall(r"(?m)^(.+?) ?BROKEN$", done.stdout)) == broken
    assert done.returncode == 1


def test_files_and_functions_can_be_taken_in_at_once() -> None:
    long = dict[str, int]()
    for name, text in code():
        if (lines := len(text.splitlines())) > MOST_LINES_OF_A_FILE:
            long[name] = lines
        for function in functions(text):
            if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION:
                long[f"{name}:{function.name}"] = lines
    assert {name: lines for name, lines in long.items() if lines > LONGER.get(name, (0, ""))[0]} == {}
    assert set(LONGER) <= set(long), "these exceptions are not needed any more"


def functions(text: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


# --- what documents name is there -----------------------------------------------------------------------------------


def documents() -> dict[str, str]:
    """Return the pages that tell people what to do."""
    return {name: text for name, text in files().items() if re.fullmatch(r"(docs/)?[\w-]+\.md", name)}


def spoken(text: str) -> str:
    """Return what stands in code: blocks and words in backticks."""
    return "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


def test_documents_name_commands_and_options_that_exist() -> None:
    commands = typer.main.get_command(build_app()).commands  # type: ignore[attr-defined] # the application is a group
    unknown, known = [], 0
    for name, text in documents().items():
        for command, rest in re.findall(r"\bmailflow (?!mailflow)([a-z][a-z-]+)([^\n|#]*)", spoken(text)):
            if command not in commands:
                unknown.append(f"{name}: mailflow {command}")
                continue
            known += 1
            options = {word for option in commands[command].params for word in option.opts} | {"--help"}
            unknown += [f"{name}: mailflow {command} {o}" for o in re.findall(r"--[a-z-]+", rest) if o not in options]
    assert unknown == []
    assert known >= 15


def test_documents_name_targets_of_make_that_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):.*## ", files()["Makefile"]))
    named = {
        (name, word) for name, text in documents().items() for word in re.findall(r"\bmake ([a-z]+)", spoken(text))
    }
    assert {(name, word) for name, word in named if word not in targets} == set()
    assert {"demo", "test"} <= {word for name, word in named if name == "README.md"}


def test_documents_point_at_files_and_headings_that_exist() -> None:
    lost = []
    for name, text in files().items():
        if not name.endswith(".md"):
            continue
        for target in re.findall(r"\]\(([^)#\s]*(?:#[^)\s]*)?)\)", text):
            path, _, heading = target.partition("#")
            there = (ROOT / name).parent / path if path else ROOT / name
            if not there.exists() or (heading and heading not in headings(there.read_text("utf-8"))):
                lost.append(f"{name}: {target}")
    assert lost == []


def headings(text: str) -> set[str]:
    """Return the anchors of a page's headings, as forges make them."""
    titles = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_documents_name_files_that_exist() -> None:
    path = re.compile(r"(?<![\w/.])((?:docs|scripts|requirements|packaging|tests|bench|rules|mailflow)/[\w./-]*\w)")
    lost = [
        f"{name}: {found}"
        for name, text in documents().items()
        for found in path.findall(spoken(text))
        if not (ROOT / found).exists() and not (ROOT / "mailflow" / found).exists()
    ]
    assert lost == []


# --- nothing of the machine on which it was made --------------------------------------------------------------------


def test_no_registry_no_strange_host_no_folder_of_this_machine() -> None:
    found = []
    for name, text in files().items():
        found += [f"{name}: {match[0]}" for match in REGISTRIES.finditer(text)]
        found += [f"{name}: {match[0]}" for match in SOMEBODYS_FOLDER.finditer(text)]
        for host in re.findall(r"https?://([^/\s\"'<>:)\]}?$`{]+)", text):
            if host not in HOSTS and not re.fullmatch(r"(.+\.)?example|127\.0\.0\.1|localhost", host):
                found.append(f"{name}: {host}")
    assert found == []


# --- the locks ------------------------------------------------------------------------------------------------------


def pins(name: str) -> dict[str, list[str]]:
    """Return the packages of a lock and, for each, its pins (one for each kind of machine)."""
    found: dict[str, list[str]] = {}
    text = files()[f"requirements/{name}.txt"].replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin = re.fullmatch(r"([\w.-]+)==(\S+)( ;[^\\]*?)?((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
            assert pin, f"requirements/{name}.txt: not a pin with hashes: {line[:100]}"
            found.setdefault(canonicalize_name(pin[1]), []).append(pin[2])
    return found


_LOCKS: dict[str, tuple[str, ...]] = {
    "runtime": (),
    "demo": ("demo",),
    "test": ("demo", "test"),
    "mutation": ("demo", "test", "mutation"),
}


@pytest.mark.parametrize(("lock", "extras"), _LOCKS.items())
def test_locks_hold_what_the_project_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    wanted = PROJECT["project"]["dependencies"] + [
        line for extra in extras for line in PROJECT["project"]["optional-dependencies"][extra]
    ]
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        versions = locked.get(canonicalize_name(requirement.name))
        assert versions, f"make lock: {requirement.name} is not in requirements/{lock}.txt"
        assert all(version in requirement.specifier for version in versions), f"make lock: {requirement}"


def test_locks_agree_with_each_other() -> None:
    largest = pins("mutation")
    for lock in (*_LOCKS, "build"):
        assert {name: versions for name, versions in pins(lock).items() if largest.get(name) != versions} == {}
