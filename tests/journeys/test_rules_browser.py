"""The office's own rules and next year's calendar in Chromium, by two clerks; PORTAL_SHOTS=1 keeps the pictures."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal.core.db import db
from tests.journeys.people import Someone
from tests.support.browser import Office
from tests.support.office import stand

NOTICE = (
    "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、国庆节：10月1日至7日放假调休，共7天。9月26日（周日）上班。"
)


def fill(app: Flask) -> None:
    with app.app_context():
        stand()
        db.session.commit()


def glance(someone: Someone, name: str, phone: bool = False) -> None:
    """Keep the whole page where PORTAL_LOOK says, to be looked at."""
    place = os.environ.get("LOOK")
    if place:
        someone.page.screenshot(path=Path(place) / f"{name}{'-phone' if phone else ''}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_two_clerks_change_the_rules(
    live_server: Callable[..., Office], open_page: Callable[..., Page], scripts: bool
) -> None:
    office = live_server(fill)
    office.set_clock("2026-11-20T09:00")
    one = Someone(open_page, office.url, "clerk", False, scripts)
    other = Someone(open_page, office.url, "clerk2", False, scripts)

    one.go("/rules")
    one.follow("改规则", exact=True)
    one.press("复制一份开始改")
    draft = one.page.url.removeprefix(office.url)
    one.follow("期限")
    glance(one, "section")
    one.page.get_by_role("link", name="答复代表").first.click()
    one.write({"amount": "2", "basis": "《示范区代表建议办理办法》第十二条"})
    one.shoot("rules-entry")
    glance(one, "entry")
    one.press("保存这一条")
    one.reads("已改", "2个月，从交办之日起")
    one.go(draft)
    one.write({"effective_from": "2026-12-01", "reason": "区人大常委会主任会议2026年11月18日决定"})
    one.press("保存起用日期")
    one.reads("起用日期已保存", "改了1处")
    one.shoot("rules-draft")
    glance(one, "draft")
    one.press("提交核对")
    one.reads("要请另一位同事核对后批准")

    other.go(draft)
    other.reads("请对照办法的原文", "3个月，从交办之日起", "2个月，从交办之日起")
    other.shoot("rules-changes")
    glance(other, "changes")
    other.press("核对无误，批准")
    other.reads("已批准")
    other.go("/rules/versions")
    other.reads("还没起用", "现行")
    glance(other, "versions")
    office.set_clock("2026-12-01T00:00")
    other.go("/rules")
    other.reads("第2版", "2个月")

    one.go("/rules/calendar/2027")
    one.page.locator("#notice-source").fill("国务院办公厅关于2027年部分节假日安排的通知")
    one.page.locator("#notice-text").fill(NOTICE)
    one.press("读取并登记")
    one.reads("登记了11天", "请另一位同事对照通知核对后确认")
    other.go("/rules/calendar/2027")
    other.reads("请对照通知的原文逐日核对")
    other.shoot("rules-calendar")
    glance(other, "calendar")
    other.page.locator("#year-confirmed").check()
    other.press("保存依据和确认")
    other.reads_not("还没有确认")


def test_the_pages_fit_a_phone(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    one = Someone(open_page, office.url, "clerk", phone=True)
    one.go("/rules/drafts/new")
    one.press("复制一份开始改")
    draft = one.page.url.removeprefix(office.url)
    for name in ("", "/periods", "/grades", "/categories", "/periods/reply", "/categories/01", "/about/about"):
        one.go(draft + name)
        glance(one, name.replace("/", "-") or "draft", phone=True)
        wide = one.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
