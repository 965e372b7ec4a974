"""A submit that is refused keeps text and photos as the saved draft, and the same sheet can be sent again."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.support.office import stand

WRITTEN = {
    "title": "关于增设社区老年助餐点的建议",
    "situation": "清河街道有七十岁以上老人一千四百六十位，其中独居二百一十位，买菜做饭都很不方便。",
}
WISH = "请民政局在三个社区各设一个老年助餐点，中午供应热饭，行动不便的老人送餐上门，每月公布收支。"


@pytest.fixture
def office(app: Flask) -> None:
    with app.app_context():
        stand()
        db.session.remove()


def photo() -> tuple[io.BytesIO, str]:
    """A small picture, as a phone sends it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(file, "JPEG")
    file.seek(0)
    return file, "现场.jpg"


def test_a_refused_submit_keeps_text_and_photos(app: Flask, office: None) -> None:
    zhang = app.test_client()
    zhang.sign_in("zhang")
    refused = zhang.submit("/suggestions/new", {**WRITTEN, "photos": photo(), "act": "submit"})
    assert refused.status_code == 422
    assert "正文太短" in refused.text and "现场.jpg" in refused.text
    with app.app_context():
        kept = db.session.scalars(select(Suggestion)).one()
        item, files = kept.public_id, [one.document.name for one in kept.attachments]
        assert (kept.state, kept.situation, files) == ("draft", WRITTEN["situation"], ["现场.jpg"])
    path = f"/suggestions/{item}/edit"
    sent = zhang.submit(path, {"request": WISH, "act": "submit"}, action=path)
    assert (sent.status_code, sent.location) == (303, f"/suggestions/{item}"), sent.text
    with app.app_context():
        done = db.session.scalars(select(Suggestion)).one()
        assert (done.state, len(done.attachments)) == ("submitted", 1)


def test_the_same_sheet_is_sent_again_after_a_refusal(app: Flask, office: None) -> None:
    zhang = app.test_client()
    zhang.sign_in("zhang")
    form = zhang.page("/suggestions/new").form("/suggestions/new")
    first = zhang.post("/suggestions/new", data={**form.fields, **WRITTEN, "act": "submit"})
    assert first.status_code == 422
    again = zhang.post("/suggestions/new", data={**form.fields, **WRITTEN, "request": WISH, "act": "submit"})
    assert again.status_code == 303, again.text
    with app.app_context():
        assert [one.state for one in db.session.scalars(select(Suggestion))] == ["submitted"]
