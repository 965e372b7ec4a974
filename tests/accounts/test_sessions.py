"""Sessions in the table: no row for readers, rotation, idle and absolute ends, revocation, switching capacity."""

import threading

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, WebSession
from portal.core.db import db, writing_transaction
from portal.web import sessions
from tests.accounts.conftest import DAY, PASSWORD, Office, account_of
from tests.support.inspecting import InspectingClient

COOKIE = "__Host-portal"


def rows(app: Flask, **which) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WebSession).filter_by(**which))


def inside(client: InspectingClient) -> bool:
    return client.get("/me").status_code == 200


def test_reading_leaves_neither_row_nor_cookie(app: Flask, office: Office, client: InspectingClient) -> None:
    for path in ("/", "/healthz", "/sign-in/help", "/not-there", "/me"):
        assert "Set-Cookie" not in client.get(path).headers, path
    assert rows(app) == 0


def test_the_cookie_is_bound_to_this_host_and_hidden_from_scripts(both: tuple[Flask, Office]) -> None:
    app, _ = both
    client = app.test_client()
    said = client.get("/sign-in").headers["Set-Cookie"]
    for part in ("__Host-portal=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in said
    assert "Domain" not in said
    token = client.get_cookie(COOKIE).value
    assert len(token) >= 43
    with app.app_context():
        assert token not in str(db.session.execute(select(WebSession.__table__)).all())


def test_a_plain_cookie_only_for_a_demonstration_over_plain_http(make_app) -> None:
    app = make_app(profile="demo", origin="http://192.0.2.1:8000")
    said = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert said.startswith("portal=") and "Secure" not in said


def test_signing_in_changes_the_token_and_a_planted_one_stays_nobody(app: Flask, office: Office) -> None:
    victim, attacker = app.test_client(), app.test_client()
    attacker.get("/sign-in")
    planted = attacker.get_cookie(COOKIE).value
    victim.set_cookie(COOKIE, planted, secure=True)
    victim.sign_in("clerk")
    assert victim.get_cookie(COOKIE).value != planted
    assert inside(victim) and not inside(attacker)


def test_a_token_of_ones_own_making_is_not_taken_over(app: Flask, office: Office, client: InspectingClient) -> None:
    client.set_cookie(COOKIE, "A" * 43, secure=True)
    client.get("/sign-in")
    assert client.get_cookie(COOKIE).value != "A" * 43


def test_a_desk_is_signed_out_after_half_an_hour_of_silence(both: tuple[Flask, Office], later) -> None:
    app, _ = both
    client = app.test_client()
    client.sign_in("clerk")
    later(minutes=29)
    assert inside(client)
    later(minutes=29)
    assert inside(client)
    later(minutes=31)
    assert not inside(client)


def test_a_desk_ends_after_twelve_hours_whatever_happens(app: Flask, office: Office, client, later) -> None:
    client.sign_in("clerk")
    for _ in range(28):
        later(minutes=25)
        assert inside(client)
    later(minutes=21)
    assert not inside(client)


def test_a_deputy_may_put_the_phone_away_for_twelve_hours(app: Flask, office: Office, client, later) -> None:
    answer = client.sign_in("deputy01")
    assert "Max-Age=43200" in answer.headers["Set-Cookie"]
    later(hours=11, minutes=59)
    assert inside(client)
    later(minutes=2)
    assert not inside(client)


def test_last_seen_is_written_once_a_minute(app: Flask, office: Office, client, later) -> None:
    client.sign_in("clerk")

    def seen():
        with app.app_context():
            return db.session.scalar(select(WebSession.seen_at).where(WebSession.person_id.is_not(None)))

    inside(client)
    first = seen()
    inside(client)
    assert seen() == first
    later(seconds=61)
    inside(client)
    assert seen() > first


def test_signing_out_deletes_row_and_cookie(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("clerk")
    token = client.get_cookie(COOKIE).value
    answer = client.submit("/me", action="/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert rows(app, person_id=office.persons["clerk"]) == 0
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, token, secure=True)
    assert not inside(client)


def test_a_disabled_person_is_out_with_the_next_request(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("handler")
    keeper = app.test_client()
    keeper.sign_in("security")
    path = f"/accounts/{office.publics['handler']}"
    assert keeper.submit(path, {"reason": "调离"}, action="/disable").status_code == 303
    assert not inside(client)
    assert rows(app, person_id=office.persons["handler"]) == 0


def test_a_disabled_flag_alone_is_enough(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("handler")
    with app.app_context():
        account_of("handler").disabled = True
        db.session.commit()
    assert not inside(client)


def test_an_ended_appointment_is_denied_with_the_next_request(app: Flask, office: Office, client) -> None:
    client.sign_in("system")
    assert client.get("/accounts").status_code == 200
    with app.app_context():
        held = db.session.scalar(select(Appointment).where(Appointment.role == p.SYSTEM_ADMIN))
        held.ends_on = DAY
        db.session.commit()
    assert client.get("/accounts").status_code == 404
    assert "现在没有任职" in client.page("/me").text


def test_one_sees_and_ends_ones_own_sessions_only(app: Flask, office: Office) -> None:
    here, there, other = app.test_client(), app.test_client(), app.test_client()
    here.sign_in("clerk")
    there.sign_in("clerk")
    other.sign_in("leader")
    page = here.page("/me/sessions")
    assert page.text.count("用过") == 2
    with app.app_context():
        foreign = db.session.scalar(
            select(WebSession.public_id).where(WebSession.person_id == office.persons["leader"])
        )
    form = page.form("/end-others")
    assert here.post(f"/me/sessions/{foreign}/end", data=form.fields).status_code == 404
    assert inside(other)
    assert here.submit("/me/sessions", action="/end").status_code == 303
    assert inside(here) and not inside(there)


def test_switching_capacity_changes_token_and_rights(both: tuple[Flask, Office]) -> None:
    app, office = both
    with app.app_context():
        db.session.add(
            Appointment(
                person_id=office.persons["clerk"], role=p.SYSTEM_ADMIN, body_id=office.bodies["congress"], starts_on=DAY
            )
        )
        db.session.commit()
    client = app.test_client()
    client.sign_in("clerk")
    token = client.get_cookie(COOKIE).value
    assert client.get("/accounts/new").status_code == 404
    form = next(one for one in client.page("/me").forms if one.action == "/me/capacity" and one.element.inside("main"))
    assert client.post("/me/capacity", data=form.fields).status_code == 303
    assert client.get_cookie(COOKIE).value != token
    assert client.get("/accounts/new").status_code == 200
    old = app.test_client()
    old.set_cookie(COOKIE, token, secure=True)
    assert not inside(old)


def test_a_capacity_of_somebody_else_cannot_be_taken(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("clerk")
    with app.app_context():
        foreign = db.session.scalar(select(Appointment.public_id).where(Appointment.role == p.SYSTEM_ADMIN))
    token = client.page("/me").form("/me/wishes").fields["csrf_token"]
    assert client.post("/me/capacity", data={"csrf_token": token, "capacity": foreign}).status_code == 404


def test_a_deleted_session_never_comes_back(both: tuple[Flask, Office], monkeypatch: pytest.MonkeyPatch) -> None:
    app, office = both
    save, reached, go_on = sessions.TableSessions.save_session, threading.Event(), threading.Event()

    def slowly(*given) -> None:
        reached.set()
        go_on.wait(5)
        save(*given)

    for _ in range(5):
        client = app.test_client()
        client.sign_in("clerk")
        with monkeypatch.context() as patched:
            patched.setattr(sessions.TableSessions, "save_session", slowly)
            slow = threading.Thread(target=client.get, args=("/me",))
            slow.start()
            assert reached.wait(5)
            with app.app_context(), writing_transaction():
                db.session.execute(delete(WebSession).where(WebSession.person_id == office.persons["clerk"]))
            go_on.set()
            slow.join(10)
        assert rows(app, person_id=office.persons["clerk"]) == 0
        assert not inside(client)
        reached.clear()
        go_on.clear()


def test_an_unsafe_request_after_the_end_says_so_and_not_that_the_page_is_old(
    app: Flask, office: Office, client, later
):
    client.sign_in("clerk")
    form = client.page("/me").form("/me/wishes")
    later(minutes=31)
    answer = client.post("/me/wishes", data=form.fields)
    assert (answer.status_code, "登录已过期，请重新登录" in answer.text) == (401, True)
    assert PASSWORD not in answer.text
