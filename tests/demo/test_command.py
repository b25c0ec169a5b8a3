"""`mailflow demo` where something is wanting."""

import subprocess
import sys
from pathlib import Path

MAIN = "from mailflow.cli import main; main()"


def demo(*arguments: str, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"{before}{MAIN}", "demo", *arguments], capture_output=True, text=True, timeout=60
    )


def test_without_its_packages_it_says_how_to_install_them() -> None:
    done = demo(before="import sys; sys.modules['aiosmtpd'] = None; ")
    assert done.returncode == 1
    assert "aiosmtpd" in done.stderr
    assert "mailflow-followup[demo]" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = demo("--out", str(tmp_path / "file" / "out"))
    assert done.returncode == 1
    assert "--out DIR" in done.stderr
    assert "Traceback" not in done.stderr
