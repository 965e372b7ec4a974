"""Message 6: the clerk is warned when one suggestion looks like two matters; the deputy is never refused for it."""

import random
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from portal.congress.rulepacks import shipped_pack
from portal.core.db import db
from portal.demo.topics import matters
from portal.suggestions.two_matters import ONE_MATTER, sign_of
from tests.suggestions.living import REQUEST, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import signed_in_as as as_

TWO = ("拓宽滨河路东段，完善道路交通标线", "请有关部门每月通报进度", "新建一所学前教育机构")
REASON = "第1点像“交通运输”，第3点像“教育”"


def item(title: str = "关于改善民生的建议", request: str = REQUEST, points: tuple[str, ...] = ()) -> Any:
    texts = [SimpleNamespace(text=one) for one in points]
    return SimpleNamespace(title=title, request=request, points=texts, pack=shipped_pack("Q"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"points": TWO}, REASON),
        ({"request": "请改造老旧小区。请按月公布。请整治校园安全！"}, "建议的第1句像“城乡建设”，建议的第3句像“教育”"),
        ({"title": "关于修复道路和增加义务教育学位的建议"}, "标题的第1部分像“交通运输”，标题的第2部分像“教育”"),
        ({"title": TITLE}, None),
        ({"points": ("修好道路，桥梁一并加固", "增设公共交通站点")}, None),
        ({"points": ("社区设一个窗口", "16个工作日办结", "垃圾日产日清")}, None),
        ({"title": "", "request": ""}, None),
    ],
)
def test_the_sign(given: dict[str, Any], reason: str | None):
    found = sign_of(item(**given))
    assert (found.reason if found else None) == reason


def test_ordinary_items_raise_no_alarm():
    """The demo district's texts, numbered or in prose: fewer than 1 in 20 may look like two."""
    written = matters(random.Random(20260101))
    alarms = [
        one.title
        for one in written
        for points in (one.points, ())
        if sign_of(item(one.title, one.request, points)) is not None
    ]
    assert len(alarms) * 20 < len(written) * 2, alarms


def test_the_clerk_sees_the_reason_and_sends_it_back(app: Flask, life: Life):
    with app.app_context():
        two, one = life.submitted(points=TWO).public_id, life.submitted(by="wang").public_id
        db.session.commit()
    clerk = as_(app, "clerk")
    assert "看着像两件事" not in clerk.page(f"/desk/screening?item={one}").text
    desk = clerk.page(f"/desk/screening?item={two}")
    assert f"{REASON}。一件建议只写一件事" in desk.text
    path = next(link for link in desk.links if "two_matters" in link)
    fields = clerk.page(path).form("/steps/send_back").fields
    assert fields["reason"] == ONE_MATTER
    sent = clerk.post(f"/suggestions/{two}/steps/send_back", data=fields)
    assert sent.status_code == 303, Page(sent.text).text
    assert ONE_MATTER in as_(app, "zhang").page(f"/suggestions/{two}").text


def test_the_deputy_is_never_refused(app: Flask, life: Life):
    with app.app_context():
        draft = life.draft(points=TWO).public_id
        db.session.commit()
    zhang = as_(app, "zhang")
    path = f"/suggestions/{draft}/edit"
    assert zhang.submit(path, {"act": "submit"}, action=path).location == f"/suggestions/{draft}"
