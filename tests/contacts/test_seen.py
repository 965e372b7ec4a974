"""Lists, probes and figures agree for everybody (A4), and pages cost the same for one record and for fifty."""

import re
from typing import Any

import pytest
from flask import Flask

from portal.congress.models import Seat
from portal.contacts import actions
from portal.contacts.models import ContactRecord, Pairing
from portal.core.db import db
from portal.dossier.sources import entries
from tests.contacts.conftest import Contacts
from tests.web.test_statements import ITEM_AT_MOST, LIST_AT_MOST, cost, told

RECORD = re.compile(r"^/contact-records/([A-Za-z0-9_-]{22})$")
PEOPLE = (
    *("zhang", "li", "wang", "zhao", "clerk", "clerk2", "leader1", "member1", "member2", "delegation1"),
    *("housing", "housing-signer", "water", "committee-urban", "govoffice", "system", "security", "auditor"),
)


def everything(app: Flask, contacts: Contacts, many: int = 1) -> tuple[list[str], str]:
    """Records of every kind and state, drafts among them: their ids, and one that is on everybody's lists."""
    with app.app_context():
        act = contacts.actor
        member: dict[str, Any] = {"form": "visit", "topic": "听取意见", "deputy": contacts.seats["zhang"]}
        visit = {"form": "visit", "topic": "走访", "persons": 9, "problems": [{"said": "问题"}]}
        crowded = {**visit, "problems": [{"said": f"问题{n}"} for n in range(many)]}
        for number in range(many):
            actions.file(act("zhang"), actions.save(act("zhang"), None, visit if number else crowded))
            actions.file(act("member1"), actions.save(act("member1"), None, member))
            actions.file(act("housing"), actions.save(act("housing"), None, {**member, "form": "open_day"}))
            actions.file(act("clerk"), actions.save(act("clerk"), None, {**visit, "deputy": contacts.seats["li"]}))
        actions.save(act("zhang"), None, visit)
        actions.save(act("member2"), None, member)
        actions.save(act("clerk"), None, {**visit, "deputy": contacts.seats["wang"]})
        place = {"form": "visit", "topic": "联络站", "place": place_of(contacts)}
        actions.file(act("leader1"), actions.save(act("leader1"), None, place))
        found = list(db.session.scalars(db.select(ContactRecord.public_id).order_by(ContactRecord.id)))
        for index in range(many):
            db.session.add(pairing(contacts, index))
        db.session.commit()
        db.session.remove()
        return found, found[0]


def place_of(contacts: Contacts) -> str:
    seat = db.session.get_one(Seat, contacts.seat_ids["zhang"])
    assert seat.delegation is not None
    return seat.delegation.public_id


def pairing(contacts: Contacts, index: int) -> Pairing:
    """Ended ones too, so that many fit beside one another."""
    seats = list(contacts.seat_ids.values())
    seat = db.session.get_one(Seat, seats[index % len(seats)])
    made = Pairing(congress_id=contacts.congress_id, kind=f"k{index}", times=2, starts_on=seat.starts_on)
    made.contactor_id, made.seat_id = contacts.actor("member1").capacity_id, seat.id
    made.kind = "member_deputy" if index < len(seats) else f"k{index}"
    return made


def listed(client: Any, path: str) -> set[str]:
    return {found.group(1) for link in client.page(path).links if (found := RECORD.match(link))}


def test_what_is_listed_is_what_opens(app: Flask, contacts: Contacts):
    ids, _ = everything(app, contacts)
    wrong: list[tuple[str, Any]] = []
    for username in PEOPLE:
        client = contacts.client(username)
        opens = {one for one in ids if client.get(f"/contact-records/{one}").status_code == 200}
        if client.get("/contact-records").status_code == 404:
            if opens:
                wrong.append((username, "opens without a list"))
            continue
        shown = listed(client, "/contact-records")
        if shown != opens:
            wrong.append((username, shown ^ opens))
        for query in ("?kind=deputy_voters", "?state=filed", "?q=走访", "?state=confirmed&kind=organ_deputy"):
            if not listed(client, f"/contact-records{query}") <= opens:
                wrong.append((username, query))
    assert wrong == []


@pytest.mark.parametrize("many", [1, 50])
def test_pages_cost_the_same_for_one_and_for_fifty(app: Flask, contacts: Contacts, many: int):
    _, first = everything(app, contacts, many)
    paths = {
        "zhang": ("/contacts", "/contact-records", f"/contact-records/{first}", f"/dossiers/{contacts.seats['zhang']}"),
        "clerk": ("/contacts", "/contact-records", f"/contact-records/{first}", "/pairings", "/dossiers"),
        "member1": ("/contacts", "/contact-records", "/pairings"),
    }
    for username, addresses in paths.items():
        client = contacts.client(username)
        for path in addresses:
            seen = cost(client, path)
            item = path.count("/") > 1 or path == "/contacts"
            most = ITEM_AT_MOST if item else LIST_AT_MOST
            assert len(seen) <= most, f"{username}: {told(path, seen)}"


def test_one_statement_gathers_every_entry(app: Flask, contacts: Contacts):
    everything(app, contacts, 3)
    with app.app_context():
        seats = list(db.session.scalars(db.select(Seat)))
        found = entries(seats, 2026)
        assert {len(rows) for rows in found.values()} != {0}
        assert entries([], 2026) == {}
        db.session.remove()
