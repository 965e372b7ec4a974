"""The fixtures give each test a clean house on both engines."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.orm import Session, scoped_session

from portal.core import clock
from portal.core.db import db
from tests.support.browser import PHONE
from tests.support.inspecting import InspectingClient


def test_each_test_begins_with_an_empty_database(both_engines_app: Flask) -> None:
    with both_engines_app.app_context():
        assert set(db.metadata.tables) <= {*inspect(db.engine).get_table_names()}
        for table in db.metadata.sorted_tables:
            assert not db.session.execute(table.select().limit(1)).first(), table.name


def test_a_request_has_a_context_of_its_own(client: InspectingClient, session: scoped_session[Session]) -> None:
    before = db.session()
    assert client.get("/healthz").status_code == 200
    assert db.session() is before


def test_the_office_clock_obeys(app: Flask, set_clock: Callable[[str], None]) -> None:
    set_clock("2026-03-02T09:00")
    assert clock.now().isoformat() == "2026-03-02T09:00:00+08:00"
    assert clock.real().year >= 2026


def test_other_settings_make_another_app(make_app: Callable[..., Flask], app: Flask) -> None:
    other = make_app(profile="demo")
    assert other.config["SETTINGS"].demo and not app.config["SETTINGS"].demo
    assert other.config["SETTINGS"].data != app.config["SETTINGS"].data


def test_a_phone_opens_the_running_portal(live_server, open_page) -> None:
    office = live_server()
    page = open_page(PHONE)
    answer = page.goto(office.url + "/healthz")
    assert answer is not None and answer.status == 200
    assert page.viewport_size == {"width": 390, "height": 844}
    assert Path(office.data / "portal.db").exists()
