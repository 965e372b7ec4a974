"""What was typed survives every refusal: an expired sign-in, an old page, a lost race; for its owner alone."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from portal.accounts.models import WebSession
from portal.core import personal
from portal.core.db import db
from portal.core.once import KeptInput
from tests.suggestions.living import REQUEST, SITUATION, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import PASSWORD

EXPIRED = "登录已过期，请重新登录。您填写的内容已存为草稿。"
OLD_PAGE = "页面已过期，请刷新后重试。您填写的内容不会丢失。"
VALUES = {
    "title": TITLE,
    "situation": SITUATION,
    "cause": "物业没有人牵头",
    "request": REQUEST,
    "points-0-text": "设一个窗口",
}
REASON = "请写清是哪几个小区，并补充现场照片。"


def back_from(answer: Any) -> str:
    return next(link for link in Page(answer.text).links if "kept=" in link)


def written(client: InspectingClient) -> dict[str, Any]:
    return {**client.page("/suggestions/new").form("/suggestions/new").fields, **VALUES}


def end_sessions(app: Flask) -> None:
    with app.app_context():
        db.session.execute(delete(WebSession))
        db.session.commit()


def test_an_expired_sign_in_gives_the_text_back(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    sent = written(zhang)
    end_sessions(app)
    refused = zhang.post("/suggestions/new", data=sent)
    assert refused.status_code == 401
    assert EXPIRED in Page(refused.text).text
    back = back_from(refused)
    to_door = zhang.get(back)
    assert to_door.status_code == 303 and to_door.location.startswith("/sign-in")
    inside = zhang.submit(to_door.location, {"username": "zhang", "password": PASSWORD}, action="sign-in")
    assert inside.location == back
    fields = zhang.page(back).form("/suggestions/new").fields
    assert {name: fields[name] for name in VALUES} == VALUES
    assert zhang.post("/suggestions/new", data=fields).status_code == 303


@pytest.mark.parametrize("token", ["", "foreign"])
def test_a_missing_or_foreign_token_gives_the_text_back(app: Flask, life: Life, token: str):
    zhang = as_(app, "zhang")
    sent = {**written(zhang), "csrf_token": written(as_(app, "zhang"))["csrf_token"] if token else ""}
    refused = zhang.post("/suggestions/new", data=sent)
    assert refused.status_code == 403
    assert OLD_PAGE in Page(refused.text).text
    fields = zhang.page(back_from(refused)).form("/suggestions/new").fields
    assert {name: fields[name] for name in VALUES} == VALUES


def test_a_stale_page_gives_the_text_back(app: Flask, life: Life):
    with app.app_context():
        suggestion = life.submitted()
        item = suggestion.public_id
        db.session.commit()
    path = f"/suggestions/{item}/steps/send_back"
    slow, fast = as_(app, "clerk2"), as_(app, "clerk")
    sent = {**slow.page(path).form("/steps/send_back").fields, "reason": REASON}
    assert (
        fast.submit(f"/suggestions/{item}/steps/admit", {"category": "0101"}, action="/steps/admit").status_code == 303
    )
    refused = slow.post(path, data=sent)
    assert refused.status_code == 409
    page = Page(refused.text)
    assert "该建议已于09:00由代表工委改为“已立案”，您的操作未执行。您填写的内容已保留，请核对后再试。" in page.text
    assert REASON in page.text
    again = slow.get(back_from(refused))
    assert again.status_code == 409, "the step is not open any more"
    assert REASON in Page(again.text).text, "yet what was typed can still be read"


def test_a_draft_changed_elsewhere_gives_the_text_back(app: Flask, life: Life):
    with app.app_context():
        item = life.draft().public_id
        db.session.commit()
    path = f"/suggestions/{item}/edit"
    phone, desk = as_(app, "zhang"), as_(app, "zhang")
    old = {**desk.page(path).form(path).fields, "cause": "在电脑上写的原因"}
    assert phone.submit(path, {"cause": "在手机上写的原因"}, action=path).status_code == 303
    refused = desk.post(path, data=old)
    assert refused.status_code == 409
    assert desk.page(back_from(refused)).form(path).fields["cause"] == "在电脑上写的原因"
    assert desk.page(path).form(path).fields["cause"] == "在手机上写的原因", "nothing was overwritten"


def test_what_is_kept_is_for_its_owner_alone(app: Flask, life: Life):
    zhang, li = as_(app, "zhang"), as_(app, "li")
    back = back_from(zhang.post("/suggestions/new", data={**written(zhang), "csrf_token": ""}))
    assert li.page(back).form("/suggestions/new").fields["title"] == ""
    assert zhang.page(back).form("/suggestions/new").fields["title"] == TITLE


def test_what_is_kept_is_sealed(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    zhang.post("/suggestions/new", data={**written(zhang), "csrf_token": ""})
    with app.app_context():
        assert len(db.session.scalars(select(KeptInput)).all()) == 1
        raw = str(db.session.execute(text("SELECT * FROM kept_inputs")).all())
    assert TITLE not in raw and SITUATION[:10] not in raw


def test_a_forged_form_key_keeps_nothing(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    end_sessions(app)
    refused = zhang.post("/suggestions/new", data={**VALUES, "once": "forged"})
    assert refused.status_code == 401
    with app.app_context():
        assert db.session.scalars(select(KeptInput)).all() == []


def test_passwords_are_never_kept(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    form = zhang.page("/me/password").form("password")
    sent = {**form.fields, **dict.fromkeys(("old", "new", "again"), "Never-keep-this-9")}
    zhang.post(form.action or "/me/password", data={**sent, "csrf_token": ""})
    with app.app_context():
        kept = [personal.unseal(row.sealed) for row in db.session.scalars(select(KeptInput))]
    assert not any("Never-keep" in one for one in kept)
