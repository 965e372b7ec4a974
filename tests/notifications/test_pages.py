"""The pages: where I want to be told; the administrator's ways out, failures and parked work."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal import commands
from portal.audit.queries import history
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import worker
from portal.jobs.models import Job
from portal.notifications import actions, queries
from tests.suggestions.living import Life
from tests.support.gateways import MailServer, mail_server
from tests.support.inspecting import signed_in_as as as_

MINE = {"mail_address": "gao@example.cn", "mail": "all", "quiet_from": "0", "quiet_until": "0"}


@pytest.fixture
def mail(app: Flask) -> Iterator[MailServer]:
    before = app.config["SETTINGS"]
    with mail_server() as server:
        app.config["SETTINGS"] = replace(before, **server.settings())
        yield server
    app.config["SETTINGS"] = before


def work(app: Flask) -> None:
    """All that is due, and all that waits for another try."""
    with app.app_context():
        with writing_transaction():
            for job in db.session.scalars(select(Job)):
                job.due_at = clock.real()
        worker.run_all(commands.HANDLERS)


def test_without_any_way_out_the_page_says_so(life: Life, app: Flask) -> None:
    page = as_(app, "zhang").page("/me/messages")
    assert "本单位没有开通邮件、短信和群消息" in page.text and not [f for f in page.forms if "/me/messages" in f.action]


def test_wishes_are_kept_shown_and_on_record(life: Life, app: Flask, mail: MailServer) -> None:
    zhang = as_(app, "zhang")
    assert "/me/messages" in zhang.get("/me").text
    fresh = zhang.page("/me/messages").form("/me/messages").fields
    assert (fresh["mail"], fresh["quiet_from"], fresh["quiet_until"]) == ("digest", "20", "8")
    assert "sms" not in fresh
    assert zhang.submit("/me/messages", MINE).status_code == 303
    kept = zhang.page("/me/messages").form("/me/messages").fields
    assert {name: kept[name] for name in MINE} == MINE
    with app.app_context():
        person = life.people["zhang"]
        assert queries.mail_address(person) == "gao@example.cn"
        assert "gao@" not in str(queries.wish(person).mail_address)
        assert [line.code for line in history(f"person:{person}")][-1] == "notification.wishes"


@pytest.mark.parametrize(
    "address", ["gao", "gao@", "高@例子", "a@b.cn\r\nBcc: x@y.cn", "gao@example.cn,x@y.cn", "a b@c.cn"]
)
def test_a_bad_address_is_refused_beside_the_field(life: Life, app: Flask, mail: MailServer, address: str) -> None:
    answer = as_(app, "zhang").submit("/me/messages", {**MINE, "mail_address": address})
    assert answer.status_code == 422 and ("邮箱地址不正确" in answer.text or "看不见的特殊字符" in answer.text)
    with app.app_context():
        assert queries.wish(life.people["zhang"]) is None


def test_the_administrator_tries_a_channel_out(life: Life, app: Flask, mail: MailServer) -> None:
    system = as_(app, "system")
    assert "/system/channels" in system.get("/system").text
    assert "请先在“接收消息的方式”里填写您的邮箱" in system.page("/system/channels").text
    assert system.submit("/me/messages", {**MINE, "mail": "none"}).status_code == 303
    sent = system.submit("/system/channels", {}, action="/system/channels/test")
    assert sent.status_code == 303, sent.text
    work(app)
    assert [(to, letter["Subject"]) for to, letter in mail.letters] == [("gao@example.cn", "代表履职平台的测试消息")]
    assert "已送到" in system.page("/system/channels").text


def test_what_could_not_be_delivered_is_shown_and_tried_again(life: Life, app: Flask, mail: MailServer) -> None:
    clerk, system = as_(app, "clerk"), as_(app, "system")
    clerk.submit("/me/messages", MINE)
    mail.refuse = "450"
    with app.app_context(), writing_transaction():
        outside = actions.Outside("第37号有新情况，请登录查看。")
        actions.tell([life.people["clerk"]], "note.send", "某事", "/suggestions/x", "note:1", outside=outside)
    for _ in range(6):
        work(app)
    shown = system.page("/system/channels").text
    assert "没有送到" in shown and "450" in shown and "gao@" not in shown and "某事" not in shown
    parked = system.page("/system").text
    assert "外发消息" in parked and "停下了" in parked
    mail.refuse = ""
    assert system.submit("/system", {}, action="/system/jobs/again").status_code == 303
    work(app)
    assert len(mail.letters) == 1 and "没有停下的任务" in system.page("/system").text
    assert "没有送不到的消息" in system.page("/system/channels").text


def test_a_doubt_is_sent_again_only_when_somebody_says_so(life: Life, app: Flask, mail: MailServer) -> None:
    system = as_(app, "system")
    system.submit("/me/messages", MINE)
    mail.vanish = True
    system.submit("/system/channels", {}, action="/system/channels/test")
    work(app)
    mail.vanish = False
    work(app)
    assert len(mail.letters) == 1 and "不能确定" in system.page("/system/channels").text
    assert system.submit("/system", {}, action="/system/jobs/again").status_code == 303
    work(app)
    assert len(mail.letters) == 2


def test_what_is_not_wanted_any_longer_is_dropped_once(life: Life, app: Flask, mail: MailServer) -> None:
    system = as_(app, "system")
    system.submit("/me/messages", MINE)
    mail.vanish = True
    system.submit("/system/channels", {}, action="/system/channels/test")
    work(app)
    form = system.page("/system").form("/system/jobs/drop")
    assert system.post("/system/jobs/drop", data=form.fields).status_code == 303
    again = system.page("/system/channels").form("/system/channels/test").fields
    gone = {**form.fields, "once": "", "csrf_token": again["csrf_token"]}
    assert system.post("/system/jobs/drop", data=gone).status_code in (404, 422)
    assert "没有停下的任务" in system.page("/system").text


@pytest.mark.parametrize("number", ["", "x", "-1", "99999", "9" * 30, "１"])
def test_no_other_job_can_be_named(life: Life, app: Flask, mail: MailServer, number: str) -> None:
    system = as_(app, "system")
    system.submit("/me/messages", MINE)
    token = system.page("/system/channels").form("/system/channels/test").fields["csrf_token"]
    for path in ("/system/jobs/again", "/system/jobs/drop"):
        assert system.post(path, data={"job": number, "csrf_token": token}).status_code == 404


@pytest.mark.parametrize("who", ["zhang", "clerk", "auditor", "security", "housing"])
def test_the_ways_out_are_the_system_administrators(life: Life, app: Flask, who: str) -> None:
    assert as_(app, who).get("/system/channels").status_code == 404
