"""The bounds within which a mail is read, so that no mail can hold up the ones behind it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one mail; beyond a bound the mail is cut there and told of in `Message.problems`."""

    raw_bytes: int = 24 * 1024 * 1024
    depth: int = 20  # multiparts within multiparts
    nested_mails: int = 3  # mails attached to mails, opened one within another
    parts: int = 200
    header_chars: int = 20_000
    headers: int = 1_000
    body_chars: int = 400_000
    html_chars: int = 1_500_000
    html_nodes: int = 40_000
    lines: int = 8_000
    line_chars: int = 8_000
    cells: int = 10_000
    addresses: int = 500
    attachments: int = 50
    attachment_chars: int = 400_000


LIMITS = Limits()
