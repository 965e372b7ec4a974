"""Signed-in browsers as rows of a table that can be listed and revoked.

The cookie holds a random token, the table its SHA-256. A row is only ever updated, never written anew under its id,
so a request in flight cannot bring a revoked session back. The token changes at sign-in, at a switch of capacity and
when the password changes. Somebody who only looks at public pages gets neither row nor cookie.
Times are the machine's: what the office clock says must not end or prolong a session.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any, cast

import flask_login
from flask import Flask, Request, Response, current_app, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import and_, bindparam, delete, insert, not_, or_, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict

from portal.accounts.models import WebSession
from portal.core import clock
from portal.core.db import UTCDateTime, db, writing_transaction

DESK_IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
TOKEN_BYTES = 32
LONGEST_TOKEN = 64

login_manager = flask_login.LoginManager()
# The table does what session protection would, and the remember-me cookie would live outside it.
login_manager.session_protection = None


class SignedIn(flask_login.UserMixin):
    """What Flask-Login passes around: the person's number, nothing else."""

    def __init__(self, person_id: int):
        self.id = str(person_id)


class PortalSession(CallbackDict[str, Any], SessionMixin):
    """The content of one browser's session and what the table knows about it."""

    def __init__(self, content: dict[str, Any] | None = None, row: Any = None):
        super().__init__(content or {}, lambda _: setattr(self, "modified", True))
        self.modified = False
        self.row_id: int | None = row.id if row else None
        self.digest: str = row.digest if row else ""
        self.person_id: int | None = row.person_id if row else None
        self.capacity_id: int | None = row.capacity_id if row else None
        self.started_at: datetime = row.started_at if row else clock.real()
        self.seen_at: datetime | None = row.seen_at if row else None
        self.desk: bool = row.desk if row else False
        self.device: str = row.device if row else ""
        self.rotating = False
        self.ending = False


def current() -> PortalSession:
    """The session of the request at hand."""
    return cast(PortalSession, session._get_current_object())  # type: ignore[attr-defined]


def begin(person_id: int, capacity_id: int | None, *, desk: bool, device: str) -> None:
    """Sign a person in: new token, new content, the clock of this session starts.

    A row that nobody was signed in with stays as it is, so that a second tap on the same button is answered too.
    """
    here = current()
    here.clear()
    if here.person_id is None:
        here.row_id, here.digest = None, ""
    flask_login.login_user(SignedIn(person_id))
    here.person_id, here.capacity_id, here.desk, here.device = person_id, capacity_id, desk, device
    here.started_at = clock.real()
    here.rotating = True


def switch(capacity_id: int, *, desk: bool) -> None:
    """Act in another capacity from the next request on: new token, the absolute end stays."""
    here = current()
    here.capacity_id, here.desk, here.rotating = capacity_id, desk, True


def rotate() -> None:
    """Give the session at hand a new token; the old one is dead with this answer."""
    current().rotating = True


def end() -> None:
    """Sign out: the row is deleted, the cookie cleared."""
    here = current()
    flask_login.logout_user()
    here.clear()
    here.person_id, here.capacity_id, here.ending = None, None, True


def alive(now: datetime) -> Any:
    """SQL: the session has neither reached its end nor, at a desk, been idle too long."""
    return _alive(now, now - DESK_IDLE)


def _alive(now: Any, idle_since: Any) -> Any:
    return and_(WebSession.expires_at > now, or_(not_(WebSession.desk), WebSession.seen_at > idle_since))


TABLE = WebSession.__table__
# Every request asks it, so it is made once.
FOUND = select(TABLE).where(
    TABLE.c.digest == bindparam("digest"), _alive(*(bindparam(name, type_=UTCDateTime()) for name in ("now", "idle")))
)


class TableSessions(SessionInterface):
    """Flask's session interface on the table."""

    def open_session(self, app: Flask, request: Request) -> PortalSession:
        token = request.cookies.get(_cookie_name(app), "")
        if not token or len(token) > LONGEST_TOKEN:
            return PortalSession()
        now = clock.real()
        asked = {"digest": _digest(token), "now": now, "idle": now - DESK_IDLE}
        row = db.session.execute(FOUND, asked).one_or_none()
        if row is None:
            return PortalSession()
        return PortalSession(json.loads(row.content), row)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        here = cast(PortalSession, session)
        if here.accessed or here.row_id is not None:
            response.vary.add("Cookie")
        if here.ending:
            self._delete(app, here, response)
        elif here.row_id is None:
            if here.modified and here:
                self._insert(app, here, response)
        elif here.modified or here.rotating:
            self._update(app, here, response)
        elif here.seen_at is None or clock.real() - here.seen_at >= SEEN_EVERY:
            self._touch(here)

    def _insert(self, app: Flask, here: PortalSession, response: Response) -> None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with writing_transaction():
            db.session.execute(insert(WebSession).values(digest=_digest(token), **_values(here)))
        _set_cookie(app, here, response, token)

    def _update(self, app: Flask, here: PortalSession, response: Response) -> None:
        values, token = _values(here), ""
        if here.rotating:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            values["digest"] = _digest(token)
        with writing_transaction():
            same = and_(WebSession.id == here.row_id, WebSession.digest == here.digest)
            kept = db.session.execute(update(WebSession).where(same).values(**values).returning(WebSession.id)).all()
        if not kept:
            if here.rotating:
                _clear_cookie(app, response)
        elif token:
            _set_cookie(app, here, response, token)

    def _delete(self, app: Flask, here: PortalSession, response: Response) -> None:
        if here.row_id is not None:
            with writing_transaction():
                db.session.execute(delete(WebSession).where(WebSession.id == here.row_id))
        _clear_cookie(app, response)

    def _touch(self, here: PortalSession) -> None:
        try:
            with writing_transaction():
                same = and_(WebSession.id == here.row_id, WebSession.digest == here.digest)
                db.session.execute(update(WebSession).where(same).values(seen_at=clock.real()))
        except OperationalError:
            # Not worth refusing an answer that is ready: the next request will say it again.
            current_app.logger.warning("a session's last-seen time could not be written")


def _values(here: PortalSession) -> dict[str, Any]:
    return {
        "person_id": here.person_id,
        "capacity_id": here.capacity_id,
        "content": json.dumps(dict(here), ensure_ascii=False),
        "device": here.device,
        "started_at": here.started_at,
        "seen_at": clock.real(),
        "expires_at": here.started_at + LONGEST,
        "desk": here.desk,
    }


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _secure(app: Flask) -> bool:
    return bool(app.config["SETTINGS"].secure_cookies)


def _cookie_name(app: Flask) -> str:
    return "__Host-portal" if _secure(app) else "portal"


def _set_cookie(app: Flask, here: PortalSession, response: Response, token: str) -> None:
    # In-app browsers forget cookies without an age whenever the app is closed; at a desk that is just right.
    age = int(LONGEST.total_seconds()) if here.person_id and not here.desk else None
    response.set_cookie(
        _cookie_name(app), token, max_age=age, path="/", secure=_secure(app), httponly=True, samesite="Lax"
    )


def _clear_cookie(app: Flask, response: Response) -> None:
    response.delete_cookie(_cookie_name(app), path="/", secure=_secure(app), httponly=True, samesite="Lax")


@login_manager.user_loader
def _load(person_id: str) -> SignedIn | None:
    return SignedIn(int(person_id)) if str(current().person_id) == person_id else None


def install(app: Flask) -> None:
    """Put sessions on the table and Flask-Login on top of them."""
    app.session_interface = TableSessions()
    login_manager.init_app(app)
