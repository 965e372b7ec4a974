"""Sound files chosen on a sheet that was refused come back with it, for who sent them, on every sheet that takes files.

Seen red: with any person's token accepted (keeping.kept without `person_id ==`) the first line was
`test_a_foreign_or_forged_token_is_nothing[foreign]: assert ['现场.jpg'] == []`.
"""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, text

from portal.core import clock, once
from portal.core.db import db, writing_transaction
from portal.core.errors import NotFound
from portal.core.once import KeptFile
from portal.documents import keeping, nightly
from portal.documents.models import Document
from portal.documents.storage import files
from portal.suggestions.models import Suggestion
from tests.suggestions.living import JOINT, LETTER, REQUEST, SITUATION, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_

WORDS = {"title": TITLE, "situation": SITUATION, "request": REQUEST}
LONG = "题" * 61


def photo(name: str = "现场.jpg", colour: str = "green") -> tuple[io.BytesIO, str]:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, "JPEG")
    file.seek(0)
    return file, name


def refused(client: InspectingClient, title: str = LONG, **more: Any) -> Page:
    """The sheet of writing with one photo and a title that is too long."""
    sent = {**WORDS, "title": title, "photos": photo(), **more}
    answer = client.submit("/suggestions/new", sent, action="/suggestions/new")
    assert answer.status_code == 422, answer.text
    return Page(answer.text)


def again(client: InspectingClient, page: Page, **more: Any) -> Any:
    fields = page.form("/suggestions/new").fields
    return client.post("/suggestions/new", data={**fields, "title": TITLE, **more})


def names(app: Flask) -> list[str]:
    """The files of the one suggestion there is."""
    with app.app_context():
        return [one.document.name for one in db.session.scalars(select(Suggestion)).one().attachments]


def count(app: Flask, table: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_writing_a_suggestion(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    page = refused(zhang)
    assert "已收到：现场.jpg" in page.text
    assert (count(app, KeptFile), count(app, Document)) == (1, 0)
    second = again(zhang, page, title=LONG)
    assert second.status_code == 422 and "已收到：现场.jpg" in Page(second.text).text, "a second refusal keeps it too"
    assert count(app, KeptFile) == 1
    assert again(zhang, Page(second.text)).status_code == 303
    assert names(app) == ["现场.jpg"]
    assert (count(app, KeptFile), count(app, Document)) == (0, 1), "it is a document now, and counted once"


def test_drafting_a_reply(app: Flask, life: Life):
    with app.app_context():
        task = life.contacted(life.task(life.assigned())).public_id
        db.session.commit()
    path, housing = f"/tasks/{task}/steps/draft_reply", as_(app, "housing")
    answer = housing.submit(path, {**LETTER, "body": "太短", "file": photo("盖章.jpg")}, action=path)
    assert answer.status_code == 422 and "已收到：盖章.jpg" in Page(answer.text).text
    fields = Page(answer.text).form(path).fields
    sent = housing.post(f"/tasks/{task}/reply", data={**fields, "contact_person": "王" * 61})
    assert sent.status_code == 422 and "已收到：盖章.jpg" in Page(sent.text).text, "also when only saving"
    assert housing.post(path, data={**fields, "body": LETTER["body"]}).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Document)).one().name == "盖章.jpg"
    assert "盖章.jpg" not in housing.get(f"/tasks/{task}/reply").text


def test_giving_an_opinion(app: Flask, life: Life):
    with app.app_context():
        task = life.act("water", life.task(life.assigned(JOINT), "water"), "receive").public_id
        db.session.commit()
    path, water = f"/tasks/{task}/steps/give_opinion", as_(app, "water")
    answer = water.submit(path, {"text": "短", "file": photo("意见.jpg")}, action=path)
    assert answer.status_code == 422 and "已收到：意见.jpg" in Page(answer.text).text
    fields = {**Page(answer.text).form(path).fields, "text": "同意由住建局牵头办理，费用列入计划。"}
    newer = water.post(path, data={**fields, "file": photo("新意见.jpg", "blue")})
    assert newer.status_code == 303, "a file chosen anew takes the place of the kept one"
    with app.app_context():
        assert db.session.scalars(select(Document)).one().name == "新意见.jpg"


