"""A double tap, a repeat after a lost answer, another body under the same key, another person's key."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.core.db import db
from portal.suggestions.models import Signature, Suggestion
from tests.suggestions.living import REQUEST, SITUATION, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

OTHER = "本次内容与刚才提交的不一致，请刷新页面后重新提交。"
SAID = "您已提交过，没有重复创建。"
VALUES = {"title": TITLE, "situation": SITUATION, "cause": "", "request": REQUEST}


@pytest.fixture
def life(both_engines_app: Flask, set_clock: Any) -> Life:
    set_clock("2026-03-02T09:00")
    with both_engines_app.app_context():
        made = Life(stand())
        db.session.remove()
        return made


def count(app: Flask, model: Any = Suggestion) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def sheet(client: InspectingClient) -> dict[str, Any]:
    return {**client.page("/suggestions/new").form("/suggestions/new").fields, **VALUES}


def test_a_double_tap_is_one_suggestion(both_engines_app: Flask, life: Life):
    zhang = as_(both_engines_app, "zhang")
    sent = sheet(zhang)
    first, second = (zhang.post("/suggestions/new", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(both_engines_app) == 1
    assert SAID in zhang.page(second.location).text


def test_two_fingers_at_once_are_one_suggestion(both_engines_app: Flask, life: Life):
    clients = [as_(both_engines_app, "zhang") for _ in range(4)]
    sent = sheet(clients[0])
    ready, answers = threading.Barrier(len(clients)), []

    def tap(client: InspectingClient) -> None:
        own = sheet(client)  # a token of this browser's own session
        ready.wait()
        answers.append(client.post("/suggestions/new", data={**sent, "csrf_token": own["csrf_token"]}))

    taps = [threading.Thread(target=tap, args=(client,)) for client in clients]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert [answer.status_code for answer in answers] == [303] * len(clients)
    assert len({answer.location for answer in answers}) == 1
    assert count(both_engines_app) == 1


def test_a_repeat_after_a_lost_answer_gives_the_first_one(both_engines_app: Flask, life: Life):
    zhang = as_(both_engines_app, "zhang")
    sent = {**sheet(zhang), "act": "submit"}
    first = zhang.post("/suggestions/new", data=sent)
    later = as_(both_engines_app, "zhang")  # the phone has been restarted; the page came back from its memory
    again = later.post("/suggestions/new", data={**sent, "csrf_token": sheet(later)["csrf_token"]})
    assert (again.status_code, again.location) == (303, first.location)
    with both_engines_app.app_context():
        assert db.session.scalars(select(Suggestion.state)).all() == ["submitted"]


def test_another_body_under_the_same_key_is_refused_and_kept(both_engines_app: Flask, life: Life):
    zhang = as_(both_engines_app, "zhang")
    sent = sheet(zhang)
    assert zhang.post("/suggestions/new", data=sent).status_code == 303
    other = zhang.post("/suggestions/new", data={**sent, "title": "另一个题目写在同一张纸上"})
    assert other.status_code == 422
    assert OTHER in Page(other.text).text
    back = next(link for link in Page(other.text).links if "kept=" in link)
    assert zhang.page(back).form("/suggestions/new").fields["title"] == "另一个题目写在同一张纸上"
    assert count(both_engines_app) == 1


def test_another_person_may_use_the_same_key(both_engines_app: Flask, life: Life):
    zhang, li = as_(both_engines_app, "zhang"), as_(both_engines_app, "li")
    sent = sheet(zhang)
    assert zhang.post("/suggestions/new", data=sent).status_code == 303
    theirs = li.post("/suggestions/new", data={**sent, "csrf_token": sheet(li)["csrf_token"]})
    assert theirs.status_code == 303
    assert count(both_engines_app) == 2


def test_what_was_refused_may_be_sent_again_under_its_key(both_engines_app: Flask, life: Life):
    zhang = as_(both_engines_app, "zhang")
    sent = {**sheet(zhang), "act": "submit", "title": ""}
    refused = zhang.post("/suggestions/new", data=sent)
    assert refused.status_code == 422
    mended = {**Page(refused.text).form("/suggestions/new").fields, "title": TITLE, "act": "submit"}
    assert mended["once"] == sent["once"]
    assert zhang.post("/suggestions/new", data=mended).status_code == 303
    assert count(both_engines_app) == 1


def test_a_step_tapped_twice_is_taken_once(both_engines_app: Flask, life: Life):
    with both_engines_app.app_context():
        item = life.draft().public_id
        db.session.commit()
    zhang = as_(both_engines_app, "zhang")
    form = zhang.page(f"/suggestions/{item}/edit").form(f"/suggestions/{item}/signatures")
    sent = {**form.fields, "deputies-0-deputy": "李秀英　东团"}
    answers = [zhang.post(form.action, data=sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert count(both_engines_app, Signature) == 1


def test_autosave_may_repeat_its_key_with_other_words(both_engines_app: Flask, life: Life):
    zhang = as_(both_engines_app, "zhang")
    sent = sheet(zhang)
    first = zhang.post("/suggestions/new/autosave", data=sent)
    assert first.status_code == 200
    version = first.json["version"]
    second = zhang.post(first.json["autosave"], data={**sent, "cause": "补一句", "expected_version": version})
    assert second.status_code == 200 and second.json["version"] > version
    done = zhang.post("/suggestions/new", data={**sent, "cause": "补一句", "expected_version": second.json["version"]})
    assert done.status_code == 303
    assert count(both_engines_app) == 1
