"""The program as a process: it starts lean, says its version, and ends as a shell expects."""

import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.installation import Installation

HEAVY = ("mailflow.wiring.service", "mailflow.core.reading.reader", "mailflow.core.letters.loading", "mailflow.daemon")
LOADED = """
import sys
from mailflow.cli import main
try:
    main()
except SystemExit as ended:
    code = ended.code
print("LOADED", *sorted(sys.modules))
sys.exit(code)
"""


def process(folder: Path, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    how = ["-c", code] if code else ["-m", "mailflow"]
    env = {**os.environ, "MAILFLOW_CONFIG": str(folder), "USER": "amy"}
    return subprocess.run([sys.executable, *how, *words], capture_output=True, text=True, env=env, check=False)


def test_the_version(tmp_path: Path) -> None:
    done = process(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"mailflow {version('mailflow-followup')}\n")


def test_the_command_that_is_installed_is_the_same_program(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("mailflow")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == process(tmp_path, "--version").stdout


def test_without_words_the_help_is_shown(tmp_path: Path) -> None:
    done = process(tmp_path)
    assert done.returncode == 2
    assert "stop-writing" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("orders",),
        ("review",),
        ("decide", "R2.1", "no"),
        ("set", "PO26-101", "ship", "2026-12-09"),
        ("pause", "Haitang"),
        ("stop-writing", "zheng@haitang.example"),
        ("health",),
    ],
)
def test_commands_that_need_no_rules_load_none(installation: Installation, words: tuple[str, ...]) -> None:
    """Rules with a fault stand in nobody's way here; their modules are not even loaded."""
    (installation.folder / "rules").mkdir()
    for name in ("playbook.yaml", "reading.yaml"):
        (installation.folder / "rules" / name).write_text("steps: [", encoding="utf-8")
    done = process(installation.folder, *words, code=LOADED)
    assert done.returncode == (1 if words == ("health",) else 0), done.stderr
    loaded = done.stdout.split("LOADED ")[1].split()
    assert "mailflow.wiring.desk" in loaded
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("words", [("show", "PO26-101"), ("due",)])
def test_the_plan_alone_is_read_where_it_is_wanted(installation: Installation, words: tuple[str, ...]) -> None:
    templates = installation.folder / "templates" / "ask_ship"
    templates.mkdir(parents=True)
    (templates / "text.en.j2").write_text("{{ partty }}", encoding="utf-8")
    done = process(installation.folder, *words, code=LOADED)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split("LOADED ")[1].split()
    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("words", [("once", "--shadow"), ("run", "--shadow"), ("check", "--offline")])
def test_a_fault_in_rules_is_told_at_once_by_what_works_with_them(
    installation: Installation, words: tuple[str, ...]
) -> None:
    (installation.folder / "rules").mkdir()
    (installation.folder / "rules" / "playbook.yaml").write_text("stpes: []\n", encoding="utf-8")
    done = process(installation.folder, *words)
    assert done.returncode == 1
    assert "playbook.yaml:1: unknown key 'stpes'; did you mean 'steps'?" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault(installation: Installation) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "MAILFLOW_CONFIG": str(installation.folder)}
    with os.fdopen(writing, "w") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "mailflow", "orders"],
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            check=False,
        )
    assert "Traceback" not in done.stderr


def test_ctrl_c_ends_quietly(installation: Installation) -> None:
    env = {**os.environ, "MAILFLOW_CONFIG": str(installation.folder), "PYTHONUNBUFFERED": "1"}
    asking = subprocess.Popen(
        [sys.executable, "-m", "mailflow", "go-live", "Fjord"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    )
    assert asking.stdout is not None
    told = ""
    while "Switch on? [y/N]" not in told:
        sign = asking.stdout.read(1)
        assert sign, told
        told += sign
    asking.send_signal(signal.SIGINT)
    rest, faults = asking.communicate(timeout=20)
    assert asking.returncode == 130
    assert (rest.strip(), faults.strip()) == ("", "")
