"""Two congresses with people of every role and a suggestion in every state, each marked by a canary of its own."""

import hashlib
import io
import logging
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
from portal.accounts.queries import capacities
from portal.congress import rule_actions
from portal.congress.models import Committee, Congress, Delegation, Group, Term, Unit
from portal.congress.pack_models import RulePackVersion
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
ABSENT = "n" * 22
NAMED = (
    *("suggestion", "lead_task", "assist_task", "gone_task", "signature", "document"),
    *("reply", "opinion", "urge", "extended", "paper"),
    *("seat", "term", "unit", "delegation", "committee", "group", "draft"),
)


@dataclass(frozen=True)
class Thing:
    """One suggestion and the public ids of what belongs to it. `kind` is whose it is: own (zhang's, co-signed by li,
    handled by housing and water), session (the same, in session), passed (the same, housing's part returned and passed
    on to education), merged (the same, merged into the court's), colleague (wang's, handled by the court), other (the
    township's), archived (imported), nobody (does not exist); or the roster of the county, of the town. Deputies never
    read the `sealed` word, which stands in an assisting unit's opinion."""

    kind: str
    state: str
    canary: str
    ids: dict[str, str]
    sealed: str = ""

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
            access = logging.getLogger("portal.access")
            silent = mock.patch.object(access, "disabled", True)
            with mock.patch.object(db.session, "commit", db.session.rollback), silent:
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
    _disputed(made, Marked(office), section)
    _colleague(made, Marked(office))
    town = _township(made, office)
    made.things += [_roster("county", office, "clerk"), _roster("town", town, "township")]
    made.people |= {name: _post(person.id) for name, person in {**office.people, **town.people}.items()}
    made.things.append(Thing("nobody", "none", "", dict.fromkeys(NAMED, "x" * 22)))


def _own(made: World, life: Marked, section: Unit) -> None:
    explained = {"disposition": "reference", "explanation": "不属于本级职权，转有关方面参考。"}
    built = {
        "draft": life.draft(), "submitted": life.submitted(), "admitted": life.admitted(),
        "not_admitted": life.take("clerk", life.submitted(), "not_admit", **explained),
        "assigned": life.assigned(JOINT), "replied": life.assigned(JOINT), "closed": life.assigned(JOINT),
    }  # fmt: skip
    for state in ("replied", "closed"):
        _answered(life, built[state])
    asked = life.act("housing", life.task(built["assigned"]), "receive")
    life.act("housing", asked, "request_extension", asked=date(2026, 7, 1), reason="需要征求居民意见。")
    life.act("clerk", asked, "grant_extension")
    life.act("clerk", asked, "urge", text="请抓紧办理。")
    life.rated(life.task(built["closed"]))
    for state in ("assigned", "replied", "closed"):
        handling_actions.hand_to(life.actor("housing"), life.task(built[state]), section)
    with clock.at(IN_SESSION):
        session_item = life.take("zhang", life.draft(), "submit")
    db.session.flush()
    made.things += [_thing("own", state, one) for state, one in built.items()]
    made.things.append(_thing("session", "submitted", session_item))


def _disputed(made: World, life: Marked, section: Unit) -> None:
    """What went wrong on its way: returns, extensions, reworks, withdrawals, a merger."""
    back = _returning(life, section)
    passed = _returning(life, section)
    life.act("govoffice", life.task(passed), "approve_return", unit=life.bodies["education"])
    asked = life.take("zhang", life.submitted(), "request_withdrawal", reason="情况有变，想撤回。")
    gone = life.assigned(JOINT)
    life.take("zhang", gone, "request_withdrawal", reason="情况有变，想撤回。")
    life.take("li", gone, "consent_withdrawal", answer="agreed")
    merged, main = life.assigned(JOINT), life.assigned((("court", "sole"),))
    life.take("clerk", merged, "merge", into=main.number_text, reason="两件说的是同一件事。")
    again, twice = _reworked(life, section), _reworked(life, section)
    life.rated(life.replied(_last(life, twice)), "dissatisfied", reason="还是没有解决。")
    convened = {"happened_on": clock.today(), "who": "双方", "text": "当面沟通，各自说明情况。", "file": _scan()}
    life.take("clerk", twice, "convene", **convened)
    made.things += [
        _thing("own", "return_requested", back), _thing("passed", "assigned", passed), _thing("own", "asked", asked),
        _thing("own", "withdrawn", gone), _thing("merged", "assigned", merged), _thing("own", "rehandling", again),
        _thing("own", "second_dissatisfied", twice),
    ]  # fmt: skip


