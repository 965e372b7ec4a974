"""Signing in through the page: right and wrong, limits, slips, first change, safe ways back."""

import re
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from portal.accounts import passwords, signing_in
from portal.accounts.models import Account, SignInTry, Slip, WebSession
from portal.core.db import db
from portal.core.errors import Unauthorised
from tests.accounts.conftest import PASSWORD, Office, account_of
from tests.support.html import Page
from tests.support.inspecting import InspectingClient

WRONG = "账号或密码不正确。"
TOO_MANY = "尝试次数过多，请15分钟后再试，或换用短信验证登录。"


def attempt(client: InspectingClient, username: str, password: str, path: str = "/sign-in"):
    return client.submit(path, {"username": username, "password": password}, action="/sign-in")


def test_signing_in_leads_home_and_out_again(both: tuple[Flask, Office]) -> None:
    app, _ = both
    client = app.test_client()
    answer = attempt(client, "clerk", PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "人员clerk" in client.page("/me").text
    assert client.submit("/me", action="/sign-out").location == "/sign-in"
    assert client.get("/me").status_code == 303


def test_a_telephone_number_is_a_user_name_too(office: Office, client: InspectingClient) -> None:
    assert attempt(client, "１３８ 0000 0001", PASSWORD).status_code == 303
    assert "人员deputy01" in client.page("/me").text


@pytest.mark.parametrize(("username", "password"), [("clerk", "wrong-password"), ("nobody-here", PASSWORD)])
def test_wrong_name_and_wrong_password_get_one_answer(
    office: Office, client: InspectingClient, username: str, password: str
) -> None:
    answer = attempt(client, username, password)
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert Page(answer.text).form("/sign-in").fields["username"] == username
    assert PASSWORD not in answer.text


def test_a_disabled_account_answers_like_a_wrong_password(app: Flask, office: Office, client: InspectingClient) -> None:
    with app.app_context():
        account_of("clerk").disabled = True
        db.session.commit()
    answer = attempt(client, "clerk", PASSWORD)
    assert (answer.status_code, WRONG in answer.text) == (401, True)


def test_known_and_unknown_names_cost_the_same(app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    check = passwords.HASHER.verify
    monkeypatch.setattr(passwords, "HASHER", mock.Mock(wraps=passwords.HASHER))
    monkeypatch.setattr(passwords.HASHER, "verify", lambda *given: ran.append("argon2") or check(*given))
    costs = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: ran.append(given[2].split()[0]))
        for name in ("clerk", "nobody"):
            ran.clear()
            with pytest.raises(Unauthorised):
                signing_in.sign_in(name, "wrong-password", "10.0.0.1")
            costs.append(list(ran))
    assert costs[0] == costs[1] and costs[0].count("argon2") == 1


def test_ten_checks_then_a_pause_that_ends_by_itself(both: tuple[Flask, Office], later, monkeypatch) -> None:
    app, _ = both
    checks = []
    real = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda kept, password: checks.append(1) or real(kept, password))
    client = app.test_client()
    for _ in range(10):
        assert attempt(client, "clerk", "wrong-password").status_code == 401
    for password in ("wrong-password", PASSWORD):
        answer = attempt(client, "clerk", password)
        assert (answer.status_code, TOO_MANY in answer.text) == (429, True)
    assert len(checks) == 10
    later(minutes=16)
    assert attempt(client, "clerk", PASSWORD).status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInTry)) == 10


def test_unknown_names_are_limited_like_known_ones(office: Office, client: InspectingClient) -> None:
    for _ in range(10):
        attempt(client, "nobody-here", "x" * 12)
    assert attempt(client, "nobody-here", "x" * 12).status_code == 429


def test_one_address_has_fifty_checks_and_right_ones_do_not_count(app: Flask, office: Office) -> None:
    with app.app_context():
        for _ in range(3):
            signing_in.sign_in("clerk", PASSWORD, "10.0.0.1")
            db.session.commit()
        for number in range(50):
            with pytest.raises(signing_in.Unauthorised):
                signing_in.sign_in(f"guess{number}", "x", "10.0.0.1")
        with pytest.raises(Exception, match="尝试次数过多"):
            signing_in.sign_in("guess50", "x", "10.0.0.1")
        signing_in.sign_in("clerk", PASSWORD, "10.0.0.2")


def code_on(answer) -> str:
    return re.search(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){3}", answer.text).group()


def new_slip(app: Flask, office: Office, for_whom: str, by: str = "security") -> str:
    keeper = app.test_client()
    keeper.sign_in(by)
    answer = keeper.submit(f"/accounts/{office.publics[for_whom]}", action="/slip")
    assert answer.status_code == 200
    return code_on(answer)


def test_a_slip_opens_a_locked_account_once_and_asks_for_a_password(both: tuple[Flask, Office]) -> None:
    app, office = both
    client = app.test_client()
    for _ in range(11):
        attempt(client, "deputy01", "wrong-password")
    code = new_slip(app, office, "deputy01", by="clerk")
    assert attempt(client, "deputy01", PASSWORD).status_code == 429
    assert attempt(client, "deputy01", code.lower().replace("-", " ")).status_code == 303
    assert client.get("/me").location.startswith("/me/password")
    assert client.post("/me/wishes", data={"theme": "dark"}).status_code == 401
    short = client.submit("/me/password", {"new": "short", "again": "short"}, action="/me/password")
    assert (short.status_code, "请至少用10个字符" in short.text) == (422, True)
    fine = {"new": "石榴-籽-抱-在一起-41", "again": "石榴-籽-抱-在一起-41"}
    assert client.submit("/me/password", fine, action="/me/password").status_code == 303
    assert client.page("/me").heading == "人员deputy01"
    other = app.test_client()
    assert attempt(other, "deputy01", code).status_code in (401, 429)


