"""The import in a real browser: at the desk and on a phone, with axe on every page of it, and the progress seen."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.core.db import db
from tests.imports import making
from tests.imports.conftest import DATA, found_office
from tests.support.browser import DESK, PHONE
from tests.support.inspecting import PASSWORD


def fill(app):
    with app.app_context():
        found_office()
        db.session.commit()


def sign_in(page, url):
    page.goto(f"{url}/sign-in?next=/imports")
    page.fill("[name=username]", "clerk")
    page.fill("[name=password]", PASSWORD)
    page.click("form[action*=sign-in] [type=submit]")
    page.goto(f"{url}/imports")


def clean(page):
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it runs out at the side"


def choose(page, file: Path, label: str):
    page.check(f"text={label}")
    page.set_input_files("[name=file]", file)
    page.click("text=读取表格")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_way_of_a_file(live_server, open_page, tmp_path, size):
    office = live_server(fill, worker=True)
    page = open_page(size)
    sign_in(page, office.url)
    clean(page)
    choose(page, DATA / "roster-300.xlsx", "代表名册")
    page.wait_for_url("**/columns")
    clean(page)
    page.click("text=检查内容")
    page.wait_for_selector("text=确认导入300行")
    clean(page)
    page.click("text=确认导入300行")
    page.wait_for_selector("text=撤销这次导入", timeout=30_000)
    clean(page)
    page.click("text=撤销这次导入")
    page.wait_for_selector("text=已全部取出")
    clean(page)
    rows = making.roster(40)
    rows[16][3] = "1380"
    faulty = tmp_path / "名册.xlsx"
    faulty.write_bytes(making.workbook(rows))
    page.goto(f"{office.url}/imports")
    clean(page)
    choose(page, faulty, "代表名册")
    page.click("text=检查内容")
    page.wait_for_selector("text=共1处问题，未导入任何数据")
    clean(page)
