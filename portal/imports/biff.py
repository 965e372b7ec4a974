"""Where an old .xls holds formulas: the parser gives their last results only, as if somebody had typed them.

Reads just enough of the container ([MS-CFB]) and of the records ([MS-XLS]) to learn the places. What cannot be walked
has no formulas here; whether the file can be read at all is the parser's word.
"""

import struct
from collections.abc import Iterator

SHEET, END, FORMULAS = 0x0085, 0x000A, (0x0006, 0x0206, 0x0406)
_STREAMS = ("Workbook", "Book")
_LAST_SECTOR = 0xFFFFFFFA
_MOST_RECORDS = 8_000_000

Places = set[tuple[int, int]]


def formulas(data: bytes) -> dict[str, Places]:
    """Sheet name to the (row, column) places of formulas, counted from 0."""
    try:
        stream = _workbook_stream(data)
        return {name: set(_places(stream, start)) for name, start in _sheets(stream)}
    except (struct.error, IndexError, ValueError):
        return {}


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    table_count, directory = struct.unpack_from("<LL", data, 44)
    table: list[int] = []
    for sector in struct.unpack_from("<109L", data, 76)[:table_count]:
        table += struct.unpack_from(f"<{size // 4}L", data, (sector + 1) * size)
    listing = _chain(data, size, table, directory)
    for at in range(0, len(listing), 128):
        length = struct.unpack_from("<H", listing, at + 64)[0]
        if listing[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in _STREAMS:
            first, extent = struct.unpack_from("<LL", listing, at + 116)
            return _chain(data, size, table, first)[:extent]
    raise ValueError("no workbook in the container")


def _chain(data: bytes, size: int, table: list[int], sector: int) -> bytes:
    parts: list[bytes] = []
    while sector < _LAST_SECTOR:
        if len(parts) > len(table):
            raise ValueError("a chain of sectors that bites its tail")
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int]]:
    """(kind, offset of the content) until the substream ends."""
    for _ in range(_MOST_RECORDS):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4
        if kind == END:
            return
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, at in _records(stream, 0):
        if kind == SHEET:
            start, _, count, wide = struct.unpack_from("<LHBB", stream, at)
            name = stream[at + 8 : at + 8 + count * (1 + (wide & 1))]
            yield name.decode("utf-16-le" if wide & 1 else "latin-1"), start


def _places(stream: bytes, start: int) -> Iterator[tuple[int, int]]:
    for kind, at in _records(stream, start):
        if kind in FORMULAS:
            yield struct.unpack_from("<HH", stream, at)
