"""C7: a body of 200 MB is refused with 413 within 2 s and never lies on the disk beyond 21 MB, whatever it announces;
and every other limit on files holds."""

import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import urlsplit

from portal.accounts.actor import Actor
from portal.core import clock
from portal.core.db import db
from portal.core.errors import PortalError
from portal.documents import actions
from portal.documents.models import Document
from portal.documents.rules import MOST_BYTES_A_DAY
from tests.assurance.small_office import Office, office
from tests.documents import corpus
from tests.support.browser import serving

MEGABYTE = 1024 * 1024
BODY = 200 * MEGABYTE
MOST_SECONDS = 2.0
MOST_ON_DISK = 21 * MEGABYTE
BOUNDARY = b"cut"
HEAD = (
    b'--cut\r\nContent-Disposition: form-data; name="file%d"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
)
PIECE = bytes(256 * 1024)


class Disk:
    """The most that a server's processes had on the disk at once: named files, and open ones without a name."""

    def __init__(self, pid: int, folders: tuple[Path, ...]):
        self._pid, self._folders = pid, folders
        self.most = 0
        self._before = self._now()

    def _now(self) -> int:
        named = sum(_size(path) for folder in self._folders for path in folder.rglob("*"))
        nameless = {key: size for pid in _family(self._pid) for key, size in _nameless(pid)}
        return named + sum(nameless.values())

    @contextmanager
    def watched(self) -> Iterator["Disk"]:
        over = threading.Event()

        def watch() -> None:
            while not over.is_set():
                self.most = max(self.most, self._now() - self._before)
                time.sleep(0.01)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield self
        finally:
            over.set()
            watcher.join()


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size if path.is_file() else 0
    return 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _nameless(pid: int) -> Iterator[tuple[tuple[int, int], int]]:
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                about = os.stat(descriptor)
                if about.st_nlink == 0 and "/" in os.readlink(descriptor):
                    yield (about.st_dev, about.st_ino), about.st_size


def post(url: str, pieces: Iterator[bytes], length: int | None) -> tuple[int, float]:
    """Send a multipart body as fast as it goes while listening; (status or 0 when there was no answer, seconds)."""
    address, said = urlsplit(url), bytearray()
    how = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
    started = time.monotonic()
    with socket.create_connection((address.hostname, address.port), timeout=20) as line:

        def send() -> None:
            with suppress(OSError):
                for piece in pieces:
                    if said:
                        return
                    line.sendall(piece if length is not None else b"%x\r\n%s\r\n" % (len(piece), piece))

        kind = "Content-Type: multipart/form-data; boundary=cut"
        line.sendall(f"POST /sign-in HTTP/1.1\r\nHost: {address.netloc}\r\n{kind}\r\n{how}\r\n\r\n".encode())
        sender = threading.Thread(target=send)
        sender.start()
        with suppress(OSError):
            while b"\r\n" not in said and (got := line.recv(4096)):
                said.extend(got)
        taken = time.monotonic() - started
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        sender.join()
    words = bytes(said).split(b" ", 2)
    return (int(words[1]) if len(words) > 1 else 0), taken


