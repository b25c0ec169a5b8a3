"""Junk before the headers taken away, so that a parser finds them."""

import re

_HEADER = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_KNOWN = re.compile(
    rb"(?:received|return-path|delivered-to|from|to|subject|date|message-id|mime-version|content-type|x-[\w-]+)[ \t]*:",
    re.IGNORECASE,
)
_LOOKED_AT = 40


def repaired(raw: bytes) -> bytes:
    """Drop blank lines, a byte-order mark, a mailbox's `From ` line or a server's words before the first header."""
    if _KNOWN.match(raw):
        return raw
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t\x00")
    if raw.startswith(b">From "):
        raw = raw[1:]
    if _HEADER.match(raw) or raw.startswith(b"From "):
        return raw
    at = 0
    for _ in range(_LOOKED_AT):
        end = raw.find(b"\n", at)
        if end < 0:
            break
        at = end + 1
        if _KNOWN.match(raw, at) and _two_headers(raw, at):
            return raw[at:]
    return raw


def _two_headers(raw: bytes, at: int) -> bool:
    """Whether a second header follows the first: words with a colon in a body do not look so."""
    end = raw.find(b"\n", at)
    while end >= 0 and raw[end + 1 : end + 2] in (b" ", b"\t"):
        end = raw.find(b"\n", end + 1)
    return end >= 0 and _HEADER.match(raw, end + 1) is not None
