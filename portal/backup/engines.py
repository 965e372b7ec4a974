"""How each engine gives a consistent copy while people work, and takes one back.

SQLite: its online backup, never a copy of the live file, which may hold half a transaction. PostgreSQL: pg_dump in a
snapshot that the digest is computed in as well.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

BUSY_SECONDS = 30


class Unsound(RuntimeError):
    """A snapshot or a restored database does not hold together; nothing was kept or replaced."""


@dataclass(frozen=True)
class Snapshot:
    """A copy on disk, and what the database was at that moment, to be read through `connection`."""

    file: Path
    connection: Connection


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def engine_of(url: str) -> Engine:
    """An engine of our own, without the application's time limits."""
    return create_engine(url, poolclass=NullPool)


@contextmanager
def snapshot(url: str, folder: Path) -> Iterator[Snapshot]:
    """A consistent copy of the database in `folder`. Raises Unsound when the copy does not hold together."""
    with _snapshot_sqlite(url, folder) if is_sqlite(url) else _snapshot_pg(url, folder) as taken:
        yield taken


@contextmanager
def _snapshot_sqlite(url: str, folder: Path) -> Iterator[Snapshot]:
    target = folder / "database"
    copy_live(Path(make_url(url).database or ""), target)
    check_sqlite(target)
    with engine_of(f"sqlite:///{target}").connect() as connection:
        yield Snapshot(target, connection)


def copy_live(source: Path, target: Path) -> None:
    """Copy a database that is being written to, as of one moment."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)


def check_sqlite(file: Path) -> None:
    """Raise Unsound when pages, indexes or references of the file do not agree."""
    with closing(sqlite3.connect(file)) as copy:
        try:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            dangling = copy.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as broken:
            raise Unsound("数据库副本已损坏。") from broken
    if said != "ok" or dangling:
        raise Unsound("数据库副本前后不一致。")


@contextmanager
def _snapshot_pg(url: str, folder: Path) -> Iterator[Snapshot]:
    target = folder / "database"
    with engine_of(url).connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        name = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        _run(
            "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}", f"--file={target}"
        )
        yield Snapshot(target, connection)


def put_back(url: str, file: Path) -> None:
    """Make the database at `url` the one in `file`. SQLite: the old file is replaced in one step."""
    if is_sqlite(url):
        place = Path(make_url(url).database or "")
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = place.with_name(place.name + ".restored")
        shutil.copyfile(file, part)
        with part.open("rb") as copied:
            os.fsync(copied.fileno())
        for leftover in ("-journal", "-wal", "-shm"):
            place.with_name(place.name + leftover).unlink(missing_ok=True)
        os.replace(part, place)
    else:
        clean = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run("pg_restore", url, *clean, str(file))


def _run(program: str, url: str, *options: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Unsound(
            f"没有找到 {program}：请安装与数据库同版本的 PostgreSQL 客户端工具（Debian：postgresql-client）。"
        )
    address = make_url(url)
    environment = {**os.environ, "PGPASSWORD": address.password or "", "PGCONNECT_TIMEOUT": "10"}
    target = address.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - a fixed program with our own options
        [found, f"--dbname={target}", *options], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unsound(f"{program} 没有做成：{done.stderr.strip()[-400:]}")


@contextmanager
def empty_place(url: str, scratch: Path) -> Iterator[str]:
    """The address of an empty database beside the live one, gone again at the end."""
    if is_sqlite(url):
        yield f"sqlite:///{scratch / 'restored' / 'portal.db'}"
        return
    address = make_url(url)
    name = f"{address.database}_drill_{os.getpid()}"
    beside = address.set(database=name)
    with engine_of(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.execute(text(f"CREATE DATABASE {quoted}"))
        try:
            yield beside.render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {quoted} WITH (FORCE)"))
