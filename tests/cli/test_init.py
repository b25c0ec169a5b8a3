"""`mailflow init`: a folder to start from, which is never overwritten."""

from pathlib import Path

import pytest
import typer

from mailflow.cli.init import init
from mailflow.edges.files.configuration import read_folder
from mailflow.edges.files.defaults import default_rules, default_templates


def test_a_folder_to_start_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "mailflow"
    init(folder)
    said = capsys.readouterr().out
    assert "mailflow.yaml: written" in said
    assert "secrets" in said
    assert "mailflow check --config" in said
    assert (folder / "mailflow.yaml").read_text(encoding="utf-8").startswith("# Settings of mailflow.")
    assert read_folder(folder / "rules") == read_folder(default_rules())
    assert read_folder(folder / "templates") == read_folder(default_templates())
    assert (folder / "secrets").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "order_book.yaml").write_text("mine", encoding="utf-8")
    (tmp_path / "mailflow.yaml").write_text("mine", encoding="utf-8")
    init(tmp_path)
    assert (tmp_path / "mailflow.yaml").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "rules" / "order_book.yaml").read_text(encoding="utf-8") == "mine"
    said = capsys.readouterr().out
    assert "mailflow.yaml: kept as it was" in said
    assert "kept as it was" in said.split("rules:")[1].splitlines()[0]
    init(tmp_path)
    assert ": written" not in capsys.readouterr().out


def test_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(typer.Exit) as ended:
        init(tmp_path / "file" / "below")
    assert ended.value.exit_code == 1
    assert "choose a folder" in capsys.readouterr().err
