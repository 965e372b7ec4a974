"""What is backed up comes back the same, what was tampered with does not come back at all."""

import hashlib
import io
import shutil
import sqlite3
import tarfile
import threading
from contextlib import closing
from dataclasses import replace

import pytest

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record
from portal.backup import actions, engines
from portal.backup.archive import Opening, Sealing, Unreadable
from portal.backup.engines import Unsound
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.documents.models import Document
from portal.jobs import leases, queries

SECRET = "a secret for tests " * 3


@pytest.fixture
def office(session, tmp_path):
    """The settings of an office with some rows and one stored file."""
    place = tmp_path / "office"
    place.mkdir()
    settings = Settings(profile="test", data=place, database_url=str(db.engine.url), secret=SECRET)
    fill(40)
    content = "答复意见".encode()
    digest = hashlib.sha256(content).hexdigest()
    stored = place / "files" / digest[:2] / digest
    stored.parent.mkdir(parents=True)
    stored.write_bytes(content)
    with writing_transaction():
        db.session.add(
            Document(
                name="答复.docx",
                media_type="application/x-test",
                sha256=digest,
                size=len(content),
                received_at=clock.real(),
            )
        )
    return settings


def fill(count, subject="paper:1"):
    with writing_transaction():
        for number in range(count):
            record(SYSTEM, subject, "paper.sent", {"number": number}, "发出")


def close():
    """The portal is stopped."""
    db.session.remove()
    db.engine.dispose()


def elsewhere(settings, tmp_path):
    target = tmp_path / "elsewhere"
    return replace(settings, data=target, database_url=f"sqlite:///{target / 'portal.db'}")


def test_comes_back_the_same(office, tmp_path):
    archive, manifest = actions.backup(office)
    target = elsewhere(office, tmp_path)
    actions.restore(archive, target)
    assert manifest.row_count > 80 and len(manifest.files) == 1
    stored = list((target.data / "files").rglob("*"))
    assert any(each.is_file() and each.read_bytes() == "答复意见".encode() for each in stored)
    with closing(sqlite3.connect(target.data / "portal.db")) as copy:
        assert copy.execute("SELECT count(*) FROM audit_entries").fetchone() == (40,)


def test_a_restored_copy_sends_nothing_until_it_is_live(office):
    archive, _ = actions.backup(office)
    close()
    actions.restore(archive, office)
    assert queries.outbox_off()
    db.session.rollback()
    assert actions.go_live(office)
    assert not queries.outbox_off()


def test_what_was_there_is_moved_aside(office, tmp_path):
    archive, _ = actions.backup(office)
    fill(3)
    close()
    actions.restore(archive, office, live=True)
    [aside] = office.data.glob("before-restore-*")
    with closing(sqlite3.connect(aside / "portal.db")) as old:
        assert old.execute("SELECT count(*) FROM audit_entries").fetchone() == (43,)


def test_nothing_is_restored_under_a_running_worker(office):
    archive, _ = actions.backup(office)
    with writing_transaction():
        leases.show(queries.WORKER, 60)
    with pytest.raises(RuntimeError, match="还在运行"):
        actions.restore(archive, office)


@pytest.mark.parametrize("where", [0, 40, -3])
def test_a_changed_archive_is_refused(office, tmp_path, where):
    archive, _ = actions.backup(office)
    raw = bytearray(archive.read_bytes())
    raw[where] ^= 1
    archive.write_bytes(bytes(raw))
    target = elsewhere(office, tmp_path)
    with pytest.raises(Unreadable):
        actions.restore(archive, target)
    assert not (target.data / "portal.db").exists()


def test_a_cut_archive_another_key_and_a_copied_file_are_refused(office, tmp_path):
    archive, _ = actions.backup(office)
    target = elsewhere(office, tmp_path)
    with pytest.raises(Unreadable, match="密钥"):
        actions.restore(archive, replace(target, secret="another"))
    archive.write_bytes(archive.read_bytes()[:-40])
    with pytest.raises(Unreadable):
        actions.restore(archive, target)
    copied = tmp_path / "portal.db.copy"
    shutil.copyfile(db.engine.url.database, copied)
    with pytest.raises(Unreadable, match="复制"):
        actions.restore(copied, target)


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "files/../../outside", "files/short", "settings.py"])
def test_only_what_backups_hold_is_taken_out(tmp_path, name):
    archive, content = tmp_path / "planted.backup", b"planted"
    with Sealing(archive, SECRET) as sealing, tarfile.open(fileobj=sealing, mode="w|") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    target = Settings(profile="test", data=tmp_path / "office", secret=SECRET)
    with pytest.raises(Unsound, match="不认识"):
        actions.restore(archive, target)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != archive]


def test_the_archive_holds_no_clear_text(office):
    archive, _ = actions.backup(office)
    raw = archive.read_bytes()
    assert "答复意见".encode() not in raw and b"SQLite format" not in raw and b"paper:1" not in raw


def test_a_file_missing_on_disk_is_said(office):
    shutil.rmtree(office.data / "files")
    _, manifest = actions.backup(office)
    assert len(manifest.missing) == 1 and manifest.files == []


def test_long_streams_keep_their_order(tmp_path):
    path = tmp_path / "long"
    content = bytes(range(256)) * 13_000
    with Sealing(path, SECRET) as sealing:
        for start in range(0, len(content), 70_001):
            sealing.write(content[start : start + 70_001])
    with Opening(path, SECRET) as opening:
        assert opening.read() == content


def test_a_drill_under_load_is_identical(office, app):
    stop = threading.Event()

    def work():
        with app.app_context():
            while not stop.is_set():
                fill(1, "paper:load")

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for _ in range(3):
            done = actions.drill(office)
            assert done.ok and done.rows > 80
    finally:
        stop.set()
        writer.join()
    assert [each.name for each in office.data.iterdir()] == ["files"], "a drill leaves nothing behind"


def test_copying_the_live_file_is_caught(office, monkeypatch):
    """Negative control: with cp in the place of the online backup, an open transaction spoils the copy."""
    monkeypatch.setattr(engines, "copy_live", shutil.copyfile)
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as writer:
        half_a_transaction(writer)
        with pytest.raises(Unsound):
            actions.backup(office)
    assert not list((office.data / "backups").glob("*.backup"))


def half_a_transaction(writer):
    """Rows that have reached the file though nobody has committed them, as any large transaction does."""
    writer.execute("PRAGMA cache_size=5")
    writer.execute("BEGIN IMMEDIATE")
    now = clock.real().isoformat(sep=" ")[:26]
    for number in range(3000):
        writer.execute(
            "INSERT INTO audit_entries (subject, seq, code, at, office_at, payload_hash, previous, hash) "
            "VALUES ('half:1', ?, 'x', ?, ?, '0', '0', '0')",
            (number, now, now),
        )