def test_a_slip_ends_the_old_password_and_all_sessions(app: Flask, office: Office, client: InspectingClient) -> None:
    client.sign_in("deputy02")
    new_slip(app, office, "deputy02", by="clerk")
    assert client.get("/me").status_code == 303
    assert attempt(client, "deputy02", PASSWORD).status_code == 401


def test_a_slip_dies_after_a_day(app: Flask, office: Office, client: InspectingClient, later) -> None:
    code = new_slip(app, office, "handler")
    later(hours=24, minutes=1)
    assert attempt(client, "handler", code).status_code == 401
    with app.app_context():
        assert db.session.scalar(select(Slip.digest)) != code


def test_changing_the_password_ends_other_sessions_and_the_old_token(app: Flask, office: Office) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    here.sign_in("clerk")
    elsewhere.sign_in("clerk")
    token = here.get_cookie("__Host-portal").value
    new = "keep-the-river-clear-77"
    wrong = here.submit("/me/password", {"old": "no", "new": new, "again": new}, action="/me/password")
    assert (wrong.status_code, "现在的密码不正确" in wrong.text) == (422, True)
    right = {"old": PASSWORD, "new": new, "again": new}
    assert here.submit("/me/password", right, action="/me/password").status_code == 303
    assert here.get_cookie("__Host-portal").value != token
    assert here.page("/me")
    assert elsewhere.get("/me").status_code == 303
    thief = app.test_client()
    thief.set_cookie("__Host-portal", token, secure=True)
    assert thief.get("/me").status_code == 303


def test_every_weak_way_back_leads_home(office: Office, app: Flask) -> None:
    bad = [
        "//evil.example", "///evil.example", "////evil.example", "https://evil.example", "http:evil.example",
        "https:/evil.example", "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/%5cevil.example",
        "/%5c%5cevil.example", "/%2fevil.example", "/%2f%2fevil.example", "/%252fevil.example",
        "/%25252fevil.example", "%2f%2fevil.example", "/%09/evil.example", "/\t/evil.example", "/%0a/evil.example",
        "/%0d%0aSet-Cookie:x=1", "/\r\nSet-Cookie: x=1", "/x%0d%0aLocation:%20//evil", "javascript:alert(1)",
        "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "／／evil.example", "/／evil.example",
        "/%EF%BC%8Fevil.example", "/%ef%bc%8f%ef%bc%8fevil", "/＼evil.example", "/%EF%BC%BCevil.example",
        " //evil.example", "\x00//evil.example", "//evil.example\x00", "/\x00/evil", "/\x7f/evil", "//u@evil.example",
        "//evil.example:80/", "//[::1]/", "//evil%00.example", "/./\\evil.example", "?next=//evil", "#//evil",
        "evil.example", "evil.example/x", "./evil", "../evil", "..//evil.example", ".evil.example", "@evil.example",
        "/\u2028/evil", "/\u200b/evil", "/<script>", "/\"onload=", "/'x", "mailto:a@evil", "ftp://evil.example",
        "//evil。example", "//ⓔvil.example", "/" + "a" * 2000, "",
    ]  # fmt: skip
    assert len(bad) >= 60
    for address in bad:
        client = app.test_client()
        form = client.page("/sign-in").form("/sign-in")
        data = {**form.fields, "username": "clerk", "password": PASSWORD, "next": address}
        answer = client.post("/sign-in", data=data)
        assert (answer.status_code, answer.location) == (303, "/"), address


def test_a_link_shared_into_a_chat_lands_where_it_points(office: Office, client: InspectingClient) -> None:
    asked = client.get("/me/sessions?from=%E7%BE%A4")
    assert asked.status_code == 303
    answer = attempt(client, "clerk", PASSWORD, asked.location)
    assert answer.location == "/me/sessions?from=%E7%BE%A4"


def test_in_production_a_password_of_ninety_days_is_due() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 6, 1, tzinfo=UTC)
    old = now - timedelta(days=90)
    assert passwords.rules_for(production=True).due(False, False, old, now)
    assert not passwords.rules_for(production=False).due(False, False, old, now)
    assert not passwords.rules_for(production=True).due(True, True, None, now)


def test_no_name_and_no_password_lie_in_the_tries(app: Flask, office: Office, client: InspectingClient) -> None:
    attempt(client, "13800000001", "wrong-password")
    with app.app_context():
        rows = db.session.scalars(select(SignInTry.key)).all()
        assert rows and all(re.fullmatch("[0-9a-f]{32}", key) for key in rows)
        assert (
            db.session.scalar(select(func.count()).select_from(WebSession).where(WebSession.person_id.is_not(None)))
            == 0
        )


def test_a_weaker_hash_is_renewed_at_the_next_sign_in(app: Flask, office: Office, client: InspectingClient) -> None:
    from argon2 import PasswordHasher

    with app.app_context():
        account_of("clerk").password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        db.session.commit()
    assert attempt(client, "clerk", PASSWORD).status_code == 303
    with app.app_context():
        kept = db.session.scalar(select(Account.password_hash).where(Account.username == "clerk"))
        assert "m=19456,t=2,p=1" in kept