def test_a_file_that_is_not_wanted_any_more_is_left_out(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    fields = refused(zhang).form("/suggestions/new").fields
    del fields["kept-photos"]
    assert zhang.post("/suggestions/new", data={**fields, "title": TITLE}).status_code == 303
    assert names(app) == []


def test_kept_and_new_files_come_together(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    assert again(zhang, refused(zhang), photos=photo("近景.jpg", "blue")).status_code == 303
    assert sorted(names(app)) == ["现场.jpg", "近景.jpg"]


def test_a_refused_file_is_not_kept_but_the_sound_one_beside_it_is(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    form = zhang.page("/suggestions/new").form("/suggestions/new").fields
    both = [photo(), (io.BytesIO(b"MZ not a document"), "说明.pdf")]
    answer = zhang.post("/suggestions/new", data={**form, **WORDS, "photos": both})
    assert answer.status_code == 415
    page = Page(answer.text)
    assert "已收到：现场.jpg" in page.text and "已收到：说明.pdf" not in page.text
    assert count(app, KeptFile) == 1
    assert again(zhang, page).status_code == 303
    assert names(app) == ["现场.jpg"]


@pytest.mark.parametrize("token", ["foreign", "forged"])
def test_a_foreign_or_forged_token_is_nothing(app: Flask, life: Life, token: str):
    kept = refused(as_(app, "zhang")).form("/suggestions/new").fields["kept-photos"]
    li = as_(app, "li")
    form = li.page("/suggestions/new").form("/suggestions/new").fields
    sent = {**form, **WORDS, "kept-photos": kept if token == "foreign" else "x" * 16}  # noqa: S105
    assert li.post("/suggestions/new", data=sent).status_code == 303
    assert names(app) == []
    assert count(app, KeptFile) == 1


def test_more_than_one_submit_may_hold_is_refused(app: Flask, life: Life):
    zhang = as_(app, "zhang")
    form = zhang.page("/suggestions/new").form("/suggestions/new").fields
    six = [photo(f"照片{n}.jpg", f"#0000{n}{n}") for n in range(6)]
    first = zhang.post("/suggestions/new", data={**form, **WORDS, "title": LONG, "photos": six})
    page = Page(first.text)
    assert count(app, KeptFile) == 6
    five = [photo(f"又一张{n}.jpg", f"#00{n}{n}00") for n in range(5)]
    tokens = [one.attrs["value"] for one in page.root.walk() if one.attrs.get("name") == "kept-photos"]
    fields = {**page.form("/suggestions/new").fields, "kept-photos": tokens, "title": TITLE}
    more = zhang.post("/suggestions/new", data={**fields, "photos": five})
    assert more.status_code == 422
    assert Page(more.text).text.count("已收到：") == 6
    assert zhang.post("/suggestions/new", data=fields).status_code == 303
    assert len(names(app)) == 6


def test_the_day_s_limit_counts_kept_files(app: Flask, life: Life, monkeypatch: pytest.MonkeyPatch):
    zhang = as_(app, "zhang")
    refused(zhang)
    with app.app_context():
        size = db.session.scalars(select(KeptFile.size)).one()
    monkeypatch.setattr(keeping, "MOST_BYTES_A_DAY", size + 10)
    page = refused(zhang, photos=photo("第二张.jpg", "blue"))
    assert count(app, KeptFile) == 1, "above the limit nothing more is kept"
    assert again(zhang, page).status_code == 303
    assert names(app) == []


def test_with_a_state_secret_mark_in_the_text_no_file_is_kept(app: Flask, life: Life):
    page = refused(as_(app, "zhang"), title=TITLE, situation=f"{SITUATION}机密★10年")
    assert "已收到" not in page.text
    assert count(app, KeptFile) == 0


def test_kept_files_are_sealed_outlive_the_sweep_and_expire(app: Flask, life: Life, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nightly, "REQUEST_AT_MOST", timedelta(hours=-1))
    refused(as_(app, "zhang"))
    with app.app_context():
        assert "现场" not in str(db.session.execute(text("SELECT * FROM kept_files")).all())
        digest = db.session.scalars(select(KeptFile.sha256)).one()
        nightly.sweep()
        files().open(digest).close()
        with writing_transaction():
            db.session.scalars(select(KeptFile)).one().at -= once.INPUTS_KEPT + timedelta(days=1)
        with writing_transaction():
            once.forget(clock.today())
        nightly.sweep()
        with pytest.raises(NotFound):
            files().open(digest)
    assert count(app, KeptFile) == 0


def test_a_draft_changed_elsewhere_gives_the_files_back_too(app: Flask, life: Life):
    with app.app_context():
        item = life.draft().public_id
        db.session.commit()
    path = f"/suggestions/{item}/edit"
    phone, desk = as_(app, "zhang"), as_(app, "zhang")
    old = {**desk.page(path).form(path).fields, "cause": "在电脑上写的原因", "photos": photo()}
    assert phone.submit(path, {"cause": "在手机上写的原因"}, action=path).status_code == 303
    answer = desk.post(path, data=old)
    assert answer.status_code == 409
    back = next(link for link in Page(answer.text).links if "kept=" in link)
    page = desk.page(back)
    assert "已收到：现场.jpg" in page.text
    assert desk.post(path, data=page.form(path).fields).status_code == 303
    assert names(app) == ["现场.jpg"]
