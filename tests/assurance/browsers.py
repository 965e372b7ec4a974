"""Clients that keep cookies, over the wire or inside this process; one person of every role; the links of pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, Person
from portal.congress.models import Delegation, Unit
from portal.core.db import db
from tests.assurance import asking, small_office
from tests.assurance.harness import Answer, Client
from tests.support.html import Page

AT = "http://127.0.0.1"
POSTS = {
    "delegation": (p.DELEGATION, "delegation"), "govoffice": (p.GOV_OFFICE, "congress"), "handler": (p.HANDLER, "unit"),
    "signer": (p.SIGNER, "unit"), "section": (p.SECTION, "section"), "leader": (p.LEADER, "congress"),
    "security": (p.SECURITY_ADMIN, "congress"), "auditor": (p.AUDITOR, "congress"),
}  # fmt: skip


@dataclass
class Inside(Client):
    """A Client that asks the application of this process, so that its inside may have been patched."""

    app: Any = None

    def send(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        own = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method not in ("GET", "HEAD"):
            own |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": AT}
        said = asking.in_process(self.app)(
            method, path, {**{k: v for k, v in own.items() if v}, **(headers or {})}, body
        )
        for line in said.all("Set-Cookie"):
            self._keep(line)
        return Answer(said.status, {name.lower(): value for name, value in said.headers}, said.body)


def signed_in(made: small_office.Office, client: Client, username: str) -> Client:
    """The client with a fresh session of this person, whatever the limits on signing in."""
    name, _, token = made.cookie(username)["Cookie"].partition("=")
    client.cookies = {name: token}
    return client


def add_everybody(made: small_office.Office) -> None:
    """One more person for every role that the small office lacks."""
    with made.app.app_context():
        clerk = db.session.get(Appointment, made.people["clerk"][1])
        assert clerk is not None
        unit = Unit(name="示范区住房和城乡建设局", congress_id=clerk.body_id)
        db.session.add(unit)
        db.session.flush()
        section = Unit(name="物业科", congress_id=clerk.body_id, superior_id=unit.id)
        db.session.add(section)
        db.session.flush()
        delegation = db.session.query(Delegation).first()
        places = {"congress": clerk.body_id, "unit": unit.id, "section": section.id, "delegation": delegation.id}
        for username, (role, place) in POSTS.items():
            post = small_office._post(username, f"人员{username}", role, places[place], clerk.starts_on)
            db.session.flush()
            made.people[username] = (post.person_id, post.id)
        db.session.commit()
        db.session.remove()


def username_who_may(made: small_office.Office, permissions: tuple[str, ...]) -> str:
    """Somebody whose role carries one of these permissions; the deputy where nothing is asked."""
    with made.app.app_context():
        for username, (_, capacity) in made.people.items():
            post = db.session.get(Appointment, capacity)
            if post and (not permissions or any(p.may(post.role, each) for each in permissions)):
                return username
    raise LookupError(f"nobody may {permissions}")


def public_id_of(made: small_office.Office, username: str) -> str:
    with made.app.app_context():
        person = db.session.get(Person, made.people[username][0])
        assert person is not None
        return person.public_id


def crawl(client: Client, starts: tuple[str, ...], most: int) -> dict[str, Page]:
    """Every page that can be reached by links from `starts`, at most `most`, by address."""
    waiting, found = list(starts), {}
    seen = set(starts)
    while waiting and len(found) < most:
        path = waiting.pop(0)
        answer = client.get(path)
        if 300 <= answer.status < 400:
            links = [answer.location]
        elif answer.headers.get("content-type", "").startswith("text/html"):
            found[path] = Page(answer.text)
            links = found[path].links
        else:
            continue
        for link in links:
            whole = urlsplit(urljoin(f"{AT}{path}", link))
            target = whole.path + (f"?{whole.query}" if whole.query else "")
            if f"{whole.scheme}://{whole.netloc}" == AT and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found
