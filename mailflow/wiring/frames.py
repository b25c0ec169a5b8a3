"""What the service and the process that reads ahead for it tell each other, through the process' own pipes."""

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from mailflow.core.message.phrases import Phrases
from mailflow.core.reading.words import Words
from mailflow.jobs.ahead import MadeAhead
from mailflow.wiring.message_reader import MessageReaders

_HEAD = struct.Struct("<BqI")  # kind, mail, bytes that follow
_ORDER = struct.Struct("<qi")
ORDER_SIZE = _ORDER.size


@dataclass(frozen=True, slots=True)
class Given:
    """What the process is given once, when it starts; `own` are the folders of mail that our own people sent."""

    url: str
    readers: MessageReaders
    phrases: Phrases
    words: Words
    own: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Order:
    """Leave the mails up to `behind` and read at most so many of those that come after it."""

    behind: int
    most: int

    def dump(self) -> bytes:
        """Return the order as it is written, `ORDER_SIZE` bytes."""
        return _ORDER.pack(self.behind, self.most)

    @classmethod
    def load(cls, data: bytes) -> "Order":
        """Return the order that was written."""
        return cls(*_ORDER.unpack(data))


class Said(IntEnum):
    """What a frame says of a mail."""

    READY = 0  # of none: orders are awaited
    TURNED = 1  # what comes now belongs to the order to stay behind this mail
    BEGUN = 2
    LEFT = 3  # for whom it is: nothing can be made of it here
    MADE = 4
    FAILED = 5  # of none: the process ends, and no mail is the reason


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing said; `data` is a `MadeAhead` where something was made, and the reason where the process failed."""

    said: Said
    mail: int = 0
    data: bytes = b""

    def dump(self) -> bytes:
        """Return the frame as it is written."""
        return _HEAD.pack(self.said, self.mail, len(self.data)) + self.data

    def made(self) -> MadeAhead:
        """Return what was made; for frames of a process of our own alone."""
        found = pickle.loads(self.data)  # noqa: S301 - written by our own program, through a pipe that nobody else has
        assert isinstance(found, MadeAhead)
        return found


def read_frame(take: Callable[[int], bytes]) -> Frame:
    """Read one frame; `take` returns exactly as many bytes as it is asked for."""
    said, mail, size = _HEAD.unpack(take(_HEAD.size))
    return Frame(Said(said), mail, take(size) if size else b"")
