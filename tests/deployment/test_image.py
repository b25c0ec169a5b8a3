"""What the image and the unit run, carried out as another user in a clean folder."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_steps_of_image_and_unit_can_be_carried_out_by_another_user(tmp_path: Path) -> None:
    # The folder above must let the other user through; pytest's own does not.
    done = subprocess.run(
        [ROOT / "scripts/try-deployment.sh"],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "TMPDIR": "/tmp"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the image's command: well, reloads, stops by TERM" in done.stdout
    assert "the unit's command: well, reloads, stops by TERM" in done.stdout


def test_build_tools_are_pinned_as_they_are_for_the_tests() -> None:
    tests = (ROOT / "requirements/test.txt").read_text(encoding="utf-8")
    for pin in re.split(r"\n(?=\S)", (ROOT / "requirements/build.txt").read_text(encoding="utf-8").strip()):
        assert pin.startswith(tuple("abcdefghijklmnopqrstuvwxyz"))
        assert f"{pin}\n" in tests, f"make requirements/build.txt anew: {pin.splitlines()[0]}"


def dockerfile() -> str:
    return re.sub(r"\\\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))


def test_the_image_runs_as_nobody_special_with_one_volume_and_a_health_check() -> None:
    final = dockerfile().rpartition("\nFROM ")[2]
    users = re.findall(r"(?m)^USER (.+)$", final)
    assert users
    assert users[-1] not in {"root", "0"}
    assert len(re.findall(r"(?m)^VOLUME ", dockerfile())) == 1
    assert '"mailflow", "health"' in final
    assert re.search(r"(?m)^STOPSIGNAL SIGTERM$", final)


def test_packages_come_by_hash_alone() -> None:
    installs = re.findall(r"\bpip install ([^&\n]*)", dockerfile())
    assert len(installs) == 3
    assert all("--require-hashes" in words or "--no-deps dist/" in words for words in installs)
    assert "--no-build-isolation" in dockerfile()
