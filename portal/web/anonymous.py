"""Forms for people who are not signed in: a signed and dated token of the sheet instead of a session and its cookie.

The token says which sheet it is and when it was drawn up. It cannot be made by a foreign page, names nobody, and is
worth one submission: its nonce is the key by which a double tap is known. The origin is checked as for every request.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.core import clock

View = TypeVar("View", bound=Callable[..., Any])
NAME = "sheet"
LASTS = timedelta(hours=12)
NOBODYS = 0
"""Whose the files of a refused sheet are, where nobody is signed in: whoever holds their tokens."""


@dataclass(frozen=True)
class Sheet:
    """The sheet that was sent: its nonce and how many seconds ago it was drawn up."""

    nonce: str
    seconds: float


def own_token(view: View) -> View:
    """Mark a view that checks `sent()` itself instead of the session's form token."""
    view.own_token = True  # type: ignore[attr-defined]
    return view


def install(app: Flask) -> None:
    """Take the marked views out of the session's token check; after all routes are known."""
    for view in app.view_functions.values():
        if getattr(view, "own_token", False):
            app.extensions["csrf"].exempt(view)


def fresh(purpose: str) -> str:
    """The token of a new sheet."""
    return _signer(purpose).dumps(secrets.token_urlsafe(16))


def sent(purpose: str) -> Sheet | None:
    """The sheet of the request at hand; None when it has none, or one that is forged, too old or for another page."""
    try:
        nonce, drawn_up = _signer(purpose).loads(request.form.get(NAME, ""), return_timestamp=True)
    except BadData:
        return None
    age = clock.real() - drawn_up
    return Sheet(str(nonce), age.total_seconds()) if age <= LASTS else None


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"sheet:{purpose}")
