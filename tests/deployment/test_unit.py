"""The systemd unit: sound, confined, and agreeing with the image."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "packaging/mailflow.service"
MOST_EXPOSED = 20  # tenths, as systemd-analyze counts; 100 is a service without any protection


def settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:  # no systemd here: at least the form of every line is right
        lines = [line for line in UNIT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"\[\w+\]|[A-Z]\w+=.*", line) for line in lines)
        return
    command = tmp_path / "mailflow"
    command.write_text(f"#!{sys.executable}\n", encoding="utf-8")
    command.chmod(0o755)
    unit = tmp_path / "mailflow.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/mailflow/bin/mailflow", str(command)), "utf-8")
    verified = subprocess.run([analyze, "verify", unit], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    secure = subprocess.run(
        [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", unit], capture_output=True, text=True
    )
    assert secure.returncode == 0, secure.stdout


def test_the_service_is_confined_and_comes_back() -> None:
    unit = settings()
    assert unit["User"] == ["mailflow"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["Restart"] == ["on-failure"]
    assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert int(unit["TimeoutStopSec"][0]) > 10  # what is in hand gets 10 seconds


def test_unit_and_image_start_the_same_command_on_the_same_files() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    [arguments] = re.findall(r"(?m)^CMD \[(.*)\]$", image)
    words = re.findall(r'"([^"]*)"', arguments)
    assert settings()["ExecStart"] == [" ".join([f"/opt/mailflow/bin/{words[0]}", *words[1:]])]
    assert f"VOLUME /var/lib/{settings()['StateDirectory'][0]}" in image
