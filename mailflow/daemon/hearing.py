"""Whether every mailbox has been heard: nothing may go outside while an answer could lie there unread."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SILENCE = timedelta(minutes=30)
"""A mailbox that has not been heard for so long (or for two polls) may hold answers that nobody has read."""
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Mailbox:
    tried: bool = False
    ours: bool = False  # this worker serves it
    heard: datetime | None = None  # since this worker serves it


@dataclass(frozen=True, slots=True)
class Heard:
    """What may be done now: nothing is decided while a mailbox is `untried`; `silent` says by mailbox since when."""

    untried: tuple[str, ...] = ()
    silent: Mapping[str, datetime | None] | None = None

    @property
    def reason(self) -> str:
        """Return why nothing goes outside, or nothing where all is heard."""
        names = (
            f"{name} {f'since {since:%Y-%m-%d %H:%M} UTC' if since else 'yet'}"
            for name, since in (self.silent or {}).items()
        )
        told = ", ".join(names)
        return f"nothing new is written outside: not heard is the mailbox {told}" if told else ""


class Hearing:
    """When each mailbox was heard last: by this worker, or by the one that serves it, which leaves a note."""

    def __init__(
        self,
        polls: Mapping[str, float],
        look: Callable[[str], datetime | None],
        note: Callable[[str, datetime], None],
    ) -> None:
        self._silence = {name: max(SILENCE, timedelta(seconds=2 * poll)) for name, poll in polls.items()}
        self._look = look
        self._note = note
        self._noted: dict[str, datetime] = {}
        self._mailboxes = dict.fromkeys(polls, _Mailbox())
        self._turn = threading.Lock()

    def heard(self, account: str, at: datetime) -> None:
        """Note that all that lay in a mailbox at a moment has been stored."""
        with self._turn:
            self._mailboxes[account] = _Mailbox(tried=True, ours=True, heard=at)
            known = self._noted.get(account)
        if known is None or at - known >= _NOTED_EVERY:
            self._note(account, at)
            self._noted[account] = at

    def failed(self, account: str) -> None:
        """Note that a mailbox of ours could not be heard just now."""
        with self._turn:
            before = self._mailboxes[account]
            self._mailboxes[account] = _Mailbox(tried=True, ours=True, heard=before.heard if before.ours else None)

    def elsewhere(self, account: str) -> None:
        """Note that another worker serves a mailbox."""
        with self._turn:
            self._mailboxes[account] = _Mailbox(tried=True)

    def forget(self) -> None:
        """Start afresh: what was ours may be another's by now."""
        with self._turn:
            self._mailboxes = dict.fromkeys(self._mailboxes, _Mailbox())
            self._noted = {}

    def now(self, now: datetime) -> Heard:
        """Return whether all has been heard lately."""
        with self._turn:
            mailboxes = dict(self._mailboxes)
        untried = tuple(name for name, mailbox in mailboxes.items() if not mailbox.tried)
        if untried:
            return Heard(untried)
        last = {name: mailbox.heard if mailbox.ours else self._look(name) for name, mailbox in mailboxes.items()}
        silent = {name: at for name, at in last.items() if at is None or now - at > self._silence[name]}
        return Heard(silent=silent)
