"""The body of a letter as bytes: plain text and HTML as alternatives, attached files behind them."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.letters.templates import Rendered

_SAFE_LINE = 200
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # no mail may hold NUL, and the others show as boxes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes along with a letter; `name` is plain ASCII, so that every mail program shows it."""

    name: str
    kind: str  # application/…
    data: bytes


def message_bytes(head: Sequence[str], rendered: Rendered, own_id: str, files: Sequence[AttachedFile] = ()) -> bytes:
    """Return a whole mail: header lines, then the body."""
    lines, body = _alternatives(rendered, own_id)
    if files:
        boundary = _boundary("mixed", own_id)
        parts = [_part("\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body), *(_part(_file(one)) for one in files)]
        lines, body = [f'Content-Type: multipart/mixed; boundary="{boundary}"'], _joined(parts, boundary)
    return "\r\n".join((*head, *lines, "", "")).encode("ascii") + body


def _boundary(what: str, own_id: str) -> str:
    return f"=_{binascii.crc32(f'{what} {own_id}'.encode()):08x}_mailflow"  # "=_" stands in no encoded part (RFC 2045)


def _alternatives(rendered: Rendered, own_id: str) -> tuple[list[str], bytes]:
    boundary = _boundary("alternative", own_id)
    parts = [_part(_words(subtype, text)) for subtype, text in (("plain", rendered.text), ("html", rendered.html))]
    return [f'Content-Type: multipart/alternative; boundary="{boundary}"'], _joined(parts, boundary)


def _joined(parts: Sequence[bytes], boundary: str) -> bytes:
    return b"".join((*(f"--{boundary}\r\n".encode() + part for part in parts), f"--{boundary}--\r\n".encode()))


def _part(content: bytes) -> bytes:
    return content + b"\r\n"


def _file(file: AttachedFile) -> bytes:
    if not _NAME.match(file.name):
        raise ValueError(f"{file.name!r} is no plain name of a file")
    head = (
        f'Content-Type: {file.kind}; name="{file.name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{file.name}"\r\n\r\n'
    )
    return head.encode("ascii") + base64.encodebytes(file.data).replace(b"\n", b"\r\n")


def _words(subtype: str, text: str) -> bytes:
    data = "\r\n".join(_CONTROL.sub("", text).splitlines()).encode("utf-8", "replace") + b"\r\n"
    encoding, body = _transfer(data)
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return kind.encode("ascii") + body


def _transfer(data: bytes) -> tuple[str, bytes]:
    """Choose what is shortest and safe: quoted-printable while most is ASCII, base64 for Chinese text."""
    if data.isascii() and b"=_" not in data and max(map(len, data.split(b"\r\n"))) <= _SAFE_LINE:
        return "7bit", data
    beyond = len(data) - len(data.decode("utf-8").encode("ascii", "ignore"))
    if beyond * 6 < len(data):
        return "quoted-printable", binascii.b2a_qp(data, istext=True)
    return "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
