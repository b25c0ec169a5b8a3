"""A server process in a group of its own that ends with the test process, however that ends."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Reads nothing until the test process is gone, by whatever way, and then ends what it left behind.
_KEEPER = 'read -r _; kill -s "$1" -- "$2" 2>/dev/null; sleep 0.5; kill -s KILL -- "$2" 2>/dev/null; rm -rf -- "$3"'


@contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """Give a folder under a path that servers of other users may enter (pytest's own may not be entered)."""
    folder = Path(tempfile.mkdtemp(prefix=f"mailflow-{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[object],
    *,
    folder: Path,
    log: Path,
    stop: signal.Signals = signal.SIGKILL,
    whole_group: bool = True,
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; the `stop` signal goes to its whole group or to it alone."""
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [str(word) for word in command],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    target = -process.pid if whole_group else process.pid
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", _KEEPER, "keeper", stop.name.removeprefix("SIG"), str(target), str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    except TimeoutError as late:
        late.add_note(f"{command[0]} said:\n" + log.read_text(errors="replace")[-2000:])
        raise
    finally:
        keeper.kill()  # what it would do is done here
        keeper.communicate()
        _end(process, target, stop)


def _end(process: subprocess.Popen[bytes], target: int, stop: signal.Signals) -> None:
    try:
        os.kill(target, stop)
        process.wait(timeout=10)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    try:
        os.kill(-process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
