"""Our signed token: tells, without any record, that a mail answers a letter of ours, and which one.

It reads `mf57.k7q29xwa` (letter 57) and stands in Message-ID, so in the References of answers, and in the subject.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.letters.model import PlannedLetter

_TOKEN = re.compile(r"(?<![0-9a-z])mf([1-9][0-9]{0,17})\.([a-z2-7]{8})(?![0-9a-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands in a text; only `verify` tells whether it is ours."""

    letter: int
    tag: str


def token(secret: bytes, letter: int) -> str:
    """Return the token of a letter; without the secret nobody can make one."""
    return f"mf{letter}.{_mac(secret, f'letter {letter}')}"


def find_tokens(text: str) -> tuple[Token, ...]:
    """Return what looks like a token in a subject, in ids or in a body, each once, in the order of the text."""
    found = (Token(int(hit[1]), hit[2].lower()) for hit in _TOKEN.finditer(text))
    return tuple(dict.fromkeys(found))


def verify(secret: bytes, found: Token) -> bool:
    """Whether a token is really ours."""
    return hmac.compare_digest(_mac(secret, f"letter {found.letter}"), found.tag)


def our_letters(secret: bytes, text: str) -> tuple[int, ...]:
    """Return the letters whose tokens stand in the text and are ours."""
    return tuple(found.letter for found in find_tokens(text) if verify(secret, found))


def message_id(secret: bytes, letter: int, planned: PlannedLetter, domain: str) -> str:
    """Return the Message-ID of a letter: its token and a tag of its duties.

    The second tag keeps ids apart when letters are counted anew after a restored backup: the same number then
    belongs to another letter, and mail servers drop a known id.
    """
    duties = "\n".join(f"{d.step}\t{d.order}\t{d.recipient}\t{d.occasion}" for d in planned.duties)
    return f"<{token(secret, letter)}.{_mac(secret, f'{planned.template} {duties}')}@{domain}>"


def list_tag(secret: bytes, letter: int, orders: Sequence[str]) -> str:
    """Return the tag of the list that went along with a letter: nobody else can make it for these orders."""
    return _mac(secret, "\n".join((f"list {letter}", *orders)))


def our_list(secret: bytes, own_id: str, tag: str, orders: Sequence[str]) -> int | None:
    """Return the letter that a list came along with, as its hidden sheet says; None where it is not wholly ours."""
    found = our_letters(secret, own_id)
    if len(found) != 1 or not hmac.compare_digest(list_tag(secret, found[0], orders), tag):
        return None
    return found[0]


def _mac(secret: bytes, text: str) -> str:
    digest = hmac.digest(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return b32encode(digest[:5]).decode("ascii").lower()
