"""F5, form keys: one key and body posted twenty times at once is one row and one answer; another body under it is
refused; a key of somebody else is another key; when the line is cut after sending, the repeat makes exactly one row."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import func, select

from portal.core.db import db
from portal.suggestions import actions
from portal.suggestions.models import Suggestion
from portal.web import idempotency
from tests.assurance import harness
from tests.assurance.harness import Answer, Client
from tests.support.browser import Office
from tests.support.office import stand

TOGETHER, CUTS, QUICK_CUTS = 20, 500, 50
WORDS = {"situation": "路灯坏了一排，晚上看不见路。" * 4, "cause": "", "request": "请尽快派人修好路灯。"}
DRAFT = re.compile(r"/suggestions/[A-Za-z0-9_-]{22}/edit")


def fill(app: Flask) -> None:
    with app.app_context():
        stand()
        db.session.remove()


def sheet(client: Client, title: str) -> dict[str, str]:
    """A filled-in sheet of writing with its own key."""
    hidden = harness.hidden_fields(client.get("/suggestions/new").text, "/suggestions/new")
    return {**hidden, **WORDS, "title": title}


def send(client: Client, sent: dict[str, str]) -> Answer:
    return client.send("POST", "/suggestions/new", urlencode(sent).encode())


def rows(office: Office, url: str, title: str = "%") -> int:
    """How many suggestions of that title there are."""
    with harness.engines.engine_of(url or f"sqlite:///{office.data / 'portal.db'}").connect() as connection:
        asked = select(func.count()).select_from(Suggestion.__table__).where(Suggestion.title.like(title))
        return connection.execute(asked).scalar_one()


@contextmanager
def deaf(url: str) -> Iterator[str]:
    """A proxy that passes requests on, waits until they are answered, and cuts the line without passing that back."""
    listener = socket.create_server(("127.0.0.1", 0))
    there = urlsplit(url)

    def serve(near: socket.socket) -> None:
        with near, socket.create_connection((there.hostname or "", there.port or 80)) as far:
            near.settimeout(20)
            request = near.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            while length and len(body) < int(length[1]):
                more = near.recv(65536)
                body, request = body + more, request + more
            far.sendall(request)
            far.recv(1)

    def listen() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(near,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def cut_off(zhang: Client, lossy: str, number: int) -> str:
    """Send through the deaf line, then again through the good one; what was wrong."""
    sent = sheet(zhang, f"第{number}次断线的建议")
    through = Client(lossy, dict(zhang.cookies))
    try:
        through.send(
            "POST",
            "/suggestions/new",
            urlencode(sent).encode(),
            {"Origin": zhang.url, "Host": urlsplit(zhang.url).netloc},
        )
        return f"cut {number}: the line was not cut"
    except (OSError, http.client.HTTPException):
        pass
    again = send(zhang, sent)
    return (
        ""
        if again.status == 303 and DRAFT.fullmatch(again.location)
        else f"cut {number}: the repeat got {again.status}"
    )


def signed_in(office: Office, username: str) -> Client:
    client = Client(office.url)
    client.sign_in(username)
    return client


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """(figure, whether it holds)."""
    cuts, wrong = QUICK_CUTS if quick else CUTS, []
    with harness.office(engine, fill=fill) as office:
        url = office.environment.get("DATABASE_URL", "")
        zhang, li = signed_in(office, "zhang"), signed_in(office, "li")
        sent = sheet(zhang, "同时提交的建议")
        with ThreadPoolExecutor(TOGETHER) as pool:
            copies = [Client(office.url, dict(zhang.cookies)) for _ in range(TOGETHER)]
            answers = list(pool.map(lambda one: send(one, sent), copies))
        if len({(one.status, one.location) for one in answers}) != 1 or rows(office, url) != 1:
            wrong.append(f"{TOGETHER} at once: {sorted({one.status for one in answers})}, {rows(office, url)} rows")
        other = send(zhang, {**sent, "title": "另一个题目"})
        if other.status != 422 or "与刚才提交的不一致" not in other.text:
            wrong.append(f"another body: {other.status}")
        theirs = send(li, {**sheet(li, "同时提交的建议"), "once": sent["once"]})
        if theirs.status != 303 or rows(office, url) != 2:
            wrong.append(f"another person: {theirs.status}, {rows(office, url)} rows")
        with deaf(office.url) as lossy:
            wrong += [fault for number in range(cuts) if (fault := cut_off(zhang, lossy, number))]
        made = rows(office, url, "第%次断线的建议")
        if made != cuts:
            wrong.append(f"{cuts} cuts made {made} rows")
    figure = f"{TOGETHER} at once: 1 row; {cuts} lines cut after sending: {made} rows; {len(wrong)} faults"
    return figure + (f"; {wrong[0]}" if wrong else ""), not wrong


def negative_control() -> str:
    """The key is ignored, in this process: the same sheet sent twice must then be two suggestions."""
    unkept = mock.patch.object(idempotency, "_earlier", lambda *_: None)
    unique = mock.patch.object(idempotency, "Submission", _Forgetful)
    unlike = mock.patch.object(actions, "draft_for", _always_new)
    with (
        harness.application("sqlite") as app,
        unkept,
        unique,
        unlike,
        mock.patch.object(db.session, "add", _adding(db.session.add)),
    ):
        app.config["WTF_CSRF_ENABLED"] = False
        fill(app)
        client = app.test_client()
        client.sign_in("zhang")  # type: ignore[attr-defined]
        sent: dict[str, Any] = {
            **client.page("/suggestions/new").form("/suggestions/new").fields,
            **WORDS,
            "title": "两次",
        }  # type: ignore[attr-defined]
        for _ in range(2):
            client.post("/suggestions/new", data=sent)
        made = db.session.scalar(select(func.count()).select_from(Suggestion))
    assert made != 1, "one row although nobody remembers the key"
    return f"the same sheet sent twice made {made} rows"


class _Forgetful:
    """A submission that no table keeps."""

    location = ""

    def __init__(self, **_: object) -> None:
        pass


def _adding(add: Any) -> Any:
    return lambda row: None if isinstance(row, _Forgetful) else add(row)


def _always_new(actor: Any, _key: str) -> Suggestion:
    return actions.begin(actor)
