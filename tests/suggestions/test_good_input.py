"""Odd requests that are no accidents, and good ones that must not be refused, by pages."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.db import db
from portal.suggestions.models import Suggestion
from tests.suggestions.living import REQUEST, SITUATION, TITLE, Life
from tests.support.html import Page
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

WORDS = {"title": TITLE, "situation": SITUATION, "cause": "物业没有人牵头。", "request": REQUEST}


def made(app: Flask, what: Any) -> str:
    """The public id of the thing that `what()` makes by actions."""
    with app.app_context():
        found = what().public_id
        db.session.commit()
        db.session.remove()
        return found


# --- odd requests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["", "abc", "²", "9" * 5000, "-1"])
def test_an_odd_version_is_no_accident(app: Flask, life: Life, version: str):
    item = made(app, life.draft)
    path = f"/suggestions/{item}/edit"
    answer = as_(app, "zhang").submit(path, {"expected_version": version, "cause": "补一句"}, action=path)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("address", "status"),
    [
        *(("/suggestions?after=-1", 422), ("/suggestions?after=abc", 422), (f"/suggestions?after={'9' * 40}", 422)),
        *(("/suggestions?q=%00%07", 200), ("/suggestions?q=%25_%27", 200), ("/suggestions?state=password", 200)),
        *(
            (f"/suggestions?q={'长' * 500}", 200),
            ("/suggestions?desk=nonsense", 200),
            ("/suggestions?unit=%E5%8C%BA", 200),
        ),
    ],
)
def test_odd_addresses_of_a_list(app: Flask, life: Life, address: str, status: int):
    as_(app, "clerk").page(address, status=status)


def test_odd_values_on_postgresql(pg_app: Flask, set_clock: Any):
    set_clock("2026-03-02T09:00")
    with pg_app.app_context():
        life = Life(stand())
        item = life.draft().public_id
        db.session.commit()
    zhang = as_(pg_app, "zhang")
    for changed in ({"title": "题" * 500}, {"cause": "a\x00b"}):
        form = zhang.page(f"/suggestions/{item}/edit").form(f"/suggestions/{item}/edit").fields
        answer = zhang.post(f"/suggestions/{item}/autosave", data={**form, **changed})
        assert answer.status_code == 422
    for query in ("q=%00", "state=%00", "unit=%00", "grade=%00"):
        assert zhang.get(f"/suggestions?{query}").status_code in (200, 422)


# --- must be accepted -----------------------------------------------------------------------------------------------

WELCOME = {
    "a rare character": {"title": "关于纪念𠮷田桥的建议", "situation": SITUATION + "𠮷𠀋𡃁"},
    "names with a dot": {"cause": "欧阳·买买提、阿卜杜拉‧依明反映此事。"},
    "full-width digits": {"title": "关于２０２６年１２号路的建议"},
    "mixed writing": {"situation": SITUATION + "居民們都盼著電梯。"},
    "quotes from Word": {"cause": "居民说：“上下楼难。”‘确实难’——见附件…"},
    "emoji": {"request": REQUEST + "谢谢🙏"},
    "a joined emoji": {"request": REQUEST + "👨‍👩‍👧"},
    "tabs and lines": {"situation": f"一、现状\r\n\t{SITUATION}\r\n\r\n二、影响"},
    "percent and quotes": {"title": '关于"100%"达标<暂定>&_的建议\''},
    "exactly sixty": {"title": "题" * 60},
}


@pytest.mark.parametrize("case", WELCOME)
def test_what_must_be_accepted(both_engines_app: Flask, set_clock: Any, case: str):
    set_clock("2026-03-02T09:00")
    with both_engines_app.app_context():
        stand()
        db.session.remove()
    zhang = as_(both_engines_app, "zhang")
    sent = {**WORDS, **WELCOME[case]}
    answer = zhang.submit("/suggestions/new", {**sent, "act": "submit"}, action="/suggestions/new")
    assert answer.status_code == 303, Page(answer.text).text[:400]
    with both_engines_app.app_context():
        found = db.session.scalars(select(Suggestion)).one()
        assert found.state == "submitted"
        assert {name: getattr(found, name) for name in sent} == {n: v.replace("\r\n", "\n") for n, v in sent.items()}
    assert sent["title"] in zhang.page(answer.location).text


def test_trailing_blanks_are_taken_off(app: Flask, life: Life):
    sent = {**WORDS, "title": f"  {TITLE}\u3000 ", "cause": "\n原因一句。 \n", "act": "submit"}
    assert as_(app, "zhang").submit("/suggestions/new", sent, action="/suggestions/new").status_code == 303
    with app.app_context():
        found = db.session.scalars(select(Suggestion)).one()
        assert (found.title, found.cause) == (TITLE, "原因一句。")


def test_full_width_dates_are_read(app: Flask, life: Life):
    item = made(app, life.admitted)
    sent = {"units-0-unit": "区住建局", "units-0-role": "sole", "happened_on": "２０２６-０３-０２"}
    answer = as_(app, "clerk").submit(f"/suggestions/{item}/steps/assign", sent, action="/steps/assign")
    assert answer.status_code == 303


def test_a_clerk_who_sends_back_lands_on_the_desk(app: Flask, life: Life):
    item = made(app, life.submitted)
    sent = {"reason": "请写清是哪几个小区。"}
    answer = as_(app, "clerk").submit(
        f"/suggestions/{item}/steps/send_back", sent, action="/steps/send_back", follow=True
    )
    assert answer.status_code == 200
    assert answer.request.path == "/desk/screening"
