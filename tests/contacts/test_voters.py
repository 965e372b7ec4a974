"""Voters' own words about themselves: sealed in the database, read by the deputy they were told to, by nobody else.

Seen red: with `VoterGroup.seat_id == actor.capacity_id` taken out of queries.own_group, another deputy reads the group
("AssertionError: ('li', '/voter-groups/…')"); with plain columns the file holds them ("assert not {'13912340000', …}").
"""

from pathlib import Path

import pytest
from flask import Flask

from portal.audit.models import AuditPayload
from portal.contacts.models import Voter
from portal.core.db import db
from portal.core.personal import REGISTRY
from tests.contacts.conftest import Contacts

CANARIES = {"name": "金丝雀奶奶", "phone": "13912345678", "address": "清河巷金丝雀楼九号"}
GROUP = {"name": "三号楼", "place": "清河社区", "households": "24", "times": "4"}
RAISED = {"problems-0-said": "路灯不亮", "problems-0-voter_name": "金丝雀大爷", "problems-0-voter_phone": "13912340000"}
OTHERS = (
    "li",
    "clerk",
    "leader1",
    "member1",
    "housing",
    "delegation1",
    "committee-urban",
    "system",
    "security",
    "auditor",
)


def grouped(contacts: Contacts) -> str:
    """A group with one voter; its address."""
    zhang = contacts.client("zhang")
    made = zhang.submit("/voter-groups/new", GROUP)
    assert made.status_code == 303
    assert zhang.submit(made.location, CANARIES, action=f"{made.location}/voters").status_code == 303
    return str(made.location)


def voter_id(app: Flask) -> str:
    with app.app_context():
        found = str(db.session.scalar(db.select(Voter.public_id)))
        db.session.remove()
        return found


def test_only_their_deputy_reads_them(app: Flask, contacts: Contacts):
    group = grouped(contacts)
    zhang = contacts.client("zhang")
    page = zhang.page(group).text
    assert CANARIES["name"] in page and CANARIES["phone"] not in page and "139****5678" in page
    shown = zhang.submit(group, action=f"/voters/{voter_id(app)}/phone")
    assert shown.status_code == 200 and CANARIES["phone"] in shown.text
    record = contacts.noted(zhang, form="visit", topic="走访", persons="5", group=group.rsplit("/", 1)[1], **RAISED)
    assert "金丝雀大爷" in zhang.page(record).text
    for other in OTHERS:
        client = contacts.client(other)
        for path in (group, f"{group}/edit", "/voter-groups", record, "/contacts", "/pairings", "/contact-records"):
            told = client.get(path)
            assert "金丝雀" not in told.text and "1391234" not in told.text, (other, path)
        assert client.get(group).status_code == 404, other
        assert client.get(f"{group}/edit").status_code == 404, other


@pytest.mark.parametrize("other", ["li", "clerk"])
def test_what_others_post_does_not_exist(app: Flask, contacts: Contacts, other: str):
    group, client = grouped(contacts), contacts.client(other)
    token = client.page("/contact-records/new").form("/contact-records/new").fields["csrf_token"]
    voter = voter_id(app)
    for path in (f"{group}/voters", f"{group}/edit", f"/voters/{voter}/phone", f"/voters/{voter}/drop"):
        answer = client.post(path, data={"csrf_token": token, **CANARIES, **GROUP})
        assert answer.status_code == 404, path
        assert "13912345678" not in answer.text


def test_nothing_of_them_lies_open(app: Flask, contacts: Contacts):
    group = grouped(contacts)
    contacts.noted(contacts.client("zhang"), form="visit", topic="走访", persons="5", **RAISED)
    data = Path(app.config["SETTINGS"].data)
    words = [*CANARIES.values(), RAISED["problems-0-voter_name"], RAISED["problems-0-voter_phone"]]
    with app.app_context():
        told = " ".join(str((one.said, one.data)) for one in db.session.scalars(db.select(AuditPayload)))
        assert not {word for word in words if word in told}
        db.session.remove()
    found = {word for file in data.rglob("*.db*") for word in words if word.encode() in file.read_bytes()}
    assert not found, group
    assert any(data.rglob("*.db*"))


def test_a_voter_is_forgotten_for_good(app: Flask, contacts: Contacts):
    group = grouped(contacts)
    zhang = contacts.client("zhang")
    assert zhang.submit(group, action=f"/voters/{voter_id(app)}/drop").status_code == 303
    assert CANARIES["name"] not in zhang.page(group).text
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Voter.id))) == 0
        db.session.remove()


def test_what_is_wrong_with_a_group_is_said(contacts: Contacts):
    zhang = contacts.client("zhang")
    for wrong, sentence in (
        ({"name": ""}, "请填写叫什么。"),
        ({"times": "60"}, "应为1到52之间的整数。"),
        ({"households": "9999"}, "应为0到5000之间的整数。"),
    ):
        answer = zhang.submit("/voter-groups/new", {**GROUP, **wrong})
        assert answer.status_code == 422 and sentence in answer.text and "清河社区" in answer.text
    group = zhang.submit("/voter-groups/new", GROUP).location
    assert zhang.submit(group, {"name": ""}, action=f"{group}/voters").status_code == 422
    assert zhang.submit(f"{group}/edit", {"households": "30", "times": "6"}).status_code == 303
    assert "30户" in zhang.page(group).text


def test_every_column_of_theirs_says_why_it_is_kept():
    kinds = {one.kind for one in REGISTRY if one.kind.startswith("voter_")}
    assert kinds == {"voter_name", "voter_phone", "voter_address"}
    assert all(one.purpose and one.retention for one in REGISTRY if one.kind.startswith("voter_"))
