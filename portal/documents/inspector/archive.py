"""A zip archive read strictly: every name, size and checksum must hold, and nothing is ever unpacked by its name."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from .verdict import (
    ACTIVE,
    BOMB,
    MOST_ENTRIES,
    MOST_RATIO,
    MOST_UNZIPPED_BYTES,
    RATIO_MATTERS_FROM_BYTES,
    UNREADABLE,
    WRONG_TYPE,
    Refused,
)

CHUNK = 256 * 1024
LOCAL_HEADER = 30
END_RECORD = 22
_BAD_NAME = re.compile(r"(^|/)\.\.?(/|$)|^/|\\|^[A-Za-z]:|[\x00-\x1f\x7f]|//|[．／＼\u202a-\u202e\u2066-\u2069]")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


class Archive:
    """The members of one zip file, by lower-case name, with one budget of bytes for all reading.

    Raises Refused for anything a document program would never write: data before or behind the archive, a comment,
    overlapping or doubled members, paths that lead elsewhere, links, encryption, more than the limits.
    """

    def __init__(self, data: bytes, budget: int = MOST_UNZIPPED_BYTES):
        self._data = data
        self.left = budget
        infos = self._directory()
        self.members = {info.orig_filename.lower(): info for info in infos if not info.is_dir()}
        self._judge_names(infos)
        self._judge_places(infos)
        self._judge_sizes(infos)

    def _directory(self) -> list[zipfile.ZipInfo]:
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as opened:
                infos, comment = opened.infolist(), opened.comment
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError, OverflowError) as error:
            raise Refused(UNREADABLE, f"zip {error}") from error
        end = self._data.rfind(b"PK\x05\x06")
        if comment or end + END_RECORD != len(self._data):
            raise Refused(WRONG_TYPE, "something behind the archive")
        if len(infos) > MOST_ENTRIES:
            raise Refused(BOMB, f"{len(infos)} members")
        return infos

    def _judge_names(self, infos: list[zipfile.ZipInfo]) -> None:
        seen = set()
        for info in infos:
            name = info.orig_filename
            if _BAD_NAME.search(name) or stat.S_ISLNK(info.external_attr >> 16):
                raise Refused(WRONG_TYPE, "a path that leads elsewhere")
            if name.lower() in seen:
                raise Refused(UNREADABLE, "two members share a name")
            seen.add(name.lower())
            if info.flag_bits & 0x41:
                raise Refused(UNREADABLE, "encrypted")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(UNREADABLE, "unusual compression")

    def _judge_places(self, infos: list[zipfile.ZipInfo]) -> None:
        reached = 0
        for info in sorted(infos, key=lambda info: info.header_offset):
            if reached == 0 and info.header_offset != 0:
                raise Refused(WRONG_TYPE, "something before the archive")
            if info.header_offset < reached:
                raise Refused(BOMB, "members overlap")
            reached = self._start(info) + info.compress_size
        if reached > len(self._data):
            raise Refused(UNREADABLE, "a member runs past the end")

    def _start(self, info: zipfile.ZipInfo) -> int:
        at = info.header_offset
        head = self._data[at : at + LOCAL_HEADER]
        if len(head) < LOCAL_HEADER or head[:4] != b"PK\x03\x04":
            raise Refused(UNREADABLE, "no member where one should be")
        name_length, extra_length = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
        name = self._data[at + LOCAL_HEADER : at + LOCAL_HEADER + name_length]
        if name != info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"):
            raise Refused(UNREADABLE, "directory and member disagree")
        return at + LOCAL_HEADER + name_length + extra_length

    def _judge_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        unzipped = sum(info.file_size for info in infos)
        if unzipped > self.left:
            raise Refused(BOMB, f"{unzipped} bytes unzipped")
        if unzipped > RATIO_MATTERS_FROM_BYTES and unzipped > MOST_RATIO * len(self._data):
            raise Refused(BOMB, "ratio")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The member's content in pieces; size and checksum are verified at the end."""
        info = self.members[name]
        start = self._start(info)
        packed = self._data[start : start + info.compress_size]
        size = checksum = 0
        for piece in _inflated(packed) if info.compress_type == zipfile.ZIP_DEFLATED else (packed,):
            self.left -= len(piece)
            if self.left < 0:
                raise Refused(BOMB, "more than the directory said")
            size, checksum = size + len(piece), zlib.crc32(piece, checksum)
            yield piece
        if size != info.file_size or checksum != info.CRC:
            raise Refused(UNREADABLE, "size or checksum")

    def content(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def refuse_programs(self, name: str) -> Iterator[bytes]:
        """The member's pieces, refused when it begins like a program or an OLE object."""
        first = True
        for piece in self.chunks(name):
            if first and piece.startswith(_PROGRAMS):
                raise Refused(ACTIVE, "a program inside")
            first = False
            yield piece


def _inflated(packed: bytes) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    try:
        piece = machine.decompress(packed, CHUNK)
        while piece or machine.unconsumed_tail:
            yield piece
            piece = machine.decompress(machine.unconsumed_tail, CHUNK)
    except zlib.error as error:
        raise Refused(UNREADABLE, "deflate") from error
    if not machine.eof or machine.unused_data:
        raise Refused(UNREADABLE, "deflate ends badly")
