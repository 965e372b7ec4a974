"""Writing, publishing, reading, answering, reminding, withdrawing, taking the list away: each by its page."""

import io
from typing import Any

from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from portal.core.db import db
from portal.jobs import worker
from portal.notices.models import Notice, Receipt
from portal.notifications import actions as notifications
from portal.notifications.models import Notification
from tests.activities.test_pages import the, token_of, told
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as as as_

LETTER = {"kind": "letter", "title": "致全体代表的一封信", "body": "各位代表：\n\n请于六月底前完成述职。", "whole": ["all"]}
MEETING = {
    **{"kind": "meeting", "title": "关于召开代表座谈会的通知", "body": "请代表准时参加座谈。", "whole": ["all"]},
    **{"starts_on": "2026-03-20", "begins": "9:00", "place": "区政府会议中心", "until_on": "2026-03-18", "until": "17:00"},
}


def draft(app: Flask, values: dict[str, Any] = LETTER, by: str = "clerk") -> str:
    """The address of a new draft, written by its page."""
    answer = as_(app, by).submit("/notices/new", values, action="/notices/new")
    assert answer.status_code == 303, answer.text[-600:]
    return answer.location


def published(app: Flask, values: dict[str, Any] = LETTER) -> str:
    path = draft(app, values)
    assert as_(app, "clerk").submit(path, action="/steps/publish").status_code == 303
    return path


def receipt(app: Flask, path: str, username: str) -> Receipt:
    with app.app_context():
        wanted = select(Receipt).join(Notice).where(Notice.public_id == path.rpartition("/")[2])
        found = next(one for one in db.session.scalars(wanted) if one.person.sort_name == username)
        db.session.expunge(found)
        return found


def work(app: Flask) -> None:
    with app.app_context():
        worker.run_all(notifications.HANDLERS)
        db.session.remove()


def test_a_letter_is_written_published_and_read(app: Flask, life: Life):
    path = draft(app)
    zhang, clerk = as_(app, "zhang"), as_(app, "clerk")
    assert zhang.get(path).status_code == 404, "a draft is the office's own"
    edited = clerk.submit(f"{path}/edit", {"body": "各位代表：\n\n请于七月底前完成述职。"}, action=f"{path}/edit")
    assert edited.status_code == 303
    assert clerk.submit(path, action="/steps/publish").status_code == 303
    work(app)
    assert any("致全体代表的一封信" in one for one in told(app, "zhang"))
    page = zhang.page(path)
    assert "七月底" in page.text and "未读" in page.text
    assert "未读" in zhang.page("/notices").text
    assert zhang.submit(path, action="/steps/read").status_code == 303
    assert receipt(app, path, "zhang").state == "read" and "已读" in zhang.page(path).text
    own = f"/receipts/{receipt(app, path, 'zhang').public_id}/steps/read"
    token = token_of(zhang)
    assert zhang.post(own, data={"csrf_token": token}).status_code == 303, "read twice is no fault"
    assert as_(app, "li").post(own, data={"csrf_token": token_of(as_(app, "li"))}).status_code in (403, 404)
    assert as_(app, "housing").get(path).status_code == 404
    office = clerk.page(path).text
    assert "东团 3 2" in office and "西团 1 1" in office and "合计 4 3" in office
    assert clerk.get(f"{path}/edit").status_code == 409


def test_a_meeting_is_answered(app: Flask, life: Life, set_clock: Any):
    path = published(app, MEETING)
    zhang, li, clerk = as_(app, "zhang"), as_(app, "li"), as_(app, "clerk")
    assert zhang.submit(path, action="/steps/attend").status_code == 303
    assert "您的回执：参加" in zhang.page(path).text
    without = li.submit(path, {"reason": ""}, action="/steps/ask_leave")
    assert without.status_code == 422 and "请填写请假原因" in without.text
    sent = li.submit(path, {"reason": "当天在外地出差。"}, action="/steps/ask_leave")
    assert sent.status_code == 303 and receipt(app, path, "li").state == "on_leave"
    assert zhang.submit(path, {"reason": "孩子家长会。"}, action="/steps/ask_leave").status_code == 303
    assert zhang.submit(path, action="/steps/attend").status_code == 303, "a change of mind is on record"
    listed = clerk.page(f"{path}/receipts?q=li").text
    assert "当天在外地出差" in listed and "张建国" not in listed
    stale = as_(app, "wang").page(path).form("/steps/attend")
    set_clock("2026-03-18T17:00:01")
    late = as_(app, "wang")
    answer = late.post(stale.action, data={**stale.fields, "csrf_token": token_of(late)})
    assert answer.status_code == 409 and "回执已于3月18日17:00截止" in answer.text


