"""The SMTP side of one account for the jobs: some connections at the same time, none kept when the work is done."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from mailflow.core.letters.model import Envelope
from mailflow.edges.smtp.account import SmtpAccount
from mailflow.edges.smtp.replies import SmtpDelivery
from mailflow.edges.smtp.session import NotOpenError, Session

T = TypeVar("T")


class SmtpTransport:
    """Sends letters over several connections. To the jobs it looks synchronous; it runs an event loop of its own."""

    def __init__(self, account: SmtpAccount) -> None:
        self._account = account
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sessions: list[Session] = []
        self._most = 1

    def open(self, connections: int) -> list[SmtpDelivery]:
        """Connect and log in once, so that a wrong password is tried once; more connections follow with the letters."""
        self._most = max(1, connections)
        session = Session(self._account)
        try:
            self._run(session.open())
        except NotOpenError as error:
            return [error.delivery]
        self._sessions = [session]
        return []

    def send(self, envelopes: Sequence[Envelope]) -> list[SmtpDelivery]:
        """Hand letters over; the answers stand in the order of the envelopes. Never raises."""
        return self._run(self._send(envelopes))

    def close(self) -> None:
        """Close every connection."""
        if self._loop is None:
            return
        self._run(self._close())
        self._sessions = []
        self._loop.close()
        self._loop = None

    async def _send(self, envelopes: Sequence[Envelope]) -> list[SmtpDelivery]:
        waiting = deque(enumerate(envelopes))
        answers: dict[int, SmtpDelivery] = {}
        while len(self._sessions) < min(self._most, len(envelopes)):
            self._sessions.append(Session(self._account))
        await asyncio.gather(*(_work(session, waiting, answers) for session in self._sessions[: len(envelopes)]))
        not_tried = SmtpDelivery("untried", "the server took no more letters")
        return [answers.get(number, not_tried) for number in range(len(envelopes))]

    async def _close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(work)


async def _work(session: Session, waiting: deque[tuple[int, Envelope]], answers: dict[int, SmtpDelivery]) -> None:
    """Send through one connection what waits, until nothing does or the account is stopped."""
    while waiting:
        number, envelope = waiting.popleft()
        answers[number] = await session.send(envelope)
        if answers[number].stops_mailbox:
            waiting.clear()


def connect(account: SmtpAccount) -> SmtpTransport:
    """Return the SMTP side of an account; nothing is opened yet."""
    return SmtpTransport(account)


def try_login(account: SmtpAccount) -> list[str]:
    """Connect and log in without sending anything; return what is wrong, nothing when all is well."""
    transport = connect(account)
    try:
        return [delivery.reply for delivery in transport.open(1)]
    finally:
        transport.close()
