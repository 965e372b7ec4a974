"""D1: a signed-in browser is a row: its id is long, new at every change of rights, dead when it should be dead.

Twelve cases over the wire, on four processes where there is PostgreSQL. Time passes by moving the row's times back.
"""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

from sqlalchemy import func, select

from portal.accounts import people
from portal.accounts import permissions as p
from portal.accounts.actor import SYSTEM
from portal.accounts.models import Appointment, Person, WebSession
from portal.core import clock
from portal.core.db import db
from portal.web import sessions
from tests.assurance.browsers import Inside, signed_in
from tests.assurance.harness import Client
from tests.assurance.small_office import PASSWORD, Office, office
from tests.support.browser import serving

COOKIE = "__Host-portal"
BITS = 128
WORKERS = 4
NEW = "keep-the-river-clear-77"
# Requests enough that each of the processes has most likely answered one.
AGAIN = 12

New = Callable[[], Client]


def inside(client: Client) -> bool:
    """Whether this browser is signed in, for whichever process answers."""
    return all(client.get("/me").status == 200 for _ in range(AGAIN))


def outside(client: Client) -> bool:
    return all(client.get("/me").status == 303 for _ in range(AGAIN))


def with_token(new: New, token: str) -> Client:
    client = new()
    client.cookies = {COOKIE: token}
    return client


def sign_in(new: New, username: str) -> Client:
    client = new()
    client.sign_in(username, PASSWORD)
    return client


def age(made: Office, username: str, by: timedelta, seen_by: timedelta | None = None) -> None:
    """Let time pass for this person's sessions."""
    with made.app.app_context():
        rows = db.session.query(WebSession).filter_by(person_id=made.people[username][0])
        for row in rows:
            row.started_at, row.expires_at = row.started_at - by, row.expires_at - by
            row.seen_at = row.seen_at - (by if seen_by is None else seen_by)
        db.session.commit()


