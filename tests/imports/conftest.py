"""An office to import into: 示范区 with its eighteenth term and two sessions, and a clerk."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from portal.accounts import passwords
from portal.accounts.actor import Actor
from portal.accounts.models import Account, Appointment, Person
from portal.accounts.permissions import CLERK
from portal.congress.models import Congress, Session, Term
from portal.congress.rulepacks import load_packs
from portal.core import clock
from portal.core.db import db
from tests.support.inspecting import PASSWORD

HASH = passwords.hashed(PASSWORD)
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Office:
    """Keys of what was made, and the clerk."""

    congress_id: int
    term_id: int
    sessions: tuple[int, ...]
    clerk: Actor


def found_office() -> Office:
    """Write a congress with term, sessions and clerk into the session at hand."""
    rules = next(version for version in load_packs() if version.pack.code == "Q")
    congress = Congress(name="示范区人民代表大会", short_name="示范区人大", level="county", pack_version_id=rules.id)
    db.session.add(congress)
    db.session.flush()
    congress.congress_id = congress.id
    term = Term(congress_id=congress.id, number=18, starts_on=date(2025, 1, 10))
    db.session.add(term)
    db.session.flush()
    sessions = [
        Session(
            term_id=term.id, number=number, opens_on=date(2024 + number, 1, 10), closes_on=date(2024 + number, 1, 14)
        )
        for number in (1, 2)
    ]
    person = Person(name="何文书", sort_name="he wen shu")
    account = Account(person=person, username="clerk", password_hash=HASH, must_change=False)
    account.password_changed_at = clock.real()
    db.session.add_all([*sessions, person, account])
    db.session.flush()
    post = Appointment(person_id=person.id, role=CLERK, body_id=congress.id, starts_on=date(2025, 1, 10))
    db.session.add(post)
    db.session.flush()
    clerk = Actor(person.id, person.name, CLERK, post.id, congress.id, "congress", "示范区人大", congress.id)
    return Office(congress.id, term.id, tuple(one.id for one in sessions), clerk)


@pytest.fixture
def office(session, set_clock) -> Office:
    """The office in an empty database, on 1 March 2026."""
    set_clock("2026-03-01T09:00")
    return found_office()


@pytest.fixture
def desk(office, client):
    """The clerk's browser, signed in."""
    client.sign_in("clerk")
    return client


def shared(name: str) -> bytes:
    """A file as an office keeps it."""
    return (DATA / name).read_bytes()
