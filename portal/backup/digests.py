"""What a database and its files come down to: the same digest means the same rows and the same bytes."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from portal.documents.models import Document

ROWS_AT_ONCE = 2000


def of_rows(connection: Connection) -> dict[str, str]:
    """Every table's digest over all its rows, with the number of rows before it ("12:ab…")."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    inspector = inspect(connection)
    return {table: _of_table(connection, table, inspector) for table in sorted(inspector.get_table_names())}


def _of_table(connection: Connection, table: str, inspector: object) -> str:
    keys = inspector.get_pk_constraint(table)["constrained_columns"]  # type: ignore[attr-defined]
    columns = sorted(each["name"] for each in inspector.get_columns(table))  # type: ignore[attr-defined]
    quote = connection.dialect.identifier_preparer.quote
    listed = ", ".join(map(quote, columns))
    ordered = ", ".join(map(quote, keys or columns))
    digest, count = hashlib.sha256(), 0
    query = text(f"SELECT {listed} FROM {quote(table)} ORDER BY {ordered}")  # noqa: S608 - names from the catalogue
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query):
        digest.update(repr(tuple(row)).encode())
        count += 1
    return f"{count}:{digest.hexdigest()}"


def files_named(connection: Connection) -> list[str]:
    """The digests of all files that rows of this database name."""
    rows = connection.execute(select(Document.__table__.c.sha256, Document.__table__.c.original_sha256))
    return sorted({digest for row in rows for digest in row if digest})


def of_file(path: Path) -> str:
    """The SHA-256 of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def overall(rows: Mapping[str, str], files: list[str]) -> str:
    """One digest over all rows and all files."""
    whole = hashlib.sha256()
    for table in sorted(rows):
        whole.update(f"{table} {rows[table]}\n".encode())
    for digest in sorted(files):
        whole.update(f"{digest}\n".encode())
    return whole.hexdigest()
