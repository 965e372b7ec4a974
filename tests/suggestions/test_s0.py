"""Scenario S0 by pages: a joint suggestion with a lead and an assisting unit, from the draft to the rated reply."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import Office, stand

TITLE = "关于推进清河街道老旧小区加装电梯的建议"
SITUATION = "清河街道有老旧小区17个，六层以上没有电梯的单元312个，住着七十岁以上老人1,460位，上下楼十分不便。"
REQUEST = "请区住建局牵头设一个窗口受理加装电梯申请，二十个工作日办完；提高老人集中单元的补助；楼道加装扶手和照明。"


@pytest.fixture
def office(app: Flask) -> Office:
    with app.app_context():
        made = stand(holidays=(date(2026, 4, 6),))
        db.session.expunge_all()
        return made


def written(app: Flask) -> str:
    """The public id of the suggestion that zhang wrote."""
    zhang = as_(app, "zhang")
    values = {"title": TITLE, "situation": SITUATION, "cause": "", "request": REQUEST, "points-0-text": "设一个窗口"}
    answer = zhang.submit("/suggestions/new", values)
    assert answer.status_code == 303, answer.text
    return answer.location.split("/")[2]


def test_from_draft_to_rating(app: Flask, office: Office, set_clock: Callable[[str], None]) -> None:
    set_clock("2026-02-25T10:00")
    item = written(app)
    zhang = as_(app, "zhang")
    invited = zhang.submit(
        f"/suggestions/{item}/edit",
        {"deputies-0-deputy": "李秀英　东团", "deputies-1-deputy": "王海　东团"},
        action=f"/suggestions/{item}/signatures",
    )
    assert invited.status_code == 303, invited.text
    early = zhang.submit(f"/suggestions/{item}/edit", {"act": "submit"}, action=f"/suggestions/{item}/edit")
    assert early.status_code == 409
    assert "还有2位联名代表未确认" in early.text
    for name in ("li", "wang"):
        signer = as_(app, name)
        page = signer.page(f"/suggestions/{item}")
        form = next(form for form in page.forms if form.action.endswith("/steps/confirm"))
        assert signer.post(form.action, data=form.fields).status_code == 303
    done = zhang.submit(f"/suggestions/{item}/edit", {"act": "submit"}, action=f"/suggestions/{item}/edit")
    assert done.status_code == 303 and done.location == f"/suggestions/{item}", done.text
    checked = as_(app, "delegation1").submit(f"/suggestions/{item}/steps/check", {"note": ""}, action="/steps/check")
    assert checked.status_code == 303, checked.text

    set_clock("2026-03-02T09:00")
    clerk = as_(app, "clerk")
    admitted = clerk.submit(f"/suggestions/{item}/steps/admit", {"category": "0101"}, action="/steps/admit")
    assert admitted.status_code in (303, 422)
    if admitted.status_code == 422:
        first = next(line for line in admitted.text.splitlines() if "<option value=" in line and 'value=""' not in line)
        raise AssertionError(first)
    assigned = clerk.submit(
        f"/suggestions/{item}/steps/assign",
        {"units-0-unit": "区住建局", "units-0-role": "lead", "units-1-unit": "区水务局", "units-1-role": "assist"},
        action="/steps/assign",
    )
    assert assigned.status_code == 303, assigned.text
    with app.app_context():
        tasks = {t.unit.name: t for t in db.session.scalars(select(UnitTask))}
        assert tasks["区水务局"].due == date(2026, 4, 2)
        assert tasks["区住建局"].due == date(2026, 6, 2)
        housing, water = tasks["区住建局"].public_id, tasks["区水务局"].public_id

    set_clock("2026-03-03T09:00")
    handler = as_(app, "housing")
    assert handler.submit(f"/tasks/{housing}/steps/receive", {}, action="/steps/receive").status_code == 303
    other = as_(app, "water")
    assert other.submit(f"/tasks/{water}/steps/receive", {}, action="/steps/receive").status_code == 303
    set_clock("2026-03-30T09:00")
    opinion = {"text": "同意由住建局牵头，供水管线改造同步进行，费用列入年度计划。"}
    assert other.submit(f"/tasks/{water}/steps/give_opinion", opinion, action="/steps/give_opinion").status_code == 303
    assert other.get(f"/tasks/{water}/steps/draft_reply").status_code == 404
    set_clock("2026-04-20T15:00")
    contact = {
        "happened_on": "2026-04-20",
        "form": "face",
        "who": "王科长",
        "summary": "当面听取代表意见，商定窗口方案。",
    }
    assert handler.submit(f"/tasks/{housing}/steps/log_contact", contact, action="log_contact").status_code == 303
    set_clock("2026-05-20T09:00")
    letter = {
        "grade": "A",
        "body": "张建国代表：您提出的建议收悉。窗口已于四月十五日设立，二十个工作日办结；补助标准已提高。",
        "contact_person": "王科长",
        "contact_line": "0000-1234567",
        "publicity": "full",
    }
    drafted = handler.submit(f"/tasks/{housing}/steps/draft_reply", letter, action="/steps/draft_reply")
    assert drafted.status_code == 303, drafted.text
    signed = as_(app, "housing-signer").submit(f"/tasks/{housing}/steps/sign_reply", {}, action="/steps/sign_reply")
    assert signed.status_code == 303, signed.text

    assert "答复" in as_(app, "li").page(f"/suggestions/{item}").text
    assert as_(app, "li").get(f"/tasks/{housing}/steps/rate").status_code == 404
    set_clock("2026-06-05T09:00")
    page = zhang.page(f"/suggestions/{item}")
    rate = next(form for form in page.forms if form.action.endswith("/steps/rate"))
    assert (
        zhang.post(rate.action, data={**rate.fields, "attitude": "satisfied", "result": "satisfied"}).status_code == 303
    )
    with app.app_context():
        suggestion = db.session.scalars(select(Suggestion)).one()
        task = db.session.scalars(select(UnitTask).where(UnitTask.public_id == housing)).one()
        assert (suggestion.state, suggestion.closed_as, suggestion.grade) == ("closed", "rated", "A")
        assert suggestion.number_text == "十八届一次第1号"
        assert task.feedback_due == date(2026, 6, 10)
