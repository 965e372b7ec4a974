"""Two congresses with people of every role and a suggestion in every state, each marked by a canary of its own."""

import hashlib
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts import permissions as p
from portal.accounts.models import Account, Appointment, Body, WebSession
from portal.congress.models import Committee, Congress, Delegation, Term, Unit
from portal.core import clock
from portal.core.db import db
from portal.documents.actions import Received
from portal.documents.storage import files
from portal.suggestions import handling_actions
from portal.suggestions.models import ArchiveFacts, Suggestion
from tests.assurance import harness
from tests.suggestions.living import Life
from tests.support.office import Office, stand

MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=clock.OFFICE_ZONE)
IN_SESSION = datetime(2026, 2, 25, 10, 0, tzinfo=clock.OFFICE_ZONE)
JOINT = (("housing", "lead"), ("water", "assist"))
OWN_STATES = ("draft", "submitted", "admitted", "not_admitted", "assigned", "replied", "closed")


@dataclass(frozen=True)
class Thing:
    """One suggestion and the public ids of what belongs to it. `kind` is whose it is: own (zhang's, co-signed by li,
    handled by housing and water), session (the same, in session), colleague (wang's, handled by the court), other
    (the township's), archived (imported), nobody (does not exist)."""

    kind: str
    state: str
    canary: str
    ids: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.state}"


@dataclass
class World:
    """The application, everybody's name → (person, capacity), every thing."""

    app: Flask
    people: dict[str, tuple[int, int]] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str) -> TestResponse:
        """One request as this person; what it changes is rolled back."""
        client = self.app.test_client(use_cookies=False)
        client.inspects = False  # type: ignore[attr-defined]
        headers = {"Origin": "http://localhost", **({"Cookie": self.cookies[who]} if who in self.cookies else {})}
        data = {} if method in ("GET", "HEAD") else {"expected_version": "999999"}
        return client.open(path, method=method, headers=headers, data=data)


class Marked(Life):
    """Life whose drafts carry a canary, a file and li's confirmed signature."""

    cosigner = "li"

    def draft(self, by: str = "zhang", **values: Any) -> Suggestion:
        mark = f"canary{secrets.token_hex(6)}"
        digest = files().put(io.BytesIO(b"%PDF-1.7 " + mark.encode()))
        photo = Received(f"{mark}.pdf", "application/pdf", 24, digest)
        suggestion = super().draft(by, title=f"关于{mark}的建议", photos=[photo], **values)
        if self.cosigner:
            self.signed_by(suggestion, self.cosigner, by=by)
        return suggestion


@contextmanager
def world(engine: str) -> Iterator[World]:
    """The furnished world on an engine; commits of requests are turned into rollbacks while it lasts."""
    with harness.application(engine) as app:
        app.config["WTF_CSRF_ENABLED"] = False  # B6 asks about tokens; here everybody has one
        made = World(app)
        Path(app.config["SETTINGS"].clock_file).write_text(MARCH.isoformat(), encoding="utf-8")
        with clock.at(MARCH):
            _furnish(made)
            db.session.commit()
            db.session.remove()
            made.cookies = {name: _cookie(post) for name, post in made.people.items()}
            made.people["public"] = (0, 0)
            db.session.commit()
            db.session.remove()
            with mock.patch.object(db.session, "commit", db.session.rollback):
                yield made


def _furnish(made: World) -> None:
    office = stand()
    office.bodies["北团"] = _added(Delegation(name="北团", congress_id=office.congress.id, term_id=office.term.id))
    office.bodies["农业委"] = _added(Committee(name="农业委", congress_id=office.congress.id))
    office.unit("court", "区法院", "court")
    section = _added(Unit(name="物业科", congress_id=office.congress.id, superior_id=office.bodies["housing"].id))
    office.post("section", "科室", p.SECTION, section)
    office.post(
        "other-section",
        "别的科室",
        p.SECTION,
        _added(Unit(name="征收科", congress_id=office.congress.id, superior_id=office.bodies["housing"].id)),
    )
    office.post("delegation2", "北团工作人员", p.DELEGATION, office.bodies["北团"])
    office.post("committee-rural", "农业委", p.COMMITTEE, office.bodies["农业委"])
    office.post("member", "委员", p.SC_MEMBER, office.congress)
    office.post("station", "联络站", p.STATION, office.congress)
    office.post("disabled", "停用", p.CLERK, office.congress)
    db.session.scalars(select(Account).where(Account.username == "disabled")).one().disabled = True
    _own(made, Marked(office), section)
    _colleague(made, Marked(office))
    town = _township(made, office)
    made.people |= {name: _post(person.id) for name, person in {**office.people, **town.people}.items()}
    made.things.append(Thing("nobody", "none", "", dict.fromkeys(_ids(None), "x" * 22)))


