"""Free ports that no other test process takes, and waiting until a server listens."""

import fcntl
import os
import random
import socket
import tempfile
import time
from pathlib import Path

# Below the range from which the kernel gives out ports to clients, so that no connection sits on ours.
_RANGE = range(12000, 32000)
_locks: list[int] = []  # held open until the process ends: a lock goes with its process


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports that are free now and stay this process's own as long as it lives."""
    found: list[int] = []
    for port in random.sample(_RANGE, k=len(_RANGE)):
        if len(found) == count:
            return tuple(found)
        if _lock(port) and _can_bind(port):
            found.append(port)
    raise RuntimeError("no free ports left")


def _lock(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / f"mailflow-test-ports-{os.geteuid()}"
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    _locks.append(handle)
    return True


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def wait_for_port(port: int, *, seconds: float = 15) -> None:
    """Return once something listens on the port of this machine."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(f"nothing listens on port {port} after {seconds} s") from None
            time.sleep(0.005)
