"""A mail that is attached to a mail (message/rfc822), as bytes."""

from email import message_from_bytes
from email.message import Message
from email.policy import compat32

_MOST_PARTS = 50


def attached_mail(raw: bytes) -> bytes:
    """Return the first mail that is attached to a mail, or nothing."""
    if b"message/rfc822" not in raw.lower():
        return b""
    for number, part in enumerate(message_from_bytes(raw, policy=compat32).walk()):
        inner = part.get_payload()
        if number > _MOST_PARTS:
            break
        if part.get_content_type() == "message/rfc822" and isinstance(inner, list):
            return next((one.as_bytes() for one in inner if isinstance(one, Message)), b"")
    return b""
