"""What a file says of itself beside its content: author, company, title, programs, comments of a drawing program."""

import io
import re
import zipfile
import zlib

_RUN = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){4,}|(?:\x00[\x20-\x7e]){4,}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f]{8,2000})>")
_MOST = 4_000_000
_STREAMS = 400
_MEMBERS = 60


def described(name: str, data: bytes) -> str:
    """Return every text that stands in the bytes of a file, packed ones opened as far as they are small.

    It is only looked through for words that must not be in it; what it cannot open it leaves out.
    """
    blocks = [data[:_MOST], *_packed(data), *_compressed(data)]
    return "\n".join(text for block in blocks for text in _texts(block))


def _texts(block: bytes) -> list[str]:
    found = [run.decode("utf-8", "replace") for run in _RUN.findall(block)]
    found += [wide.replace(b"\x00", b"").decode("ascii") for wide in _WIDE.findall(block)]
    for digits in _HEX.findall(block):
        if len(digits) % 2 == 0:
            raw = bytes.fromhex(digits.decode("ascii"))
            wide = raw.startswith(b"\xfe\xff")
            found.append(raw.decode("utf-16-be" if wide else "latin-1", "replace"))
    if b"\xfe\xff" in block:
        found += [part[:2000].decode("utf-16-be", "replace") for part in block.split(b"\xfe\xff")[1:_STREAMS]]
    return found


def _packed(data: bytes) -> list[bytes]:
    """Return the texts of a workbook's or document's parts."""
    if not data.startswith(b"PK\x03\x04"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = [one for one in archive.infolist()[:_MEMBERS] if one.filename.endswith((".xml", ".rels"))]
            return [archive.open(one).read(_MOST) for one in wanted]
    except (zipfile.BadZipFile, RuntimeError, OSError, zlib.error, NotImplementedError, EOFError):
        return []


def _compressed(data: bytes) -> list[bytes]:
    """Return the streams of a PDF that hold its description or its objects, unpacked within bounds."""
    found: list[bytes] = []
    for packed in _STREAM.findall(data)[:_STREAMS]:
        try:
            found.append(zlib.decompressobj().decompress(packed, 200_000))
        except zlib.error:
            continue  # a picture, or packed otherwise
    return found
