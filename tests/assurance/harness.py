"""What the rows stand on: real offices, a client that keeps cookies by hand, a digest of the database.

A row's run() returns (figure, ok) or raises NotRun with the reason. Its negative_control() removes the guard in this
process only, expects the row to go red, and returns the first red line; a row that stays green there has proved
nothing.
"""

import hashlib
import http.client
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask

from portal.accounts import statements
from portal.backup import digests, engines
from portal.core.db import db
from tests.support import apps, postgres
from tests.support.browser import Office, serving

VOLATILE = frozenset({"web_sessions", "leases", "jobs", "submissions", "kept_inputs", "kept_files", "sign_in_tries"})
"""Tables that a request without effect may still touch."""


class NotRun(Exception):
    """The row could not be run here; the reason is the message. Never counts as a pass."""


@contextmanager
def engine_url(engine: str, *settings: str) -> Iterator[str]:
    """DATABASE_URL of an empty database: "" for SQLite in the data folder. `settings` go to the PostgreSQL server."""
    if engine == "sqlite":
        yield ""
        return
    try:
        server = postgres.start(*settings)
    except postgres.NoPostgres as missing:
        raise NotRun(str(missing)) from missing
    try:
        yield server.create("portal")
    finally:
        server.stop()


@contextmanager
def application(engine: str, **more: object) -> Iterator[Flask]:
    """An application in this process, on an empty database with all tables, and a context pushed."""
    with folder() as data, engine_url(engine) as url:
        app = apps.build(data, data / "clock.txt", database_url=url, **more)
        apps.make_tables(app)
        statements.forget()  # none made before a guard was taken away
        with app.app_context():
            try:
                yield app
            finally:
                statements.forget()
                db.session.remove()
                db.engine.dispose()


@contextmanager
def office(engine: str, profile: str = "test", fill: Callable[[Flask], None] | None = None) -> Iterator[Office]:
    """The real stack on a free port: gunicorn and the worker, on an empty office or on what `fill(app)` has put in."""
    with ExitStack() as stack:
        data, url = stack.enter_context(folder()), stack.enter_context(engine_url(engine))
        app = apps.build(data, data / "clock.txt", database_url=url, profile=profile)
        apps.make_tables(app)
        if fill is not None:
            fill(app)
        more = {"DATABASE_URL": url, "PORTAL_WORKERS": "4"} if url else {}
        yield stack.enter_context(serving(data, profile, worker=True, **more))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="portal-assure-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def database_digest(url: str, leave_out: frozenset[str] = VOLATILE) -> str:
    """One digest over all rows of all tables but those left out: equal means that nothing was changed."""
    with engines.engine_of(url).connect() as connection:
        rows = digests.of_rows(connection)
    return hashlib.sha256(repr({name: rows[name] for name in sorted(set(rows) - leave_out)}).encode()).hexdigest()


@dataclass
class Answer:
    """What came back; `text` is the body as text."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass
class Client:
    """A browser without a page: sends its cookies also over http, as only browsers do for __Host- names."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 30

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(
        self, path: str, fields: Mapping[str, str], form: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Post `fields` with the hidden fields of the first form on page `form` (default: the address itself) that
        posts to `path`."""
        hidden = hidden_fields(self.get(form or path).text, urlsplit(path).path)
        return self.send("POST", path, urlencode({**hidden, **fields}).encode(), headers)

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request as it stands; a form's type and the page's own origin unless `headers` say otherwise."""
        own = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method not in ("GET", "HEAD"):
            own |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=self.timeout)
        try:
            connection.request(method, path, body or None, {**{k: v for k, v in own.items() if v}, **(headers or {})})
            raw = connection.getresponse()
            answer = Answer(raw.status, {name.lower(): value for name, value in raw.getheaders()}, raw.read())
            for line in raw.headers.get_all("Set-Cookie") or ():
                self._keep(line)
        finally:
            connection.close()
        return answer

    def _keep(self, line: str) -> None:
        name, _, value = line.partition(";")[0].partition("=")
        if value:
            self.cookies[name.strip()] = value
        else:
            self.cookies.pop(name.strip(), None)

    def sign_in(self, username: str, password: str = "Demo-2026-portal") -> Answer:
        """Sign in by password, as on the sign-in page."""
        return self.post("/sign-in", {"username": username, "password": password})


class _Forms(HTMLParser):
    """The hidden fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1][1][given.get("name", "")] = given.get("value", "")


def hidden_fields(page: str, action: str = "") -> dict[str, str]:
    """The hidden fields of the form that posts to `action`, or to the page itself, or of the first form."""
    parser = _Forms()
    parser.feed(page)
    for wanted in (action, ""):
        for where, fields in parser.found:
            if where == wanted:
                return fields
    return parser.found[0][1] if parser.found else {}
