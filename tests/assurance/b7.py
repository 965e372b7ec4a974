"""B7: every answer carries the protective headers, whatever its status; pages bring no inline code, no foreign host."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import urljoin, urlsplit

from werkzeug import exceptions

from portal.core import errors
from portal.web import headers as guard
from tests.assurance.asking import Answer, Ask, in_process, over_wire, raw
from tests.assurance.small_office import Office, office
from tests.support.browser import serving
from tests.support.html import Element, Reader

QUICK_PAGES, FULL_PAGES = 60, 400
YEAR = 31_536_000
FORCED: tuple[Exception, ...] = (
    *(kind() for kind in (errors.Invalid, errors.Unauthorised, errors.Forbidden, errors.NotFound, errors.NotAllowed)),
    *(kind() for kind in (errors.Conflict, errors.OutOfTurn, errors.TooLarge, errors.WrongType, errors.TooMany)),
    *(kind() for kind in (errors.Unavailable, errors.PortalError)),
    *(exceptions.default_exceptions[code]() for code in (400, 401, 403, 404, 405, 408, 409, 410, 411, 413, 414, 415)),
    *(exceptions.default_exceptions[code]() for code in (422, 429, 431, 500, 501, 502, 503, 504)),
    RuntimeError("planted"),
)
LONG = b"a" * 9_000
JUNK: Mapping[str, bytes] = {
    "no request": b"hello\r\n\r\n",
    "bad version": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "long address": b"GET /" + LONG + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + LONG * 2 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(300)) + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
    "bad UTF-8": b"GET /%ff%fe?%ff=%fe HTTP/1.1\r\nHost: a\r\n\r\n",
    "too large": b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: 99999999\r\n\r\n",
    "foreign": b"POST /sign-in HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\nContent-Length: 0\r\n\r\n",
    "no token": b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 0\r\n\r\n",
    "nobody": b"POST /suggestions/new HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "preflight": b"OPTIONS /sign-in HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\n\r\n",
}


def header_faults(answer: Answer, signed_in: bool = False) -> Iterator[str]:
    """The sheet of twelve points, one line for each that is missed."""
    policy = answer.get("Content-Security-Policy")
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    if parts.get("default-src") != "'none'":
        yield "CSP without default-src 'none'"
    if re.search(r"unsafe-|\*|https?:", policy):
        yield "CSP with holes"
    if parts.get("base-uri") != "'none'" or parts.get("frame-ancestors") != "'none'":
        yield "CSP without base-uri or frame-ancestors"
    if parts.get("object-src", "'none'") != "'none'":
        yield "CSP allows objects"
    age = re.search(r"max-age=(\d+)", answer.get("Strict-Transport-Security"))
    if not age or int(age[1]) < YEAR:
        yield "HSTS"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "nosniff"
    if answer.get("Referrer-Policy") not in ("no-referrer", "same-origin"):
        yield "Referrer-Policy"
    if "geolocation=()" not in answer.get("Permissions-Policy"):
        yield "Permissions-Policy"
    if answer.get("Cross-Origin-Opener-Policy") != "same-origin":
        yield "COOP"
    if answer.get("Cross-Origin-Resource-Policy") != "same-origin":
        yield "CORP"
    if signed_in and "no-store" not in answer.get("Cache-Control"):
        yield "may be kept by a shared machine"
    if answer.get("X-Powered-By") or re.search(r"[\d/]|gunicorn|werkzeug", answer.get("Server"), re.IGNORECASE):
        yield f"banner {answer.get('Server')}"
    if any(len(answer.all(name)) > 1 for name in guard.PROTECTION):
        yield "a header twice"


def page_faults(text: str) -> Iterator[str]:
    """Inline code and foreign hosts in a page."""
    for element in Reader(text).root.walk():
        where = f"<{element.tag}>"
        if element.tag == "style" or (element.tag == "script" and not element.attrs.get("src")):
            yield f"inline {where}"
        yield from (f"{name} on {where}" for name in element.attrs if name == "style" or name.startswith("on"))
        for address in _loaded(element):
            if urlsplit(address).netloc or address.startswith(("javascript:", "//")):
                yield f"{where} loads {address}"


def _loaded(element: Element) -> list[str]:
    names = {"a": (), "link": ("href",), "form": ("action",)}.get(element.tag, ("src", "href", "srcset", "action"))
    names = (*names, "formaction", "data", "poster", "xlink:href")
    found = [element.attrs[name].strip() for name in names if name in element.attrs]
    return found + [href for href in [element.attrs.get("href", "")] if element.tag == "a" and "script:" in href]


def _links(text: str) -> Iterator[str]:
    for element in Reader(text).root.walk():
        for name in ("href", "src"):
            address = element.attrs.get(name, "")
            if address.startswith(("/", "?")) and not address.startswith("//"):
                yield address.partition("#")[0]


def crawl(ask: Ask, cookie: Mapping[str, str], most: int) -> Iterator[tuple[str, Answer]]:
    """Every page and file that can be reached by links from the front door."""
    waiting, seen = (
        ["/", "/home", "/sign-in", "/_styleguide", "/nothing-here", "/assets/nothing.css", "/healthz"],
        set(),
    )
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if not path or path in seen:
            continue
        seen.add(path)
        answer = ask("GET", path, cookie)
        yield path, answer
        if answer.get("Location").startswith("/"):
            waiting.append(answer.get("Location"))
        if answer.get("Content-Type").startswith("text/html"):
            waiting += [urljoin(path, link) for link in _links(answer.body.decode())]


def wire_faults(made: Office, url: str, pages: int) -> Iterator[str]:
    """Crawled as four people and as nobody, then asked in ways nobody should."""
    ask = over_wire(url)
    [document] = made.attach(["建议.pdf"])
    for username in ("", *made.people):
        cookie = made.cookie(username) if username else {}
        found = list(crawl(ask, cookie, pages))
        found.append(("a download", ask("GET", f"/suggestions/{made.suggestion}/files/{document}", cookie)))
        found += [(f"HEAD {path}", ask("HEAD", path, cookie)) for path in ("/", "/sign-in", "/suggestions")]
        for path, answer in found:
            faults = [*header_faults(answer, bool(username) and not path.startswith("/assets/"))]
            if answer.get("Content-Type").startswith("text/html"):
                faults += page_faults(answer.body.decode())
            if answer.status >= 500 and path != "/readyz":
                faults.append("broken")
            yield from (f"{username or 'nobody'} {path} {answer.status}: {fault}" for fault in faults)
    for what, sent in JUNK.items():
        junk = raw(url, sent)
        if junk is None or not 400 <= junk.status < 500:
            if what != "preflight" and not (what == "TRACE" and junk):
                yield f"{what}: answered {junk and junk.status}"
        if junk:
            yield from (f"{what} {junk.status}: {fault}" for fault in header_faults(junk))


def forced_faults(app: Any) -> Iterator[str]:
    """Every error there is, raised by a view."""
    app.config["PROPAGATE_EXCEPTIONS"] = app.testing = False
    for error in FORCED:

        def broken(error: Exception = error) -> None:
            raise error

        for view in (broken,):
            view.access = app.view_functions["accounts.forgotten"].access  # type: ignore[attr-defined]
            with mock.patch.dict(app.view_functions, {"accounts.forgotten": view}):
                answer = in_process(app)("GET", "/sign-in/help")
        what = f"{type(error).__name__} {answer.status}"
        yield from (f"{what}: {fault}" for fault in header_faults(answer))
        yield from (f"{what}: {fault}" for fault in page_faults(answer.body.decode()))
        if b"Traceback" in answer.body or b"planted" in answer.body:
            yield f"{what}: shows its inside"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire, then every error in the process."""
    with office(engine) as made:
        with serving(made.data, DATABASE_URL=made.database_url) as running:
            found = list(wire_faults(made, running.url, QUICK_PAGES if quick else FULL_PAGES))
        found += list(forced_faults(made.app))
    what = f"{len(made.people) + 1} readers, {len(JUNK)} odd requests, {len(FORCED)} forced errors"
    return f"{what}, {len(found)} faults" + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """Without the wall around the application, and with a planted inline script; the first red line."""
    assert list(page_faults("<p>a</p><script>alert(1)</script>")), "B7 overlooks an inline script"
    assert list(page_faults('<img src="https://cdn.example/a.png">')), "B7 overlooks a foreign host"
    assert list(page_faults('<p style="color:red" onclick="a()">')), "B7 overlooks inline code"
    with office("sqlite") as made, mock.patch.object(guard, "protect", lambda headers: headers):
        for line in forced_faults(made.app):
            return line
    raise AssertionError("B7 stayed green without the headers")
