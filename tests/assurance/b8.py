"""B8: `next` never leads to another host (60 forms of trying), and no answer repeats a Host header somebody made up."""

import re
import unicodedata
from collections.abc import Iterator
from unittest import mock
from urllib.parse import quote, unquote, urljoin, urlsplit

from portal.accounts import sign_in_pages
from tests.assurance.asking import Ask, in_process, over_wire, raw
from tests.assurance.harness import Client, hidden_fields
from tests.assurance.small_office import PASSWORD, Office, office
from tests.support.browser import serving

EVIL = "evil.example"
QUICK_SIGN_INS = 12
ATTEMPTS = (
    "https://{}", "http://{}/", "HTTPS://{}", "//{}", "///{}", "////{}", "/////{}/", "\\\\{}", "/\\{}", "\\/{}",
    "/\\/{}", "\\{}", "//\\{}", "/%5C{}", "/%5c%5c{}", "/%2f{}", "/%2F%2F{}", "%2f%2f{}", "%2F{}", "/%252f{}",
    "/%25252f{}", "//%00{}", "/%00/{}", "/\t/{}", "/\n/{}", "/\r/{}", "\t//{}", "\n//{}", " //{}", "\x00//{}",
    "/\x0b/{}", "//{}%00", "/%09/{}", "/%0a/{}", "/%0d/{}", "%0d%0aLocation:%20https://{}",
    "/%0d%0aLocation:%20https://{}", "/a%0d%0aSet-Cookie:x=1", "/\r\nLocation: https://{}", "／／{}", "/／{}",
    "⁄⁄{}", "∕∕{}", "＼＼{}", "/＼{}", "//{}\\@127.0.0.1", "//127.0.0.1@{}", "//user:a@{}/", "https:{}",
    "https:/{}", "https:\\\\{}", "http:///{}", "javascript:alert('{}')", "JaVaScRiPt:alert('{}')",
    "java\tscript:alert('{}')", "data:text/html,{}", "vbscript:{}", "file:///{}", "//[::ffff:1.2.3.4]/{}",
    "//1.2.3.4/{}", "//3232235777/{}", "/.//{}", "/..//{}", "/;//{}", "//{}#/", "//{}?/",
    "http://127.0.0.1@{}/", "//evil。example", "//ⓔvil.example", "?next=//{}", "#//{}", "{}", "./{}",
)  # fmt: skip
WELCOME = ("/suggestions", "/suggestions/new?from=home&a=1", "/me", "/suggestions/" + "A" * 22)
HOSTS = (
    EVIL,
    f"127.0.0.1@{EVIL}",
    f"{EVIL}:80",
    f"127.0.0.1,{EVIL}",
    f"{EVIL}/a",
    f"127.0.0.1:{EVIL}",
    f'a"><script>{EVIL}',
)
FORWARDED = (
    "X-Forwarded-Host",
    "X-Host",
    "X-Forwarded-Server",
    "X-Original-Host",
    "X-Rewrite-URL",
    "Forwarded",
    "Origin",
)
PAGES = ("/", "/sign-in", "/sign-in/help", "/home", "/suggestions", "/me", "/nothing", "/suggestions/new")


def attempts() -> list[str]:
    """Every form of `next` that tries to lead away."""
    return [form.replace("{}", EVIL) for form in ATTEMPTS]


def leads_away(location: str) -> bool:
    """Whether a browser that is as helpful as they come would leave the portal for this address."""
    text = re.sub(r"[\t\r\n\x00]", "", location.strip())
    # What stands behind the question mark is looked at again when it is followed itself.
    forms = [re.split(r"[?#]", text)[0]]
    for _ in range(3):
        forms.append(unicodedata.normalize("NFKC", unquote(forms[-1])))
    for form in forms:
        slashed = re.sub(r"[\t\r\n\x00-\x20]", "", form).replace("\\", "/")
        if urlsplit(urljoin("http://portal.test/sign-in", slashed)).netloc != "portal.test" or "\n" in form:
            return True
    return not text.startswith("/") or text.startswith(("//", "/\\"))


