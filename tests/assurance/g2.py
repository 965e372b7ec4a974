"""G2: every connection keeps what it is given, and an unsafe database is refused at the start.

Read back on each of many connections: foreign keys, full synchronisation, waiting, rollback journal, no memory map;
on PostgreSQL fsync, commits and time limits. Writes begin with BEGIN IMMEDIATE. A kept file is synced, renamed, its
folder synced, and only then is its row committed.
"""

import io
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Engine, create_engine, event

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record
from portal.core import db as core
from portal.core import durability
from portal.core.db import db, writing_transaction
from portal.core.errors import Misconfigured
from portal.documents.models import Document
from portal.documents.storage import files
from tests.assurance.harness import application, engine_url

CONNECTIONS = 16
UPLOADS = 20
SAFE_ORDER = ["sync file", "rename", "sync folder", "commit"]
UNSAFE_SQLITE = (
    {"foreign_keys": "0"}, {"synchronous": "1"}, {"synchronous": "0"}, {"busy_timeout": "1000"},
    {"mmap_size": "268435456"}, {"journal_mode": "wal"}, {"journal_mode": "memory"}, {"journal_mode": "off"},
)  # fmt: skip
UNSAFE_PG = (
    {"fsync": "off"}, {"synchronous_commit": "off"}, {"full_page_writes": "off"}, {"lock_timeout": "0"},
    {"statement_timeout": "0"}, {"statement_timeout": "60000"}, {"server_version_num": "140010"},
)  # fmt: skip


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    with application(engine):
        pragmas = safe_connections()
        immediate = engine == "pg" or begins_immediate()
        ordered = ordered_uploads(5 if quick else UPLOADS)
        refused, ways = refusals(engine)
        started = starts_on_a_durable_server() if engine == "pg" else says_rollback_journal()
    figure = (
        f"{pragmas}/{CONNECTIONS} connections safe, {refused}/{ways} unsafe settings refused, "
        f"writes {'' if immediate else 'do not '}begin at once, {ordered} uploads in order"
    )
    whole = pragmas == CONNECTIONS and refused == ways and immediate and started
    return figure, whole and ordered == (5 if quick else UPLOADS)


def safe_connections() -> int:
    """How many of CONNECTIONS, open at the same time, have safe settings."""
    opened = [db.engine.connect() for _ in range(CONNECTIONS)]
    try:
        # The test server skips its disk for speed; its own settings are checked on another one.
        allowed = ("fsync", "full_page_writes")
        return sum(
            not [each for each in durability.troubles(durability.settings(one)) if not any(a in each for a in allowed)]
            for one in opened
        )
    finally:
        for one in opened:
            one.close()


def says_rollback_journal() -> bool:
    """A build with the fault in its write-ahead log starts with the rollback journal and says so."""
    return sqlite3.sqlite_version_info >= durability.WAL_SOUND_FROM or "回滚日志" in durability.check(db.engine)


def starts_on_a_durable_server() -> bool:
    """A server that syncs is accepted, and one that does not is refused."""
    limits = {"options": "-c lock_timeout=5000 -c statement_timeout=15000"}
    for settings, safe in ((("fsync=on",), True), (("fsync=off",), False)):
        with engine_url("pg", "shared_buffers=16MB", *settings) as url:
            engine = create_engine(url, connect_args=limits)
            try:
                durability.check(engine)
                accepted = True
            except Misconfigured:
                accepted = False
            finally:
                engine.dispose()
        if accepted is not safe:
            return False
    return True


def begins_immediate() -> bool:
    """A writing transaction takes the write lock before its first statement: another writer cannot."""
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with writing_transaction():
            record(SYSTEM, "paper:1", "paper.send", {}, "发出")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return statements[0] == "BEGIN IMMEDIATE"


def refusals(engine: str) -> tuple[int, int]:
    """How many unsafe settings, one at a time, are found unsafe."""
    safe = {
        "sqlite": {"foreign_keys": "1", "synchronous": "2", "busy_timeout": "10000", "journal_mode": "truncate",
                   "mmap_size": "0", "version": "3.40.1"},
        "pg": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "lock_timeout": "5000",
               "statement_timeout": "15000", "server_version_num": "150000"},
    }[engine]  # fmt: skip
    assert not durability.troubles(safe)
    ways = UNSAFE_SQLITE if engine == "sqlite" else UNSAFE_PG
    return sum(bool(durability.troubles({**safe, **way})) for way in ways), len(ways)


def ordered_uploads(count: int) -> int:
    """How many of `count` kept files were synced, renamed and their folder synced before their row was committed."""
    good = 0
    for number in range(count):
        with recording() as order:
            digest = files().put(io.BytesIO(f"附件{number}".encode()))
            with writing_transaction():
                db.session.add(Document(name="附件.txt", media_type="text/plain", size=8, sha256=digest))
        good += _in_order(order)
    return good


def _in_order(order: list[str]) -> bool:
    wanted = iter(SAFE_ORDER)
    step = next(wanted)
    for done in order:
        if done == step:
            step = next(wanted, "")
    return step == ""


@contextmanager
def recording() -> Iterator[list[str]]:
    """The order of syncs, renames and commits of this thread."""
    order: list[str] = []
    here = threading.get_ident()
    fsync, rename = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        if threading.get_ident() == here:
            order.append("sync folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "sync file")
        fsync(descriptor)

    def renamed(*places: Any, **named: Any) -> None:
        if threading.get_ident() == here:
            order.append("rename")
        rename(*places, **named)

    def committed(_connection: Any) -> None:
        order.append("commit")

    event.listen(Engine, "commit", committed)
    try:
        with mock.patch.object(os, "fsync", synced), mock.patch.object(os, "replace", renamed):
            yield order
    finally:
        event.remove(Engine, "commit", committed)


def negative_control() -> str:
    """Without the connection hook; then without fsync."""
    event.remove(Engine, "connect", core._prepare)
    try:
        with application("sqlite"):
            bare = safe_connections()
    finally:
        event.listen(Engine, "connect", core._prepare)
    with application("sqlite"), recording() as order, mock.patch.object(os, "fsync", lambda _: None):
        digest = files().put(io.BytesIO(b"x"))
        with writing_transaction():
            db.session.add(Document(name="x.txt", media_type="text/plain", size=1, sha256=digest))
    assert bare == 0, f"{bare} connections are safe without the hook"
    assert not _in_order(order), "the order looks safe without a sync"
    return f"0/{CONNECTIONS} connections safe; without fsync the order was {', '.join(order)}"
