"""Header lines of outgoing mail, written so that no value can start a line of its own and ids stay whole.

The standard library folds long ids into encoded words, which breaks threads in Outlook; so headers are written here.
"""

import re
from collections.abc import Iterable
from email.header import Header

from mailflow.core.message.model import Address

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
_ID = re.compile(r"<[!-;=?-~]{1,240}>")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+\Z")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z")
_LINE = 76
_MOST_REFERENCES = 20


class AddressError(ValueError):
    """An address that no mail can be sent to; says which and what to do."""


def clean(text: str) -> str:
    """Return a text on one line, without characters that no header may hold."""
    return " ".join(_CONTROL.sub(" ", text).split())


def unstructured(name: str, text: str) -> str:
    """Return a header of free text (the subject); anything beyond ASCII as encoded words (RFC 2047)."""
    value = clean(text)
    if not value.isascii() or "=?" in value:
        return f"{name}: {_encoded(value, len(name) + 2)}"
    return _folded(name, value.split(" "))


def addresses(name: str, people: Iterable[Address]) -> str:
    """Return a header of addresses; each address stays whole, names beyond ASCII are encoded."""
    return _folded(name, [f"{mailbox}," for mailbox in map(_mailbox, people)]).removesuffix(",")


def ids(name: str, message_ids: Iterable[str]) -> str:
    """Return a header of message ids, a long one on a line of its own, never broken or encoded."""
    return _folded(name, list(message_ids))


def valid_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that may stand in a header, each once; of a long conversation the first and the latest."""
    found = tuple(dict.fromkeys(hit for text in texts for hit in _ID.findall(text)))
    return found if len(found) <= _MOST_REFERENCES else (found[0], *found[1 - _MOST_REFERENCES :])


def plain_address(email: str) -> str:
    """Return an address as SMTP takes it, the domain in ASCII; raises `AddressError`."""
    local, at, domain = email.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError as error:
        raise AddressError(f"{clean(email)!r} has no valid domain; correct the contact") from error
    if not at or not _LOCAL.match(local) or not _HOST.match(host) or len(email) > 254:
        raise AddressError(f"{clean(email)!r} is no mail address; correct the contact")
    return f"{local}@{host}"


def _mailbox(person: Address) -> str:
    name = clean(person.name)
    email = plain_address(person.email)
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        return f"{_encoded(name, 1)} <{email}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"{name} <{email}>" if _ATOMS.match(name) else f'"{escaped}" <{email}>'


def _encoded(value: str, used: int) -> str:
    header = Header(value, "utf-8", maxlinelen=_LINE, header_name="x" * max(1, used - 2), continuation_ws=" ")
    return header.encode(linesep="\r\n")


def _folded(name: str, pieces: list[str]) -> str:
    """Put pieces behind a header's name, a new line before the piece that would make one too long."""
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece.partition("\r\n")[0]) > _LINE and len(lines[-1]) > len(name) + 1:
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines)
