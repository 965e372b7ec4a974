"""Opening the next term by the page, what stands in the way, and the roster that finds its people again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Account, Person
from portal.accounts.queries import capacities
from portal.congress.importing import ROSTER
from portal.congress.models import Group, GroupMember, Seat, Session, Term
from portal.core import clock
from portal.core.db import db
from portal.imports import actions as imports
from tests.congress.conftest import DEPUTIES
from tests.imports import making
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

Ids = dict[str, str]
TERM = {"starts_on": "2027-01-11", "opens": "2027-01-11", "closes": "2027-01-14"}


@pytest.fixture
def clerk(roster: Ids, client: InspectingClient) -> InspectingClient:
    client.sign_in("clerk")
    return client


REFUSED = [
    ({"starts_on": "2026-01-12"}, 422, "新一届要晚于本届开始的日期（2026-01-12）"),
    ({"starts_on": "2027-01-12"}, 422, "不能晚于开幕日期"),
    ({"closes": "2027-01-01"}, 422, "闭幕日期不能早于开幕日期。"),
    ({"opens": ""}, 422, "请选择第一次会议开幕。"),
    ({"starts_on": "2027-02-30"}, 422, "日期不存在"),
]


@pytest.mark.parametrize(("given", "status", "sentence"), REFUSED)
def test_wrong_days_open_nothing(
    app: Flask, clerk: InspectingClient, given: dict[str, str], status: int, sentence: str
) -> None:
    answer = clerk.submit("/terms/next", {**TERM, **given})
    page = Page(answer.text)
    assert answer.status_code == status and sentence in page.text
    assert page.form("/terms/next").fields["closes"] == {**TERM, **given}["closes"]
    with app.app_context():
        assert db.session.query(Term).filter_by(number=19).count() == 0


def test_a_term_is_opened_once(app: Flask, clerk: InspectingClient) -> None:
    form = clerk.page("/terms/next").form("/terms/next").fields
    first = clerk.post("/terms/next", data={**form, **TERM})
    assert first.status_code == 303
    assert clerk.get("/terms/next").location == first.location
    assert clerk.post("/terms/next", data={**form, **TERM, "once": ""}).status_code == 409
    with app.app_context():
        assert db.session.query(Session).join(Term).filter(Term.number == 19).count() == 1
        old = db.session.scalars(select(Term).where(Term.number == 18, Term.ends_on.is_not(None))).one()
        assert old.ends_on is not None and old.ends_on.isoformat() == "2027-01-10"


def test_the_new_roster_finds_its_people_and_groups_follow(
    app: Flask, clerk: InspectingClient, roster: Ids, set_clock: Callable[[str], None]
) -> None:
    with app.app_context():
        group = db.session.scalars(select(Group)).one()
        for name in DEPUTIES:
            seat = db.session.scalars(select(Seat).where(Seat.public_id == roster[name])).one()
            db.session.add(GroupMember(group_id=group.id, seat_id=seat.id, convener=name == "欧阳静怡"))
        db.session.commit()
    change = clerk.submit("/terms/next", TERM).location
    drafts = change.replace("/change", "/drafts")
    early = _press(clerk, drafts, "第一代表小组")
    assert early.status_code == 409 and "代表名册还有3名没有决定" in early.text
    rows = [
        ["姓名", "手机号", "代表团", "是否连任"],
        ["沈若兰", "19900001000", "柳溪街道", "是"],
        ["欧阳静怡", "", "清河街道", "是"],
        ["司马晴", "19900007777", "清河街道", "否"],
    ]
    with app.app_context():
        _bring(rows)
        people = db.session.scalars(select(Person.name).where(Person.name.in_(("沈若兰", "欧阳静怡", "司马晴")))).all()
        assert sorted(people) == sorted(("沈若兰", "欧阳静怡", "司马晴"))
        seats = db.session.scalars(select(Seat).join(Term).where(Term.number == 19)).all()
        assert len(seats) == 3 and {one.starts_on.isoformat() for one in seats} == {"2027-01-11"}
    assert "代表名册：3名里还有1名没有决定" in clerk.page(change).text
    assert _press(clerk, drafts, "古丽娜尔·阿不都热依木", "drop").status_code == 303
    assert _press(clerk, drafts, "第一代表小组").status_code == 303
    set_clock("2027-01-11T09:00")
    assert "共3名" in clerk.page("/deputies").text
    with app.app_context():
        found = db.session.scalars(select(GroupMember).join(Seat).join(Term).where(Term.number == 19)).all()
        assert len(found) == 2 and not any(one.convener for one in found)
        person = db.session.scalars(select(Person).where(Person.name == "沈若兰")).one()
        held = capacities(person.id, clock.today())
        assert [one.actor.term_over for one in held] == [False, True]
        assert db.session.query(Account).filter_by(person_id=person.id).count() == 1


def _press(clerk: InspectingClient, path: str, name: str, act: str = "keep") -> Any:
    page = clerk.page(path)
    box = next(one for one in page.root.all("input") if one.attrs.get("aria-label") == f"选择：{name}")
    form = next(one for one in page.forms if one.element is box.inside("form"))
    return clerk.post(path, data={**form.fields, "draft": [box.attrs["value"]], "act": act})


def _bring(rows: list[list[str]]) -> None:
    person = db.session.scalars(select(Person).join(Account).where(Account.username == "clerk")).one()
    who = capacities(person.id, clock.today())[0].actor
    data = making.workbook(rows)
    preview = imports.dry(who, ROSTER, data, "名册.xlsx")
    imports.run(who, imports.receive(who, ROSTER, imports.read(ROSTER, data, "名册.xlsx"), data, "名册.xlsx"), preview)
    db.session.commit()


def test_nothing_ticked_is_said(clerk: InspectingClient) -> None:
    drafts = clerk.submit("/terms/next", TERM).location.replace("/change", "/drafts")
    form = next(one for one in clerk.page(drafts).forms if one.action.endswith("/drafts"))
    answer = clerk.post(drafts, data={**form.fields, "draft": [], "act": "keep"})
    assert answer.status_code == 422 and "请先勾选。" in answer.text


def test_one_press_settles_the_roster(app: Flask, clerk: InspectingClient) -> None:
    drafts = clerk.submit("/terms/next", TERM).location.replace("/change", "/drafts")
    assert _press(clerk, drafts, "沈若兰", "settle").status_code == 303
    page = clerk.page(drafts).text
    assert not any(name in page for name in DEPUTIES) and "第一代表小组" in page
    with app.app_context():
        seats = db.session.scalars(select(Seat).join(Term).where(Term.number == 19)).all()
        assert [one.person.name for one in seats] == ["沈若兰"]


def test_others_do_not_find_it(app: Flask, clerk: InspectingClient, roster: Ids) -> None:
    change = clerk.submit("/terms/next", TERM).location
    for name in ("neighbour", "deputy00"):
        other = app.test_client()
        other.sign_in(name)
        for path in (change, change.replace("/change", "/drafts"), change.replace("/change", "/left-overs")):
            assert other.get(path).status_code == 404, (name, path)
    deputy = app.test_client()
    deputy.sign_in("deputy00")
    assert deputy.get("/terms/next").status_code == 404
