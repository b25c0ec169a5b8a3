"""Runs the service in a process of its own that can be killed at a named point, as a power cut would."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from mailflow.daemon import Daemon
from mailflow.jobs import deliver
from mailflow.jobs.claiming import Outgoing, Round, claim
from mailflow.jobs.ports import Store, Transport
from mailflow.logs import set_up_logs
from mailflow.wiring.build import build
from tests.service.world import NOW, MovingClock, shipped_rules


def forkserver() -> ForkServerContext:
    """Return processes that start with everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.service.preloaded"])
    return context


def serve(
    config: Path,
    kill_at: str = "",
    now: datetime = NOW,
    *,
    sends_first: bool = False,
    shadow: bool = False,
    log: Path | None = None,
) -> None:
    """Run the service until stopped, or until it reaches the point at which it kills itself; `log` takes its log."""

    def crash_point(name: str) -> None:
        if name == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if sends_first:
        deliver._some = _send_first
    if log is not None:
        sys.stderr = log.open("a", buffering=1)
        set_up_logs("json")
    service = build(
        config, clock=MovingClock(now), env={}, crash_point=crash_point, rules=shipped_rules(), shadow=shadow
    )
    daemon = Daemon(service)
    daemon.obey_signals()
    daemon.run()


def _send_first(store: Store, transport: Transport, outgoing: Outgoing, turn: Round) -> bool:
    """Hand letters over before anything says so in the database: the fault that the harness must find."""
    with store.begin() as tx:
        claimed = claim(tx, outgoing, turn)
        if not claimed:
            return False
        transport.open(outgoing.connections)
        attempts = deliver._send(transport, outgoing, claimed)
        tx.outbox.handed([letter.id for letter, _ in claimed], turn.now)
        deliver._record(tx, outgoing, turn, attempts)
    return True


@contextmanager
def running(config: Path, **options: object) -> Iterator[BaseProcess]:
    """Run the service in a process until the block ends, then stop it as a service manager would."""
    process = forkserver().Process(target=serve, args=(config,), kwargs=options, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(12)
        if process.is_alive():
            process.kill()
            process.join()
            raise AssertionError("the service did not end within 12 s of SIGTERM")


def run_until_killed(config: Path, kill_at: str, seconds: float = 30, **options: object) -> None:
    """Run the service until it has killed itself at a point; fails when it never gets there."""
    _run(config, lambda process: process.join(seconds), kill_at=kill_at, **options)


def run_and_kill_after(config: Path, seconds: float) -> None:
    """Run the service for some time and kill it without warning."""
    _run(config, lambda process: _kill(process, seconds))


def _run(config: Path, end: Callable[[BaseProcess], None], **options: object) -> None:
    process = forkserver().Process(target=serve, args=(config,), kwargs=options, daemon=True)
    process.start()
    end(process)
    reached = process.exitcode == -signal.SIGKILL
    if process.is_alive():
        process.kill()
        process.join()
    assert reached, f"the service never got to {options.get('kill_at')} (exit code {process.exitcode})"


def _kill(process: BaseProcess, seconds: float) -> None:
    process.join(seconds)
    process.kill()
    process.join()
