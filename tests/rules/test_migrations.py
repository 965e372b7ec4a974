"""Migrations: up, down and up again on both engines; afterwards the tables are the models'; the guards of the record
stand after every step; of two upgrades at once one does the work."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect, text

from portal import config
from portal.audit.triggers import APPEND_ONLY
from portal.core.db import db
from tests.support import apps
from tests.support.browser import environment_for

MIGRATIONS = config.ROOT / "migrations"
TRIGGERS = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE NOT tgisinternal",
}


@pytest.fixture(params=["sqlite", pytest.param("pg", marks=pytest.mark.pg)])
def bare(request: pytest.FixtureRequest, tmp_path: Path, clock_file: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    url = (
        request.getfixturevalue("postgres_server").create(f"bare{abs(hash(tmp_path))}") if request.param == "pg" else ""
    )
    app = apps.build(tmp_path, clock_file, database_url=url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def settings() -> Config:
    found = Config(str(MIGRATIONS / "alembic.ini"))
    found.set_main_option("script_location", str(MIGRATIONS))
    return found


def revisions() -> list[str]:
    """All revisions, the first one first."""
    walked = ScriptDirectory.from_config(settings()).walk_revisions()
    return [one.revision for one in walked][::-1]


def guarded() -> set[str]:
    with db.engine.connect() as connection:
        return {name for (name,) in connection.execute(text(TRIGGERS[connection.dialect.name]))}


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def differences() -> list[Any]:
    """What autogenerate would still want to change."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "render_as_batch": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def test_up_down_and_up_again(bare: Flask):
    command.upgrade(settings(), "head")
    assert tables() == set(db.metadata.tables)
    command.downgrade(settings(), "base")
    assert tables() == set()
    assert guarded() == set()
    command.upgrade(settings(), "head")
    assert differences() == []


def test_every_revision_goes_down_one_step_and_up_again(bare: Flask):
    for revision in revisions():
        command.upgrade(settings(), revision)
        before = (tables(), guarded())
        command.downgrade(settings(), "-1")
        command.upgrade(settings(), revision)
        assert (tables(), guarded()) == before, revision
    assert set(APPEND_ONLY) <= guarded(), "the guards of the record stand at the end"


def test_revisions_are_one_numbered_line():
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name.split("_")[0] for name in names] == revisions()


def test_migrations_import_no_models():
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert "models" not in source.split("def upgrade")[0], path.name


def test_of_two_upgrades_at_once_one_does_the_work(tmp_path: Path, sqlite_template: Path):
    assert sqlite_template.exists()
    environment, ends = environment_for(tmp_path, "test"), []

    def upgrade() -> None:
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        ends.append(
            subprocess.run(words, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False)
        )

    both = [threading.Thread(target=upgrade) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert [end.returncode for end in ends] == [0, 0], ends[0].stderr[-800:] + ends[1].stderr[-800:]
    app = apps.build(tmp_path, tmp_path / "clock.txt")
    with app.app_context():
        assert tables() == set(db.metadata.tables)
        assert set(APPEND_ONLY) <= guarded()
        db.engine.dispose()