def test_one_press_reminds_the_unread_once(app: Flask, life: Life, set_clock: Any):
    path = published(app)
    as_(app, "zhang").submit(path, action="/steps/read")
    clerk = as_(app, "clerk")
    token = clerk.page(path).form("/steps/remind").fields
    assert clerk.submit(path, action="/steps/remind").status_code == 303
    again = clerk.post(f"{path}/steps/remind", data={**token, "once": "y" * 20, "expected_version": ""})
    assert again.status_code == 409 and "今天已经提醒过" in again.text
    work(app)
    with app.app_context():
        kinds = db.session.execute(
            select(Notification.person_id, func.count()).where(Notification.kind == "notice.remind").group_by(
                Notification.person_id
            )
        ).all()
        assert sorted(number for _, number in kinds) == [1, 1, 1]
    assert not any("还没有读" in one for one in told(app, "zhang"))
    set_clock("2026-03-03T09:00")
    for name in ("li", "wang", "zhao"):
        as_(app, name).submit(path, action="/steps/read")
    nobody = clerk.submit(path, action="/steps/remind")
    assert nobody.status_code == 409 and "每个人都读过了" in nobody.text


def test_what_is_withdrawn_says_why_and_shows_no_text(app: Flask, life: Life):
    path = published(app)
    clerk, zhang = as_(app, "clerk"), as_(app, "zhang")
    assert clerk.submit(f"{path}/steps/withdraw", {"reason": ""}, action="/steps/withdraw").status_code == 422
    reason = {"reason": "时间有误，另行通知。"}
    assert clerk.submit(f"{path}/steps/withdraw", reason, action="/steps/withdraw").status_code == 303
    page = zhang.page(path).text
    assert "时间有误，另行通知" in page and "完成述职" not in page
    own = f"/receipts/{receipt(app, path, 'zhang').public_id}/steps/read"
    assert zhang.post(own, data={"csrf_token": token_of(zhang)}).status_code == 409
    work(app)
    assert any("撤回" in one for one in told(app, "zhang"))


def test_the_list_is_taken_away_as_a_table(app: Flask, life: Life):
    path = published(app, {**MEETING, "title": "=HYPERLINK(1) 座谈会通知"})
    as_(app, "zhang").submit(path, action="/steps/attend")
    clerk = as_(app, "clerk")
    answer = clerk.submit(f"{path}/receipts", action="/receipts.xlsx")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    rows = CalamineWorkbook.from_object(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["姓名", "代表团", "身份", "怎么样了"]
    assert ["张建国", "东团", "人大代表", "参加"] in [row[:4] for row in rows] and len(rows) == 5
    assert "导出了回执名单，4人" in clerk.page(path).text
    zhang = as_(app, "zhang")
    assert zhang.post(f"{path}/receipts.xlsx", data={"csrf_token": token_of(zhang)}).status_code == 404
    assert zhang.get(f"{path}/receipts").status_code == 404


def test_bad_notices_are_refused_beside_the_field(app: Flask, life: Life):
    clerk = as_(app, "clerk")
    wrong = {
        "title": ("", "请填写标题"),
        "body": ("。。", "正文太短"),
        "starts_on": ("", "会议通知请写明哪一天开会"),
        "begins": ("早上", "请写成9:00这样的时间"),
        "until_on": ("2026-03-21", "回执截止不能晚于会议开始"),
        "whole": (None, "请选择发给谁"),
    }
    for name, (value, sentence) in wrong.items():
        answer = clerk.submit("/notices/new", {**MEETING, name: value}, action="/notices/new")
        assert answer.status_code == 422 and sentence in answer.text, name
        assert "区政府会议中心" in answer.text, "what was typed is kept"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_nobody_addressed_is_not_published(app: Flask, life: Life):
    path = draft(app, {**LETTER, "whole": ["first_term"]})
    answer = as_(app, "clerk").submit(path, action="/steps/publish")
    assert answer.status_code == 409 and "一个人也发不到" in answer.text


def test_everybody_is_addressed_once(app: Flask, life: Life):
    with app.app_context():
        east = life.bodies["东团"]
        db.session.remove()
    path = published(app, {**LETTER, "whole": ["all", "leader"], "delegations": [east]})
    with app.app_context():
        keys = list(db.session.scalars(select(Receipt.person_id)))
        assert len(keys) == len(set(keys)) == 5
    leader = as_(app, "leader1")
    assert leader.submit(path, action="/steps/read").status_code == 303
    assert the(app, Notice, path.rpartition("/")[2]).state == "published"


def test_papers_come_with_it(app: Flask, life: Life):
    picture = (io.BytesIO(PNG), "会场.png")
    path = published(app, {**LETTER, "papers": picture})
    page = as_(app, "zhang").page(path)
    link = next(one for one in page.links if "/papers/" in one)
    assert as_(app, "zhang").get(link).status_code == 200
    assert as_(app, "housing").get(link).status_code == 404


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127"
    "34270a0000000049454e44ae426082"
)
