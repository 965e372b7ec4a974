"""One encrypted, tamper-evident stream: AES-256-GCM in chunks, so that size never matters.

Layout: magic, 16 bytes salt, then frames of 4 bytes length and one sealed chunk. A chunk's nonce is its number; its
associated data says whether it is the last, so that a cut or reordered file does not open. The key comes from the
deployment's secret through scrypt and lies nowhere in the file.
"""

import io
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"PORTAL-BACKUP-1\n"
CHUNK = 1024 * 1024
LENGTH = struct.Struct(">I")


class Unreadable(ValueError):
    """The file is not a backup, was made with another key, or was changed or cut; says which as far as one can know."""


def _key(secret: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(secret.encode()))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class Sealing(io.RawIOBase):
    """A writable stream into an encrypted file; the file appears under its name only when it is complete."""

    def __init__(self, path: Path, secret: str):
        self._path, self._part = path, path.with_name(path.name + ".part")
        salt = os.urandom(16)
        self._cipher, self._number, self._held = _key(secret, salt), 0, bytearray()
        self._file: BinaryIO = self._part.open("wb")
        os.chmod(self._part, 0o600)
        self._file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held += data
        while len(self._held) > CHUNK:
            self._frame(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def _frame(self, chunk: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), chunk, b"last" if last else b"more")
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1

    def finish(self) -> None:
        """Write the last chunk, sync, and give the file its name."""
        self._frame(bytes(self._held), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._part, self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        else:
            self._file.close()
            self._part.unlink(missing_ok=True)


class Opening(io.RawIOBase):
    """A readable stream out of an encrypted file; raises Unreadable at the first thing that is not as it was sealed."""

    def __init__(self, path: Path, secret: str):
        self._file = path.open("rb")
        if self._file.read(len(MAGIC)) != MAGIC:
            raise Unreadable("这不是用 flask backup 做的备份文件。直接复制的数据库文件不能当作备份。")
        self._cipher, self._number, self._held, self._ended = _key(secret, self._file.read(16)), 0, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        while not self._held and not self._ended:
            self._held = self._chunk()
        given = self._held[: len(buffer)]
        buffer[: len(given)] = given
        self._held = self._held[len(given) :]
        return len(given)

    def _chunk(self) -> bytes:
        header = self._file.read(LENGTH.size)
        if len(header) < LENGTH.size:
            raise Unreadable("备份文件不完整，末尾缺了一段。")
        sealed = self._file.read(LENGTH.unpack(header)[0])
        for mark in (b"more", b"last"):
            try:
                chunk = self._cipher.decrypt(_nonce(self._number), sealed, mark)
            except InvalidTag:
                continue
            self._number += 1
            self._ended = mark == b"last"
            if self._ended and self._file.read(1):
                raise Unreadable("备份文件末尾多出了内容。")
            return chunk
        raise Unreadable("备份文件打不开：密钥不是做备份时的那一个，或者文件被改动过。")

    def __exit__(self, *_: object) -> None:
        self._file.close()
