"""A contact written down, filed, confirmed and disputed through its pages; every refusal with its sentence."""

from typing import Any

import pytest
from flask import Flask

from portal.contacts.models import ContactRecord, Problem
from portal.core.db import db
from portal.matters.models import Matter
from tests.contacts.conftest import Contacts

VISIT = {"form": "visit", "topic": "老旧小区加装电梯", "persons": "12"}
NEW = "/contact-records/new"


def state_of(app: Flask, address: str) -> str:
    with app.app_context():
        found = db.session.scalar(
            db.select(ContactRecord.state).where(ContactRecord.public_id == address.rsplit("/", 1)[1])
        )
        db.session.remove()
        return str(found)


def test_three_lines_are_enough_and_the_deputys_own_record_stands(app: Flask, contacts: Contacts):
    zhang = contacts.client("zhang")
    address = contacts.noted(zhang, **VISIT)
    assert state_of(app, address) == "confirmed"
    assert "12人次" in zhang.page(address).text
    assert VISIT["topic"] in contacts.client("clerk").page(address).text


def test_problems_become_matters_and_can_be_walked_to(app: Flask, contacts: Contacts):
    zhang = contacts.client("zhang")
    rows = {"problems-0-said": "三号楼没有路灯", "problems-1-said": "垃圾没人清", "problems-1-answered": "当场联系物业"}
    address = contacts.noted(zhang, **VISIT, **rows)
    with app.app_context():
        found = db.session.scalars(db.select(Matter).order_by(Matter.id)).all()
        assert [(one.title, one.state, one.source) for one in found] == [
            ("三号楼没有路灯", "new", "contact"),
            ("垃圾没人清", "answered_on_spot", "contact"),
        ]
        links = [one.address for one in found]
        db.session.remove()
    page = zhang.page(address)
    assert set(links) <= set(page.links)
    for link in links:
        assert address in zhang.page(link).links, "and back again"


def test_a_member_files_and_the_deputy_confirms(app: Flask, contacts: Contacts):
    member, zhang = contacts.client("member1"), contacts.client("zhang")
    told = {"form": "phone", "topic": "听取履职情况", "deputy": contacts.labels["zhang"]}
    address = contacts.noted(member, **told)
    assert state_of(app, address) == "filed"
    assert address in zhang.page("/contacts").links
    assert zhang.submit(address, action=f"{address}/steps/confirm").status_code == 303
    assert state_of(app, address) == "confirmed"


def test_a_deputy_disputes_with_a_reason(app: Flask, contacts: Contacts):
    address = contacts.noted(
        contacts.client("member1"),
        form="visit",
        topic="听取意见",
        deputy=contacts.labels["li"],
        **{"problems-0-said": "路不平"},
    )
    li = contacts.client("li")
    refused = li.submit(f"{address}/steps/dispute", {"reason": "无"})
    assert refused.status_code == 422 and "太短" in refused.text
    assert li.submit(f"{address}/steps/dispute", {"reason": "那天没有联系过我"}).status_code == 303
    assert state_of(app, address) == "disputed"
    assert "那天没有联系过我" in contacts.client("clerk").page(address).text


def test_a_settled_record_takes_no_further_answer(app: Flask, contacts: Contacts):
    address = contacts.noted(contacts.client("member1"), form="visit", topic="听取意见", deputy=contacts.labels["li"])
    li, other = contacts.client("li"), contacts.client("li")
    li.page(f"{address}/steps/dispute")
    form = other.page(f"{address}/steps/dispute").form()
    assert li.submit(address, action=f"{address}/steps/confirm").status_code == 303
    late = other.post(f"{address}/steps/dispute", data={**form.fields, "reason": "那天没有联系过我"})
    assert late.status_code == 409 and "那天没有联系过我" in late.text
    assert state_of(app, address) == "confirmed"


def test_a_leader_visits_a_street_and_its_staff_confirm(app: Flask, contacts: Contacts):
    leader, staff = contacts.client("leader1"), contacts.client("delegation1")
    address = contacts.noted(leader, form="visit", topic="联络站建设", place="东团")
    assert state_of(app, address) == "filed"
    assert staff.submit(address, action=f"{address}/steps/confirm").status_code == 303
    assert state_of(app, address) == "confirmed"
    both = leader.submit(
        NEW, {"form": "visit", "topic": "联络站", "place": "东团", "deputy": contacts.labels["li"]}, NEW
    )
    assert both.status_code == 422 and "只填一个" in both.text


