"""A villager's way on a phone: the code on the door, the station, a message with a photograph, the tracking code, the
answer, the rating; on the office's side the message is looked at, passed on and answered."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from tests.matters.living import ANSWER, TEXT, TITLE, stand_with_stations
from tests.support.browser import DESK, PHONE

SHOTS = os.environ.get("PORTAL_SHOTS", "")


def shoot(page: Any, name: str) -> None:
    """Keep a picture where somebody wants to look (PORTAL_SHOTS names a folder)."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def enter(page: Any, url: str, username: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("#username", username)
    page.fill("#password", "Demo-2026-portal")
    page.click("main form button[type=submit]")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_from_the_poster_to_the_answer(
    live_server: Any, open_page: Callable[..., Any], tmp_path: Path, size: Any
) -> None:
    def fill(app: Flask) -> None:
        with app.app_context():
            stand_with_stations()

    office = live_server(fill)
    wide = f"{size[0]}"
    photo = tmp_path / "路灯.jpg"
    Image.new("RGB", (800, 600), "grey").save(photo)
    page = open_page(size)
    page.goto(f"{office.url}/stations/qinghe")
    page.click("text=来不了")
    page.wait_for_timeout(3500)  # nobody is suspiciously quick
    shoot(page, f"message-{wide}")
    page.fill("#text", "短")
    page.fill("#phone", "1380013")
    page.click("text=发出留言")
    assert "有2处要改" in page.inner_text("main")
    assert page.input_value("#text") == "短"
    shoot(page, f"message-refused-{wide}")
    page.fill("#text", TEXT)
    page.fill("#phone", "13800131234")
    page.set_input_files("#photos", str(photo))
    page.click("text=发出留言")
    code = page.inner_text(".tracking-code")
    shoot(page, f"message-left-{wide}")
    assert len(code.replace(" ", "")) == 25
    assert not page.context.cookies()
    staff = open_page(size)
    enter(staff, office.url, "station01")
    shoot(staff, f"station-home-{wide}")
    staff.goto(f"{office.url}/messages")
    shoot(staff, f"messages-{wide}")
    staff.click(f"text={TEXT[:12]}")
    shoot(staff, f"message-show-{wide}")
    staff.fill("#release-title", TITLE)
    staff.click("button:has-text('采用')")
    staff.click(".acts a:text-is('受理')")
    staff.fill("#public_title", "路灯不亮")
    shoot(staff, f"matter-triage-{wide}")
    staff.click("main button[type=submit]")
    staff.click(".acts a:text-is('转交')")
    staff.fill("#to", "区水务局")
    shoot(staff, f"matter-forward-{wide}")
    staff.click("main button[type=submit]")
    shoot(staff, f"matter-{wide}")
    unit = open_page(size)
    enter(unit, office.url, "water")
    unit.click(f"text={TITLE}")
    unit.click("button:has-text('接收')")
    unit.click("main a:has-text('答复')")
    unit.fill("#text", ANSWER["text"])
    unit.check("input[value=solved]")
    unit.click("main button[type=submit]")
    shoot(unit, f"matter-unit-{wide}")
    staff.goto(f"{office.url}/matters")
    shoot(staff, f"matters-{wide}")
    staff.click(f"text={TITLE}")
    staff.click(".acts a:text-is('回告群众')")
    staff.check("input[value=code]")
    staff.fill("#public_result", "18盏路灯全部修好。")
    shoot(staff, f"matter-feed-back-{wide}")
    staff.click("main button[type=submit]")
    shoot(staff, f"matter-told-{wide}")
    page.goto(f"{office.url}/track")
    shoot(page, f"track-{wide}")
    page.fill("#code", code)
    page.click("text=查一查")
    assert ANSWER["text"] in page.inner_text("main")
    shoot(page, f"followed-{wide}")
    page.check("input[value=solved]")
    page.click("text=提交评价")
    assert "谢谢您的评价" in page.inner_text("main")
    assert code.replace(" ", "") not in page.url
    page = open_page(size)  # the first one may keep the station's page for a minute
    page.goto(f"{office.url}/stations/qinghe")
    assert "18盏路灯全部修好" in page.inner_text("main")
    shoot(page, f"station-{wide}")
    assert not page.context.cookies()

