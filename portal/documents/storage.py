"""Files on the local disk, named by their content. Only put() and open() need an equal on object storage.

A file is written beside its place, synced, renamed into place, and its folder synced, all before the row that names it
is committed: after a crash there may be a file without a row (swept up later), never a row without its file.
"""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from portal.core.errors import NotFound
from portal.core.place import data_folder

CHUNK = 256 * 1024
INCOMING = "incoming"
DIGEST = re.compile(r"[0-9a-f]{64}")


class LocalFiles:
    """Content-addressed files under `root`: 256 folders by the first two signs of the SHA-256."""

    def __init__(self, root: Path):
        self._root = root

    @property
    def incoming(self) -> Path:
        """The folder for files that are not kept yet, on the same file system."""
        folder = self._root / INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def put(self, stream: BinaryIO) -> str:
        """Keep all of `stream`; its SHA-256 in hexadecimal. When this returns, the file outlives a power cut."""
        part = self.incoming / f"{secrets.token_hex(16)}.part"
        digest = hashlib.sha256()
        try:
            with part.open("xb") as file:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            name = digest.hexdigest()
            with self._folder(name, fcntl.LOCK_SH) as (folder, descriptor):
                # Also when it is there already: the newer file keeps a sweep away until the row is committed.
                os.replace(part, folder / name)
                os.fsync(descriptor)
        finally:
            part.unlink(missing_ok=True)
        return name

    def open(self, digest: str) -> BinaryIO:
        """The file for reading. Raises NotFound when it is not here."""
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound() from None

    def sweep(self, known: Callable[[Collection[str]], Collection[str]], older_than: datetime) -> int:
        """Remove files that no row names (`known` gives those of some digests that are named) and left-over parts,
        when they were written before `older_than` (aware); how many went."""
        limit = older_than.timestamp()
        gone = 0
        for part in self.incoming.iterdir():
            if _written(part) < limit:
                part.unlink(missing_ok=True)
                gone += 1
        for folder in self._folders():
            old = [file.name for file in folder.iterdir() if _written(file) < limit]
            for name in sorted(set(old) - set(known(old))):
                gone += self._remove(name, limit)
        return gone

    def damaged(self, digests: Collection[str]) -> list[str]:
        """Those of `digests` whose file is missing or no longer has that content."""
        return [digest for digest in digests if not self._sound(digest)]

    def _sound(self, digest: str) -> bool:
        try:
            with self.open(digest) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest  # type: ignore[arg-type]
        except NotFound:
            return False

    def _remove(self, name: str, limit: float) -> int:
        with self._folder(name, fcntl.LOCK_EX) as (folder, _):
            if _written(folder / name) >= limit:
                return 0  # came back while we looked
            (folder / name).unlink(missing_ok=True)
        return 1

    def _folders(self) -> Iterator[Path]:
        return (folder for folder in sorted(self._root.iterdir()) if folder.is_dir() and len(folder.name) == 2)

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise NotFound()
        return self._root / digest[:2] / digest

    @contextmanager
    def _folder(self, digest: str, lock: int) -> Iterator[tuple[Path, int]]:
        """The digest's folder and a descriptor of it, locked so that sweeping and keeping do not meet."""
        folder = self._path(digest).parent
        if not folder.is_dir():
            folder.mkdir(exist_ok=True, mode=0o700)
            _sync(self._root)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, lock)
            yield folder, descriptor
        finally:
            os.close(descriptor)


def _written(file: Path) -> float:
    """When the file was written, in seconds since 1970; a file that is gone counts as just written."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def files() -> LocalFiles:
    """Where this installation keeps its files: files/ in its data folder."""
    return LocalFiles(data_folder() / "files")
