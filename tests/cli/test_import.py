"""`mailflow import` as a person sees it: tables, faults with row and column, the exit status."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mailflow.cli import build_app

CORPUS = Path(__file__).parents[1] / "corpus" / "dev"
PARTIES = """\
parties:
- name: Hengtai Garment
  role: supplier
  contacts:
  - {name: Zheng, email: zheng@hengtai.example}
"""
SETTINGS = """\
company: Example Trading
timezone: Asia/Shanghai
merchandisers:
- {name: 小林, email: amy@company.example}
accounts:
  followup:
    address: followup@company.example
    imap: {host: imap.company.example, password: x}
    smtp: {host: smtp.company.example}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mailflow.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "mailflow.yaml").chmod(0o600)
    (tmp_path / "parties.yaml").write_text(PARTIES, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    env = {"MAILFLOW_CONFIG": str(folder / "mailflow.yaml")}
    return CliRunner().invoke(build_app("import"), ["import", *words], env=env, catch_exceptions=False)


def test_new_changed_vanished_and_bad_rows(folder: Path) -> None:
    book = folder / "book.csv"
    book.write_text(
        "合同号,供应商,数量,交期,跟单员\nP1,Hengtai Garment,100,2026-12-05,小林\nP2,Hengtai Garment,5,2026-12-06,\n"
    )
    first = run(folder, str(book), str(folder / "parties.yaml"))
    assert first.exit_code == 0, first.output
    assert "3 new, 0 changed, 0 vanished" in first.output
    assert "book.csv:2" in first.output
    again = run(folder, str(book), str(folder / "parties.yaml"))
    assert "0 new, 0 changed, 0 vanished, 0 dates, 3 as they were" in again.output
    book.write_text("合同号,供应商,数量,交期\nP1,Hengtai Garment,150,2026-12-05\nP3,Hengtai Garment,many,2026-12-06\n")
    third = run(folder, str(book), "--whole")
    assert third.exit_code == 1, "a row was refused"
    assert "book.csv:3: column C (数量): 'many' is no number; write digits only, such as 1200" in third.output
    assert "vanished: order P2" in third.output
    assert "0 new, 1 changed, 1 vanished, 0 dates, 0 as they were, 1 refused" in third.output
    (change,) = [line for line in third.output.splitlines() if line.startswith("P1")]
    assert change.split() == ["P1", "quantity", "100", "150", "book.csv:2"]


def test_a_dry_run_shows_all_and_writes_nothing(folder: Path) -> None:
    words = [str(CORPUS / "orders.csv"), str(CORPUS / "parties.yaml")]
    dry = run(folder, *words, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Nothing was written" in dry.output
    assert sum("orders.csv:" in line and "before the order date" not in line for line in dry.output.splitlines()) == 410
    assert "before the order date" in dry.output
    real = run(folder, *words)
    assert "431 new" in real.output
    assert "… and 411 more" in real.output


def test_faults_of_the_mapping_stop_the_import(folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "order_book.yaml").write_text("orders:\n  nummer: [x]\n", encoding="utf-8")
    done = run(folder, str(CORPUS / "orders.csv"))
    assert done.exit_code == 1
    assert "order_book.yaml:2: unknown key 'nummer'; did you mean 'number'?" in done.output


def test_a_file_that_is_not_there(folder: Path) -> None:
    done = run(folder, str(folder / "missing.xlsx"))
    assert done.exit_code == 1
    assert "missing.xlsx: No such file or directory" in done.output
