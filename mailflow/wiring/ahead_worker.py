"""The process that reads ahead: it looks into the database, writes nothing, and tells what it made of each mail."""

import os
import pickle
import select
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from mailflow.core.letters.model import OutboxLetter
from mailflow.core.mails import StoredMail
from mailflow.core.message.model import FileContent, Message
from mailflow.edges.database.engine import parse_url
from mailflow.edges.database.store import DatabaseStore, DatabaseTransaction
from mailflow.edges.files.attachments import is_pdf, open_attachment
from mailflow.edges.files.helper import at_most, be_bounded, in_time
from mailflow.jobs.ahead import MadeAhead
from mailflow.jobs.our_letters import answered_by, letters_of_ours
from mailflow.wiring.frames import ORDER_SIZE, Frame, Given, Order, Said
from mailflow.wiring.message_reader import MessageReader

MEMORY = 1024 * 1024 * 1024
_AT_ONCE = 10  # mails that are looked up together
_LARGEST = 1024 * 1024  # what is bigger takes memory in both processes


def main(make: "type[Worker] | None" = None) -> None:
    """Read ahead until the input ends."""
    be_bounded(MEMORY)
    given = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the service that started this process
    assert isinstance(given, Given)
    worker = (make or Worker)(given, DatabaseStore(parse_url(given.url)))
    try:
        worker.serve()
    except BrokenPipeError:
        return  # the service is gone
    except Exception as error:  # noqa: BLE001 - the service reads on alone, whatever it was, and says why
        worker.tell(Frame(Said.FAILED, data=f"{type(error).__name__}: {error}".encode()))


@dataclass(frozen=True, slots=True)
class _Parsed:
    mail: StoredMail
    message: Message


class Worker:
    """Reads the mails behind the service's batch in their order, until it is told that the service has come nearer."""

    seconds = 60.0  # that a mail may take

    def __init__(self, given: Given, store: DatabaseStore) -> None:
        self._given = given
        self._store = store
        self._behind = 0  # mails up to here are nobody's concern any more
        self._left = 0  # how many mails the order still asks for
        self._ended = False
        self._beyond_us = False  # whether the mail in hand is the service's to read

    def serve(self) -> None:
        """Obey orders until the input ends."""
        self.tell(Frame(Said.READY))
        self._heed(deque(), wait=True)
        last = 0
        while not self._ended:
            last = max(last, self._behind)
            with self._store.look() as tx:
                mails = tx.mails.unread(min(_AT_ONCE, self._left), last) if self._left else []
                self._read(tx, mails)
            if mails:
                last = mails[-1].id
            else:
                self._heed(deque(), wait=True)

    def tell(self, frame: Frame) -> None:
        """Tell the service something."""
        sys.stdout.buffer.write(frame.dump())
        sys.stdout.buffer.flush()

    def _heed(self, parsed: deque[_Parsed], *, wait: bool = False) -> None:
        """Take the service's next order if there is one; what it reads itself now needs no reading here."""
        if not wait and not select.select([0], [], [], 0)[0]:
            return
        data = os.read(0, ORDER_SIZE)
        if len(data) < ORDER_SIZE:
            self._ended = True
            parsed.clear()
            return
        order = Order.load(data)
        self._behind, self._left = order.behind, order.most
        while parsed and parsed[0].mail.id <= self._behind:
            one = parsed.popleft()
            self._tell_made(MadeAhead(one.mail.id, one.message))
        self.tell(Frame(Said.TURNED, order.behind))

    def _read(self, tx: DatabaseTransaction, mails: Sequence[StoredMail]) -> None:
        reader = self._given.readers.message_reader(self._given, tx, self._open)
        seen = tx.ledger.last()
        parsed: deque[_Parsed] = deque()
        for mail in mails:
            self._heed(parsed)
            if mail.id > self._behind and not self._ended:
                self._parse(reader, mail, parsed)
        at_most(self.seconds)
        reader.expect([one.message for one in parsed])
        ours = letters_of_ours(tx, (one.message for one in parsed))
        in_time()
        while parsed:
            self._heed(parsed)
            if parsed:
                one = parsed.popleft()
                self._make(reader, one, answered_by(one.message, ours), seen)

    def parse(self, reader: MessageReader, mail: StoredMail) -> Message:
        """Take a mail apart."""
        return reader.parse(mail)

    def _parse(self, reader: MessageReader, mail: StoredMail, parsed: deque[_Parsed]) -> None:
        self._left -= 1
        if mail.size > _LARGEST:
            return
        self.tell(Frame(Said.BEGUN, mail.id))
        self._beyond_us = False
        at_most(self.seconds)
        try:
            parsed.append(_Parsed(mail, self.parse(reader, mail)))
        except Exception:  # noqa: BLE001 - the service tries it itself, and says what is wrong with the mail
            self._beyond_us = True
        in_time()
        if self._beyond_us:
            self.tell(Frame(Said.LEFT, mail.id))
            if parsed and parsed[-1].mail is mail:
                parsed.pop()

    def _make(self, reader: MessageReader, one: _Parsed, ours: Sequence[OutboxLetter], seen: int) -> None:
        grounded = None
        if (one.mail.key.account, one.mail.key.folder) not in self._given.own:
            self.tell(Frame(Said.BEGUN, one.mail.id))
            at_most(self.seconds)
            with suppress(Exception):  # the service tries it itself, and says what is wrong with the mail
                grounded = reader.read_grounded(one.message, ours)
            in_time()
        self._tell_made(MadeAhead(one.mail.id, one.message, grounded, seen))

    def _tell_made(self, made: MadeAhead) -> None:
        self.tell(Frame(Said.MADE, made.mail, pickle.dumps(made, pickle.HIGHEST_PROTOCOL)))

    def _open(self, filename: str, content_type: str, data: bytes) -> FileContent:
        """Open a file; PDFs are left to the service, whose process for them runs already."""
        if is_pdf(filename, content_type, data):
            self._beyond_us = True
            return FileContent()
        return open_attachment(filename, content_type, data)


if __name__ == "__main__":
    main()
