"""Delegations and committees through the pages: added, corrected, ended when nobody belongs to them any more."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.queries import history
from portal.congress.models import Committee, Delegation, Unit
from portal.congress.queries import current_term
from portal.core import clock
from portal.core.db import db
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

Ids = dict[str, str]


@pytest.fixture
def clerk(roster: Ids, client: InspectingClient) -> InspectingClient:
    client.sign_in("clerk")
    return client


def test_a_delegation_is_added_and_belongs_to_the_running_term(app: Flask, clerk: InspectingClient) -> None:
    given = {"name": "青山街道代表团", "short_name": "青山街道", "order": "3"}
    assert clerk.submit("/bodies/delegations/new", given).status_code == 303
    assert "青山街道代表团" in clerk.page("/bodies").text
    with app.app_context():
        made = db.session.scalars(select(Delegation).where(Delegation.name == given["name"])).one()
        term = current_term(made.congress_id or 0, clock.today())
        assert term is not None and (made.term_id, made.order) == (term.id, 3)
        assert [line.said for line in history(f"body:{made.id}")] == ["登记代表团青山街道代表团"]


def test_a_committee_is_added_corrected_and_shown(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    made = clerk.submit("/bodies/committees/new", {"name": "代表工作委员会", "short_name": "代工委", "commission": "y"})
    assert made.status_code == 303
    path = f"/bodies/committees/{roster['城环委']}/edit"
    assert clerk.submit(path, {"short_name": "城建环资委"}).status_code == 303
    assert "城建环资委" in clerk.page("/bodies").text
    assert "更正了委员会城乡建设和环境资源委员会的简称" in clerk.page(path).text
    with app.app_context():
        kinds = {one.short_name: one.commission for one in db.session.scalars(select(Committee))}
        assert kinds == {"代工委": True, "城建环资委": False}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "请填写全称"),
        ({"name": "柳溪街道代表团"}, "已有同名的代表团"),
        ({"name": "长" * 121}, "不能超过120"),
        ({"order": "第一"}, "请填写整数"),
        ({"order": "-1"}, "应为0到999之间的整数"),
        ({"ends_on": "2026-02-30"}, "日期不存在"),
        ({"ends_on": "2026-12-31"}, "还有2名代表在这个团"),
    ],
)
def test_what_does_not_fit_is_refused(
    clerk: InspectingClient, roster: Ids, given: dict[str, str], sentence: str
) -> None:
    answer = clerk.submit(f"/bodies/delegations/{roster['清河街道代表团']}/edit", given)
    page = Page(answer.text)
    assert answer.status_code == 422 and sentence in page.text
    name, typed = next(iter(given.items()))
    if name != "ends_on":
        assert page.form("/edit").fields[name] == typed


def test_a_committee_with_units_is_not_ended(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    path = f"/bodies/committees/{roster['城环委']}/edit"
    with app.app_context():
        unit = db.session.scalars(select(Unit)).one()
        unit.committee_id = db.session.scalar(select(Committee.id))
        db.session.commit()
    refused = clerk.submit(path, {"ends_on": "2026-12-31"})
    assert refused.status_code == 422 and "还有1家单位对口这个委员会" in refused.text
    with app.app_context():
        db.session.scalars(select(Unit)).one().committee_id = None
        db.session.commit()
    assert clerk.submit(path, {"ends_on": "2026-12-31"}).status_code == 303


def test_strangers_do_not_find_them(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    for username in ("deputy00", "neighbour"):
        stranger = app.test_client()
        stranger.sign_in(username)
        for path in (f"delegations/{roster['清河街道代表团']}", f"committees/{roster['城环委']}"):
            assert stranger.get(f"/bodies/{path}/edit").status_code == 404
    assert clerk.get(f"/bodies/committees/{roster['清河街道代表团']}/edit").status_code == 404
