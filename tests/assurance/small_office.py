"""An office of four people and one suggestion, enough to ask for files, pages and refusals; on either engine."""

import hashlib
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from flask import Flask

from portal.accounts import passwords
from portal.accounts import permissions as p
from portal.accounts.models import Account, Appointment, Person, WebSession
from portal.congress import rulepacks
from portal.congress.models import Congress, Delegation, Seat, Term
from portal.core import clock
from portal.core.db import db
from portal.documents.models import Document
from portal.documents.storage import files
from portal.suggestions.models import Attachment, Suggestion
from tests.assurance.harness import engine_url, folder
from tests.support import apps

PASSWORD = "Tram-7-kettle-lantern"
CONTENT = b"%PDF-1.7 content"


@dataclass
class Office:
    """A furnished application. `people` are (person, capacity) numbers by user name; `suggestion` is a public id."""

    app: Flask
    data: Path
    database_url: str
    people: dict[str, tuple[int, int]] = field(default_factory=dict)
    suggestion: str = ""

    def cookie(self, username: str) -> dict[str, str]:
        """The header of a browser in which this person has just signed in."""
        token, now = secrets.token_urlsafe(32), clock.real()
        person_id, capacity_id = self.people[username]
        row = WebSession(
            digest=hashlib.sha256(token.encode()).hexdigest(),
            person_id=person_id,
            capacity_id=capacity_id,
            content="{}",
            started_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with self.app.app_context():
            db.session.add(row)
            db.session.commit()
        return {"Cookie": f"__Host-portal={token}"}

    def attach(self, names: list[str], media_type: str = "application/pdf") -> list[str]:
        """Documents of these very names on the suggestion, past every check; their public ids."""
        with self.app.app_context():
            digest = files().put(io.BytesIO(CONTENT))
            suggestion = db.session.query(Suggestion).filter_by(public_id=self.suggestion).one()
            made = [Document(name=one, media_type=media_type, size=len(CONTENT), sha256=digest) for one in names]
            suggestion.attachments.extend(Attachment(document=one) for one in made)
            db.session.commit()
            return [one.public_id for one in made]


@contextmanager
def office(engine: str) -> Iterator[Office]:
    """An empty office on `engine` (sqlite or pg), furnished; gone when the block ends. Raises NotRun without engine."""
    with folder() as data, engine_url(engine) as url:
        app = apps.build(data, data / "clock.txt", database_url=url)
        apps.make_tables(app)
        furnished = Office(app, data, url)
        with app.app_context():
            _furnish(furnished)
            db.session.remove()
        yield furnished
        with app.app_context():
            db.engine.dispose()


def _furnish(made: Office) -> None:
    rulepacks.load_packs()
    rulepacks.load_calendar()
    db.session.flush()
    version = rulepacks.current_version("Q", clock.today())
    congress = Congress(name="示范区人民代表大会", level="county", pack_version_id=version.id)
    db.session.add(congress)
    db.session.flush()
    congress.congress_id = congress.id
    start = clock.today() - timedelta(days=30)
    term = Term(congress_id=congress.id, number=18, starts_on=start)
    delegation = Delegation(name="城关代表团", congress_id=congress.id, superior_id=congress.id)
    db.session.add_all([term, delegation])
    db.session.flush()
    lead = _seat("deputy", "欧阳·买买提", congress, term, delegation, start)
    stranger = _seat("stranger", "𠮷田", congress, term, delegation, start)
    clerk = _post("clerk", "王小明", p.CLERK, congress.id, start)
    admin = _post("system", "李系统", p.SYSTEM_ADMIN, congress.id, start)
    db.session.flush()
    suggestion = Suggestion(
        congress_id=congress.id, term_id=term.id, lead_seat_id=lead.id, delegation_id=delegation.id,
        title="关于加装电梯的建议", situation="情况" * 30, cause="原因" * 30, request="建议" * 30, pack_version_id=version.id,
        link_token="L" * 16,
    )  # fmt: skip
    db.session.add(suggestion)
    db.session.commit()
    everyone = {"deputy": lead, "stranger": stranger, "clerk": clerk, "system": admin}
    made.people = {name: (post.person_id, post.id) for name, post in everyone.items()}
    made.suggestion = suggestion.public_id


def _person(username: str, name: str) -> Person:
    person = Person(name=name)
    account = Account(
        username=username,
        password_hash=passwords.hashed(PASSWORD),
        must_change=False,
        password_changed_at=clock.real(),
        person=person,
    )
    db.session.add_all([person, account])
    db.session.flush()
    return person


def _seat(username: str, name: str, congress: Congress, term: Term, delegation: Delegation, start: date) -> Seat:
    seat = Seat(
        person=_person(username, name),
        role=p.DEPUTY,
        body_id=congress.id,
        starts_on=start,
        term_id=term.id,
        delegation_id=delegation.id,
    )
    db.session.add(seat)
    return seat


def _post(username: str, name: str, role: str, body_id: int, start: date) -> Appointment:
    post = Appointment(person=_person(username, name), role=role, body_id=body_id, starts_on=start)
    db.session.add(post)
    return post
