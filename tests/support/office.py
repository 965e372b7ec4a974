"""A small office for tests: one congress with a session behind it, three deputies, two units, and staff.

`stand(session)` makes it; everybody signs in with their username and PASSWORD.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.accounts import permissions as p
from portal.accounts.models import Account, Appointment, Body, Person
from portal.accounts.passwords import hashed
from portal.congress import rulepacks
from portal.congress.models import Committee, Congress, Delegation, Seat, Session, Term, Unit
from portal.congress.pack_models import CalendarDay
from portal.core.db import db

PASSWORD = "Demo-2026-portal"  # noqa: S105
_hash: list[str] = []


@dataclass
class Office:
    """What was made, by name."""

    congress: Congress
    term: Term
    session: Session
    bodies: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    posts: dict[str, Appointment] = field(default_factory=dict)

    def person(self, username: str, name: str) -> Person:
        """A person who can sign in."""
        person = Person(name=name, sort_name=username)
        if not _hash:
            _hash.append(hashed(PASSWORD))
        db.session.add_all(
            [person, Account(person=person, username=username, password_hash=_hash[0], must_change=False, demo=True)]
        )
        db.session.flush()
        self.people[username] = person
        return person

    def deputy(self, username: str, name: str, delegation: str = "东团") -> Seat:
        """A deputy with a seat in the running term."""
        person = self.person(username, name)
        seat = Seat(
            person_id=person.id,
            role=p.DEPUTY,
            body_id=self.congress.id,
            starts_on=self.term.starts_on,
            term_id=self.term.id,
            delegation_id=self.bodies[delegation].id,
        )
        db.session.add(seat)
        db.session.flush()
        self.seats[username] = seat
        return seat

    def post(self, username: str, name: str, role: str, body: Body) -> Appointment:
        """A member of staff."""
        person = self.person(username, name)
        post = Appointment(person_id=person.id, role=role, body_id=body.id, starts_on=self.term.starts_on)
        db.session.add(post)
        db.session.flush()
        self.posts[username] = post
        return post

    def unit(self, key: str, name: str, organ: str = "government") -> Unit:
        """A handling unit with its handler `key` and signer `key-signer`."""
        unit = Unit(name=name, short_name=name, congress_id=self.congress.id, organ=organ)
        db.session.add(unit)
        db.session.flush()
        self.bodies[key] = unit
        self.post(key, f"{name}经办", p.HANDLER, unit)
        self.post(f"{key}-signer", f"{name}签发", p.SIGNER, unit)
        return unit


def stand(pack: str = "Q", holidays: tuple[date, ...] = ()) -> Office:
    """Make the office in the session at hand, and commit."""
    versions = {version.pack.code: version for version in rulepacks.load_packs()}
    rulepacks.load_calendar()
    congress = Congress(name="示范区人民代表大会", level="county", office_name="示范区代表履职", pack_version_id=None)
    db.session.add(congress)
    db.session.flush()
    congress.congress_id, congress.pack_version_id = congress.id, versions[pack].id
    term = Term(congress_id=congress.id, number=18, starts_on=date(2026, 1, 10))
    db.session.add(term)
    db.session.flush()
    session = Session(term_id=term.id, number=1, opens_on=date(2026, 2, 24), closes_on=date(2026, 2, 28))
    db.session.add(session)
    office = Office(congress, term, session)
    for name in ("东团", "西团"):
        office.bodies[name] = Delegation(name=name, congress_id=congress.id, term_id=term.id)
        db.session.add(office.bodies[name])
    office.bodies["城建委"] = Committee(name="城建环保委", congress_id=congress.id)
    db.session.add(office.bodies["城建委"])
    db.session.flush()
    _people(office)
    for day in holidays:
        known = db.session.query(CalendarDay).filter_by(day=day).one_or_none() or CalendarDay(day=day, year=day.year)
        known.working, known.name, known.source = False, "放假", "本办公室"
        db.session.add(known)
    db.session.commit()
    return office


def _people(office: Office) -> None:
    for username, name in (("zhang", "张建国"), ("li", "李秀英"), ("wang", "王海")):
        office.deputy(username, name)
    office.deputy("zhao", "赵明", "西团")
    office.post("clerk", "高明远", p.CLERK, office.congress)
    office.post("clerk2", "孙静", p.CLERK, office.congress)
    office.post("delegation1", "东团工作人员", p.DELEGATION, office.bodies["东团"])
    office.post("govoffice", "督查室", p.GOV_OFFICE, office.congress)
    office.post("leader1", "主任", p.LEADER, office.congress)
    office.post("committee-urban", "城建委", p.COMMITTEE, office.bodies["城建委"])
    for username, role in (("system", p.SYSTEM_ADMIN), ("security", p.SECURITY_ADMIN), ("auditor", p.AUDITOR)):
        office.post(username, username, role, office.congress)
    office.unit("housing", "区住建局")
    office.unit("water", "区水务局")
    office.unit("education", "区教育局")
    office.bodies["housing"].committee_id = office.bodies["城建委"].id
