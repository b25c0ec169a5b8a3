"""Reading ahead: while a backlog is worked off, a second process makes readings that this one only has to record.

It looks into the same database and writes nothing. What it makes is used where it still holds (`jobs.ahead`), so the
record is the one that reading in a single process gives.
"""

import os
import pickle
import select
from collections.abc import Callable, Mapping, Sequence

import structlog

from mailflow.edges.files.helper import Helper
from mailflow.jobs.ahead import MadeAhead
from mailflow.wiring.frames import Frame, Given, Order, Said, read_frame
from mailflow.wiring.message_reader import MessageReaders, ReadingRules

log = structlog.get_logger()

MANY = 150
"""From so many waiting mails on a second process is worth its start."""
_MOST = 100  # mails that are made before they are wanted
_DONE = (Said.MADE, Said.LEFT)
_LOOK_UP_SECONDS = 0.2


class _EndedError(Exception):
    """The process is gone or said that it cannot go on; the argument says why, empty where a mail may be the reason."""


class ReadingAhead:
    """The process that reads ahead; it runs while many mails wait. One thread uses it."""

    def __init__(
        self,
        url: str,
        readers: MessageReaders,
        stopping: Callable[[], bool],
        cores: Callable[[], int] = lambda: len(os.sched_getaffinity(0)),
        module: str = "mailflow.wiring.ahead_worker",
    ) -> None:
        self._url = url
        self._readers = readers
        self._stopping = stopping
        self._cores = cores
        self._helper = Helper(module)
        self._rules: ReadingRules | None = None
        self._own: frozenset[tuple[str, str]] = frozenset()
        self._started = False
        self._ready = False
        self._useless = False  # it failed for another reason than a mail: not again for these mails
        self._buffer = bytearray()
        self._batch = 0  # the last mail of the batch that comes next
        self._begun: dict[int, None] = {}  # what it has in hand
        self._made: dict[int, MadeAhead] = {}

    @property
    def pid(self) -> int | None:
        """The number of the process; None where none runs."""
        return self._helper.pid

    def made(self, rules: ReadingRules) -> Mapping[int, MadeAhead]:
        """Return by mail what has been made by these rules, and let the process go on behind the batch that comes."""
        if rules is not self._rules:
            self.end()
        if not self._started:
            return self._made
        try:
            if self._ready or self._readable(0):
                self._order(Order(self._batch, _MOST))
        except _EndedError as error:
            self._ended(str(error))
        return self._made

    def go_on(self, rules: ReadingRules, behind: Sequence[int], batch: int, sent: Mapping[str, str]) -> None:
        """Be told which mails wait behind the batch that is done, and how many will be the next one."""
        self._made = {mail: made for mail, made in self._made.items() if behind and mail >= behind[0]}
        if not behind:
            self.end()
            return
        self._batch = behind[:batch][-1]
        if len(behind) < MANY or self._started or self._useless or self._cores() < 2:
            return
        self._rules, self._own = rules, frozenset(sent.items())
        try:
            self._start()
        except (OSError, _EndedError) as error:
            self._give_up(str(error))

    def end(self) -> None:
        """End the process and forget what it made."""
        self._helper.end()
        self._forget()
        self._made = {}
        self._useless = False

    def _forget(self) -> None:
        self._started = self._ready = False
        self._buffer.clear()
        self._begun.clear()

    def _start(self) -> None:
        assert self._rules is not None
        self._forget()
        self._helper.start()
        self._started = True
        given = Given(self._url, self._readers.afresh(), self._rules.phrases, self._rules.words, self._own)
        self._write(pickle.dumps(given, pickle.HIGHEST_PROTOCOL))

    def _ended(self, reason: str) -> None:
        """See which mail ended the process, each in a fresh one; that mail nobody reads."""
        reason = reason or self._last_words()
        suspects = sorted(self._begun)
        late = self._helper.end()
        self._forget()
        if self._stopping():
            return
        if reason or not suspects:
            self._give_up(reason or "it ended before it read anything")
            return
        log.warning("the process that reads ahead ended", late=late, mails=suspects)
        for mail in suspects:
            if not self._tried_alone(mail):
                return

    def _last_words(self) -> str:
        """Take what a process told before it ended: who writes to it hears of the end first."""
        try:
            while not self._stopping():
                self._take_frame()
        except _EndedError as error:
            return str(error)
        return ""

    def _tried_alone(self, mail: int) -> bool:
        """Let a process read one mail, and set it aside where that ends the process; return whether to go on."""
        try:
            if not self._started:
                self._start()
            self._order(Order(mail - 1, 1))
            while (frame := self._take_frame()).mail != mail or frame.said not in _DONE:
                pass
        except OSError as error:
            self._give_up(str(error))
            return False
        except _EndedError as error:
            reason = str(error) or self._last_words()
            begun, late = mail in self._begun, self._helper.end()
            self._forget()
            if self._stopping() or reason or not begun:
                self._give_up(reason)
                return False
            took = "took too long" if late else "broke the program that reads mails"
            self._made[mail] = MadeAhead(mail, f"{took}: not read")
        return True

    def _give_up(self, reason: str) -> None:
        self._helper.end()
        self._forget()
        self._useless = True
        if not self._stopping():
            log.warning("mails are not read ahead", fault=reason)

    # ── what is written to the process and read from it ──────────────────────────────────────────────────────────────

    def _order(self, order: Order) -> None:
        """Give an order, and take what was made before it was heard; before it is ready the process hears none."""
        while not self._ready:
            self._take_frame()
        self._write(order.dump())
        while self._take_frame() != Frame(Said.TURNED, order.behind):
            pass

    def _take_frame(self) -> Frame:
        frame = read_frame(self._take)
        match frame.said:
            case Said.READY:
                self._ready = True
            case Said.BEGUN:
                self._begun[frame.mail] = None
            case Said.LEFT:
                self._begun.pop(frame.mail, None)
            case Said.MADE:
                self._begun.pop(frame.mail, None)
                self._made[frame.mail] = frame.made()
            case Said.FAILED:
                raise _EndedError(frame.data.decode())
            case Said.TURNED:
                pass
        return frame

    def _write(self, data: bytes) -> None:
        try:
            sink, _ = self._helper.pipes
            sink.write(data)
            sink.flush()
        except OSError as error:
            raise _EndedError("") from error

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            while not self._readable(_LOOK_UP_SECONDS):
                if self._stopping():
                    raise _EndedError("")
            self._buffer += self._got()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _got(self) -> bytes:
        try:
            got = os.read(self._helper.pipes[1].fileno(), 1024 * 1024)
        except OSError as error:
            raise _EndedError("") from error
        if not got:
            raise _EndedError("")
        return got

    def _readable(self, seconds: float) -> bool:
        if self._buffer:
            return True
        try:
            return bool(select.select([self._helper.pipes[1]], [], [], seconds)[0])
        except OSError as error:
            raise _EndedError("") from error
