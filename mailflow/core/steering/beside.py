"""What a mail would say to us where nobody sees it: hidden, in the form that is not read, or in the quote."""

from collections.abc import Callable, Iterable, Sequence

from mailflow.core.message.model import Line, Message
from mailflow.core.steering.said import Answer, Command, Said

UNSEEN = "words that only some mail programs show would decide something"
QUOTED = "the only words in it that decide anything stand in the quoted text, and we did not write them"

Read = Callable[[Sequence[Line]], Said]


def said_unseen(message: Message, said: Said, read: Read) -> str:
    """Return why a mail is in doubt: what it does not show says something else than what it shows; else nothing."""
    if not message.beside:
        return ""
    other = read([Line(text) for text in message.beside.splitlines()])
    return UNSEEN if _decisions(other) - _decisions(said) else ""


def said_in_quote(message: Message, read: Read, ours: str) -> str:
    """Return why nothing is done: what is decided stands in the quote of our letter (`ours` is its text) alone."""
    written = {_bare(text) for text in ours.splitlines()}
    lines = [_bare(text) for text in message.quoted.splitlines() if not text.replace(" ", "").startswith(">>")]
    added = read([Line(text) for text in lines if text and text not in written])
    return QUOTED if _decisions(added) else ""


def _bare(text: str) -> str:
    return " ".join(text.removeprefix(">").split())


def _decisions(said: Said) -> set[tuple[object, ...]]:
    """Return what is decided, without the words that say so."""
    found: list[Answer | Command] = [*said.answers, *said.commands]
    return {_fields(one) for one in found}


def _fields(one: Answer | Command) -> tuple[object, ...]:
    names: Iterable[str] = (name for name in one.__slots__ if name != "words")
    return (type(one).__name__, *(getattr(one, name) for name in names))
