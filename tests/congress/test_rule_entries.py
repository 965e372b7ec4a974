"""Every kind of entry of the rule editor: what is wrong is refused beside its field, what is right is a change."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.congress import rulepacks
from portal.congress.pack_models import RuleDraft
from portal.congress.rule_parts import SECTIONS
from portal.core.db import db
from tests.congress.rule_office import begun, changed, clerk, second
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

__all__ = ["clerk", "second"]

WRONG = {
    "periods/reply": ({"amount": "0", "unit": "m"}, "amount", "应为1到366之间的整数"),
    "periods/assist": ({"amount": "x", "unit": "wd"}, "amount", "请填写整数"),
    "periods/return_window": ({"amount": "5", "unit": "wd", "event": "submit"}, "event", ""),
    "policies/withdraw": ({"value": "nobody"}, "value", ""),
    "limits/title_most": ({"value": "0"}, "value", "应为1到100000之间的整数"),
    "ladder/ladder": ({"before": "三天"}, "before", "请写天数"),
    "numbers/session": ({"full": "第号"}, "full", "要含有序号"),
    "grades/A": ({"short": ""}, "short", "请填写简称"),
    "ratings/satisfied": ({"word": ""}, "word", "请填写用语"),
    "grounds/case": ({"word": "长" * 41}, "word", "不能超过40"),
    "dispositions/letter": ({"word": ""}, "word", "请填写怎样处理"),
    "categories/01": ({"children": "城市规划\n城市规划"}, "children", "小类的名称不能重复"),
    "about/about": ({"name": ""}, "name", "请填写规则的名称"),
}


@pytest.mark.parametrize("place", WRONG)
def test_a_wrong_value_is_refused_beside_its_field(app: Flask, clerk: InspectingClient, place: str) -> None:
    values, field, sentence = WRONG[place]
    draft = begun(clerk)
    answer = clerk.submit(f"{draft}/{place}", values)
    page = Page(answer.text)
    assert answer.status_code == 422 and "有1处要改" in page.text and sentence in page.text
    assert f'id="{field}-err"' in page.source
    if not sentence:
        return
    assert page.form(place).fields[field] == values[field], "typed text is kept"
    with app.app_context():
        assert db.session.scalars(select(RuleDraft)).one().content == rulepacks.shipped()["Q"]


def test_descending_days_of_the_ladder(clerk: InspectingClient) -> None:
    draft = begun(clerk)
    answer = clerk.submit(f"{draft}/ladder/ladder", {"before": "3、7"})
    assert answer.status_code == 422 and "从大到小" in Page(answer.text).text


RIGHT: dict[str, dict[str, Any]] = {
    "periods/return_window": {"amount": "7", "unit": "wd", "event": "assign", "basis": "第九条"},
    "policies/withdraw": {"value": "lead", "basis": ""},
    "policies/reassign_keeps_due": {"value": "False", "basis": "第十条"},
    "policies/extension_times": {"value": "2", "basis": ""},
    "limits/title_most": {"value": "50"},
    "ladder/ladder": {"before": "10、5、0", "after": "none", "mail_hour": "8", "basis": ""},
    "numbers/session": {"full": "〔届次〕会第〔序号〕号", "short": "第〔两位序号〕号"},
    "grades/A": {"letter": "甲", "short": "办成"},
    "grades/new": {"letter": "E", "short": "转上级", "word": "属于上级职权", "colour": "grey"},
    "ratings/dissatisfied": {"word": "不满意（要说明）"},
    "grounds/new": {"word": "已经办结的重复建议"},
    "dispositions/new": {"word": "并入已有建议", "hint": "告知代表"},
    "categories/01": {"name": "城乡建设", "children": "城市规划\n电梯加装"},
    "categories/new": {"name": "数字政府", "children": "一网通办"},
    "about/about": {"legal_note": "按本区2026年办法。", "word_suggestion": "代表意见"},
}


@pytest.mark.parametrize("place", RIGHT)
def test_every_kind_of_entry_is_edited_and_shown_as_a_difference(
    app: Flask, clerk: InspectingClient, place: str
) -> None:
    draft = begun(clerk)
    changed(clerk, draft, place, **RIGHT[place])
    assert "1处改动" in clerk.page(draft).text
    with app.app_context():
        kept = db.session.scalars(select(RuleDraft)).one().content
        assert kept != rulepacks.shipped()["Q"]
        rulepacks.pack_of_content(kept)
    again = clerk.submit(f"{draft}/{place}") if not place.endswith("new") else None
    assert again is None or again.status_code == 303
    assert "1处改动" in clerk.page(draft).text


def test_children_keep_their_codes_and_new_ones_never_take_an_old_one(app: Flask, clerk: InspectingClient) -> None:
    draft = begun(clerk)
    changed(clerk, draft, "categories/01", children="城市规划\n电梯加装\n物业管理")
    with app.app_context():
        kept = db.session.scalars(select(RuleDraft)).one().content["categories"][0]["children"]
        assert kept == {"0101": "城市规划", "0104": "物业管理", "0106": "电梯加装"}


def test_entries_leave_and_move(app: Flask, clerk: InspectingClient, second: InspectingClient) -> None:
    draft = begun(clerk)
    stale = second.page(f"{draft}/grades").form("/grades/D/move").fields
    section = clerk.page(f"{draft}/grades")
    fields = section.form("/grades/C/move").fields
    assert clerk.post(f"{draft}/grades/C/move", data={**fields, "act": "up"}).status_code == 303
    assert second.post(f"{draft}/grades/D/move", data={**stale, "act": "remove"}).status_code == 409
    fields = clerk.page(f"{draft}/grades").form("/grades/D/move").fields
    assert clerk.post(f"{draft}/grades/D/move", data={**fields, "act": "remove"}).status_code == 303
    with app.app_context():
        assert [row["code"] for row in db.session.scalars(select(RuleDraft)).one().content["grades"]] == list("ACB")
    shown = clerk.page(draft).text
    assert "顺序" in shown and "没有" in shown
    for place in ("ratings/satisfied", "periods/reply", "grades/Z"):
        fields = clerk.page(f"{draft}/grades").form("/grades/A/move").fields
        assert clerk.post(f"{draft}/{place}/move", data={**fields, "act": "remove"}).status_code == 404


def test_every_section_opens_and_nothing_else(clerk: InspectingClient) -> None:
    draft = begun(clerk)
    for section in SECTIONS:
        assert "相同" in clerk.page(f"{draft}/{section.key}").text
    for path in ("nothing", "periods/nothing", "ratings/new", "nothing/new", "periods/new"):
        assert clerk.get(f"{draft}/{path}").status_code == 404
