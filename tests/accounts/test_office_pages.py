"""The office's accounts through the pages: list, opening, approving, slips, appointing; own pages."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, Person
from portal.core.db import db
from tests.accounts.conftest import Office
from tests.support.html import Page
from tests.support.inspecting import InspectingClient


def test_a_new_account_waits_for_the_second_administrator(app: Flask, office: Office) -> None:
    system, security, newcomer = (app.test_client() for _ in range(3))
    system.sign_in("system")
    made = system.submit(
        "/accounts/new", {"name": "欧阳·买买提", "phone": "139 0000 1111", "username": ""}, follow=True
    )
    page = Page(made.text)
    assert page.heading == "欧阳·买买提"
    assert "待启用" in page.text and "139****1111" in page.text and "13900001111" not in page.source
    path = made.request.path
    assert not any("/slip" in form.action or "/enable" in form.action for form in page.forms)
    given = {"role": p.HANDLER, "body": "示范区水务局", "starts_on": "2020-01-01"}
    assert system.submit(path, given, action="/appointments").status_code == 303
    security.sign_in("security")
    assert security.submit(path, action="/enable").status_code == 303
    sheet = security.submit(path, action="/slip")
    assert sheet.status_code == 200 and "一次性口令" in sheet.text
    code = next(word for word in Page(sheet.text).text.split() if word.count("-") == 3)
    newcomer.submit("/sign-in", {"username": "13900001111", "password": code}, action="/sign-in")
    assert newcomer.get("/me").location.startswith("/me/password")


def test_what_was_typed_stays_when_something_is_wrong(office: Office, client: InspectingClient) -> None:
    client.sign_in("system")
    answer = client.submit("/accounts/new", {"name": "李四", "phone": "1381234567", "username": "clerk"})
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "手机号不正确，请填写11位手机号码。" in page.text
    assert page.form("/accounts/new").fields["name"] == "李四"
    answer = client.submit("/accounts/new", {"name": "李四", "phone": "", "username": "clerk"})
    assert (answer.status_code, "已经有人用了" in answer.text) == (422, True)


def test_appointing_two_of_the_three_is_refused_on_the_page(office: Office, client: InspectingClient) -> None:
    client.sign_in("security")
    path = f"/accounts/{office.publics['auditor']}"
    given = {"role": p.SYSTEM_ADMIN, "body": "示范区人民代表大会", "starts_on": "2020-01-01"}
    answer = client.submit(path, given, action="/appointments")
    assert (answer.status_code, "不能由同一人担任" in answer.text) == (409, True)


@pytest.mark.parametrize(
    ("username", "status"), [("clerk", 200), ("system", 200), ("security", 200), ("auditor", 404), ("handler", 404)]
)
def test_who_sees_the_list(office: Office, client: InspectingClient, username: str, status: int) -> None:
    client.sign_in(username)
    assert client.get("/accounts").status_code == status


def test_the_clerk_sees_deputies_only(office: Office, client: InspectingClient) -> None:
    client.sign_in("clerk")
    text = client.page("/accounts").text
    assert "人员deputy01" in text and "人员handler" not in text
    assert client.get(f"/accounts/{office.publics['handler']}").status_code == 404
    assert client.get(f"/accounts/{office.publics['deputy01']}").status_code == 200


def test_the_list_is_searched_and_filtered(office: Office, client: InspectingClient) -> None:
    client.sign_in("system")
    assert "人员signer" not in client.page("/accounts?words=handler").text
    assert "没有符合条件的账号" in client.page("/accounts?standing=disabled").text
    assert "没有符合条件的账号" in client.page("/accounts?words=%25").text
    assert client.get("/accounts?page=-1&standing=nonsense&words=%00").status_code == 200


def test_the_list_takes_few_statements(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("system")
    client.page("/accounts")

    def count() -> int:
        ran: list[str] = []
        with app.app_context():
            engine = db.engine
        listener = lambda *a: ran.append(a[2]) if a[2].startswith("SELECT") else None  # noqa: E731
        event.listen(engine, "before_cursor_execute", listener)
        client.page("/accounts")
        event.remove(engine, "before_cursor_execute", listener)
        return len(ran)

    few = count()
    with app.app_context():
        for number in range(40):
            office.add(f"more{number:02}", p.HANDLER, "unit")
        db.session.commit()
    assert count() == few <= 7


def test_lending_on_the_own_page(office: Office, client: InspectingClient, app: Flask, set_clock) -> None:
    set_clock("2026-03-02T09:00")
    client.sign_in("handler")
    link = next(link for link in client.page("/me").links if link.startswith("/appointments/"))
    page = client.page(link)
    assert not any("/end" in form.action for form in page.forms)
    given = {"to": office.publics["section"], "starts": "2026-03-02", "ends": "2026-03-06"}
    assert client.submit(link, given, action="/lend").status_code == 303
    late = client.submit(link, {**given, "starts": "2026-03-10", "ends": "2026-03-09"}, action="/lend")
    assert (late.status_code, "结束时间不能早于开始时间" in late.text) == (422, True)
    other = app.test_client()
    other.sign_in("section")
    assert "代人员handler" in other.page("/me").text
    lent = next(
        link for link in client.page("/me").links if link.startswith("/appointments/") and "区住建局" not in link
    )
    with app.app_context():
        lent = db.session.scalar(select(Appointment.public_id).where(Appointment.deputises_for_id.is_not(None)))
    assert client.submit(f"/appointments/{lent}", {"last_day": "2026-03-01"}, action="/end").status_code == 303
    assert "代人员handler" not in other.page("/me").text
    assert other.get(link).status_code == 404


def test_wishes_are_kept(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("deputy01")
    assert client.submit("/me", {"theme": "dark", "large_type": "y"}, action="/me/wishes").status_code == 303
    page = client.page("/me")
    assert 'data-bs-theme="dark"' in page.source and 'data-type="large"' in page.source
    assert client.submit("/me", {"theme": "pink"}, action="/me/wishes").status_code == 422
    with app.app_context():
        assert db.session.get(Person, office.persons["deputy01"]).theme == "dark"


def test_demo_doors_are_closed_outside_the_demonstration(office: Office, client: InspectingClient) -> None:
    form = client.page("/sign-in").form("/sign-in")
    token = {"csrf_token": form.fields["csrf_token"], "username": "clerk"}
    assert client.post("/sign-in/demo", data=token).status_code == 404
