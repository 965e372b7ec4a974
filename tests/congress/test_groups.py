"""Deputies' groups: made and ended by the clerk, read by deputies, planned by whoever convenes."""

from typing import Any

from flask import Flask

from portal.congress.models import Group
from portal.core.db import db
from tests.suggestions.living import Life
from tests.support.inspecting import signed_in_as

LABEL = "{name}　东团"


def made(app: Flask, name: str = "东团代表小组", **values: Any) -> str:
    """A new group; its public id."""
    clerk = signed_in_as(app, "clerk")
    assert clerk.submit("/bodies/groups/new", {"name": name, **values}).status_code == 303
    with app.app_context():
        found = str(db.session.scalar(db.select(Group.public_id).where(Group.name == name)))
        db.session.remove()
        return found


def joined(app: Flask, group: str, name: str, convener: bool = False) -> None:
    clerk = signed_in_as(app, "clerk")
    path = f"/groups/{group}"
    assert clerk.submit(path, {"deputy": LABEL.format(name=name)}, action=f"{path}/join").status_code == 303
    if convener:
        forms = [one for one in clerk.page(path).forms if one.action.endswith("/members")]
        data = {**forms[0].fields, "act": "convene"}
        assert clerk.post(f"{path}/members", data=data).status_code == 303


def test_the_clerk_makes_corrects_and_ends_a_group(app: Flask, life: Life):
    group = made(app, "教育专业小组", professional="y")
    clerk = signed_in_as(app, "clerk")
    assert "专业小组" in clerk.page("/bodies").text
    twice = clerk.submit("/bodies/groups/new", {"name": "教育专业小组"})
    assert twice.status_code == 422 and "已有同名的代表小组" in twice.text
    assert (
        clerk.submit(f"/bodies/groups/{group}/edit", {"name": "教育小组", "ends_on": "2026-03-02"}).status_code == 303
    )
    assert "教育小组" not in signed_in_as(app, "zhang").page("/deputy-groups").text
    assert "2026年3月2日 停用" in clerk.page(f"/groups/{group}").text


def test_members_read_and_the_convener_plans(app: Flask, life: Life):
    group = made(app)
    joined(app, group, "张建国", convener=True)
    joined(app, group, "李秀英")
    zhang, li = signed_in_as(app, "zhang"), signed_in_as(app, "li")
    assert "我的小组" in li.page("/deputy-groups").text
    path = f"/deputy-groups/{group}"
    short = zhang.submit(path, {"text": "视察"}, action=f"{path}/plan")
    assert short.status_code == 422 and "太短" in short.text and "视察" in short.text
    plan = "三月视察学校周边交通，六月集中走访选民，九月听取部门通报。"
    assert zhang.submit(path, {"text": plan}, action=f"{path}/plan").status_code == 303
    assert plan in li.page(path).text
    assert "保存计划" not in li.page(path).text
    token = li.page("/suggestions/new").form("/suggestions/new").fields["csrf_token"]
    assert li.post(f"{path}/plan", data={"csrf_token": token, "text": plan}).status_code == 404


def test_two_conveners_do_not_overwrite_each_other(app: Flask, life: Life):
    group = made(app)
    joined(app, group, "张建国", convener=True)
    path = f"/deputy-groups/{group}"
    one, other = signed_in_as(app, "zhang"), signed_in_as(app, "zhang")
    stale = other.page(path).form(f"{path}/plan")
    plan = "三月视察学校周边交通，六月集中走访选民。"
    assert one.submit(path, {"text": plan}, action=f"{path}/plan").status_code == 303
    late = other.post(f"{path}/plan", data={**stale.fields, "text": "四月开展执法检查，七月接待选民。"})
    assert late.status_code == 409 and "四月开展执法检查" in late.text


def test_others_have_no_door(app: Flask, life: Life):
    group = made(app)
    for username in ("housing", "auditor", "system"):
        assert signed_in_as(app, username).get(f"/deputy-groups/{group}").status_code == 404
    assert "东团代表小组" in signed_in_as(app, "leader1").page(f"/deputy-groups/{group}").text
