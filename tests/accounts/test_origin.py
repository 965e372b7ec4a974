"""Requests that change something come from our own pages, or nothing happens."""

import pytest
from flask import Flask

from tests.accounts.conftest import Office
from tests.support.inspecting import InspectingClient

FOREIGN = {
    "foreign origin": {"Origin": "https://evil.example"},
    "hidden origin": {"Origin": "null"},
    "own name in a foreign one": {"Origin": "http://localhost.evil.example"},
    "another port": {"Origin": "http://localhost:81"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same site, other origin": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_foreign_requests_are_refused(office: Office, client: InspectingClient, headers: dict[str, str]) -> None:
    client.sign_in("clerk")
    form = client.page("/me").form("/me/wishes")
    answer = client.post("/me/wishes", data=form.fields, headers=headers)
    assert (answer.status_code, "页面已过期，请刷新后重试" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_own_requests_pass(office: Office, client: InspectingClient, headers: dict[str, str]) -> None:
    client.sign_in("clerk")
    form = client.page("/me").form("/me/wishes")
    assert client.post("/me/wishes", data=form.fields, headers=headers).status_code == 303


def test_a_configured_origin_is_the_only_one(make_app) -> None:
    app = make_app(origin="https://portal.example")
    client = app.test_client()
    form = client.page("/sign-in").form("/sign-in")
    data = {**form.fields, "username": "a", "password": "b"}
    for origin, status in (("http://localhost", 403), ("https://portal.example", 401)):
        assert client.post("/sign-in", data=data, headers={"Origin": origin}).status_code == status


def test_the_token_of_another_session_is_refused(app: Flask, office: Office, client: InspectingClient) -> None:
    other = app.test_client()
    other.sign_in("leader")
    foreign = other.page("/me").form("/me/wishes").fields
    client.sign_in("clerk")
    assert client.post("/me/wishes", data=foreign).status_code == 403
    assert client.post("/me/wishes", data={**foreign, "csrf_token": ""}).status_code == 403


def test_plain_text_is_never_ours(office: Office, client: InspectingClient) -> None:
    client.sign_in("clerk")
    token = client.page("/me").form("/me/wishes").fields["csrf_token"]
    answer = client.post(
        "/me/wishes",
        data=f'{{"csrf_token": "{token}"}}',
        content_type="text/plain",
        headers={"X-CSRFToken": str(token)},
    )
    assert answer.status_code == 403
