"""All that a reader, or a curious one, finds in a mail: headers, words, names of files, what is packed in them."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from email.message import Message

_PNG = b"\x89PNG\r\n\x1a\n"


def everything(raw: bytes) -> str:
    """Return every word of a mail, decoded and unpacked."""
    return "\n".join(_words(message_from_bytes(raw, policy=policy.default)))


def found_in(text: str, words: Iterable[str]) -> list[str]:
    """Return those of some words that stand in a text, in small letters or capitals."""
    text = text.casefold()
    return [word for word in words if word.casefold() in text]


def _words(message: Message) -> Iterator[str]:
    for part in message.walk():
        yield from (str(value) for value in part.values())
        yield from (value for _, value in part.get_params() or ())
        if part.is_multipart():
            continue
        yield part.get_filename() or ""
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        charset = part.get_content_charset("utf-8")
        yield from [body.decode(charset, "replace")] if charset != "utf-8" else ()
        yield from _packed(body)


def _packed(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive.comment.decode("utf-8", "replace")
            for name in archive.namelist():
                yield name
                yield from _packed(archive.read(name))
    if data.startswith(_PNG):
        yield from (_unzipped(body).decode("utf-8", "replace") for body in _chunks(data))


def _chunks(png: bytes) -> Iterator[bytes]:
    """Yield the bodies of a picture's texts, which may be zipped: `key NUL … text`."""
    at = len(_PNG)
    while at + 8 <= len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            yield png[at + 8 : at + 8 + length]
        at += length + 12


def _unzipped(body: bytes) -> bytes:
    for start in range(body.find(b"\0") + 1, len(body)):
        if body[start : start + 1] != b"\x78":
            continue
        try:
            return zlib.decompress(body[start:])
        except zlib.error:
            continue
    return body
