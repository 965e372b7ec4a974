"""Planning, approving, publishing, signing up, coming and the rest, each by its page, with its refusals."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.activities.models import Activity, SignUp
from portal.core.db import db
from portal.notifications.models import Notification
from tests.activities import gathering
from tests.activities.gathering import typed
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_


def made(app: Flask, what: Any) -> str:
    with app.app_context():
        found: str = what().public_id
        db.session.commit()
        db.session.remove()
        return found


def the(app: Flask, model: Any, public_id: str) -> Any:
    with app.app_context():
        found = db.session.scalars(select(model).where(model.public_id == public_id)).one()
        db.session.expunge(found)
        return found


def mine(app: Flask, activity: str, username: str) -> SignUp:
    with app.app_context():
        wanted = select(SignUp).join(Activity).where(Activity.public_id == activity)
        found = next(one for one in db.session.scalars(wanted) if one.person.sort_name == username)
        db.session.expunge(found)
        return found


def test_from_plan_to_summary(app: Flask, life: Life, set_clock: Any):
    clerk, leader, zhang = as_(app, "clerk"), as_(app, "leader1"), as_(app, "zhang")
    answer = clerk.submit("/activities/new", typed(), action="/activities/new")
    assert answer.status_code == 303
    path = answer.location
    assert zhang.get(path).status_code == 404, "nobody is invited to a plan"
    refusal = clerk.get(f"{path}/steps/approve")
    assert refusal.status_code == 409 and "另一位同事" in refusal.text
    assert leader.submit(path, action="/steps/approve").status_code == 303
    assert clerk.submit(path, action="/steps/publish").status_code == 303
    gathering.work(app)
    assert any("培训班" in one for one in told(app, "zhang"))
    assert zhang.submit(path, action="/sign-ups").status_code == 303
    assert "报名成功" in zhang.page(path).text
    assert clerk.submit(path, action="/steps/close_sign_up").status_code == 303
    set_clock("2026-03-20T08:55")
    wall = clerk.page(f"{path}/code")
    code = next(one.text for one in wall.root.all("p") if one.attrs.get("class") == "wall-code")
    own = f"/sign-ups/{mine(app, path.rpartition('/')[2], 'zhang').public_id}/steps/check_in"
    assert zhang.submit(own, {"code": code}, action="/steps/check_in").status_code == 303
    assert "已到会" in zhang.page(path).text
    set_clock("2026-03-20T17:05")
    assert clerk.submit(path, action="/steps/hold").status_code == 303
    wrong = clerk.submit(f"{path}/steps/summarise", {"summary": "好。"}, action="/steps/summarise")
    assert wrong.status_code == 422 and "太短" in wrong.text
    summary = "参加的代表就建议的写法作了交流，提出增加实地培训的意见三条。"
    assert clerk.submit(f"{path}/steps/summarise", {"summary": summary}, action="/steps/summarise").status_code == 303
    assert summary in zhang.page(path).text
    assert "今年到会1次，学习6学时" in zhang.page("/activities?past=1").text


def told(app: Flask, username: str) -> list[str]:
    with app.app_context():
        wanted = select(Notification.title).join(Person, Person.id == Notification.person_id)
        return list(db.session.scalars(wanted.where(Person.sort_name == username)))
