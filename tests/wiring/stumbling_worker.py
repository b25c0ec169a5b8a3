"""The process that reads ahead, as it would be if it could be broken by mails that say so."""

import os
import signal
import threading

from mailflow.core.mails import StoredMail
from mailflow.core.message.model import Message
from mailflow.wiring.ahead_worker import Worker, main
from mailflow.wiring.message_reader import MessageReader


class StumblingWorker(Worker):
    """Reads like the real one, but for the mails that break it."""

    seconds = 2.0

    def parse(self, reader: MessageReader, mail: StoredMail) -> Message:
        """Take a mail apart, if it lets us."""
        if b"X-Breaks: kill" in mail.raw:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"X-Breaks: hang" in mail.raw:
            threading.Event().wait()
        return super().parse(reader, mail)


if __name__ == "__main__":
    main(StumblingWorker)
