"""The steps that S0 does not take, by their pages: what was asked, what came of it, who may read of it."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.suggestions.living import SOLE, Life
from tests.support.inspecting import signed_in_as as as_


def made(app: Flask, what: Any) -> str:
    with app.app_context():
        found = what().public_id
        db.session.commit()
        db.session.remove()
        return found


def state(app: Flask, model: Any, public_id: str) -> str:
    with app.app_context():
        return db.session.scalars(select(model.state).where(model.public_id == public_id)).one()


def test_a_deputy_declines_to_co_sign(app: Flask, life: Life):
    item = made(app, life.draft)
    chosen = {"deputies-0-deputy": "李秀英　东团"}
    zhang, li = as_(app, "zhang"), as_(app, "li")
    zhang.submit(f"/suggestions/{item}/edit", chosen, action=f"/suggestions/{item}/signatures")
    forms = li.page(f"/suggestions/{item}").forms
    signature = next(form for form in forms if form.action.endswith("/steps/decline"))
    assert li.post(signature.action, data=signature.fields, follow_redirects=False).status_code == 303
    assert li.get(f"/suggestions/{item}").status_code == 404, "who declined reads it no more"
    assert "没有联名" in zhang.page(f"/suggestions/{item}/edit").text


def test_what_is_not_admitted_is_explained(app: Flask, life: Life):
    item = made(app, life.submitted)
    told = "属于个人诉求，作为代表来信转有关部门处理。"
    sent = {"disposition": "letter", "explanation": told}
    answer = as_(app, "clerk").submit(f"/suggestions/{item}/steps/not_admit", sent, action="/steps/not_admit")
    assert answer.status_code == 303
    assert told in as_(app, "zhang").page(f"/suggestions/{item}").text
    assert state(app, Suggestion, item) == "not_admitted"


def test_what_is_sent_back_comes_again(app: Flask, life: Life):
    item = made(app, life.submitted)
    sent = {"reason": "请写清是哪几个小区。"}
    assert (
        as_(app, "clerk").submit(f"/suggestions/{item}/steps/send_back", sent, action="/steps/send_back").status_code
        == 303
    )
    zhang = as_(app, "zhang")
    assert "请写清是哪几个小区" in zhang.page(f"/suggestions/{item}").text
    path = f"/suggestions/{item}/edit"
    assert zhang.submit(path, {"act": "submit", "cause": "清河、东关两个小区。"}, action=path).status_code == 303
    assert state(app, Suggestion, item) == "submitted"


def test_the_signer_sends_a_reply_back(app: Flask, life: Life):
    task = made(app, lambda: life.drafted(life.task(life.assigned(SOLE))))
    sent = {"reason": "请写明完成日期。"}
    signer = as_(app, "housing-signer")
    assert signer.submit(f"/tasks/{task}/steps/bounce_reply", sent, action="/steps/bounce_reply").status_code == 303
    assert state(app, UnitTask, task) == "handling"
    handler = as_(app, "housing")
    assert (
        "窗口已于四月十五日设立" in handler.page(f"/tasks/{task}/steps/draft_reply").form("draft_reply").fields["body"]
    )


def test_a_deputy_confirms_a_contact(app: Flask, life: Life):
    with app.app_context():
        task = life.contacted(life.task(life.assigned(SOLE)))
        found, contact = task.public_id, task.contacts[0].public_id
        db.session.commit()
    path = f"/tasks/{found}/steps/confirm_contact"
    zhang = as_(app, "zhang")
    sent = {"answer": "true", "contact": contact}
    assert zhang.submit(f"{path}?contact={contact}", sent, action="/steps/confirm_contact").status_code == 303
    assert "属实" in as_(app, "housing").page(f"/suggestions/{_item(app, found)}").text


def _item(app: Flask, task: str) -> str:
    with app.app_context():
        return db.session.scalars(select(UnitTask).where(UnitTask.public_id == task)).one().suggestion.public_id