def test_an_organ_logs_a_hearing_and_the_deputy_confirms(app: Flask, contacts: Contacts):
    unit, wang = contacts.client("housing"), contacts.client("wang")
    address = contacts.noted(unit, form="hearing", topic="旁听房屋征收案", deputy=contacts.labels["wang"])
    assert address in contacts.client("housing-signer").page("/contact-records").links
    assert contacts.client("water").get(address).status_code == 404
    assert wang.submit(address, action=f"{address}/steps/confirm").status_code == 303
    assert state_of(app, address) == "confirmed"


def test_the_clerk_writes_for_a_deputy_who_confirms(app: Flask, contacts: Contacts):
    clerk = contacts.client("clerk")
    address = contacts.noted(clerk, deputy=contacts.labels["zhang"], **VISIT)
    assert state_of(app, address) == "filed"
    assert "代录" in contacts.client("zhang").page(address).text


def test_a_draft_is_its_writers_alone_and_is_filed_later(app: Flask, contacts: Contacts):
    zhang = contacts.client("zhang")
    saved = zhang.submit(NEW, {**VISIT, "act": "draft", "problems-0-said": "路灯不亮"}, NEW)
    edit = saved.location
    address = edit.removesuffix("/edit")
    assert state_of(app, address) == "draft"
    for other in ("clerk", "li", "leader1"):
        assert contacts.client(other).get(address).status_code == 404
    assert "路灯不亮" in zhang.page(edit).text
    assert zhang.submit(edit, {"topic": "换了话题"}, edit).status_code == 303
    assert state_of(app, address) == "confirmed"
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Problem.id))) == 1
        db.session.remove()


def test_a_draft_can_be_filed_by_its_step_or_put_away(app: Flask, contacts: Contacts):
    zhang = contacts.client("zhang")
    first = zhang.submit(NEW, {**VISIT, "act": "draft"}, NEW).location.removesuffix("/edit")
    assert zhang.submit(f"{first}/steps/file").status_code == 303
    assert state_of(app, first) == "confirmed"
    second = zhang.submit(NEW, {**VISIT, "act": "draft"}, NEW).location
    assert zhang.submit(second, action=second.replace("/edit", "/discard")).status_code == 303
    assert zhang.get(second).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"topic": "　"}, "请填写谈了什么。"),
        ({"persons": ""}, "请填写见了多少人。"),
        ({"persons": "0"}, "应为1到2000之间的整数。"),
        ({"persons": "许多"}, "请填写整数。"),
        ({"happened_on": "2026-02-30"}, "日期不存在，请重新选择。"),
        ({"happened_on": "2026-03-03", "late_reason": "x"}, "日期不能晚于今天（3月2日）。"),
        ({"happened_on": "2026-02-20"}, "补记以前的日期，请写明原因。"),
        ({"topic": "话" * 61}, "谈了什么不能超过60个字，现在有61个字。"),
        ({"problems-0-voter_name": "刘奶奶"}, "也请写明反映了什么问题。"),
        ({"topic": "秘密★三年"}, "发现国家秘密标志。"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(contacts: Contacts, wrong: dict[str, str], sentence: str):
    zhang = contacts.client("zhang")
    answer = zhang.submit(NEW, {**VISIT, "venue": "清河社区", **wrong}, NEW)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "清河社区" in answer.text


def test_without_a_deputy_nothing_is_filed(contacts: Contacts):
    answer = contacts.client("member1").submit(NEW, {"form": "visit", "topic": "听取意见"}, NEW)
    assert answer.status_code == 422 and "请选择联系了哪位代表。" in answer.text


def test_a_sheet_sent_twice_is_one_record(app: Flask, contacts: Contacts):
    zhang = contacts.client("zhang")
    form: Any = zhang.page(NEW).form(NEW)
    for _ in range(2):
        assert zhang.post(NEW, data={**form.fields, **VISIT}).status_code == 303
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(ContactRecord.id))) == 1
        db.session.remove()


def test_strangers_have_no_door(contacts: Contacts):
    for username in ("system", "auditor", "govoffice"):
        client = contacts.client(username)
        for path in ("/contacts", "/contact-records", NEW, "/pairings", "/voter-groups", "/campaigns"):
            assert client.get(path).status_code == 404, (username, path)
