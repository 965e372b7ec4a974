"""The demonstration district: everybody of the contract, every state, dates that agree, and made quickly."""

import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from portal import demo
from portal.accounts import permissions as p
from portal.accounts import queries as accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Account, Appointment, Body
from portal.core import clock
from portal.core.db import db
from portal.jobs.models import Job
from portal.overview import queries as overview
from portal.suggestions import queries as suggestions
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.support.apps import build

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=clock.OFFICE_ZONE)
SECONDS = 25
SLACK = 3  # test machines share their cores


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, clock_file: Path) -> Flask:
    data = tmp_path_factory.mktemp("district")
    (data / "portal.db").write_bytes(sqlite_template.read_bytes())
    app = build(data, data / "clock.txt", profile="demo")
    (data / "clock.txt").write_text(NOW.isoformat(), encoding="utf-8")
    began = time.process_time()
    with app.app_context():
        app.extensions["demo.count"] = demo.load(NOW)
    app.extensions["demo.seconds"] = time.process_time() - began
    return app


@pytest.fixture
def here(district: Flask, clock_file: Path):
    with district.app_context(), clock.at(NOW):
        yield db.session
        db.session.rollback()


def acting(username: str, number: int = 0) -> Actor:
    person = db.session.scalars(select(Account.person_id).where(Account.username == username)).one()
    return accounts.capacities(person, clock.today())[number].actor


def test_made_in_time(district: Flask) -> None:
    assert district.extensions["demo.seconds"] < SECONDS * SLACK
    assert 190 <= district.extensions["demo.count"] <= 240


def test_everybody_of_the_contract_is_there(here: scoped_session) -> None:
    kinds = Counter(here.scalars(select(Body.kind).where(Body.superior_id.is_(None) | (Body.kind != "unit"))))
    assert kinds["congress"] == 5 and kinds["delegation"] == 6 and kinds["committee"] == 6
    units = select(func.count()).where(Body.kind == "unit", Body.congress_id == 1, Body.superior_id.is_(None))
    assert here.scalar(units.select_from(Body)) == 24
    roles = Counter(here.scalars(select(Appointment.role)))
    assert roles[p.LEADER] == 5 and roles[p.SC_MEMBER] == 25
    names = set(here.scalars(select(Account.username).where(Account.demo)))
    wanted = {
        "clerk",
        "clerk2",
        "delegation1",
        "delegation6",
        "govoffice",
        "housing",
        "housing-signer",
        "water-signer",
        "leader5",
        "member25",
        "committee-urban",
        "station01",
        "township1",
        "system",
        "security",
        "auditor",
    }
    assert {f"deputy{number:02d}" for number in range(1, 61)} | wanted <= names


def test_every_state_has_somebody_living_in_it(here: scoped_session) -> None:
    states = set(here.scalars(select(Suggestion.state)))
    assert states >= {"draft", "submitted", "admitted", "assigned", "replied", "closed", "not_admitted"}
    tasks = set(here.scalars(select(UnitTask.state)))
    assert tasks >= {"pending", "handling", "reply_drafted", "replied", "done", "opinion_given"}
    assert {"A", "B", "C", "D"} <= set(here.scalars(select(Suggestion.grade)))
    assert {"sole", "lead", "assist", "separate"} <= set(here.scalars(select(UnitTask.role)))


def test_no_two_are_alike_and_numbers_have_no_gap(here: scoped_session) -> None:
    titles = list(here.scalars(select(Suggestion.title)))
    assert len(set(titles)) == len(titles) and max(map(len, titles)) <= 60
    rows = here.execute(select(Suggestion.series, Suggestion.number).where(Suggestion.number.is_not(None))).all()
    for series in {series for series, _ in rows}:
        numbers = sorted(number for own, number in rows if own == series)
        assert numbers == list(range(1, len(numbers) + 1)), series


def test_nothing_happens_in_the_future_or_out_of_order(here: scoped_session) -> None:
    for one in here.scalars(select(Suggestion)):
        days = [one.admitted_on, one.assigned_on, one.replied_on, one.closed_on]
        known = [day for day in days if day is not None]
        assert known == sorted(known) and all(day <= NOW.date() for day in known), one.title
        assert one.submitted_at is None or one.submitted_at <= NOW


def test_the_desks_have_their_work(here: scoped_session) -> None:
    counts = overview.desk_counts(acting("clerk"))
    assert 10 <= counts["screening"] <= 18 and 5 <= counts["assigning"] <= 7 and 2 <= counts["reviewing"] <= 4
    waits = Counter(one.act for one in overview.waiting(acting("housing")))
    assert waits["待签收"] >= 2 and waits["待答复"] >= 3
    assert Counter(one.act for one in overview.waiting(acting("housing-signer")))["待签发"] == 2
    assert Counter(one.act for one in overview.waiting(acting("delegation1")))["会上建议，请核对"] == 2
    assert [one for one in overview.waiting(acting("water")) if one.act == "待交会办意见"]


def test_the_first_deputy_finds_something_of_each_kind(here: scoped_session) -> None:
    me = acting("deputy01")
    acts = {one.act for one in overview.waiting(me)}
    assert {"请评价答复", "请您联名", "单位说联系过您，请核实"} <= acts
    states = Counter(line.state for line in suggestions.listed(me, suggestions.Wanted()))
    assert states["draft"] >= 1 and states["assigned"] >= 2 and states["closed"] >= 2
    assert len(accounts.capacities(me.person_id or 0, clock.today())) == 2


def test_late_work_and_late_answers_exist(here: scoped_session) -> None:
    open_states = ("pending", "handling", "reply_drafted")
    late = select(func.count()).select_from(UnitTask)
    late = late.where(UnitTask.due < NOW.date(), UnitTask.state.in_(open_states), UnitTask.role != "assist")
    assert 3 <= (here.scalar(late) or 0) <= 10


def test_the_worker_is_not_flooded(here: scoped_session) -> None:
    """What is left are the sign-ups that end on days to come."""
    left = here.scalars(select(Job.kind).where(Job.done_at.is_(None))).all()
    assert set(left) <= {"close_sign_up"}
