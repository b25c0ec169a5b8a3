"""Content transfer encodings, forgiving: what can be decoded is, and nothing raises."""

import binascii
import quopri
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 with blanks, missing padding, rubbish, or a lost last character."""
    try:
        return binascii.a2b_base64(data, strict_mode=False)
    except binascii.Error:
        clean = _NOT_BASE64.sub(b"", data)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def decoded(data: bytes, encoding: str) -> bytes:
    """Decode a part's body as its Content-Transfer-Encoding says; an unknown one is taken as plain."""
    name = encoding.strip().lower()
    if name == "base64":
        return base64_bytes(data)
    if name == "quoted-printable":
        return quopri.decodestring(data)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uu(data)
    return data


def _uu(data: bytes) -> bytes:
    out = bytearray()
    inside = False
    for line in data.splitlines():
        if line.startswith(b"begin "):
            inside = True
        elif line.strip() == b"end":
            break
        elif inside and line:
            out += _uu_line(line)
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    # encoders that count the padding wrongly: as many bytes as the line claims
    for attempt in (line, line[: (((line[0] - 32) & 63) * 4 + 5) // 3]):
        try:
            return binascii.a2b_uu(attempt)
        except binascii.Error:
            continue
    return b""