def _own(made: World, life: Marked, section: Unit) -> None:
    explained = {"disposition": "reference", "explanation": "不属于本级职权，转有关方面参考。"}
    built = {
        "draft": life.draft(), "submitted": life.submitted(), "admitted": life.admitted(),
        "not_admitted": life.take("clerk", life.submitted(), "not_admit", **explained),
        "assigned": life.assigned(JOINT), "replied": life.assigned(JOINT), "closed": life.assigned(JOINT),
    }  # fmt: skip
    for state in ("replied", "closed"):
        suggestion = built[state]
        water = life.act("water", life.task(suggestion, "water"), "receive")
        life.act("water", water, "give_opinion", text="同意由住建局牵头办理，费用列入计划。")
        life.replied(life.task(suggestion))
    life.rated(life.task(built["closed"]))
    for state in ("assigned", "replied", "closed"):
        handling_actions.hand_to(life.actor("housing"), life.task(built[state]), section)
    with clock.at(IN_SESSION):
        session_item = life.take("zhang", life.draft(), "submit")
    db.session.flush()
    made.things += [_thing("own", state, one) for state, one in built.items()]
    made.things.append(_thing("session", "submitted", session_item))


def _colleague(made: World, life: Marked) -> None:
    life.cosigner = ""
    made.things += [
        _thing("colleague", "draft", life.draft("wang")), _thing("colleague", "submitted", life.submitted("wang")),
        _thing("colleague", "assigned", life.assigned((("court", "sole"),), "wang")),
    ]  # fmt: skip
    old = life.admitted("wang")
    old.admitted_on, old.lead_seat, old.closed_as = date(2025, 3, 1), None, "imported"
    old.archive = ArchiveFacts(year=2025, units_text="区住建局", proposer_text="往届代表")
    db.session.flush()
    made.things.append(_thing("archived", "closed", old))


def _township(made: World, office: Office) -> Office:
    congress = Congress(
        name="清河镇人民代表大会",
        level="township",
        office_name="清河镇",
        pack_version_id=office.congress.pack_version_id,
    )
    db.session.add(congress)
    db.session.flush()
    congress.congress_id = congress.id
    term = _added(Term(congress_id=congress.id, number=20, starts_on=date(2026, 1, 10)))
    town = Office(congress, term, office.session)
    town.bodies["镇团"] = _added(Delegation(name="镇团", congress_id=congress.id, term_id=term.id))
    town.deputy("town-deputy", "镇代表", "镇团")
    town.post("township", "镇主席团", p.CLERK, congress)
    town.unit("town-unit", "镇建设办")
    life = Marked(town)
    life.cosigner, life.people["clerk"] = "", town.people["township"].id
    made.things += [
        _thing("other", "draft", life.draft("town-deputy")),
        _thing("other", "submitted", life.submitted("town-deputy")),
        _thing("other", "assigned", life.assigned((("town-unit", "sole"),), "town-deputy")),
    ]  # fmt: skip
    return town


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def _ids(suggestion: Suggestion | None) -> dict[str, str]:
    """The public ids by which addresses name the suggestion and its parts; an id of nothing where it has none."""
    found = dict.fromkeys(("suggestion", "lead_task", "assist_task", "signature", "reply", "document"), "n" * 22)
    if suggestion is None:
        return found
    found["suggestion"] = suggestion.public_id
    for task in suggestion.tasks:
        found["lead_task" if task.answers else "assist_task"] = task.public_id
        for reply in task.replies:
            found["reply"] = reply.public_id
    for signature in suggestion.signatures:
        found["signature"] = signature.public_id
    for attachment in suggestion.attachments:
        found["document"] = attachment.document.public_id
    return found


def _thing(kind: str, state: str, suggestion: Suggestion) -> Thing:
    db.session.flush()
    db.session.refresh(suggestion)
    return Thing(kind, state, suggestion.title.removeprefix("关于").removesuffix("的建议"), _ids(suggestion))


def _post(person_id: int) -> tuple[int, int]:
    rows = select(Appointment.id).join(Body, Body.id == Appointment.body_id).where(Appointment.person_id == person_id)
    return person_id, db.session.scalars(rows).one()


def _cookie(post: tuple[int, int]) -> str:
    token, now = secrets.token_urlsafe(32), clock.real()
    db.session.add(
        WebSession(
            digest=hashlib.sha256(token.encode()).hexdigest(), person_id=post[0], capacity_id=post[1], content="{}",
            started_at=now, seen_at=now, expires_at=now + timedelta(hours=6),
        )
    )  # fmt: skip
    return f"__Host-portal={token}"
