"""`mailflow check` on a folder made by `mailflow init`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mailflow.cli import build_app
from mailflow.edges.files.starting import write_starter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_starter(tmp_path)
    (tmp_path / "secrets" / "followup").write_text("tops3cret", encoding="utf-8")
    (tmp_path / "secrets" / "followup").chmod(0o600)
    return tmp_path


def check(folder: Path, *words: str, **env: str) -> Result:
    return CliRunner().invoke(build_app(), ["check", "--config", str(folder), *words], env=env, catch_exceptions=False)


def test_a_fresh_folder_is_well_but_for_its_servers(folder: Path) -> None:
    done = check(folder, "--offline")
    assert done.exit_code == 0, done.output
    assert done.output.count("✓") == 2


def test_every_fault_of_settings_rules_and_letters_at_once(folder: Path) -> None:
    playbook = folder / "rules" / "playbook.yaml"
    playbook.write_text(playbook.read_text(encoding="utf-8").replace("\nsteps:", "\nstpes:"), encoding="utf-8")
    columns = folder / "rules" / "order_book.yaml"
    columns.write_text(columns.read_text(encoding="utf-8").replace("  style:", "  stile:"), encoding="utf-8")
    letter = next((folder / "templates" / "overdue_1").glob("letter.en.j2"))
    letter.write_text("Subject: {{ partty.name }}\n", encoding="utf-8")
    done = check(folder, "--offline")
    assert done.exit_code == 1
    assert "unknown key 'stpes'; did you mean 'steps'?" in done.output
    assert "unknown key 'stile'; did you mean 'style'?" in done.output
    assert "partty" in done.output
    assert "Traceback" not in done.output


def test_unreachable_servers_are_told_and_the_rest_is_tried(folder: Path) -> None:
    env = {
        f"MAILFLOW_ACCOUNTS__FOLLOWUP__{kind}__{key}": value
        for kind in ("IMAP", "SMTP")
        for key, value in (("HOST", "127.0.0.1"), ("PORT", "1"), ("SECURITY", "none"))
    }
    done = check(folder, **env)
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert [line[0] for line in lines] == ["✓", "✓", "✗", "✗", "✓"]
    assert "127.0.0.1:1" in lines[2]
    assert "127.0.0.1:1" in lines[3]
    assert "will be made" in lines[4]
    assert "tops3cret" not in done.output
    assert not (folder / "data").exists()
