"""The auditor sees who did what, never what was written; everybody sees their own notices."""

import pytest

from portal.accounts.actor import Actor
from portal.audit.actions import record
from portal.audit.nightly import note
from portal.audit.verify import verify
from portal.core import clock
from portal.core.db import writing_transaction
from portal.jobs import worker
from portal.notifications import actions, queries
from tests.accounts.conftest import furnish

CANARY = "滨河路七号院漏水"


@pytest.fixture
def office(app):
    with app.app_context():
        made = furnish()
        clerk = Actor(person_id=made.persons["clerk"], name="郝工", role="clerk", body_name="示范区人大")
        with writing_transaction():
            record(clerk, "suggestion:1", "suggestion.assign", {"title": CANARY}, f"交办了{CANARY}")
            for number in range(60):
                record(clerk, f"person:{number}", "account.signed_in", {}, "登录")
        return made


def test_the_auditor_reads_acts_without_their_words(office, client):
    client.sign_in("auditor")
    page = client.page("/log?kind=suggestion").text
    assert "郝工" in page and "示范区人大" in page and "建议 1" in page
    assert CANARY not in client.get("/log?kind=suggestion").text


def test_filters_and_older_entries(office, client):
    client.sign_in("auditor")
    assert "下一页" in client.page("/log").text
    assert "没有符合条件的记录" in client.page("/log?person=无此人").text
    assert "没有符合条件的记录" in client.page("/log?day=2001-01-01").text
    today = clock.today().isoformat()
    assert "登录" in client.page(f"/log?day={today}&kind=person&person=郝").text
    client.page("/log?day=2026-02-30&kind=passwords&before=x")


def test_the_last_check_is_shown(office, app, client):
    with app.app_context(), writing_transaction():
        note(verify())
    client.sign_in("auditor")
    page = client.page("/log").text
    assert "日志完整" in page and "还没有做过恢复演练" in page


@pytest.mark.parametrize("username", ["clerk", "system", "security", "deputy01", "handler"])
def test_nobody_else_reads_the_log(office, client, username):
    client.sign_in(username)
    client.page("/log", 404)


def test_notices_are_listed_and_marked_read(office, app, client):
    with app.app_context():
        with writing_transaction():
            actions.tell([office.persons["clerk"]], "suggestion.submit", "第3号建议：已提交", "/log", "x:1")
        worker.run_all(actions.HANDLERS)
    client.sign_in("clerk")
    assert "第3号建议：已提交" in client.page("/notifications").text
    assert client.submit("/notifications", {}, action="/notifications/read").status_code == 303
    with app.app_context():
        assert queries.unread(office.persons["clerk"]) == 0


def test_an_empty_page_of_notices_says_so(office, client):
    client.sign_in("deputy01")
    assert "现在没有消息" in client.page("/notifications").text