def _returning(life: Marked, section: Unit) -> Suggestion:
    suggestion = life.assigned(JOINT)
    housing = life.act("housing", life.task(suggestion), "receive")
    handling_actions.hand_to(life.actor("housing"), housing, section)
    asked = {"unit": life.bodies["education"], "reason": "校园周边事项不属于本单位职责范围。"}
    life.act("housing", housing, "request_return", **asked)
    return suggestion


def _reworked(life: Marked, section: Unit) -> Suggestion:
    suggestion = _answered(life, life.assigned(JOINT))
    task = life.rated(life.task(suggestion), "dissatisfied", reason="没有解决停车问题。")
    life.take("clerk", suggestion, "rehandle", task=task.public_id, text="请重新研究停车问题。")
    handling_actions.hand_to(life.actor("housing"), _last(life, suggestion), section)
    return suggestion


def _answered(life: Marked, suggestion: Suggestion) -> Suggestion:
    """The assist has given its opinion, the lead its letter."""
    water = life.act("water", life.task(suggestion, "water"), "receive")
    life.act("water", water, "give_opinion", text=f"同意由住建局牵头办理，费用列入计划。{_sealed(suggestion)}")
    life.replied(life.task(suggestion))
    return suggestion


def _last(life: Marked, suggestion: Suggestion) -> Any:
    """The part that housing has now."""
    db.session.flush()
    db.session.expire(suggestion)
    mine = [one for one in suggestion.tasks if one.unit.public_id == life.bodies["housing"] and one.live]
    return mine[0]


def _sealed(suggestion: Suggestion) -> str:
    return f"sealed{suggestion.id}x"


def _scan() -> Received:
    digest = files().put(io.BytesIO(b"%PDF-1.7 " + secrets.token_hex(6).encode()))
    return Received("minutes.pdf", "application/pdf", 21, digest)


def _roster(kind: str, office: Office, clerk: str) -> Thing:
    """The people, bodies and rules of one congress."""
    congress = office.congress
    parts = {"seat": next(iter(office.seats.values())), "term": office.term}
    parts["unit"] = next(one for one in office.bodies.values() if isinstance(one, Unit))
    parts["delegation"] = next(one for one in office.bodies.values() if isinstance(one, Delegation))
    parts["committee"] = _added(Committee(name="法制委", congress_id=congress.id))
    parts["group"] = _added(Group(name="城区小组", congress_id=congress.id))
    actor = capacities(office.people[clerk].id, clock.today())[0].actor
    base = db.session.get(RulePackVersion, congress.pack_version_id)
    parts["draft"] = rule_actions.begin(actor, congress, base, "", "")
    db.session.flush()
    return Thing(kind, "kept", "", {name: one.public_id for name, one in parts.items()})


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


def _ids(suggestion: Suggestion) -> dict[str, str]:
    """The public ids by which addresses name the suggestion and its parts, as far as it has them."""
    found = {"suggestion": suggestion.public_id}
    for task in suggestion.tasks:
        if not task.live and task.ended_as != "withdrawn":
            found["gone_task"] = task.public_id
        else:
            found["lead_task" if task.answers else "assist_task"] = task.public_id
    for fact in suggestion.facts:
        if fact.kind in NAMED:
            found[fact.kind] = fact.public_id
        if fact.document_id and fact.kind == "convened":
            found["paper"] = fact.public_id
    for signature in suggestion.signatures:
        found["signature"] = signature.public_id
    for attachment in suggestion.attachments:
        found["document"] = attachment.document.public_id
    return found


def _thing(kind: str, state: str, suggestion: Suggestion) -> Thing:
    db.session.flush()
    db.session.refresh(suggestion)
    mark = suggestion.title.removeprefix("关于").removesuffix("的建议")
    return Thing(kind, state, mark, _ids(suggestion), _sealed(suggestion))


def _post(person_id: int) -> tuple[int, int]:
    rows = select(Appointment.id).join(Body, Body.id == Appointment.body_id).where(Appointment.person_id == person_id)
    return person_id, db.session.scalars(rows).one()


def _cookie(post: tuple[int, int]) -> str:
    """Of a session that was seen just now, for as long as it lasts: nobody has to write down that it was."""
    token, now = secrets.token_urlsafe(32), clock.real()
    db.session.add(
        WebSession(
            digest=hashlib.sha256(token.encode()).hexdigest(), person_id=post[0], capacity_id=post[1], content="{}",
            started_at=now, seen_at=now + timedelta(hours=6), expires_at=now + timedelta(hours=6),
        )
    )  # fmt: skip
    return f"__Host-portal={token}"
