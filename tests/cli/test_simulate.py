"""`mailflow simulate`: what the rules would send, counted; nothing is sent and nothing is kept."""

from pathlib import Path

from typer.testing import CliRunner

from mailflow.cli import build_app

BOOK = """number,kind,party,style,quantity,order_date,due_date,linked_order
SO-1,sales,Fjord,JK100,1200,2026-09-14,2026-12-04,
PO-1,purchase,Hengtai,JK100,1200,2026-09-16,2026-11-27,SO-1
"""
PARTIES = """parties:
- {name: Hengtai, role: supplier, country: CN, timezone: Asia/Shanghai, contacts: [{name: Zheng, email: z@h.example}]}
- {name: Fjord, role: customer, country: NO, timezone: Europe/Oslo, contacts: [{name: Ingrid, email: i@f.example}]}
"""


def simulated(folder: Path, *words: str) -> tuple[int, str]:
    (folder / "orders.csv").write_text(BOOK)
    (folder / "parties.yaml").write_text(PARTIES)
    files = ("--orders", str(folder / "orders.csv"), "--orders", str(folder / "parties.yaml"))
    done = CliRunner().invoke(build_app("simulate"), ["simulate", *files, "--start", "2026-11-16", *words])
    return done.exit_code, done.output


def test_what_would_be_sent_is_counted(tmp_path: Path) -> None:
    status, told = simulated(tmp_path, "--days", "20")
    assert status == 0, told
    assert "2 orders from 2026-11-16 to 2026-12-05, seed 0" in told
    assert "ask ship" in told
    assert "Hengtai" in told
    assert (status, told) == simulated(tmp_path, "--days", "20"), "the same seed, the same course"


def test_a_book_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    status, told = simulated(tmp_path, "--orders", str(tmp_path / "none.xlsx"))
    assert status == 1
    assert "none.xlsx is not there" in told
