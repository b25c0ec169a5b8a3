"""The smallest .xls that a reader takes: one BIFF8 sheet in a compound file, for tests of the old format."""

import struct
from collections.abc import Sequence
from datetime import date

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_DAY_FORMAT = 14  # m/d/yyyy, built in
Area = tuple[int, int, int, int]


def xls(rows: Sequence[Sequence[object]], merged: Sequence[Area] = (), name: str = "订单") -> bytes:
    """Return a workbook; `merged` holds (first row, last row, first column, last column)."""
    return _compound(_workbook(rows, merged, name))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(text: str, width: str) -> bytes:
    return struct.pack(f"<{width}B", len(text), 1) + text.encode("utf-16-le")


def _workbook(rows: Sequence[Sequence[object]], merged: Sequence[Area], name: str) -> bytes:
    styles = b"".join(_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, _DAY_FORMAT))
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + styles
    sheet_name = _text(name, "B")
    position = len(start) + 4 + 6 + len(sheet_name) + 4
    bound = _record(0x0085, struct.pack("<IBB", position, 0, 0) + sheet_name)
    cells = b"".join(
        _cell(row, column, value)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if value is not None
    )
    areas = _record(0x00E5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *area) for area in merged))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + areas + _record(0x000A)
    return start + bound + _record(0x000A) + sheet


def _cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, 0, value, 0))
    if isinstance(value, date):
        return _record(0x0203, struct.pack("<HHHd", row, column, 1, (value - date(1899, 12, 30)).days))
    if isinstance(value, int | float):
        return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return _record(0x0204, struct.pack("<HHH", row, column, 0) + _text(str(value), "H"))


def _compound(stream: bytes) -> bytes:
    """Wrap the stream in a compound file: header, one sector of allocation table, one of folder, then the stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    about = (0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header = struct.pack("<8s16xHHHHH6x9I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, *about)
    places = struct.pack("<109I", 0, *[_FREE] * 108)
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream)) + bytes(256)
    return header + places + table + folder + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le").ljust(64, b"\0")
    return struct.pack("<64sHBBIII16x4x8x8xIQ", text, len(name) * 2 + 2, kind, 1, _FREE, _FREE, child, start, size)
