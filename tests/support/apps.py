"""Applications for tests.

`app` is one application per test process on SQLite: built once, and for each test given a fresh data folder with a
copy of a database that the migrations made. No application context is pushed; `session` pushes one for tests of actions
and queries. `client` may stand beside it: each request runs in a context of its own, after a commit of that session.
`both_engines_app` is the same on SQLite and on PostgreSQL. Tests that need other settings build theirs by `make_app`.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session, scoped_session

from portal import config, create_app
from portal.core import clock, personal
from portal.core.db import db
from tests.support import postgres
from tests.support.inspecting import InspectingClient
from tests.support.needs import lacking

SECRET = "for-tests-only-" + "x" * 32
MIGRATIONS = config.ROOT / "migrations"
KEPT_TABLES = frozenset({"alembic_version"})
MakeApp = Callable[..., Flask]


def build(data: Path, clock_file: Path, **settings: Any) -> Flask:
    """An application of the test profile whose data lie in `data`; `settings` as in portal/config.py."""
    overrides = {"profile": "test", "data": data, "clock_file": str(clock_file), "secret": SECRET, "database_url": ""}
    app = create_app({**overrides, **settings})
    app.testing = True
    app.test_client_class = InspectingClient
    return app


def make_tables(app: Flask) -> None:
    """The tables by the migrations, as in an office; straight from the models only while there are none."""
    with app.app_context():
        if any(MIGRATIONS.glob("versions/*.py")):
            flask_migrate.upgrade(directory=str(MIGRATIONS))
        else:
            db.create_all()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that sets the office clock of every test application of this process."""
    return tmp_path_factory.mktemp("clock") / "now.txt"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, clock_file: Path) -> Path:
    """A database with all tables and no rows but those the migrations put there."""
    data = tmp_path_factory.mktemp("template")
    make_tables(build(data, clock_file))
    return data / "portal.db"


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory, clock_file: Path) -> Flask:
    return build(tmp_path_factory.mktemp("data"), clock_file)


@pytest.fixture
def app(sqlite_app: Flask, sqlite_template: Path, clock_file: Path) -> Flask:
    """The application on an empty SQLite database; no context pushed."""
    clock_file.unlink(missing_ok=True)
    clock.obey(str(clock_file))  # another application of this process may have turned clock and keys to its own
    personal.use_key(SECRET)
    empty_data(sqlite_app, sqlite_template)
    return sqlite_app


def empty_data(app: Flask, template: Path | None) -> None:
    """Throw away the application's files and put the template's database in their place."""
    data = app.config["SETTINGS"].data
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    for path in data.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if template is not None:
        shutil.copyfile(template, data / "portal.db")


@pytest.fixture
def make_app(tmp_path: Path, clock_file: Path, sqlite_template: Path) -> MakeApp:
    """make_app(profile="demo", …) builds one more application, with a database of its own."""

    def made(**settings: Any) -> Flask:
        data = tmp_path / f"data{len(list(tmp_path.glob('data*')))}"
        data.mkdir()
        shutil.copyfile(sqlite_template, data / "portal.db")
        return build(data, clock_file, **settings)

    return made


@pytest.fixture
def client(app: Flask) -> InspectingClient:
    """A browser nobody has signed in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database session inside an application context, for tests of actions and queries."""
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def set_clock(clock_file: Path) -> Iterator[Callable[[str], None]]:
    """set_clock("2026-03-02T09:00") makes it that moment in Asia/Shanghai until the test ends."""
    clock.obey(str(clock_file))
    yield lambda moment: clock_file.write_text(moment, encoding="utf-8") and None
    clock_file.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server per test process."""
    try:
        server = postgres.start()
    except postgres.NoPostgres as missing:
        lacking("pg", str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_pg_app(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory, clock_file: Path
) -> Flask:
    app = build(tmp_path_factory.mktemp("pgdata"), clock_file, database_url=postgres_server.create("portal"))
    make_tables(app)
    return app


@pytest.fixture
def pg_app(migrated_pg_app: Flask, clock_file: Path) -> Flask:
    """The application on an emptied PostgreSQL database; no context pushed."""
    clock_file.unlink(missing_ok=True)
    empty_data(migrated_pg_app, None)
    empty_tables(migrated_pg_app)
    return migrated_pg_app


def empty_tables(app: Flask) -> None:
    """Empty the tables that hold rows. As a replica, or the append-only triggers would refuse."""
    with app.app_context(), db.engine.connect() as connection:
        tables = sorted(set(inspect(connection).get_table_names()) - KEPT_TABLES)
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
        filled = [name for (name,) in connection.execute(text(asked))] if tables else []
        if filled:
            connection.execute(text("SET session_replication_role = replica"))
            names = ", ".join(f'"{name}"' for name in filled)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            connection.execute(text("SET session_replication_role = origin"))
            connection.commit()


@pytest.fixture(params=["sqlite", pytest.param("pg", marks=pytest.mark.pg)])
def both_engines_app(request: pytest.FixtureRequest) -> Flask:
    """`app`, then the same test on PostgreSQL."""
    return request.getfixturevalue("app" if request.param == "sqlite" else "pg_app")


@pytest.fixture
def both_engines_session(both_engines_app: Flask) -> Iterator[scoped_session[Session]]:
    """`session`, then the same test on PostgreSQL."""
    with both_engines_app.app_context():
        yield db.session
        db.session.rollback()
