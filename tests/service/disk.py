"""The service on a disk of its own that is too small, and given room later.

Run as a program it makes that disk in a mount namespace of its own (and a user namespace where it is not root: no right
over the machine is needed), starts the service there, and does what standard input says: `room` frees the disk, `stop`
ends the service and saves its data.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailflow.logs import set_up_logs
from tests.service.runner import serve

ROOT = Path(__file__).resolve().parents[2]
_STARTED, _SAVED = "started", "saved"


class SmallDisk:
    """A running service whose data lies on the small disk."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    @property
    def log(self) -> str:
        """Everything that the service has logged."""
        return self._log.read_text(errors="replace")

    def make_room(self) -> None:
        """Take away what fills the disk."""
        self._tell("room")

    def stop(self) -> None:
        """End the service as a service manager would, and save its data where it was before."""
        self._tell("stop")
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        assert answer == _SAVED, f"{answer}\n{self.log}"

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()


@contextmanager
def service_on_a_small_disk(config: Path, log: Path, *, free: int, room: int) -> Iterator[SmallDisk]:
    """Run the service with `free` bytes for new data, until room is made for `room` bytes more."""
    mine = ["--map-root-user"] if os.geteuid() else []  # root needs no user namespace, which containers may refuse
    command = ["unshare", *mine, "--mount", sys.executable, "-m", "tests.service.disk"]
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*command, str(config), str(free), str(room)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            text=True,
        )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == _STARTED, log.read_text()
        yield SmallDisk(process, log)
    finally:
        process.communicate(timeout=30)  # the end of its input ends it


@contextmanager
def logging_service(config: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service in a process of its own whose log goes to a file."""
    code = "import sys; from pathlib import Path; from tests.service.disk import serve_and_log"
    command = [sys.executable, "-c", f"{code}; serve_and_log(Path(sys.argv[1]))", str(config)]
    with log.open("a") as sink:
        process = subprocess.Popen(command, cwd=ROOT, stderr=sink, stdout=sink)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(12)


def serve_and_log(config: Path) -> None:
    """Serve until told to stop."""
    set_up_logs("text")
    serve(config)


def main() -> None:
    """Make the disk, start the service, obey."""
    config, free, room = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    data = config.parent / "data"
    saved = config.parent / "saved"
    data.rename(saved)
    data.mkdir()
    held = sum(file.stat().st_size for file in saved.iterdir())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={held + free + room}", "tmpfs", data], check=True)
    shutil.copytree(saved, data, dirs_exist_ok=True)
    ballast = data / "ballast"
    ballast.write_bytes(bytes(room))
    with logging_service(config, Path("/dev/stderr")) as service:
        _answer(_STARTED)
        for word in sys.stdin:
            if word.strip() == "room":
                ballast.unlink()
            else:
                service.terminate()
                service.wait(12)
                shutil.copytree(data, saved, dirs_exist_ok=True)
                _answer(_SAVED)


def _answer(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
