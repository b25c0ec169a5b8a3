"""What the threads of the service share."""

import threading
from datetime import datetime

from mailflow.daemon.bell import Bell
from mailflow.daemon.guard import Guard
from mailflow.daemon.hearing import Hearing
from mailflow.wiring.service import Service


class Shared:
    """The service, the bells that wake its threads, and what they tell each other."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.guard = Guard()
        self.stopping = threading.Event()
        self.arrived = threading.Event()  # mails were stored that nobody has read yet
        self.work = Bell()
        self.mailboxes = {account.name: Bell() for account in service.mailboxes}
        self.turn = 0  # counts when everything is to be tried afresh: rules loaded again, a new session
        polls = {account.name: float(account.poll_seconds) for account in service.accounts}
        self.hearing = Hearing(polls, service.last_heard, service.note_heard)

    def now(self) -> datetime:
        """Return the time."""
        return self.service.clock.now()

    def ring(self) -> None:
        """Wake every thread."""
        for bell in (self.work, *self.mailboxes.values()):
            bell.ring()

    def afresh(self) -> None:
        """Let everything that waits after a fault be tried again at once."""
        self.turn += 1
        self.ring()
