"""`mailflow run` as a process: signals from the first moment, and a file that has an owner already."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailflow.wiring.heartbeat import last_beat
from tests.servers.postfix import MailSystem
from tests.service.world import World, make_world, wait_until

pytestmark = pytest.mark.service


@pytest.fixture
def world(tmp_path: Path, mail_system: MailSystem) -> World:
    return make_world(tmp_path / "world", mail_system, orders=1, customers=1)


@contextmanager
def mailflow_run(config: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "mailflow", "run", "--config", config], stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def comes_round(world: World) -> None:
    service = world.service()
    wait_until(lambda: last_beat(service.store) is not None, 40)
    service.store.close()


def test_signals_count_from_the_first_moment(world: World, tmp_path: Path) -> None:
    settings = world.config.read_text()
    world.config.unlink()
    os.mkfifo(world.config)
    with mailflow_run(world.config, tmp_path / "log") as process:
        with world.config.open("w") as config:  # opens once the process has come so far as to read its settings
            process.send_signal(signal.SIGHUP)
            config.write(settings)
        world.config.unlink()
        world.config.write_text(settings)
        wait_until(lambda: b"rules and templates reloaded" in (tmp_path / "log").read_bytes(), 40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def ignores_hangup(pid: int) -> bool:
    """Say whether a process ignores SIGHUP at this moment; one that runs catches it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (ignored,) = [int(line.split()[1], 16) for line in lines if line.startswith("SigIgn:")]
    return bool(ignored >> (signal.SIGHUP - 1) & 1)


def test_a_hangup_while_python_loads_does_no_harm_and_a_second_service_says_whose_the_file_is(
    world: World, tmp_path: Path
) -> None:
    with mailflow_run(world.config, tmp_path / "log") as process:
        wait_until(lambda: ignores_hangup(process.pid), 40)
        process.send_signal(signal.SIGHUP)
        comes_round(world)
        second = subprocess.run(
            [sys.executable, "-m", "mailflow", "run", "--config", world.config],
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"{world.folder}/data/mailflow.db is in use by process {process.pid}" in " ".join(second.stderr.split())
        assert "Traceback" not in second.stderr
        assert process.poll() is None
