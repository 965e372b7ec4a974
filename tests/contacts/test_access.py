"""Who may do what with contacts, groups and dossiers: rows written by hand, every door asked of everybody.

A row: method, address, who gets in. Everybody else finds nothing there (404). Seen red: with `ContactRecord.seat_id ==
actor.capacity_id` taken out of queries.visible_to another deputy reads the records
("assert [('li', 'GET', '/contact-records/{record}', 200), …] == []").
"""

from typing import Any

from flask import Flask

from portal.congress.models import Group
from portal.contacts import actions, pairing_actions
from portal.core.db import db
from portal.dossier import actions as dossier_actions
from portal.dossier import queries as dossiers
from tests.contacts.conftest import Contacts

PEOPLE = (
    *("zhang", "li", "clerk", "leader1", "member1", "member2", "delegation1", "housing", "housing-signer", "water"),
    *("committee-urban", "govoffice", "system", "security", "auditor"),
)
DEPUTIES, OFFICE = "zhang li", "clerk"
ORGANS = "housing housing-signer water committee-urban"
ROWS = (
    # everybody who keeps contact, or is contacted
    ("GET", "/contacts", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1 {ORGANS}"),
    ("GET", "/contact-records", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1 {ORGANS}"),
    ("GET", "/pairings", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1 {ORGANS}"),
    ("GET", "/campaigns", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1 {ORGANS}"),
    ("GET", "/campaigns/{campaign}", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1 {ORGANS}"),
    ("GET", "/contact-records/new", f"{DEPUTIES} {OFFICE} leader1 member1 member2 {ORGANS}"),
    # one record: its writer, the deputy concerned, the office and the leaders
    ("GET", "/contact-records/{record}", f"zhang {OFFICE} leader1 member1"),
    ("POST", "/contact-records/{record}/steps/confirm", "zhang"),
    ("POST", "/contact-records/{record}/steps/dispute", "zhang"),
    ("POST", "/contact-records/{draft}/steps/file", "member1"),
    ("GET", "/contact-records/{draft}", "member1"),
    ("POST", "/contact-records/{draft}/discard", "member1"),
    ("GET", "/contact-records/{draft}/edit", "member1"),
    # an organ's record: its staff too
    ("GET", "/contact-records/{organs}", f"zhang {OFFICE} leader1 housing housing-signer"),
    # what the office alone does
    ("GET", "/pairings/propose", OFFICE),
    ("POST", "/pairings/propose", OFFICE),
    ("GET", "/pairings/new/member_deputy", OFFICE),
    ("GET", "/pairings/{pairing}", OFFICE),
    ("POST", "/pairings/{pairing}/change", OFFICE),
    ("POST", "/pairings/{pairing}/end", OFFICE),
    ("GET", "/campaigns/new", OFFICE),
    ("GET", "/campaigns/{campaign}/edit", OFFICE),
    ("GET", "/campaigns/{campaign}/list/problems", f"{OFFICE} leader1"),
    # voters: the deputy they told it to
    ("GET", "/voter-groups", DEPUTIES),
    ("GET", "/voter-groups/{group}", "zhang"),
    ("GET", "/voter-groups/{group}/edit", "zhang"),
    ("POST", "/voter-groups/{group}/voters", "zhang"),
    ("POST", "/voters/{voter}/phone", "zhang"),
    ("POST", "/voters/{voter}/drop", "zhang"),
    # deputies' groups
    ("GET", "/deputy-groups", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1"),
    ("GET", "/deputy-groups/{team}", f"{DEPUTIES} {OFFICE} leader1 member1 member2 delegation1"),
    ("POST", "/deputy-groups/{team}/plan", ""),
    ("GET", "/bodies/groups/new", OFFICE),
    # dossiers: one's own, and the office
    ("GET", "/dossiers/{seat}", f"zhang {OFFICE}"),
    ("GET", "/dossiers/{seat}/sheet.docx", f"zhang {OFFICE}"),
    ("GET", "/dossiers/{seat}/object", "zhang"),
    ("POST", "/dossiers/{seat}/object", "zhang"),
    ("GET", "/dossiers/{seat}/correct", OFFICE),
    ("POST", "/dossiers/{seat}/correct", OFFICE),
    ("GET", "/dossiers/objections", OFFICE),
    ("GET", "/dossiers/objections/{objection}", f"zhang {OFFICE}"),
    ("POST", "/dossiers/objections/{objection}", OFFICE),
)


def things(app: Flask, contacts: Contacts) -> dict[str, str]:
    """One of each, by name: their public ids."""
    with app.app_context():
        clerk, zhang, member, unit = (contacts.actor(name) for name in ("clerk", "zhang", "member1", "housing"))
        told: dict[str, Any] = {"form": "visit", "topic": "听取意见", "deputy": contacts.seats["zhang"]}
        record, draft, organs = (
            actions.save(member, None, told),
            actions.save(member, None, told),
            actions.save(unit, None, {**told, "form": "open_day"}),
        )
        actions.file(member, record)
        actions.file(unit, organs)
        pair = {"member": contacts.posts["member1"], "deputy": contacts.seats["zhang"], "times": 2}
        group = pairing_actions.save_group(zhang, None, {"name": "三号楼", "place": "", "households": 9, "times": 4})
        voter = pairing_actions.add_voter(zhang, group, {"name": "周大娘", "phone": "13912345678"})
        days = dict.fromkeys(("starts_on", "ends_on"), record.happened_on)
        campaign = pairing_actions.save_campaign(clerk, None, {"name": "走访月", **days})
        team = Group(name="东团小组", congress_id=contacts.congress_id)
        db.session.add(team)
        db.session.flush()
        about = dossiers.dossier(dossiers.seat(zhang, contacts.seats["zhang"]), record.happened_on.year)
        objection = dossier_actions.object_to(zhang, about, "", "漏了一次视察")
        made: dict[str, Any] = {
            **{"record": record, "draft": draft, "organs": organs, "group": group, "voter": voter, "team": team},
            **{"pairing": pairing_actions.add_pairing(clerk, "member_deputy", pair), "campaign": campaign},
            **{"objection": objection},
        }
        found = {name: one.public_id for name, one in made.items()} | {"seat": contacts.seats["zhang"]}
        db.session.commit()
        db.session.remove()
        return found


def answers(app: Flask, contacts: Contacts, who: str, ids: dict[str, str]) -> dict[tuple[str, str], int]:
    """What each door answers to one person; a posted form is empty, so that nothing is done by asking."""
    client = contacts.client(who)
    page = client.get("/home", follow_redirects=True).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    found = {}
    for method, address, _ in ROWS:
        path = address.format(**ids)
        if method == "GET":
            found[method, address] = client.get(path).status_code
        elif who not in allowed(method, address) or not address.endswith(("/confirm", "/file", "/discard", "/drop")):
            found[method, address] = client.post(path, data={"csrf_token": token, "times": "0"}).status_code
    return found


def allowed(method: str, address: str) -> list[str]:
    return next(who.split() for one, other, who in ROWS if (one, other) == (method, address))


def test_every_door_opens_to_those_named_and_to_nobody_else(app: Flask, contacts: Contacts):
    ids = things(app, contacts)
    wrong = []
    for who in PEOPLE:
        for (method, address), status in answers(app, contacts, who, ids).items():
            if (status != 404) != (who in allowed(method, address)):
                wrong.append((who, method, address, status))
    assert wrong == []


def test_all_our_doors_are_asked(app: Flask):
    ours = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ("contacts", "dossier")
    }
    adapter = app.url_map.bind("")
    asked = {adapter.match(address.replace("{", "").replace("}", ""), method=method)[0] for method, address, _ in ROWS}
    # By what they are reached from, not by themselves: photos, the same form posted, one's own dossier's address.
    besides = {
        *("contacts.attachment", "contacts.ask", "contacts.create", "contacts.save", "contacts.new_group"),
        *("dossier.index",),
    }
    assert ours - asked - besides == set()
