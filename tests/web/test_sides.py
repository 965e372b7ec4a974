"""Two editors of one draft: the slower sees both texts side by side and goes on with either; nothing is overwritten."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.suggestions.handling_models import ReplyDraft
from portal.suggestions.models import Suggestion
from tests.suggestions.living import LETTER, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_

FAST, SLOW = "物业公司没有人牵头。", "居民意见不一致。"


def draft_of(app: Flask, life: Life) -> str:
    with app.app_context():
        item = life.draft().public_id
        db.session.commit()
        return f"/suggestions/{item}/edit"


def lost(app: Flask, path: str, **slow: Any) -> tuple[InspectingClient, Any, Page]:
    """Two devices open the draft, the first saves FAST, the second loses with SLOW."""
    first, second = as_(app, "zhang"), as_(app, "zhang")
    old = {**second.page(path).form(path).fields, **(slow or {"cause": SLOW})}
    assert first.submit(path, {"cause": FAST}, action=path).status_code == 303
    answer = second.post(path, data=old)
    return second, answer, Page(answer.text)


def cause(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Suggestion)).one().cause


def test_both_texts_are_shown_and_mine_can_be_saved(app: Flask, life: Life):
    path = draft_of(app, life)
    second, answer, page = lost(app, path)
    assert answer.status_code == 409
    assert "这份草稿刚在别处改过，您的保存没有执行。您填写的内容已保留，请核对后再试。" in page.text
    assert FAST in page.text and "<ins>" in answer.text and "标题" not in [one.text for one in page.root.walk()]
    assert cause(app) == FAST
    fields = page.form(path).fields
    assert fields["cause"] == SLOW
    assert second.post(path, data=fields).status_code == 303
    assert cause(app) == SLOW


def test_the_saved_one_can_be_taken_and_both_can_be_merged(app: Flask, life: Life):
    path = draft_of(app, life)
    second, _, page = lost(app, path)
    assert path in page.links, "the saved text is one click away"
    merge = next(link for link in page.links if "kept=" in link)
    form = second.page(merge).form(path)
    assert form.fields["cause"] == SLOW
    assert second.post(path, data={**form.fields, "cause": FAST + SLOW}).status_code == 303
    assert cause(app) == FAST + SLOW


def test_the_same_text_is_no_conflict(app: Flask, life: Life):
    path = draft_of(app, life)
    _, answer, _ = lost(app, path, cause=FAST)
    assert answer.status_code == 303


def test_two_who_write_one_reply(app: Flask, life: Life):
    with app.app_context():
        task = life.contacted(life.task(life.assigned())).public_id
        db.session.commit()
    path, save = f"/tasks/{task}/steps/draft_reply", f"/tasks/{task}/reply"
    first, second = as_(app, "housing"), as_(app, "housing")
    old = {**second.page(path).form(path).fields, **LETTER, "body": "第二个人写的答复，窗口已经设立，正在办理之中。"}
    one = {**first.page(path).form(path).fields, **LETTER, "body": "第一个人写的答复，窗口已经设立，正在办理之中。"}
    assert first.post(save, data=one).status_code == 303
    for address in (save, path, f"{save}/autosave"):
        answer = second.post(address, data=old)
        assert answer.status_code == 409, address
    answer = second.post(path, data=old)
    page = Page(answer.text)
    assert "这份答复刚有人改过" in page.text and "第一个人" in page.text
    assert "09:00" in page.text, "when it was saved"
    fields = page.form(save).fields
    assert fields["body"].startswith("第二个人")
    assert second.post(save, data=fields).status_code == 303
    with app.app_context():
        draft = db.session.scalars(select(ReplyDraft)).one()
        assert (draft.body, draft.version) == (fields["body"], 2)
    latest = first.page(path).form(path).fields
    assert latest["draft_version"] == "2"
    told = first.post(f"{save}/autosave", data={**latest, "body": "接着写下去。"})
    assert told.json["fields"] == {"draft_version": "3"}