def one_file(size: int) -> Iterator[bytes]:
    yield HEAD % 0
    for _ in range(size // len(PIECE)):
        yield PIECE
    yield b"\r\n--cut--\r\n"


def many_files(number: int, size: int) -> Iterator[bytes]:
    for one in range(number):
        yield HEAD % one
        for _ in range(size // len(PIECE)):
            yield PIECE
        yield b"\r\n"
    yield b"--cut--\r\n"


def body_faults(url: str, disk: Disk) -> Iterator[str]:
    """One line per body that was not refused in time, or lay on the disk."""
    cases: list[tuple[str, Callable[[], Iterator[bytes]], int | None]] = [
        ("200 MB announced", lambda: one_file(BODY), BODY),
        ("200 MB in chunks", lambda: one_file(BODY), None),
        ("ten files of 20 MB in chunks", lambda: many_files(10, 20 * MEGABYTE - len(PIECE)), None),
        ("one file of 21 MB", lambda: one_file(21 * MEGABYTE), sum(map(len, one_file(21 * MEGABYTE)))),
    ]
    for what, pieces, length in cases:
        disk.most = 0
        with disk.watched():
            status, seconds = post(url, pieces(), length)
        if status != 413 or seconds > MOST_SECONDS:
            yield f"{what}: {status} after {seconds:.1f} s"
        if disk.most > MOST_ON_DISK:
            yield f"{what}: {disk.most / MEGABYTE:.0f} MB on the disk"


def limit_faults(made: Office) -> Iterator[str]:
    """One line per limit on files that does not hold; nothing of a refused submit may be left."""
    heavy = corpus.pdf(b"<< /Length 19000000 >>\nstream\n" + bytes(19_000_000) + b"\nendstream")
    wide = {f"word/media/{n}": "x" for n in range(2_001)}
    cases = [
        ("21 MB", [("a.pdf", bytes(21 * MEGABYTE))], 413),
        ("eleven files", [("a.docx", corpus.word())] * 11, 422),
        ("57 MB in three files", [("a.pdf", heavy)] * 3, 413),
        ("41 million pixels", [("a.png", corpus.png_of(41_000, 1_000))], 422),
        ("210 MB unzipped", [("a.docx", corpus.word(parts={f"word/{n}": bytes(30_000_000) for n in range(7)}))], 422),
        ("ratio above 50", [("a.docx", corpus.word(parts={"word/a": bytes(8_000_000)}))], 422),
        ("2,001 entries", [("a.docx", corpus.word(parts=wide))], 422),
    ]
    with made.app.app_context():
        before = _left(made)
        for what, chosen, status in cases:
            uploads = [SimpleNamespace(filename=name, stream=io.BytesIO(data)) for name, data in chosen]
            got = _status(lambda uploads=uploads: actions.receive(uploads))  # type: ignore[misc]
            if got != status:
                yield f"{what}: {got}"
        if _left(made) != before:
            yield "something of a refused submit was left"
        yield from _day_faults(made)


def _day_faults(made: Office) -> Iterator[str]:
    def upload(username: str) -> int:
        actor = Actor(made.people[username][0], "", "deputy")
        return _status(
            lambda: actions.store(actor, SimpleNamespace(filename="a.docx", stream=io.BytesIO(corpus.word())))
        )

    def sent(hours: int) -> None:
        moment = clock.real() - timedelta(hours=hours)
        db.session.add(
            Document(
                name="a.pdf",
                media_type="application/pdf",
                size=MOST_BYTES_A_DAY,
                sha256="0" * 64,
                uploaded_by_id=made.people["deputy"][0],
                received_at=moment,
            )  # fmt: skip
        )
        db.session.flush()

    for what, hours, username, status in (
        ("after 500 MB the day before", 25, "deputy", 200),
        ("after 500 MB today", 23, "deputy", 429),
        ("somebody else", 23, "stranger", 200),
    ):
        sent(hours)
        if (got := upload(username)) != status:
            yield f"{what}: {got}"
    db.session.rollback()


def _status(act: Callable[[], object]) -> int:
    try:
        act()
    except PortalError as refusal:
        return refusal.status
    return 200


def _left(made: Office) -> set[Path]:
    return {path for path in (made.data / "files").rglob("*") if path.is_file()}


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Bodies over the wire against the real server; the other limits in the process."""
    with office(engine) as made:
        scratch = made.data / "tmp"
        scratch.mkdir()
        with serving(made.data, DATABASE_URL=made.database_url, TMPDIR=str(scratch)) as running:
            disk = Disk(running.process.pid, (made.data,))
            found = list(body_faults(running.url, disk))
        found += list(limit_faults(made))
    return f"4 bodies, 10 limits, {len(found)} faults" + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """Without the limit on a file something must be noticed; the first red line."""
    with office("sqlite") as made, mock.patch.object(actions, "MOST_FILE_BYTES", 10**12):
        for line in limit_faults(made):
            return line
    raise AssertionError("C7 stayed green without a limit")
