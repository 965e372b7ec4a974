"""The database's own refusal to rewrite what is on record, on both engines.

SQLite's delete triggers do not fire for INSERT OR REPLACE, so an insert guard stands before them; PostgreSQL needs a
statement trigger of its own against TRUNCATE.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, text

APPEND_ONLY = ("audit_entries", "audit_heads", "task_facts")
"""Tables whose rows are official facts: a change is a new row with a reason."""

MESSAGE = "the record is append-only"

_PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def statements(dialect: str, table: str, keys: Sequence[Sequence[str]] = (("id",),)) -> list[str]:
    """The DDL that makes `table` append-only. `keys` are its unique column sets, guarded against REPLACE on SQLite."""
    if dialect == "postgresql":
        return [
            _PG_FUNCTION,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    # The guard comes before the unique check it replaces, and must be told apart from a defect as that one is.
    twice = f"BEGIN SELECT RAISE(ABORT, 'unique: {MESSAGE}'); END"
    taken = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    there = f"SELECT 1 FROM {table} WHERE {taken}"  # noqa: S608 - names from our own tables
    return [
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN EXISTS ({there}) {twice}",
    ]


def removal(dialect: str, table: str) -> list[str]:
    """The DDL that takes the guards of `table` away, for a migration's way down."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for name in ("kept", "not_emptied")]
    return [f"DROP TRIGGER IF EXISTS {table}_{name}" for name in ("not_changed", "not_deleted", "not_replaced")]


def keys_of(table: Table) -> list[tuple[str, ...]]:
    """The unique column sets of a table: primary key, unique constraints and unique indexes."""
    found = [tuple(column.name for column in table.primary_key.columns)]
    for constraint in sorted(table.constraints, key=lambda each: str(each.name)):
        if constraint.__visit_name__ == "unique_constraint":
            found.append(tuple(column.name for column in constraint.columns))  # type: ignore[attr-defined]
    found += [tuple(column.name for column in index.columns) for index in table.indexes if index.unique]
    return sorted(set(found))


def install(where: Any, table: str, keys: Sequence[Sequence[str]] = (("id",),)) -> None:
    """Make `table` append-only. `where` is a Connection, or Alembic's `op` inside a migration."""
    connection: Connection = where if isinstance(where, Connection) else where.get_bind()
    for statement in statements(connection.dialect.name, table, keys):
        connection.execute(text(statement))


def uninstall(where: Any, table: str) -> None:
    """Take the guards of `table` away again."""
    connection: Connection = where if isinstance(where, Connection) else where.get_bind()
    for statement in removal(connection.dialect.name, table):
        connection.execute(text(statement))