def case_the_id_is_long_and_hidden(made: Office, new: New) -> bool:
    client = new()
    said = client.get("/sign-in").headers["set-cookie"]
    token = client.cookies[COOKIE]
    long = len(base64.urlsafe_b64decode(token + "==")) * 8 >= BITS
    with made.app.app_context():
        rows = db.session.execute(select(WebSession.digest, WebSession.content)).all()
    return (
        long
        and all(part in said for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        and token not in str(rows)
    )


def case_readers_get_none(made: Office, new: New) -> bool:
    return all("set-cookie" not in new().get(path).headers for path in ("/", "/sign-in/help", "/not-there", "/me"))


def case_signing_in_gives_a_new_id(made: Office, new: New) -> bool:
    attacker, victim = new(), new()
    attacker.get("/sign-in")
    victim.cookies = dict(attacker.cookies)
    victim.sign_in("clerk", PASSWORD)
    made_up = with_token(new, "A" * 43)
    made_up.sign_in("clerk", PASSWORD)
    fresh = victim.cookies[COOKIE] != attacker.cookies[COOKIE] and made_up.cookies[COOKIE] != "A" * 43
    return fresh and inside(victim) and outside(attacker)


def case_switching_gives_a_new_id(made: Office, new: New) -> bool:
    person_id, held = made.people["stranger"]
    with made.app.app_context():
        seat = db.session.get(Appointment, held)
        assert seat is not None
        extra = Appointment(person_id=person_id, role=p.LEADER, body_id=seat.body_id, starts_on=seat.starts_on)
        db.session.add(extra)
        db.session.commit()
        wanted = extra.public_id
    client = sign_in(new, "stranger")
    before = client.cookies[COOKIE]
    switched = client.post("/me/capacity", {"capacity": wanted}, form="/me").status == 303
    return switched and client.cookies[COOKIE] != before and inside(client) and outside(with_token(new, before))


def case_a_new_password_gives_a_new_id_and_ends_the_others(made: Office, new: New) -> bool:
    here, there = sign_in(new, "system"), sign_in(new, "system")
    before = here.cookies[COOKIE]
    here.post("/me/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    fresh = here.cookies[COOKIE] != before
    return fresh and inside(here) and outside(there) and outside(with_token(new, before))


def case_signing_out_kills(made: Office, new: New) -> bool:
    client = sign_in(new, "clerk")
    token = client.cookies[COOKIE]
    client.post("/sign-out", {}, form="/me")
    return COOKIE not in client.cookies and outside(with_token(new, token))


def case_disabling_kills_all(made: Office, new: New) -> bool:
    clients = [signed_in(made, new(), "deputy") for _ in range(5)]
    before = all(inside(client) for client in clients)
    with made.app.app_context():
        person = db.session.get(Person, made.people["deputy"][0])
        assert person is not None
        people.disable(SYSTEM, person)
        db.session.commit()
        after = all(outside(client) for client in clients)
        people.enable(SYSTEM, person)
        db.session.commit()
    return before and after


def case_a_desk_ends_after_half_an_hour_of_silence(made: Office, new: New) -> bool:
    client = sign_in(new, "clerk")
    age(made, "clerk", timedelta(minutes=29))
    still = inside(client)
    age(made, "clerk", timedelta(minutes=31))
    return still and outside(client)


def case_a_desk_ends_after_twelve_hours(made: Office, new: New) -> bool:
    client = sign_in(new, "clerk")
    age(made, "clerk", timedelta(hours=11, minutes=59), seen_by=timedelta())
    still = inside(client)
    age(made, "clerk", timedelta(minutes=2), seen_by=timedelta())
    return still and outside(client)


def case_a_deputy_has_twelve_hours(made: Office, new: New) -> bool:
    client = sign_in(new, "deputy")
    age(made, "deputy", timedelta(hours=11, minutes=59))
    still = inside(client)
    age(made, "deputy", timedelta(minutes=2))
    return still and outside(client)


def case_own_sessions_are_listed_and_ended(made: Office, new: New) -> bool:
    here, there, foreign = sign_in(new, "clerk"), sign_in(new, "clerk"), sign_in(new, "deputy")
    with made.app.app_context():
        mine = select(WebSession.public_id).where(WebSession.seen_at > clock.real() - timedelta(minutes=1))
        others = db.session.scalar(mine.where(WebSession.person_id == made.people["deputy"][0]))
    refused = here.post(f"/me/sessions/{others}/end", {}, form="/me").status == 404
    listed = here.get("/me/sessions").text.count("/end") >= 2
    here.post("/me/sessions/end-others", {}, form="/me/sessions")
    return refused and listed and inside(here) and outside(there) and inside(foreign)


def case_a_dead_row_never_comes_back(made: Office, new: New) -> bool:
    client = sign_in(new, "clerk")
    with made.app.app_context():
        db.session.query(WebSession).filter_by(person_id=made.people["clerk"][0]).delete()
        db.session.commit()
        gone = outside(client)
        left = select(func.count()).select_from(WebSession).where(WebSession.person_id == made.people["clerk"][0])
        return gone and db.session.scalar(left) == 0


CASES: dict[str, Callable[[Office, New], bool]] = {
    name.removeprefix("case_").replace("_", " "): work
    for name, work in list(globals().items())
    if name.startswith("case_")
}


def faults(made: Office, new: New) -> Iterator[str]:
    """The name of every case that does not hold."""
    for name, work in CASES.items():
        if not work(made, new):
            yield name


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire; `quick` and `seed` change nothing."""
    with office(engine) as made:
        more = {"PORTAL_WORKERS": str(WORKERS)} if engine == "pg" else {}
        with serving(made.data, DATABASE_URL=made.database_url, **more) as running:
            found = list(faults(made, lambda: Client(running.url)))
    return f"{len(CASES) - len(found)}/{len(CASES)} cases" + (f"; not: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """With the id kept at sign-in the planted one must be noticed; the first red line."""

    def keep(person_id: int, capacity_id: int | None, **about: Any) -> None:
        here = sessions.current()
        here.person_id, here.capacity_id, here.modified = person_id, capacity_id, True

    with office("sqlite") as made, mock.patch.object(sessions, "begin", keep):
        for line in faults(made, lambda: Inside("", app=made.app)):
            return f"{line}: does not hold"
    raise AssertionError("D1 stayed green with the session id kept")
