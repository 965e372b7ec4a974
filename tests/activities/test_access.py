"""Who may read and do what with activities and notices, in rows written by hand; asked of everybody.

Seen red once with `visible_to` letting everything through: "zhao read /activities/… (east): 200 instead of 404"; the
last test keeps it so.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy import true

from portal.accounts import permissions as p
from portal.activities import actions
from portal.activities import queries as activity_queries
from portal.congress.models import Congress
from portal.core.db import db
from portal.notices import actions as notices
from portal.notices import queries as notice_queries
from tests.activities.gathering import planned, published, signed
from tests.suggestions.living import Life
from tests.support.inspecting import InspectingClient
from tests.support.inspecting import signed_in_as as as_
from tests.support.office import stand

EVERYBODY = "zhang zhao clerk clerk2 leader1 committee-urban delegation1 govoffice housing system auditor rival".split()
OFFICE = "clerk clerk2"
READ = {
    "planned": f"{OFFICE} leader1",
    "open": f"zhang zhao {OFFICE} leader1 delegation1",
    "east": f"zhang {OFFICE} leader1 delegation1",
    "off": f"zhang zhao {OFFICE} leader1 delegation1",
    "draft": OFFICE,
    "sent": f"zhang zhao {OFFICE}",
    "sent-east": f"zhang {OFFICE}",
}
DOORS = {
    "/activities": f"zhang zhao {OFFICE} leader1 committee-urban delegation1 rival",
    "/activities/new": f"{OFFICE} rival",
    "/notices": f"zhang zhao {OFFICE} leader1 committee-urban rival",
    "/notices/new": f"{OFFICE} rival",
}


@pytest.fixture
def things(app: Flask, set_clock: Callable[[str], None]) -> dict[str, str]:
    """Name → address, of activities and notices in one congress; a rival clerk works in another."""
    set_clock("2026-03-02T09:00")
    with app.app_context():
        office = stand()
        other = Congress(name="别区人民代表大会", level="county", office_name="别区", pack_version_id=None)
        db.session.add(other)
        db.session.flush()
        other.congress_id, other.pack_version_id = other.id, office.congress.pack_version_id
        office.post("rival", "别区工作人员", p.CLERK, other)
        life = Life(office)
        east: dict[str, Any] = {"whole": [], "delegations": [life.bodies["东团"]]}
        made = {"planned": planned(life), "open": published(life), "east": published(life, **east)}
        made["off"] = published(life)
        actions.take(life.actor("clerk"), made["off"], "call_off", {"reason": "会场不能用。"})
        made["mine"] = signed(life, made["open"], "zhang")[0]
        plain = {"kind": "notice", "title": "一份通知", "body": "请各位知悉。", "whole": ["all"], "starts_on": None}
        for name, more, steps in (("draft", {}, ()), ("sent", {}, ("publish",)), ("sent-east", east, ("publish",))):
            values = {**plain, **more, "until_on": date(2026, 3, 20), "until": "9:00"}
            made[name] = notices.write(life.actor("clerk"), None, values)
            for step in steps:
                notices.take(life.actor("clerk"), made[name], step, {})
        found = {name: f"/sign-ups/{one.public_id}" if name == "mine" else one.address for name, one in made.items()}
        db.session.commit()
        db.session.remove()
        return found


def faults(clients: dict[str, InspectingClient], things: dict[str, str]) -> Iterator[str]:
    """Every answer that is not what the rows say."""
    wanted = [(who, path, 200 if who in doors.split() else 404) for path, doors in DOORS.items() for who in EVERYBODY]
    for name, readers in READ.items():
        wanted += [(who, things[name], 200 if who in readers.split() else 404) for who in EVERYBODY]
    desk = [f"{things['open']}/{page}" for page in ("sign-ups", "sheet", "make-up", "code")]
    for path in (*desk, f"{things['sent']}/receipts"):
        wanted += [(who, path, 200 if who in OFFICE.split() else 404) for who in EVERYBODY]
    for who in EVERYBODY:
        approves = {"clerk": 409, "clerk2": 200, "leader1": 200}  # who planned does not approve
        wanted.append((who, f"{things['planned']}/steps/approve", approves.get(who, 404)))
        wanted.append((who, f"{things['open']}/steps/call_off", 200 if who in OFFICE.split() else 404))
        wanted.append((who, f"{things['mine']}/steps/cancel", 200 if who == "zhang" else 404))
        noting = {"zhang": 409, "clerk": 409, "clerk2": 409}  # not before the day
        wanted.append((who, f"{things['mine']}/steps/check_in", noting.get(who, 404)))
        wanted.append((who, f"{things['sent']}/steps/withdraw", 200 if who in OFFICE.split() else 404))
    names = {path: name for name, path in things.items()}
    for who, path, status in wanted:
        answered = clients[who].get(path).status_code
        if answered != status:
            yield f"{who} read {path} ({names.get(path, '')}): {answered} instead of {status}"


def test_everybody_reaches_what_is_theirs(app: Flask, things: dict[str, str]):
    clients = {who: as_(app, who) for who in EVERYBODY}
    found = list(faults(clients, things))
    assert not found, "\n".join(found)


def test_without_its_condition_it_goes_red(app: Flask, things: dict[str, str], set_clock: Callable[[str], None]):
    set_clock("2026-03-02T09:07")  # statements are kept for a minute
    clients = {who: as_(app, who) for who in ("zhao", "housing")}
    everything = mock.patch.object(activity_queries, "visible_to", lambda _: true())
    with everything, mock.patch.object(notice_queries, "visible_to", lambda _: true()):
        opened = [clients["zhao"].get(things[name]).status_code for name in ("east", "planned", "sent-east", "draft")]
    assert opened == [200, 200, 200, 200]
    set_clock("2026-03-02T09:09")
    assert clients["zhao"].get(things["east"]).status_code == 404
