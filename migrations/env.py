"""How Alembic runs here: one transaction per migration on both engines, and SQLite's foreign keys off while tables are
rebuilt (a batch change with them on would delete children), checked afterwards."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

database = current_app.extensions["migrate"].db


def render(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as plain ones: a migration imports no code that may change."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def compare(_context: Any, _column: Any, _metadata_column: Any, inspected: Any, metadata_type: Any) -> bool | None:
    """Our decorated types equal the plain ones they are stored as."""
    if isinstance(metadata_type, TypeDecorator):
        return not isinstance(inspected, type(metadata_type.impl))
    return None


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """SQLite: one upgrade for each data folder. Locking the database file itself would undo SQLite's own locks."""
    place = database.engine.url.database
    if database.engine.dialect.name != "sqlite" or not place:
        yield
        return
    folder = os.open(Path(place).resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def run(connection: Connection) -> None:
    """Run the migrations on this connection."""
    lite = connection.dialect.name == "sqlite"
    if lite:
        connection.connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=lite,
        render_item=render,
        compare_type=compare,
        transaction_per_migration=True,
    )
    if not lite:
        connection.execute(text("SELECT pg_advisory_lock(726311)"))
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()
    if lite:
        broken = connection.connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.connection.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"foreign keys broken after the migration: {broken[:3]}")


if context.is_offline_mode():
    context.configure(dialect_name=database.engine.dialect.name, target_metadata=database.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with one_at_a_time(), database.engine.connect() as live:
        run(live)
