"""One congress with two clerks who keep its rules, and the steps they take on the pages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import appointments
from portal.accounts import permissions as p
from portal.accounts.actor import SYSTEM
from portal.congress import rulepacks
from portal.congress.models import Congress
from portal.core.db import db
from tests.congress.conftest import TERM_STARTS, person
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

Ids = dict[str, str]
START = {"effective_from": "2026-12-01", "reason": "区人大常委会主任会议2026年11月18日决定"}
REPLY = {"amount": "2", "unit": "m", "basis": "本区办法第十二条"}


def at_desk(app: Flask, username: str) -> InspectingClient:
    client = app.test_client()
    client.sign_in(username)
    return client


@pytest.fixture
def clerk(app: Flask, roster: Ids) -> InspectingClient:
    with app.app_context():
        here = db.session.scalars(select(Congress).where(Congress.name == "示范区人民代表大会")).one()
        appointments.appoint(SYSTEM, person("clerk2", "孙静"), p.CLERK, here, TERM_STARTS)
        db.session.commit()
    return at_desk(app, "clerk")


@pytest.fixture
def second(app: Flask, clerk: InspectingClient) -> InspectingClient:
    return at_desk(app, "clerk2")


def begun(clerk: InspectingClient, **values: str) -> str:
    """The address of a new draft."""
    answer = clerk.submit("/rules/drafts/new", values)
    assert answer.status_code == 303, Page(answer.text).text
    return str(answer.location)


def changed(clerk: InspectingClient, draft: str, place: str = "periods/reply", **values: Any) -> None:
    answer = clerk.submit(f"{draft}/{place}", values or REPLY)
    assert answer.status_code == 303, Page(answer.text).text


def proposed(clerk: InspectingClient, **start: str) -> str:
    draft = begun(clerk)
    changed(clerk, draft)
    assert clerk.submit(draft, {**START, **start}, action="/start").status_code == 303
    assert clerk.submit(draft, action="/steps/propose").status_code == 303
    return draft


def step(client: InspectingClient, draft: str, name: str, **values: str) -> Any:
    return client.submit(draft, values, action=f"/steps/{name}")


def in_force(app: Flask) -> tuple[str, int, int]:
    """(code, version, months or days to reply) of the rules that new items begin under now."""
    with app.app_context():
        congress = db.session.scalars(select(Congress).where(Congress.name == "示范区人民代表大会")).one()
        version = congress.pack_version
        assert version is not None
        return version.pack.code, version.number, rulepacks.pack_of(version.id).period("reply").amount
