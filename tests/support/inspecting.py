"""The test client of the house: it inspects every page it fetches, and fills in forms as a browser without JavaScript.

    page = client.page("/suggestions/new")                            # GET, must be 200, inspected, read
    answer = client.submit("/sign-in", {"username": "clerk", "password": "…"})   # fetch the page, fill in, send
    client.sign_in("clerk")
"""

import contextvars
import functools
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal import assets
from portal.core.db import db
from tests.support.html import Page

PASSWORD = "Demo-2026-portal"


@functools.lru_cache(maxsize=1)
def sprite_icons() -> frozenset[str]:
    """The symbols of the cut sprite."""
    path = assets.STATIC / "dist" / assets.manifest()["icons.svg"]
    return frozenset(re.findall(r'<symbol[^>]*\bid="([^"]+)"', path.read_text(encoding="utf-8")))


def told(response: TestResponse) -> str:
    """What an unexpected answer said, for the failing test's message."""
    return f"{response.request.path} answered {response.status_code}: {Page(response.text).text[:300]}"


class InspectingClient(FlaskClient):
    """FlaskClient that refuses pages with faults. `client.inspects = False` for pages that are faulty on purpose."""

    inspects = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request.

        It runs outside the test's own application context, or `g` and the session would be shared with it. What the
        test has prepared there is committed first, so that the request sees it and no lock stands in its way.
        """
        if has_app_context():
            db.session.commit()
        send = functools.partial(super().open, *args, **kwargs)
        response = contextvars.Context().run(send)
        if self.inspects and self._is_page(response):
            faults = Page(response.text).complaints(sprite_icons())
            assert not faults, f"{response.request.path} ({response.status_code}): " + "; ".join(faults)
        return response

    @staticmethod
    def _is_page(response: TestResponse) -> bool:
        if "X-Fragment" in response.request.headers or 300 <= response.status_code < 400:
            return False
        return response.mimetype == "text/html" and bool(response.data)

    def page(self, path: str, status: int = 200) -> Page:
        """The page at `path`, which must answer with `status`."""
        response = self.get(path)
        assert response.status_code == status, told(response)
        return Page(response.text)

    def submit(
        self, path: str, values: Mapping[str, Any] | None = None, action: str = "", follow: bool = False
    ) -> TestResponse:
        """Fetch the page, overwrite the fields of its (only, or `action`) form with `values`, send it.

        A value None leaves the field out; (stream, name) tuples are files; a button is a value like any other.
        """
        form = self.page(path).form(action)
        sent = {**form.fields, **(values or {})}
        target = urljoin(path, form.action) if form.action else path
        data = {name: value for name, value in sent.items() if value is not None}
        return self.post(target, data=data, follow_redirects=follow, headers={"Referer": f"http://localhost{path}"})

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """Sign in by the page; must lead away from it."""
        answer = self.submit("/sign-in", {"username": username, "password": password}, action="sign-in")
        assert answer.status_code in (302, 303), told(answer)
        assert urlsplit(answer.location).path != "/sign-in"
        return answer


def signed_in_as(app: Flask, username: str) -> InspectingClient:
    """A new client of `app` in which this person is signed in."""
    client = app.test_client()
    client.sign_in(username)
    return client  # type: ignore[return-value]
