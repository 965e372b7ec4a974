"""B6: nothing is changed from a foreign page, and nothing is changed by looking.

Every unsafe route, asked by somebody who may use it, in six foreign ways: all refused, database unchanged. Then every
page that people of all roles can reach by links is fetched and asked for its head: database unchanged.
"""

import re
from collections.abc import Iterator
from unittest import mock

from flask import Flask

from portal.web import access, origin
from tests.assurance.browsers import AT, Inside, add_everybody, crawl, public_id_of, signed_in, username_who_may
from tests.assurance.harness import VOLATILE, Client, database_digest, hidden_fields
from tests.assurance.small_office import Office, office
from tests.support.browser import serving

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
STARTS = (
    "/", "/home", "/me", "/suggestions", "/notifications", "/accounts", "/imports", "/rules/calendar/2026", "/rules",
    "/deputies", "/deputies/new", "/units", "/units/new", "/terms",
)  # fmt: skip
QUICK_PAGES, FULL_PAGES = 25, 300
REFUSED = (401, 403)


def unsafe_routes(app: Flask) -> Iterator[tuple[str, str, access.Access]]:
    """(method, address rule, declaration) of every way to change something."""
    for rule in app.url_map.iter_rules():
        declared = access.declared(app, rule)
        for method in sorted((rule.methods or set()) & UNSAFE):
            if declared is not None:
                yield method, rule.rule, declared


def address(made: Office, rule: str) -> str:
    """The rule with ids put in: the suggestion's, a person's, else one of nothing."""
    known = {"/suggestions/<id>": made.suggestion, "/accounts/<id>": public_id_of(made, "deputy")}
    for start, value in known.items():
        if rule.startswith(start):
            rule = rule.replace("<id>", value, 1)
    return re.sub(r"<[^<>]+>", "A" * 22, re.sub(r"<int:[^<>]+>", "2026", rule))


def foreign_ways(own: str, other: str) -> dict[str, tuple[str, dict[str, str]]]:
    """What is sent: a body and headers beside the cookie. `own` is the right token, `other` another session's."""
    right = f"csrf_token={own}"
    return {
        "no token": ("a=1", {}),
        "another session's token": (f"csrf_token={other}", {}),
        "foreign origin": (right, {"Origin": "https://evil.example"}),
        "hidden origin": (right, {"Origin": "null"}),
        "cross-site": (right, {"Sec-Fetch-Site": "cross-site"}),
        "JSON as plain text": (f'{{"csrf_token": "{own}"}}', {"Content-Type": "text/plain", "X-CSRFToken": own}),
    }


def token_of(client: Client) -> str:
    return hidden_fields(client.get("/me" if client.cookies else "/sign-in").text)["csrf_token"]


def write_faults(made: Office, client: Client, digest: "Digest", origin_of: str) -> Iterator[str]:
    """One line per foreign request that was not refused, or that changed something all the same."""
    other = token_of(signed_in(made, _like(client), "stranger"))
    for method, rule, declared in unsafe_routes(made.app):
        someone = _like(client)
        if not declared.public:
            signed_in(made, someone, username_who_may(made, declared.permissions))
        own = token_of(someone)
        before = digest()
        for way, (body, headers) in foreign_ways(own, other).items():
            sent = {"Origin": origin_of, **headers}
            answer = someone.send(method, address(made, rule), body.encode(), sent)
            if answer.status not in REFUSED:
                yield f"{method} {rule} with {way} answered {answer.status}"
        if digest() != before:
            yield f"{method} {rule}: a refused request changed the database"


def read_faults(made: Office, client: Client, digest: "Digest", most: int) -> Iterator[str]:
    """One line per person whose looking around changed something."""
    for username in made.people:
        someone = signed_in(made, _like(client), username)
        before = digest()
        for path in crawl(someone, STARTS, most):
            someone.send("HEAD", path)
        if digest() != before:
            yield f"looking around as {username} changed the database"


class Digest:
    """The database's digest, on each call."""

    def __init__(self, made: Office):
        self.url = made.database_url or f"sqlite:///{made.data / 'portal.db'}"

    def __call__(self) -> str:
        return database_digest(self.url, VOLATILE)


def _like(client: Client) -> Client:
    return Inside(client.url, app=client.app) if isinstance(client, Inside) else Client(client.url)


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire."""
    with office(engine) as made:
        add_everybody(made)
        with serving(made.data, DATABASE_URL=made.database_url) as running:
            client, digest = Client(running.url), Digest(made)
            found = list(write_faults(made, client, digest, running.url))
            found += read_faults(made, client, digest, QUICK_PAGES if quick else FULL_PAGES)
        routes, people = len(list(unsafe_routes(made.app))), len(made.people)
    figure = f"{routes} unsafe routes × {len(foreign_ways('', ''))} foreign ways, {people} people looking around"
    return f"{figure}, {len(found)} faults" + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """With one view exempt from the token and the origin unread something must be noticed; the first red line."""
    with office("sqlite") as made, mock.patch.object(origin, "UNSAFE_METHODS", frozenset()):
        add_everybody(made)
        made.app.extensions["csrf"].exempt(made.app.view_functions["accounts.wishes"])
        for line in write_faults(made, Inside("", app=made.app), Digest(made), AT):
            return line
    raise AssertionError("B6 stayed green with one view exempt")
