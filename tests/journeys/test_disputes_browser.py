"""What units dispute and who settles it, in Chromium: the government office's day. PORTAL_SHOTS=1 keeps pictures."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page

from portal.core.db import db
from tests.journeys.people import Someone
from tests.suggestions.living import JOINT, Life
from tests.support.browser import Office
from tests.support.office import stand

LIFT = "关于推进清河街道老旧小区加装电梯的建议"
DRAIN = "关于整治清河下游雨天积水的建议"
WHY = "排水管网的建设和养护由区水务局负责，我局没有这项职能，请予调整。"
APART = "主办单位认为应先改管线，会办单位认为今年没有计划，意见不一致。"
MINUTES = "3月18日在区政府召开，区住建局、区水务局参加，交换了意见。"
DECIDED = "管线改造列入下半年计划，区住建局先行受理申请。"

Meet = Callable[..., Someone]


def fill(app: Flask) -> None:
    """Two items assigned on 2 March 2026: one to a lead and an assist, one to the wrong unit."""
    with app.app_context():
        Path(str(app.config["SETTINGS"].clock_file)).write_text("2026-03-02T09:00", encoding="utf-8")
        office = stand(holidays=(date(2026, 4, 6),))
        for key, name, short in (("housing", "区住房和城乡建设局", "区住建局"), ("water", "区水务局", "区水务局")):
            office.bodies[key].name, office.bodies[key].short_name = name, short
        life = Life(office)
        life.assigned(JOINT, title=LIFT)
        life.assigned((("housing", "sole"),), by="li", title=DRAIN)
        db.session.commit()


def test_the_government_office_settles_what_units_dispute(
    live_server: Callable[..., Office], open_page: Callable[..., Page]
) -> None:
    office = live_server(fill)
    known: dict[str, Someone] = {}

    def meet(username: str, phone: bool = False) -> Someone:
        known.setdefault(username, Someone(open_page, office.url, username, phone))
        known[username].go("/home")
        return known[username]

    office.set_clock("2026-03-03T09:00")
    _dispatch(meet)
    _return(office, meet)
    _coordinate(office, meet)
    _look_at_figures(meet)


def _dispatch(meet: Meet) -> None:
    one = meet("govoffice")
    one.reads("待转交", LIFT, DRAIN)
    one.shoot("government-office-desk")
    one.follow(f"待转交：{DRAIN}")
    one.begin("转交：区住建局" if one.page.get_by_role("link", name="转交：区住建局", exact=True).count() else "转交")
    one.press("转交")
    one.reads("已转交")
    for unit in ("housing", "water"):
        handler = meet(unit)
        while handler.page.locator("main").get_by_role("link", name="待签收").count():
            handler.follow("待签收")
            handler.begin("签收")
            handler.press("签收")
            handler.go("/home")


def _return(office: Office, meet: Meet) -> None:
    office.set_clock("2026-03-04T09:00")
    housing = meet("housing")
    housing.follow(DRAIN)
    housing.page.get_by_text("其他操作").first.click()
    housing.begin("申请退办")
    housing.reads("只能申请，不能自行转给别的单位")
    housing.write({"unit": "区水务局", "reason": WHY})
    housing.shoot("unit-return")
    housing.press("申请退办")
    housing.reads("等待决定")
    one = meet("govoffice")
    one.follow("申请退办，待决定")
    one.reads(WHY)
    one.begin("同意退办")
    assert one.page.locator("[name='unit']").input_value() == "区水务局"
    one.reads_not("领导决定")
    one.shoot("government-office-return")
    one.press("同意退办")
    one.reads("同意退办，改由区水务局办理", "期限不变")


def _coordinate(office: Office, meet: Meet) -> None:
    office.set_clock("2026-03-18T09:00")
    housing = meet("housing")
    housing.follow(LIFT)
    housing.page.get_by_text("其他操作").first.click()
    housing.begin("提请协调")
    housing.write({"reason": APART})
    housing.press("提请协调")
    one = meet("govoffice")
    one.follow("待协调")
    one.begin("作出协调决定")
    one.reads(APART)
    one.write({"minutes": MINUTES, "decision": DECIDED})
    one.shoot("government-office-coordination")
    one.press("作出协调决定")
    one.reads(f"协调决定：{DECIDED}", MINUTES)


def _look_at_figures(meet: Meet) -> None:
    one = meet("govoffice")
    one.page.locator("nav").get_by_role("link", name="退办情况").first.click()
    one.reads("区住房和城乡建设局", "合计")
    one.shoot("government-office-returns")
    zhang = meet("zhang", phone=True)
    zhang.follow(LIFT)
    zhang.reads("协调决定", MINUTES)
    zhang.shoot("deputy-record")
