"""G6 (small): what was backed up while people were writing comes back the same, and sends nothing.

Each round: writers at work, backup, everything wiped, restore, identical digest (rows and files as of the snapshot),
the log verifies, the outbox is off. Full form: 20 rounds on the demo district where it exists. A copy of the live file
made by cp must be caught.
"""

import importlib
import importlib.util
import io
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

from flask import Flask
from sqlalchemy import make_url, text

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record
from portal.backup import actions, engines
from portal.backup.engines import Unsound
from portal.config import Settings
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.documents.models import Document
from portal.documents.storage import files
from portal.jobs import queries
from portal.jobs.actions import enqueue
from tests.assurance.harness import NotRun, application

WRITERS = 2


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    if engine == "pg" and not all(map(shutil.which, ("pg_dump", "pg_restore"))):
        raise NotRun("pg_dump and pg_restore are not installed")
    rounds, chance = (2, random.Random(seed)) if quick else (20, random.Random(seed))
    identical = silent = 0
    slowest = 0.0
    with application(engine, **({} if quick else {"profile": "demo"})) as app:
        settings: Settings = app.config["SETTINGS"]
        fill(chance, quick)
        for _ in range(rounds):
            with writing(app):
                archive, manifest = actions.backup(settings)
            wipe(settings)
            began = time.monotonic()
            actions.restore(archive, settings)
            slowest = max(slowest, time.monotonic() - began)
            silent += queries.outbox_off()
            db.session.remove()
            actions.go_live(settings)
            identical += actions.check_copy(settings.sqlalchemy_url, manifest) == manifest.digest
            archive.unlink()
    figure = (
        f"{identical}/{rounds} restores identical ({manifest.row_count} rows, {len(manifest.files)} files, slowest "
        f"{slowest:.1f} s), {silent}/{rounds} restored copies silent"
    )
    return figure, identical == silent == rounds


def fill(chance: random.Random, quick: bool) -> None:
    """Rows of several kinds and stored files; the demo district too, where it exists."""
    if not quick and importlib.util.find_spec("portal.demo"):
        importlib.import_module("portal.demo").load(clock.now())
        db.session.rollback()
    for number in range(20):
        digest = files().put(io.BytesIO(chance.randbytes(chance.randrange(1, 200_000))))
        with writing_transaction():
            db.session.add(Document(name=f"附件{number}.pdf", media_type="application/pdf", size=1, sha256=digest))
            for turn in range(25):
                record(SYSTEM, f"paper:{number}", "paper.send", {"turn": turn}, "𠮷田发出")
            enqueue("notify", {"persons": [number]}, once=f"drill:{number}")


@contextmanager
def writing(app: Flask) -> Iterator[None]:
    """Writers at work until the block ends."""
    enough = threading.Event()

    def write(name: str) -> None:
        number = 0
        with app.app_context():
            while not enough.is_set():
                with writing_transaction():
                    record(SYSTEM, f"load:{name}", "paper.send", {"number": number}, "发出")
                    enqueue("notify", {"persons": []})
                number += 1

    writers = [threading.Thread(target=write, args=(str(name),)) for name in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        time.sleep(0.1)
        yield
    finally:
        enough.set()
        for writer in writers:
            writer.join()


def wipe(settings: Settings) -> None:
    """No database, no files."""
    db.session.remove()
    db.engine.dispose()
    shutil.rmtree(settings.data / "files")
    if settings.database_url:
        with engines.engine_of(settings.database_url).begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    else:
        Path(make_url(settings.sqlalchemy_url).database or "").unlink()


def negative_control() -> str:
    """cp of the live file instead of the online backup, while a transaction is under way."""
    with application("sqlite") as app:
        settings: Settings = app.config["SETTINGS"]
        fill(random.Random(1), quick=True)
        with writing_transaction():
            for number in range(2000):
                enqueue("notify", {"persons": [number]})
        committed = actions.backup(settings)[1].rows["jobs"]
        with closing(sqlite3.connect(settings.data / "portal.db", isolation_level=None)) as writer:
            writer.execute("PRAGMA cache_size=5")
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE jobs SET tries = 99")
            with mock.patch.object(engines, "copy_live", shutil.copyfile):
                try:
                    copied = actions.backup(settings)[1].rows["jobs"]
                except Unsound as caught:
                    return f"the copy was refused: {caught}"
    assert copied != committed, "the copied file held exactly what was committed"
    return f"the copy held {copied[:17]}… where {committed[:17]}… was committed"
