"""The body of a letter as bytes: plain text and HTML as alternatives, attached files behind them."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailflow.core.letters.templates import Rendered

_SAFE_LINE = 200
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # no mail may hold NUL, and the others show as boxes
_ID = re.compile(r"[a-z0-9.-]{1,60}@[a-z0-9.-]{1,60}\Z")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that goes along with a letter; `name` is plain ASCII, so that every mail program shows it.

    `shown_as`: the id by which the letter's page shows it; empty for what is only attached.
    """

    name: str
    kind: str  # application/…
    data: bytes
    shown_as: str = ""


def message_bytes(head: Sequence[str], rendered: Rendered, own_id: str, files: Sequence[AttachedFile] = ()) -> bytes:
    """Return a whole mail: header lines, then the body."""
    shown = [one for one in files if one.shown_as]
    attached = [one for one in files if not one.shown_as]
    lines, body = _alternatives(rendered, own_id, shown)
    if attached:
        parts = [_whole(lines, body), *(_part(_file(one)) for one in attached)]
        lines, body = _several("mixed", parts, own_id)
    return "\r\n".join((*head, *lines, "", "")).encode("ascii") + body


def _whole(lines: Sequence[str], body: bytes) -> bytes:
    return _part("\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body)


def _several(kind: str, parts: Sequence[bytes], own_id: str, more: str = "") -> tuple[list[str], bytes]:
    boundary = _boundary(kind, own_id)
    return [f'Content-Type: multipart/{kind};{more} boundary="{boundary}"'], _joined(parts, boundary)


def _boundary(what: str, own_id: str) -> str:
    return f"=_{binascii.crc32(f'{what} {own_id}'.encode()):08x}_mailflow"  # "=_" stands in no encoded part (RFC 2045)


def _alternatives(rendered: Rendered, own_id: str, shown: Sequence[AttachedFile]) -> tuple[list[str], bytes]:
    page = _part(_words("html", rendered.html))
    if shown:  # the pictures belong to the page, so that a reader of plain text is not given them as files
        page = _whole(*_several("related", [page, *(_part(_file(one)) for one in shown)], own_id, ' type="text/html";'))
    return _several("alternative", [_part(_words("plain", rendered.text)), page], own_id)


def _joined(parts: Sequence[bytes], boundary: str) -> bytes:
    return b"".join((*(f"--{boundary}\r\n".encode() + part for part in parts), f"--{boundary}--\r\n".encode()))


def _part(content: bytes) -> bytes:
    return content + b"\r\n"


def _file(file: AttachedFile) -> bytes:
    if not _NAME.match(file.name):
        raise ValueError(f"{file.name!r} is no plain name of a file")
    if file.shown_as and not _ID.match(file.shown_as):
        raise ValueError(f"{file.shown_as!r} is no plain id of a picture")
    place = f'{"inline" if file.shown_as else "attachment"}; filename="{file.name}"'
    if file.shown_as:
        place += f"\r\nContent-ID: <{file.shown_as}>"
    head = (
        f'Content-Type: {file.kind}; name="{file.name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f"Content-Disposition: {place}\r\n\r\n"
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
