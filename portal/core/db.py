"""The session, the base class, the mixins and the column types every table is made of.

SQLite runs with a rollback journal, full durability and foreign keys; requests that write begin with BEGIN IMMEDIATE
behind a process-wide lock, because SQLite's own waiting is not fair among threads.
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, String, event
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from portal.core import clock

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_SETTINGS = ("busy_timeout=10000", "foreign_keys=ON", "journal_mode=TRUNCATE", "synchronous=FULL", "mmap_size=0")
LOCK_WAIT_SECONDS = 20


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out, on both engines."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UTCDateTime()})


db = SQLAlchemy(model_class=Base)


def public_id() -> str:
    """An opaque id of 128 random bits (22 characters) for addresses and programs."""
    return secrets.token_urlsafe(16)


class Identified:
    id: Mapped[int] = mapped_column(primary_key=True)


class Known:
    """Has an opaque public id; the numeric key never leaves the program."""

    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=public_id)


class Stamped:
    """When the row was recorded, by the office's clock; cut-off reports go by it."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), default=clock.now)


class Versioned:
    """Counts its own changes, so that a stale page is noticed."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


_one_writer = threading.Lock()


def writing() -> bool:
    """Whether the request at hand may change the database."""
    return has_app_context() and bool(g.get("writing"))


@contextmanager
def writing_transaction() -> Iterator[None]:
    """One short transaction of its own outside a request: the worker, the nightly, the command line. Commits at
    the end, rolls back when anything is raised; whatever the session held before is rolled back first."""
    db.session.rollback()
    before = g.get("writing", False)
    g.writing = True
    try:
        yield
        db.session.commit()
    finally:
        g.writing = before
        db.session.rollback()


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for setting in SQLITE_SETTINGS:
            connection.execute(f"PRAGMA {setting}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name != "sqlite":
        return
    if not writing():
        connection.exec_driver_sql("BEGIN")
        return
    if not connection.info.get("holds_lock"):
        if not _one_writer.acquire(timeout=LOCK_WAIT_SECONDS):
            raise TimeoutError("the writer's turn did not come")
        connection.info["holds_lock"] = True
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _give_back(connection.info)
        raise


@event.listens_for(Engine, "checkin")
def _checkin(_connection: Any, record: Any) -> None:
    _give_back(record.info)


def _give_back(info: dict[str, Any]) -> None:
    if info.pop("holds_lock", False):
        _one_writer.release()
