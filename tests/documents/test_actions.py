"""A row only for a file that is safely on the disk; limits by person; what nobody names is swept."""

import io
import os
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound, TooMany
from portal.documents import actions, nightly, queries
from portal.documents.models import Document
from portal.documents.rules import MOST_BYTES_A_DAY
from portal.documents.storage import files
from tests.documents import corpus


def upload(name="关于电梯的建议.docx", data=None):
    return SimpleNamespace(filename=name, stream=io.BytesIO(data or corpus.word()))


@pytest.fixture
def deputy(session):
    person = Person(name="欧阳·买买提")
    db.session.add(person)
    db.session.flush()
    return Actor(person.id, person.name, "deputy")


def test_document_is_stored_with_its_facts(deputy):
    document = actions.store(deputy, upload())
    assert queries.get(document.public_id) is document
    assert (document.name, document.size, document.uploaded_by_id) == (
        "关于电梯的建议.docx", len(corpus.word()), deputy.person_id)  # fmt: skip
    assert not document.is_picture and document.shown_name == document.name
    with document.open() as file:
        assert file.read() == corpus.word()


def test_photograph_keeps_its_original_apart(deputy):
    document = actions.store(deputy, upload("IMG_0001.HEIC", corpus.HEIC))
    assert (document.media_type, document.shown_name) == ("image/jpeg", "IMG_0001.jpg")
    assert document.is_picture and (document.width, document.height) == (64, 48)
    with files().open(document.original_sha256) as file:
        assert file.read() == corpus.HEIC


def test_what_was_received_before_is_stored_without_looking_again(deputy, monkeypatch):
    [received] = actions.receive([upload()])
    monkeypatch.setattr(actions, "inspect", None)
    assert actions.store(deputy, received).sha256 == received.sha256


def test_order_on_the_disk_and_in_the_database(deputy, monkeypatch):
    actions.store(deputy, upload())
    db.session.commit()
    calls = []
    real_sync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (calls.append("fsync"), real_sync(descriptor))[1])
    monkeypatch.setattr(os, "replace", lambda *names: (calls.append("replace"), real_replace(*names))[1])
    event.listen(db.engine, "commit", lambda connection: calls.append("commit"))
    for _ in range(20):
        calls.clear()
        actions.store(deputy, upload())
        db.session.commit()
        assert calls == ["fsync", "replace", "fsync", "commit"]


def test_a_person_has_500_megabytes_in_24_hours(deputy):
    def sent(hours):
        moment = clock.real() - timedelta(hours=hours)
        facts = {"media_type": "application/pdf", "sha256": "0" * 64, "uploaded_by_id": deputy.person_id}
        db.session.add(Document(name="a.pdf", size=MOST_BYTES_A_DAY, received_at=moment, **facts))
        db.session.flush()

    sent(25)
    actions.store(deputy, upload())
    sent(1)
    with pytest.raises(TooMany) as refusal:
        actions.store(deputy, upload())
    assert refusal.value.message == "您一天内上传的文件已超过500MB，请明天再传。"
    actions.store(SYSTEM, upload())


def test_unknown_document(session):
    with pytest.raises(NotFound):
        queries.get("A" * 22)


def test_files_that_no_row_names_are_swept(deputy):
    kept = actions.store(deputy, upload("a.jpg", corpus.picture()))
    [orphan] = actions.receive([upload("b.pdf", corpus.pdf())])
    assert nightly.sweep(clock.today()) == 0, "they may belong to a request that has not committed yet"
    old = time.time() - 3600
    for digest in (kept.sha256, kept.original_sha256, orphan.sha256):
        os.utime(files()._path(digest), (old, old))
    assert nightly.sweep(clock.today()) == 1
    assert nightly.check(clock.today()) == []
    with pytest.raises(NotFound):
        files().open(orphan.sha256)


def test_damaged_file_is_an_alarm(deputy, caplog):
    document = actions.store(deputy, upload())
    files()._path(document.sha256).write_bytes(b"changed")
    assert nightly.check(clock.today()) == [document.sha256]
    assert queries.all_digests() == [document.sha256]
