"""The migrations make the tables of the models, up, down and up again, on both engines, with every guard in its place."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.types import TypeDecorator

from portal.audit import triggers
from portal.core.db import db
from tests.rules.sources import ROOT
from tests.support import apps, postgres

VERSIONS = sorted((ROOT / "migrations/versions").glob("*.py"))
NUMBERED = re.compile(r"\d{4}_\w+\.py")
# What may be imported: DDL text that is only ever added to.
ALLOWED = ("alembic", "sqlalchemy", "portal.audit")
GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture(params=["sqlite", pytest.param("pg", marks=pytest.mark.pg)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    url = ""
    if request.param == "pg":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        url = server.create(f"migrations_{tmp_path.name}"[:60].lower())
    app = apps.build(tmp_path, tmp_path / "clock.txt", database_url=url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def moved(step: Callable[..., None], **where: str) -> None:
    step(directory=str(apps.MIGRATIONS), **where)
    db.session.remove()


def differences() -> list[object]:
    """What Alembic would still have to change; our own column types are stored as plain ones."""

    def same(_c: object, _column: object, _known: object, found: object, wanted: object) -> bool | None:
        return not isinstance(found, type(wanted.impl)) if isinstance(wanted, TypeDecorator) else None

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": same})
        return list(compare_metadata(context, db.metadata))


def guards(connection: Connection) -> set[str]:
    return set(connection.scalars(text(GUARDS[connection.dialect.name])))


def state() -> tuple[set[str], set[str]]:
    """(tables, triggers) of the database as it stands."""
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - apps.KEPT_TABLES, guards(connection)


def test_up_down_and_up_again(bare: Flask) -> None:
    moved(flask_migrate.upgrade)
    assert not differences()
    tables, triggers_made = state()
    assert tables == set(db.metadata.tables)
    assert triggers_made
    moved(flask_migrate.downgrade, revision="base")
    assert state() == (set(), set())
    moved(flask_migrate.upgrade)
    assert state() == (tables, triggers_made)
    assert not differences()


def test_a_missing_column_is_found(bare: Flask) -> None:
    moved(flask_migrate.upgrade)
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE persons DROP COLUMN nation"))
    assert "nation" in str(differences())


def test_guards_know_every_unique_key_of_their_table(sqlite_app: Flask) -> None:
    source = next(path for path in VERSIONS if path.name.startswith("0002")).read_text(encoding="utf-8")
    found = next(
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "GUARDED"  # type: ignore[attr-defined]
    )
    for table, keys in ast.literal_eval(found).items():
        assert {tuple(sorted(key)) for key in triggers.keys_of(db.metadata.tables[table])} == {
            tuple(sorted(key)) for key in keys
        }, f"{table}: a later migration must put its guards anew"


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.name)
def test_a_migration_is_numbered_goes_both_ways_and_imports_no_model(path: Path) -> None:
    assert NUMBERED.fullmatch(path.name)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"upgrade", "downgrade"} <= names
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert str(node.module).startswith(ALLOWED), node.module
        elif isinstance(node, ast.Import):
            assert all(alias.name.startswith(ALLOWED) for alias in node.names)