def redirect_faults(ask: Ask, cookie: dict[str, str]) -> Iterator[str]:
    """One line per `next` that is followed away, or that is not followed although it is one of our own pages."""
    for wanted in attempts():
        for path in ("/sign-in", "/me/password"):
            asked = f"{path}?next={quote(wanted.encode('utf-8', 'ignore'), safe='')}"
            answer = ask("GET", asked, cookie if path == "/sign-in" else {})
            if answer.get("Location") and leads_away(answer.get("Location")):
                yield f"{path} {wanted!a} leads to {answer.get('Location')!a}"
        page = ask("GET", f"/sign-in?next={quote(wanted.encode('utf-8', 'ignore'), safe='')}").body.decode()
        kept = hidden_fields(page, "/sign-in").get("next", "/")
        if leads_away(kept):
            yield f"the sign-in page keeps {kept!a}"
    for wanted in WELCOME:
        if (got := ask("GET", f"/sign-in?next={quote(wanted, safe='')}", cookie).get("Location")) != wanted:
            yield f"{wanted} is not followed but {got!a}"


def sign_in_faults(url: str, wanted: list[str]) -> Iterator[str]:
    """The same by signing in for real."""
    for one in wanted:
        client = Client(url)
        answer = client.post("/sign-in", {"username": "deputy", "password": PASSWORD, "next": one})
        if answer.status not in (302, 303):
            yield f"signing in with {one!a} answered {answer.status}"
        elif leads_away(answer.location):
            yield f"signing in with {one!a} leads to {answer.location!a}"


def host_faults(ask: Ask, url: str, cookie: dict[str, str], suggestion: str) -> Iterator[str]:
    """One line per answer that repeats a made-up host; the draft's page shows a link to be passed on."""
    cases = [{"Host": host} for host in HOSTS] + [
        {name: f"host={EVIL}" if name == "Forwarded" else EVIL} for name in FORWARDED
    ]
    for path in (*PAGES, f"/suggestions/{suggestion}/edit"):
        for extra in cases:
            for who in ({}, cookie):
                answer = ask("GET", path, {**who, **extra})
                said = repr(answer.headers).encode() + answer.body
                if EVIL.encode() in said or answer.status >= 500:
                    yield f"{path} with {extra} answered {answer.status} and repeats it"
    absolute = raw(url, f"GET http://{EVIL}/suggestions HTTP/1.1\r\nHost: {EVIL}\r\nConnection: close\r\n\r\n".encode())
    if absolute and EVIL.encode() in repr(absolute.headers).encode() + absolute.body:
        yield "an absolute address is repeated"


def faults(made: Office, url: str, sign_ins: int) -> Iterator[str]:
    ask, cookie = over_wire(url), made.cookie("deputy")
    yield from redirect_faults(ask, cookie)
    yield from sign_in_faults(url, attempts()[:sign_ins])
    yield from host_faults(ask, url, cookie, made.suggestion)


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire."""
    with office(engine) as made, serving(made.data, DATABASE_URL=made.database_url) as running:
        found = list(faults(made, running.url, QUICK_SIGN_INS if quick else len(ATTEMPTS)))
    what = f"{len(ATTEMPTS)} forms of next, {len(HOSTS) + len(FORWARDED)} made-up hosts on {len(PAGES) + 1} pages"
    return f"{what}, {len(found)} faults" + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """With `next` echoed something must be noticed; the first red line."""
    echoed = mock.patch.object(sign_in_pages.access, "safe_next", lambda address, otherwise="/": address or otherwise)
    with office("sqlite") as made, echoed:
        for line in redirect_faults(in_process(made.app), made.cookie("deputy")):
            return line
    raise AssertionError("B8 stayed green with next echoed")
