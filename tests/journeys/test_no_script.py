"""Daily work in a browser without JavaScript: writing with mistakes, lists, bodies' own choices. S0 has the rest."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from portal.accounts import permissions as p
from portal.accounts.models import Appointment
from portal.core.db import db
from tests.journeys.people import Someone
from tests.support.browser import Office
from tests.support.office import stand

TITLE = "关于增设社区康复辅具租借点的建议"
LONG = "清河街道六十岁以上老人占三成，康复辅具价格高、使用时间短，家庭自购负担重，社区没有租借的地方，很不方便。"


def fill(app: Flask) -> None:
    """The small office; zhang also sits on a committee."""
    with app.app_context():
        office = stand()
        seat = Appointment(
            person_id=office.people["zhang"].id, role=p.COMMITTEE, body_id=office.bodies["城建委"].id,
            starts_on=office.term.starts_on,
        )  # fmt: skip
        db.session.add(seat)
        db.session.commit()


def test_a_deputy_writes_mends_and_submits(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    office.set_clock("2026-05-11T10:00")
    zhang = Someone(open_page, office.url, "zhang", phone=True, scripts=False)
    zhang.go("/suggestions/new")
    zhang.write({"title": TITLE, "situation": "太短", "points-2-text": "每个街道至少一处"})
    zhang.press("提交给工委")
    zhang.reads("处要改", "您写的都还在", "正文太短，请写明情况、原因和具体建议（不少于50字）。")
    expect(zhang.page.locator("[name=title]")).to_have_value(TITLE)
    expect(zhang.page.locator("textarea[name$='-text']", has_text="每个街道至少一处")).to_have_count(1)
    zhang.write({"situation": LONG, "request": "请区民政局在每个街道设一处租借点，按月收取押金和少量租金。", "preferred_unit": "没有这家单位"})
    zhang.press("提交给工委")
    zhang.reads("请从列表里选")
    zhang.write({"preferred_unit": "区住建局"})
    zhang.press("提交给工委")
    zhang.reads("已提交。工委收到后会审查，进展会通知您。", "每个街道至少一处")
    _sent_back_and_again(Someone(open_page, office.url, "clerk", scripts=False), zhang)


def _sent_back_and_again(clerk: Someone, zhang: Someone) -> None:
    clerk.go("/desk/screening")
    clerk.begin("退回补充")
    clerk.press("退回补充")
    clerk.reads("有1处要改", "请填写退回原因。")
    clerk.write({"reason": "请补充街道现有老人数量和租借点的管理单位。"})
    clerk.press("退回补充")
    clerk.go("/desk/screening")
    clerk.reads("都办完了")
    zhang.go("/suggestions")
    zhang.follow(TITLE)
    zhang.reads("退回补充：请补充街道现有老人数量")
    zhang.begin("接着写")
    zhang.press("提交给工委")
    zhang.reads("待审查")


def test_lists_type_and_capacity(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    zhang = Someone(open_page, office.url, "zhang", phone=True, scripts=False)
    zhang.go("/suggestions?q=电梯")
    zhang.reads("没有找到这样的建议")
    zhang.begin("看全部")
    zhang.reads("您还没有写过建议")
    zhang.go("/home")
    zhang.press("大字")
    expect(zhang.page.locator("html")).to_have_attribute("data-type", "large")
    zhang.page.locator("main details.capacity summary").click()
    zhang.page.locator("main details.capacity button", has_text="城建环保委").click()
    expect(zhang.page.locator("main h1")).to_have_text("城建环保委")
    expect(zhang.page.locator("nav.side")).to_contain_text("对口建议")


def test_what_is_not_there(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    zhang = Someone(open_page, office.url, "zhang", phone=True, scripts=False)
    zhang.go("/suggestions/AAAAAAAAAAAAAAAAAAAAAA")
    zhang.reads("没有找到该内容，或您没有查看权限。")
    zhang.begin("回首页")
    zhang.reads("张建国代表，您好")
