"""Files by content: the order on the disk, what a crash leaves, what the sweep may take."""

import hashlib
import io
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import NotFound
from portal.documents.storage import LocalFiles

DATA = "关于电梯的建议".encode()
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


def recorded(monkeypatch):
    """The calls that make a file durable, in order, with what they were about."""
    calls = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(descriptor):
        calls.append(("fsync", os.path.realpath(f"/proc/self/fd/{descriptor}")))
        real_sync(descriptor)

    def replace(source, target):
        calls.append(("replace", str(target)))
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    return calls


def test_file_is_synced_renamed_and_its_folder_synced(files, monkeypatch):
    for number in range(20):
        calls = recorded(monkeypatch)
        path = str(files._path(files.put(io.BytesIO(b"%d" % number))))
        monkeypatch.undo()
        # A new folder's own entry is synced before the rename; then the order is always the same.
        (first, part), *_, renamed, last = calls
        assert first == "fsync" and part.endswith(".part")
        assert renamed == ("replace", path) and last == ("fsync", os.path.dirname(path))


def test_what_is_put_can_be_opened(files):
    assert files.put(io.BytesIO(DATA)) == DIGEST
    with files.open(DIGEST) as file:
        assert file.read() == DATA
    assert files.put(io.BytesIO(DATA)) == DIGEST, "the same content again is the same file"


@pytest.mark.parametrize("digest", ["", "../" + "a" * 61, "A" * 64, "a" * 64, DIGEST + "/..", "a" * 63 + "\n"])
def test_nothing_else_can_be_opened(files, digest):
    with pytest.raises(NotFound):
        files.open(digest)


def test_broken_stream_leaves_nothing(files, tmp_path):
    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.put(Broken())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_sweep_takes_old_files_without_a_row(files, tmp_path):
    kept, orphan, young = (files.put(io.BytesIO(text)) for text in (b"kept", b"orphan", b"young"))
    left_over = files.incoming / "crash.part"
    left_over.write_bytes(b"half")
    hour_ago = time.time() - 3600
    for path in (files._path(kept), files._path(orphan), left_over):
        os.utime(path, (hour_ago, hour_ago))
    limit = datetime.now(UTC) - timedelta(minutes=10)
    assert files.sweep(lambda digests: {kept} & set(digests), limit) == 2
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {kept, young}
    assert files.sweep(lambda digests: {kept} & set(digests), limit) == 0


def test_sweep_spares_a_file_that_comes_back_meanwhile(files):
    orphan = files.put(io.BytesIO(b"orphan"))
    hour_ago = time.time() - 3600
    os.utime(files._path(orphan), (hour_ago, hour_ago))

    def known(digests):
        files.put(io.BytesIO(b"orphan"))
        return set()

    assert files.sweep(known, datetime.now(UTC) - timedelta(minutes=10)) == 0
    assert files.open(orphan).read() == b"orphan"


def test_sweep_of_an_empty_place(files):
    assert files.sweep(lambda _: set(), datetime.now(UTC)) == 0


def test_damage_is_seen(files):
    sound, changed = files.put(io.BytesIO(b"sound")), files.put(io.BytesIO(b"changed"))
    files._path(changed).write_bytes(b"CHANGED")
    missing = "0" * 64
    assert files.damaged([sound, changed, missing]) == [changed, missing]


def test_many_put_the_same_at_once(files):
    threads = [threading.Thread(target=files.put, args=(io.BytesIO(DATA),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files.damaged([DIGEST]) == [] and not list(files.incoming.iterdir())
