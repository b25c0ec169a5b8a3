"""The built wheel carries the default rules and letters: `init` and `read` work far from any checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus" / "dev"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel installed in it, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True, timeout=120)
    return target


def mailflow(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in another folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAILFLOW_")}
    return subprocess.run(
        [sys.executable, str(installed / "bin" / "mailflow"), *words],
        cwd=folder,
        env={**env, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_default_rules_and_letters_are_in_the_wheel(installed: Path) -> None:
    for name in ("rules", "templates"):
        here = {path.relative_to(ROOT / name) for path in (ROOT / name).rglob("*") if path.is_file()}
        there = installed / "mailflow" / "defaults" / name
        assert {path.relative_to(there) for path in there.rglob("*") if path.is_file()} == here
    assert (installed / "mailflow" / "edges" / "files" / "starter" / "mailflow.yaml").is_file()


def test_init_and_check_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = mailflow(installed, tmp_path, "init", "here")
    assert (done.returncode, done.stderr) == (0, "")
    here = tmp_path / "here"
    assert (here / "rules" / "order_book.yaml").read_bytes() == (ROOT / "rules" / "order_book.yaml").read_bytes()
    (here / "secrets" / "followup").write_text("x", encoding="utf-8")
    (here / "secrets" / "followup").chmod(0o600)
    done = mailflow(installed, tmp_path, "check", "--offline", "--config", "here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout


def test_read_far_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    mail = CORPUS / "mail" / "d1-001.eml"
    books = ["--orders", str(CORPUS / "orders.csv"), "--parties", str(CORPUS / "parties.yaml")]
    done = mailflow(installed, tmp_path, "read", *books, str(mail))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == "d1-001"
    assert list(tmp_path.iterdir()) == []
