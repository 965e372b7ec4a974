"""The sheet that saves itself: one draft, one address, and nothing kept of what bears a secrecy mark."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.journeys.people import Someone
from tests.support import apps
from tests.support.browser import Office
from tests.support.office import stand


def fill(app: Flask) -> None:
    """The small office."""
    with app.app_context():
        stand()


def test_an_empty_sheet_becomes_one_draft(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    zhang = Someone(open_page, office.url, "zhang", phone=True)
    zhang.go("/suggestions/new")
    saved = zhang.page.locator("[data-saved-words]")
    zhang.page.locator("[name=title]").press_sequentially("关于增设路灯的建议")
    expect(saved).to_contain_text("已保存　")
    address = zhang.page.url
    assert address.endswith("/edit") and "/new" not in address
    zhang.page.get_by_role("button", name="再加一条").click()
    zhang.write({"points-3-text": "第四点：清河路东段先装二十盏"})
    zhang.press("保存")
    zhang.reads("已保存。")
    assert zhang.page.url == address
    zhang.page.reload()
    expect(zhang.page.locator("[name=points-0-text]")).to_have_value("第四点：清河路东段先装二十盏")
    with apps.build(office.data, office.data / "clock.txt").app_context():
        assert [one.title for one in db.session.query(Suggestion)] == ["关于增设路灯的建议"]


def test_a_secrecy_mark_stays_nowhere(live_server: Callable[..., Office], open_page: Callable[..., Page]) -> None:
    office = live_server(fill)
    zhang = Someone(open_page, office.url, "zhang", phone=True)
    zhang.go("/suggestions/new")
    said: list[str] = []
    zhang.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    zhang.page.locator("[name=situation]").press_sequentially("机密★10年 某工程情况")
    expect(zhang.page.locator("[name=situation]")).to_have_value("")
    assert said == ["发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"]
    with apps.build(office.data, office.data / "clock.txt").app_context():
        assert db.session.query(Suggestion).count() == 0
