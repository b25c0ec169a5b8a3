"""README's way to a real mailbox, walked as it is written."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from mailflow.settings import load_settings
from tests.servers.postfix import MailSystem

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WAY = README[README.index("## Five minutes") : README.index("## Where to read on")]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", WAY, re.DOTALL)


def commands() -> list[str]:
    """Return what is typed once the package is installed; the comments are the reader's."""
    lines = [re.sub(r"\s{2,}#.*", "", line) for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if "pip install" not in line and "-m venv" not in line]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table that begins with a heading."""
    rows = re.search(rf"(?m)^\| {heading} .*\n(?:\|.*\n)+", WAY)
    assert rows
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows[0].splitlines()]
    return [cells[0], *cells[2:]]


def test_the_settings_of_every_provider_are_good(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mailboxes.md").read_text(encoding="utf-8")
    gmail, google, office = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    [both] = re.findall(r"`(imap: \{.*?\})` and `(smtp: \{.*?\})`", page)
    netease = gmail.partition("    imap:")[0] + "".join(f"    {side}\n" for side in both)
    (tmp_path / "secrets").mkdir(mode=0o700)
    for name in set(re.findall(r"_file: ([\w/.-]+)", page)):
        (tmp_path / name).write_text("{}", "utf-8")
    for text in (gmail, gmail + google, office, netease):
        (tmp_path / "mailflow.yaml").write_text(f"company: Example Trading\ntimezone: Asia/Shanghai\n{text}", "utf-8")
        settings, problems = load_settings(tmp_path, {})
        assert problems == (), text
        assert settings is not None


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder where somebody has just installed mailflow: the command is on PATH."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "mailflow"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from mailflow.cli import main; main()" "$@"\n', "utf-8")
    command.chmod(0o755)
    return tmp_path


def environment(here: Path) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("MAILFLOW_")}
    return {**mine, "PATH": f"{here / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def typed(here: Path, folder: Path, line: str, answer: str) -> str:
    """Type a line into a shell, and an answer if it asks; return what was said."""
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=environment(here),
        input=answer,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def fill_in(folder: Path, system: MailSystem) -> None:
    """Write the files that README tells to write; the made-up servers are the test's, which has ports of its own."""
    settings, parties = blocks("yaml")
    for side, port, security in (("imap", system.imaps_port, "tls"), ("smtp", system.submission_port, "starttls")):
        given = f"host: {side}.company.example, security: tls"
        assert given in settings
        settings = settings.replace(given, f"host: 127.0.0.1, port: {port}, security: {security}")
    settings = re.sub(r"[\w.]+@company\.example", lambda name: name[0].split("@")[0] + "@readme.example", settings)
    (folder / "mailflow.yaml").write_text(f"{settings}    ca_file: ca.pem\n", "utf-8")
    shutil.copy(system.ca_file, folder / "ca.pem")
    (folder / "parties.yaml").write_text(parties, "utf-8")
    book = Workbook()
    for row in table("Order no"):
        book.active.append(row)
    book.save(folder / "orders.xlsx")


def said(here: Path, system: MailSystem) -> Iterator[tuple[str, str]]:
    """Type every command of README up to the last and yield it with what it said."""
    folder = here
    for line in commands()[:-1]:
        yield line, typed(here, folder, line, "y\n" if "go-live" in line else f"{system.password}\n")
        if " && cd " in line:
            folder = here / line.rpartition(" cd ")[2]
            fill_in(folder, system)


@pytest.mark.service
def test_the_way_to_a_real_mailbox_as_it_is_written(here: Path, mail_system: MailSystem) -> None:
    told = dict(said(here, mail_system))
    assert "✗" not in told["mailflow check"]
    assert told["mailflow check"].count("logged in") == 2
    assert "Nothing was written" in told["mailflow import parties.yaml orders.xlsx --dry-run"]
    assert "2 of 2 orders" in told["mailflow orders"]
    assert "received" in told["mailflow once --shadow"]
    assert "Hengtai Garment" in told['mailflow go-live "Hengtai Garment"']
    assert commands()[-1] == "mailflow run"
    with subprocess.Popen(
        [here / "bin" / "mailflow", "run"],
        cwd=here / "follow-up",
        env={**environment(here), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as service:
        assert service.stdout is not None
        heard = ""
        for line in service.stdout:
            heard += line
            if "running" in line:
                service.send_signal(signal.SIGINT)  # Ctrl-C
        assert service.wait(20) == 0, heard
    assert "Traceback" not in heard
