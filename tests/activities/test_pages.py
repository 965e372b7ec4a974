"""Planning, approving, publishing, signing up, coming and the rest, each by its page, with its refusals."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Person
from portal.activities import rules
from portal.activities.models import Activity, SignUp
from portal.core import clock
from portal.core.db import db
from portal.notifications.models import Notification
from tests.activities import gathering
from tests.activities.gathering import planned, published, signed, typed
from tests.suggestions.living import Life
from tests.support.html import Page
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


def token_of(client: Any) -> str:
    forms = client.page("/me").forms
    return next(form.fields["csrf_token"] for form in forms if "csrf_token" in form.fields)


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


def test_bad_plans_are_refused_beside_the_field(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    wrong = {
        "places": ("0", "名额应为1到"),
        "ends": ("8:00", "结束时间不能早于开始时间"),
        "until_on": ("2026-03-21", "报名截止不能晚于活动开始"),
        "begins": ("九点", "请写成9:00这样的时间"),
        "whole": (None, "请选择发给谁"),
        "starts_on": ("2026-02-30", "日期不存在"),
        "title": ("　", "请填写活动名称"),
    }
    for name, (value, sentence) in wrong.items():
        answer = clerk.submit("/activities/new", typed(**{name: value}), action="/activities/new")
        assert answer.status_code == 422 and sentence in answer.text, name
        assert "区委党校" in answer.text, "what was typed is kept"
    quotas = {"quotas-0-delegation": "", "quotas-0-places": "3"}
    answer = clerk.submit("/activities/new", typed(**quotas), action="/activities/new")
    assert answer.status_code == 422 and "每行选一个代表团" in answer.text
    secret = clerk.submit("/activities/new", typed(body="绝密★启封前  学习材料"), action="/activities/new")
    assert secret.status_code == 422 and "国家秘密标志" in secret.text


def test_a_plan_is_changed_until_it_is_approved(app: Flask, life: Life):
    plan = made(app, lambda: planned(life))
    clerk = as_(app, "clerk")
    path = f"/activities/{plan}/edit"
    answer = clerk.submit(path, {"title": "写建议的培训", "whole": ["first_term"], "places": ""}, action=path)
    assert answer.status_code == 303
    assert "初任代表" in clerk.page(f"/activities/{plan}").text and "不限" in clerk.page(f"/activities/{plan}").text
    as_(app, "clerk2").submit(f"/activities/{plan}", action="/steps/approve")
    assert clerk.get(path).status_code == 409


def test_full_says_so_and_offers_to_wait(app: Flask, life: Life):
    """Message 29."""
    item = made(app, lambda: published(life))
    with app.app_context():
        signed(life, the(app, Activity, item), "zhang", "li")
        db.session.commit()
    wang = as_(app, "wang")
    path = f"/activities/{item}"
    form = wang.page(path).form("/sign-ups")
    assert form.fields.get("wait") == "y", "the button offers to wait"
    plain = {name: value for name, value in form.fields.items() if name != "wait"}
    answer = wang.post(f"{path}/sign-ups", data=plain)
    assert answer.status_code == 409 and "名额已满（2/2）。您可以登记候补。" in answer.text
    assert wang.submit(path, action="/sign-ups").status_code == 303
    assert "候补第1位" in wang.page(path).text
    as_(app, "zhang").submit(f"/sign-ups/{mine(app, item, 'zhang').public_id}/steps/cancel", action="/steps/cancel")
    assert "报名成功" in wang.page(path).text
    gathering.work(app)
    assert any("从候补转为报名成功" in one for one in told(app, "wang"))
    again = wang.post(f"{path}/sign-ups", data={**plain, "once": "another"})
    assert again.status_code == 409 and "已经报过名" in again.text


def test_no_waiting_list_no_waiting(app: Flask, life: Life):
    item = made(app, lambda: published(life, places=1, waiting_list=False))
    as_(app, "zhang").submit(f"/activities/{item}", action="/sign-ups")
    li = as_(app, "li")
    page = li.page(f"/activities/{item}")
    assert "名额已满（1/1）" in page.text and not [one for one in page.forms if one.action.endswith("/sign-ups")]
    answer = li.post(f"/activities/{item}/sign-ups", data={"wait": "y", "csrf_token": token_of(li)})
    assert answer.status_code == 409 and "候补" not in Page(answer.text).text


def test_the_deadline_is_the_start_of_its_minute(app: Flask, life: Life, set_clock: Any):
    """Settled A66; message 30."""
    item = made(app, lambda: published(life))
    zhang, li = as_(app, "zhang"), as_(app, "li")
    set_clock("2026-03-16T17:00:00")
    fields = li.page(f"/activities/{item}").form("/sign-ups").fields
    assert zhang.submit(f"/activities/{item}", action="/sign-ups").status_code == 303
    set_clock("2026-03-16T17:00:01")
    answer = li.post(f"/activities/{item}/sign-ups", data=fields)
    assert answer.status_code == 409 and "报名已于3月16日17:00截止。" in answer.text
    assert "报名已于3月16日17:00截止" in li.page(f"/activities/{item}").text


def test_only_who_is_addressed_sees_and_signs_up(app: Flask, life: Life):
    with app.app_context():
        east = life.bodies["东团"]
        db.session.remove()
    item = made(app, lambda: published(life, whole=[], delegations=[east]))
    assert as_(app, "zhang").get(f"/activities/{item}").status_code == 200
    assert as_(app, "leader1").get(f"/activities/{item}").status_code == 200
    for stranger in ("zhao", "housing", "committee-urban", "system"):
        client = as_(app, stranger)
        assert client.get(f"/activities/{item}").status_code == 404, stranger
    zhao = as_(app, "zhao")
    token = token_of(zhao)
    assert zhao.post(f"/activities/{item}/sign-ups", data={"csrf_token": token}).status_code == 404
    leader = as_(app, "leader1")
    token = token_of(leader)
    assert leader.post(f"/activities/{item}/sign-ups", data={"csrf_token": token}).status_code == 404
    for office_only in ("code", "sheet", "make-up", "sign-ups"):
        assert as_(app, "zhang").get(f"/activities/{item}/{office_only}").status_code == 404


def test_leave_is_asked_for_and_answered(app: Flask, life: Life):
    item = made(app, lambda: published(life))
    with app.app_context():
        signed(life, the(app, Activity, item), "zhang", "li", "wang")
        db.session.commit()
    zhang, clerk = as_(app, "zhang"), as_(app, "clerk")
    own = f"/sign-ups/{mine(app, item, 'zhang').public_id}/steps"
    assert zhang.submit(f"{own}/request_leave", {"reason": "病"}, action="/steps/request_leave").status_code == 422
    asked = zhang.submit(f"{own}/request_leave", {"reason": "当天住院检查。"}, action="/steps/request_leave")
    assert asked.status_code == 303
    assert "当天住院检查" in clerk.page(f"/activities/{item}").text
    refused = clerk.submit(f"{own}/refuse_leave", {"answer": "请尽量调整时间。"}, action="/steps/refuse_leave")
    assert refused.status_code == 303
    assert "请尽量调整时间" in zhang.page(f"/activities/{item}").text
    zhang.submit(f"{own}/request_leave", {"reason": "医院改不了时间。"}, action="/steps/request_leave")
    assert clerk.submit(f"{own}/approve_leave", action="/steps/approve_leave").status_code == 303
    assert mine(app, item, "zhang").state == "on_leave"
    assert mine(app, item, "wang").state == "waiting", "leave gives no place on (settled A64)"
    waiting = f"/sign-ups/{mine(app, item, 'wang').public_id}/steps/promote"
    assert clerk.submit(f"/activities/{item}/sign-ups", action=waiting).status_code == 303
    assert mine(app, item, "wang").state == "confirmed", "by hand the clerk may give it"
    assert as_(app, "li").get(f"{own}/cancel").status_code == 404, "somebody else's sign-up is not there"


def test_staff_note_who_came_by_pinyin(app: Flask, life: Life, set_clock: Any):
    item = made(app, lambda: published(life, places=None))
    with app.app_context():
        signed(life, the(app, Activity, item), "zhang", "li", "wang")
        db.session.commit()
    clerk = as_(app, "clerk")
    early = clerk.get(f"/sign-ups/{mine(app, item, 'li').public_id}/steps/check_in")
    assert early.status_code == 409 and "活动当天（3月20日）才能签到" in early.text
    assert clerk.submit(f"/activities/{item}", action="/steps/close_sign_up").status_code == 303
    assert clerk.get(f"/activities/{item}/steps/hold").status_code == 409
    set_clock("2026-03-20T09:10")
    found = clerk.page(f"/activities/{item}/sign-ups?q=li")
    assert "李秀英" in found.text and "张建国" not in found.text
    assert clerk.submit(f"/activities/{item}/sign-ups?q=li", action="/steps/check_in?q=li").status_code == 303
    absent = f"/sign-ups/{mine(app, item, 'wang').public_id}/steps/mark_absent"
    assert clerk.submit(f"/activities/{item}/sign-ups?q=wang", action=f"{absent}?q=wang").status_code == 303
    sheet = clerk.page(f"/activities/{item}/sheet")
    assert all(name in sheet.text for name in ("张建国", "李秀英", "王海")) and "签名" in sheet.text
    assert clerk.submit(f"/activities/{item}", action="/steps/hold").status_code == 303
    assert {name: mine(app, item, name).state for name in ("zhang", "li", "wang")} == {
        **{"zhang": "absent", "li": "attended", "wang": "absent"}
    }
    late = f"/sign-ups/{mine(app, item, 'zhang').public_id}/steps/check_in"
    set_clock("2026-03-23T09:00")
    answer = clerk.submit(late, action="/steps/check_in")
    assert answer.status_code == 422 and "补记到会请写明原因" in answer.text
    sent = {"happened_on": "2026-03-20", "late_reason": "签到表上有签名。"}
    assert clerk.submit(late, sent, action="/steps/check_in").status_code == 303
    assert mine(app, item, "zhang").state == "attended"
    rows = clerk.page(f"/activities/{item}/make-up").text
    assert "王海" in rows and "李秀英" not in rows


def test_the_code_turns_and_guessing_ends(app: Flask, life: Life, set_clock: Any):
    item = made(app, lambda: published(life))
    with app.app_context():
        signed(life, the(app, Activity, item), "zhang")
        db.session.commit()
    set_clock("2026-03-20T09:00")
    own = f"/sign-ups/{mine(app, item, 'zhang').public_id}/steps/check_in"
    zhang, clerk = as_(app, "zhang"), as_(app, "clerk")
    said = clerk.get(f"/activities/{item}/code", headers={"X-Fragment": "1"}).json
    assert len(said["code"]) == 6 and 0 < said["left"] <= 30
    now = clock.real()
    before, old = rules.code(item, rules.window(now) - 1), rules.code(item, rules.window(now) - 9)
    assert rules.is_code(item, before, now) and not rules.is_code(item, old, now)
    for _ in range(10):
        wrong = zhang.submit(own, {"code": old}, action="/steps/check_in")
        assert wrong.status_code == 422 and "签到码不对" in wrong.text
    assert zhang.submit(own, {"code": said["code"]}, action="/steps/check_in").status_code == 429
    assert mine(app, item, "zhang").state == "confirmed"


def test_called_off_is_told(app: Flask, life: Life):
    item = made(app, lambda: published(life))
    as_(app, "zhang").submit(f"/activities/{item}", action="/sign-ups")
    path = f"/activities/{item}/steps/call_off"
    assert as_(app, "clerk").submit(path, {"reason": "会场临时不能用。"}, action="/steps/call_off").status_code == 303
    gathering.work(app)
    assert any("会场临时不能用" in one for one in told(app, "zhang"))
    assert "这次活动已取消" in as_(app, "zhang").page(f"/activities/{item}").text
    file = as_(app, "zhang").get(f"/activities/{item}/calendar").data
    assert b"STATUS:CANCELLED" in file


def test_the_calendar_file(app: Flask, life: Life):
    item = made(app, lambda: published(life, title="代表履职能力培训班，" + "长" * 60))
    file = as_(app, "zhang").get(f"/activities/{item}/calendar")
    assert file.mimetype == "text/calendar"
    assert b"DTSTART:20260320T010000Z\r\n" in file.data and b"DTEND:20260320T090000Z\r\n" in file.data
    assert all(len(line) <= 75 for line in file.data.split(b"\r\n"))
    assert ("长" * 60).encode() in file.data.replace(b"\r\n ", b"")


def test_two_tabs_of_one_plan(app: Flask, life: Life):
    plan = made(app, lambda: planned(life))
    clerk = as_(app, "clerk")
    path = f"/activities/{plan}/edit"
    stale = clerk.page(path).form(path).fields
    clerk.submit(path, {"place": "区政府会议中心"}, action=path)
    answer = clerk.post(path, data={**stale, "place": "别处", "whole": ["all"]})
    assert answer.status_code == 409
    assert "区政府会议中心" in clerk.page(f"/activities/{plan}").text
