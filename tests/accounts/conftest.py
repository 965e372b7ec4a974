"""A small office: a congress with its clerk, a unit with its people, two deputies, the three administrators."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.accounts import passwords, people
from portal.accounts import permissions as p
from portal.accounts.actor import SYSTEM
from portal.accounts.models import Account, Appointment, Body, Person
from portal.congress.models import Congress, Seat, Term, Unit
from portal.core import clock
from portal.core.db import db

PASSWORD = "Demo-2026-portal"
HASH = passwords.hashed(PASSWORD)
DAY = date(2020, 1, 1)

ROLES = {
    "clerk": (p.CLERK, "congress"),
    "handler": (p.HANDLER, "unit"),
    "signer": (p.SIGNER, "unit"),
    "section": (p.SECTION, "section"),
    "leader": (p.LEADER, "congress"),
    "system": (p.SYSTEM_ADMIN, "congress"),
    "security": (p.SECURITY_ADMIN, "congress"),
    "auditor": (p.AUDITOR, "congress"),
}


@dataclass
class Office:
    """The made rows by name; ids only, so that they outlive their session."""

    bodies: dict[str, int] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    publics: dict[str, str] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        return db.session.get(Person, self.persons[name])  # type: ignore[return-value]

    def body(self, name: str) -> Body:
        return db.session.get(Body, self.bodies[name])  # type: ignore[return-value]

    def add(self, username: str, role: str | None = None, body: str = "congress", phone: str | None = None) -> Person:
        """One more person with an account and, if told, a role."""
        person = people.add_person(SYSTEM, f"人员{username}", phone=phone)
        account = people.open_account(SYSTEM, person, username, approved=True)
        account.password_hash, account.password_changed_at, account.must_change = HASH, clock.real(), False
        if role:
            db.session.add(Appointment(person_id=person.id, role=role, body_id=self.bodies[body], starts_on=DAY))
        db.session.flush()
        self.persons[username], self.publics[username] = person.id, person.public_id
        return person


def furnish() -> Office:
    """The office in the database session at hand, committed."""
    office = Office()
    congress = Congress(
        name="示范区人民代表大会", short_name="示范区人大", level="county", office_name="示范区人大常委会"
    )
    db.session.add(congress)
    db.session.flush()
    unit = Unit(name="示范区住房和城乡建设局", short_name="区住建局", congress_id=congress.id)
    other = Unit(name="示范区水务局", short_name="区水务局", congress_id=congress.id)
    db.session.add_all((unit, other))
    db.session.flush()
    section = Unit(name="物业科", superior_id=unit.id, congress_id=congress.id)
    term = Term(congress_id=congress.id, number=18, starts_on=DAY)
    db.session.add_all((section, term))
    db.session.flush()
    office.bodies = {"congress": congress.id, "unit": unit.id, "other": other.id, "section": section.id}
    for username, (role, body) in ROLES.items():
        office.add(username, role, body)
    for number in (1, 2):
        deputy = office.add(f"deputy0{number}", phone=f"1380000000{number}")
        db.session.add(Seat(person_id=deputy.id, role=p.DEPUTY, body_id=congress.id, term_id=term.id, starts_on=DAY))
    db.session.commit()
    return office


@pytest.fixture
def office(app: Flask) -> Office:
    with app.app_context():
        return furnish()


@pytest.fixture
def both(both_engines_app: Flask) -> tuple[Flask, Office]:
    """The office on SQLite, then on PostgreSQL."""
    with both_engines_app.app_context():
        return both_engines_app, furnish()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """later(minutes=31) moves the machine's clock on; sums up."""
    from datetime import timedelta

    real, gone = clock.real, [timedelta()]
    monkeypatch.setattr(clock, "real", lambda: real() + gone[0])

    def move(**much: Any) -> None:
        gone[0] += timedelta(**much)

    yield move


def account_of(username: str) -> Account:
    return db.session.query(Account).filter_by(username=username).one()
