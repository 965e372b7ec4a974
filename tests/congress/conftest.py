"""A founded office with a clerk, two delegations, three deputies, a unit and a group."""

from datetime import date

import pytest
from flask import Flask

from portal.accounts import appointments, passwords, people
from portal.accounts import permissions as p
from portal.accounts.actor import SYSTEM
from portal.accounts.models import Person
from portal.congress.models import Committee, Congress, Delegation, Group, Seat, Unit
from portal.congress.queries import current_term
from portal.core import clock
from portal.core.db import db
from portal.founding.offices import Office, found

PASSWORD = "Demo-2026-portal"
HASH = passwords.hashed(PASSWORD)
TERM_STARTS = date(2026, 1, 12)
SESSION = (1, date(2026, 1, 12), date(2026, 1, 15))
DEPUTIES = ("沈若兰", "古丽娜尔·阿不都热依木", "欧阳静怡")


def person(username: str, name: str, phone: str | None = None) -> Person:
    made = people.add_person(SYSTEM, name, phone=phone)
    account = people.open_account(SYSTEM, made, username, approved=True)
    account.password_hash, account.password_changed_at, account.must_change = HASH, clock.real(), False
    return made


def congress(name: str = "示范区人民代表大会", clerk: str = "clerk") -> Congress:
    """A congress with one member of staff who may keep its roster."""
    made = found(Office(name, "county", "示范区代表履职", 18, TERM_STARTS, (SESSION,)))
    appointments.appoint(SYSTEM, person(clerk, f"工作人员{clerk}"), p.CLERK, made, TERM_STARTS)
    return made


@pytest.fixture
def roster(app: Flask, set_clock) -> dict[str, str]:
    """Public ids by name; it is 20 November 2026."""
    set_clock("2026-11-20T10:00")
    with app.app_context():
        here = congress()
        congress("邻区人民代表大会", "neighbour")
        inside = {"congress_id": here.id, "superior_id": here.id}
        made = {
            "清河街道代表团": Delegation(name="清河街道代表团", short_name="清河街道", order=1, **inside),
            "柳溪街道代表团": Delegation(name="柳溪街道代表团", short_name="柳溪街道", order=2, **inside),
            "城环委": Committee(name="城乡建设和环境资源委员会", short_name="城环委", **inside),
            "区住建局": Unit(name="区住房和城乡建设局", short_name="区住建局", congress_id=here.id, order=1),
            "第一小组": Group(name="第一代表小组", **inside),
        }
        db.session.add_all(made.values())
        db.session.flush()
        term = current_term(here.id, clock.today())
        for number, name in enumerate(DEPUTIES):
            delegation = made["清河街道代表团" if number else "柳溪街道代表团"]
            made[name] = Seat(
                person=person(f"deputy{number:02d}", name, f"1990000100{number}"), role=p.DEPUTY, body_id=here.id,
                starts_on=TERM_STARTS, term_id=term.id, delegation_id=delegation.id,
            )  # fmt: skip
            db.session.add(made[name])
        db.session.flush()
        ids = {name: one.public_id for name, one in made.items()}
        db.session.commit()
    return ids
