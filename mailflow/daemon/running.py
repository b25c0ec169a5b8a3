"""The running service: a thread a mailbox, one for the work, and the signals."""

import threading
from time import monotonic

import structlog

from mailflow.daemon.mailboxes import MailboxServer
from mailflow.daemon.shared import Shared
from mailflow.daemon.signals import Signals
from mailflow.daemon.work import Work
from mailflow.wiring.heartbeat import forget_beat
from mailflow.wiring.service import Service

log = structlog.get_logger()

_GRACE_SECONDS = 9.0  # SIGTERM: what is in hand gets this long, and the service manager one second more
_LONG = 3600.0


class Daemon:
    """The running service. `run` returns when SIGTERM or SIGINT came, or when `stop` was called."""

    def __init__(self, service: Service, signals: Signals | None = None) -> None:
        self._service = service
        self._signals = signals or Signals()
        self._shared = Shared(service)
        self._work = Work(self._shared)

    def run(self) -> None:
        """Serve every mailbox until told to stop; raises DatabaseError where that is not allowed."""
        service, shared = self._service, self._shared
        service.stop_when(shared.stopping.is_set)
        service.join()
        forget_beat(service.store)
        threads = [
            threading.Thread(target=MailboxServer(account, shared).run, name=f"mailbox {account.name}", daemon=True)
            for account in service.mailboxes
        ]
        threads.append(threading.Thread(target=self._work.run, name="work", daemon=True))
        for thread in threads:
            thread.start()
        log.info("running", accounts=[account.name for account in service.mailboxes], shadow=service.shadow)
        self._obey()
        shared.stopping.set()
        shared.ring()
        end = monotonic() + _GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - monotonic()))
        shared.guard.run("leave", self._leave)
        log.info("stopped", unfinished=[thread.name for thread in threads if thread.is_alive()])

    def stop(self) -> None:
        """End `run` after what is in hand."""
        self._signals.stop = True
        self._signals.bell.ring()

    def obey_signals(self) -> None:
        """SIGTERM and SIGINT stop, SIGHUP reloads rules and templates; call it from the main thread."""
        self._signals.obey()

    def _obey(self) -> None:
        """Wait for the end; load the rules again whenever asked to."""
        signals, shared = self._signals, self._shared
        while not signals.stop:
            if signals.reload:
                signals.reload = False
                shared.guard.run("reload", self._work.reload)
                shared.afresh()
            signals.bell.wait(_LONG)

    def _leave(self) -> None:
        forget_beat(self._service.store)
        self._service.leave()
