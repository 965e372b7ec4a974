"""Every answer is protected, also the ones that go wrong; bodies are bounded while they arrive."""

import io

import pytest
from flask import Flask, abort, redirect, request

from portal.web import headers
from portal.web.bodies import BoundedRequest


@pytest.fixture
def client():
    app = Flask(__name__)
    app.request_class = BoundedRequest
    app.config["MAX_CONTENT_LENGTH"] = 52 * 1024 * 1024
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.route("/page")
    def page():
        return "page", {"Server": "Werkzeug/3", "X-Powered-By": "Flask"}

    @app.route("/away")
    def away():
        return redirect("/page")

    @app.route("/public")
    def public():
        return "public", {"Cache-Control": "public, max-age=60"}

    @app.route("/refused/<int:status>")
    def refused(status):
        abort(status)

    @app.route("/broken")
    def broken():
        raise RuntimeError

    @app.route("/send", methods=["POST"])
    def send():
        return str(len(request.files["file"].read()))

    headers.install(app)
    return app.test_client()


PATHS = [
    "/page",
    "/away",
    "/public",
    "/nothing",
    "/broken",
    "/send",
    *(f"/refused/{n}" for n in (400, 401, 403, 409, 422, 429, 503)),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_is_protected(client, method, path):
    response = client.open(path, method=method)
    for name in headers.PROTECTION:
        assert response.headers.getlist(name), f"{name} is missing"
        assert len(response.headers.getlist(name)) == 1
    assert "Server" not in response.headers and "X-Powered-By" not in response.headers


def test_policy_is_strict():
    policy = dict(part.split(" ", 1) for part in headers.CONTENT_SECURITY_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert all(policy[name] == "'none'" for name in ("object-src", "base-uri", "frame-ancestors"))
    assert "unsafe" not in headers.CONTENT_SECURITY_POLICY and "http" not in headers.CONTENT_SECURITY_POLICY


def test_a_view_may_say_that_it_can_be_cached(client):
    assert client.get("/public").headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/page").headers["Cache-Control"] == "no-store"


def test_file_is_bounded_while_it_arrives(client):
    def post(size):
        return client.post("/send", data={"file": (io.BytesIO(bytes(size)), "a.pdf")})

    assert post(19 * 1024 * 1024).data == str(19 * 1024 * 1024).encode()
    assert post(21 * 1024 * 1024).status_code == 413
