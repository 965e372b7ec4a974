"""Audience rules, for whatever is addressed to many: activities, notices.

A rule is chosen on a form (`fields`, `values_of`, `save`), read back (`words`), asked of one reader as SQL (`reaches`)
and turned into people (`members`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body
from portal.accounts.permissions import COMMITTEE as COMMITTEE_ROLE
from portal.accounts.permissions import DEPUTY, LEADER, ROLE_LABELS, SC_MEMBER
from portal.accounts.queries import acts_on
from portal.congress.audience_models import (
    ALL,
    COMMITTEE,
    DELEGATION,
    FIRST_TERM,
    GROUP,
    LEVEL,
    NAMED,
    ROLE,
    Audience,
    AudiencePart,
)
from portal.congress.models import Congress, GroupMember, Seat
from portal.congress.queries import current_term, deputy_labels, seats_by_public_id
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.fields import Choice, Field

TOWNSHIPS = "township"
WHOLE: Sequence[Choice] = (
    (ALL, "全体代表"),
    (FIRST_TERM, "初任代表"),
    (TOWNSHIPS, "乡镇人大代表"),
    (SC_MEMBER, "常委会组成人员"),
    (LEADER, "常委会领导"),
)
BODIES = ((DELEGATION, "delegations", "代表团"), (GROUP, "groups", "代表小组"), (COMMITTEE, "committees", "委员会"))
NOBODY = "请选择发给谁。"
OWN, BELOW = aliased(Congress, name="own_congress"), aliased(Seat, name="asking_seat")


@dataclass(frozen=True)
class Member:
    """One person reached, in the capacity in which they are; deputies with their delegation."""

    capacity_id: int
    person_id: int
    delegation_id: int | None
    first_term: bool


WITH_PARTS = selectinload(Audience.parts).options(
    joinedload(AudiencePart.body), joinedload(AudiencePart.capacity).joinedload(Appointment.person)
)


def fields(actor: Actor, label: str = "发给谁") -> tuple[Field, ...]:
    """What a form asks; every part is optional, `save` wants at least one."""
    offered = _bodies(actor)
    term = current_term(actor.congress_id or 0, clock.today())
    labels = deputy_labels(actor.congress_id or 0, term.id if term else 0)
    pick = Field("deputy", "代表", "pick", required=False, choices=labels)
    whole = Field("whole", label, "choices", required=False, choices=WHOLE, hint="可以选几项，同一个人只算一次")
    several = []
    for kind, name, called in BODIES:
        pairs = [(body.public_id, body.called) for body in offered if body.kind == kind]
        several += [Field(name, called, "choices", required=False, choices=pairs)] if pairs else []
    return (whole, *several, Field("named", "另外点名的代表", "rows", required=False, columns=(pick,)))


def _bodies(actor: Actor) -> Sequence[Body]:
    kinds = [kind for kind, _, _ in BODIES]
    return db.session.scalars(
        select(Body)
        .where(Body.congress_id == actor.congress_id, Body.kind.in_(kinds), Body.ends_on.is_(None))
        .order_by(Body.order, Body.id)
    ).all()


def values_of(audience: Audience | None) -> dict[str, Any]:
    """The rule as the form's values."""
    parts = audience.parts if audience else []
    whole = [part.kind if part.kind in (ALL, FIRST_TERM) else part.word for part in parts if not _pointed(part)]
    several = {
        name: [part.body.public_id for part in parts if part.kind == kind and part.body] for kind, name, _ in BODIES
    }
    named = [{"deputy": part.capacity.public_id} for part in parts if part.capacity is not None]
    return {"whole": whole, **several, "named": named}


def _pointed(part: AudiencePart) -> bool:
    return part.kind in (DELEGATION, GROUP, COMMITTEE, NAMED)


def save(actor: Actor, audience: Audience | None, values: Mapping[str, Any]) -> Audience:
    """Write the rule of a form down, into `audience` or a new one. Raises Invalid when it names nobody."""
    offered = {body.public_id: body for body in _bodies(actor)}
    parts = [_whole(actor, word) for word in values.get("whole") or []]
    for kind, name, _ in BODIES:
        chosen = [offered[one] for one in values.get(name) or [] if one in offered]
        parts += [AudiencePart(kind=kind, body_id=body.id) for body in chosen if body.kind == kind]
    asked = [row["deputy"] for row in values.get("named") or [] if row.get("deputy")]
    seats = seats_by_public_id(actor.congress_id or 0, asked) if asked else ()
    parts += [AudiencePart(kind=NAMED, capacity_id=seat.id) for seat in seats]
    if not parts:
        raise Invalid(fields={"whole": NOBODY})
    kept = audience or Audience()
    kept.parts = parts
    db.session.add(kept)
    db.session.flush()
    return kept


def _whole(actor: Actor, word: str) -> AudiencePart:
    kind = word if word in (ALL, FIRST_TERM) else LEVEL if word == TOWNSHIPS else ROLE
    return AudiencePart(kind=kind, word="" if kind == word else word, body_id=actor.congress_id)


def words(audience: Audience) -> str:
    """The rule in one line: 全体代表；城建小组、农业小组."""
    said = dict(WHOLE)
    whole = [part.word or part.kind for part in audience.parts if not _pointed(part)]
    plain = [said.get(word, ROLE_LABELS.get(word, "")) for word in whole]
    bodies = [part.body.called for part in audience.parts if _pointed(part) and part.body]
    people = [part.capacity.person.name for part in audience.parts if part.capacity]
    return "、".join([*plain, *bodies, *people])


def reaches(audience_id: Any, actor: Actor) -> ColumnElement[bool]:
    """SQL: the rule of that id names this actor, in the capacity at hand."""
    rule = _OF_ROLE.get(actor.role)
    named = rule(actor) if rule else false()
    here = select(AudiencePart.audience_id).where(named)
    return audience_id.in_(here)


def _of_deputy(actor: Actor) -> ColumnElement[bool]:
    seat = select(BELOW.delegation_id).where(BELOW.id == actor.capacity_id)
    first = select(BELOW.body_id).where(BELOW.id == actor.capacity_id, BELOW.first_term.is_(True))
    groups = select(GroupMember.group_id).where(GroupMember.seat_id == actor.capacity_id)
    level = select(OWN.level).where(OWN.id == actor.congress_id)
    above = select(OWN.superior_id).where(OWN.id == actor.congress_id)
    part = AudiencePart
    return or_(
        and_(part.kind == ALL, part.body_id == actor.congress_id),
        and_(part.kind == FIRST_TERM, part.body_id.in_(first)),
        and_(part.kind == DELEGATION, part.body_id.in_(seat)),
        and_(part.kind == GROUP, part.body_id.in_(groups)),
        and_(part.kind == LEVEL, part.word.in_(level), or_(part.body_id == actor.congress_id, part.body_id.in_(above))),
        and_(part.kind == NAMED, part.capacity_id == actor.capacity_id),
    )


def _of_committee(actor: Actor) -> ColumnElement[bool]:
    return and_(AudiencePart.kind == COMMITTEE, AudiencePart.body_id == actor.body_id)


def _of_office(actor: Actor) -> ColumnElement[bool]:
    return and_(AudiencePart.kind == ROLE, AudiencePart.word == actor.role, AudiencePart.body_id == actor.congress_id)


_OF_ROLE = {DEPUTY: _of_deputy, COMMITTEE_ROLE: _of_committee, SC_MEMBER: _of_office, LEADER: _of_office}


def members(audience: Audience) -> list[Member]:
    """Everybody reached today, once each, in the capacity that was named first; resting and ended ones left out."""
    found: dict[int, Member] = {}
    for statement in (_seats(audience.parts), _posts(audience.parts)):
        for row in db.session.execute(statement) if statement is not None else ():
            member = Member(row.id, row.person_id, row.delegation_id, bool(row.first_term))
            found.setdefault(member.person_id, member)
    return list(found.values())


def _seats(parts: Sequence[AudiencePart]) -> Any:
    conditions = [one for one in (_seat_condition(part) for part in parts) if one is not None]
    if not conditions:
        return None
    columns: Any = select(Seat.id, Seat.person_id, Seat.delegation_id, Seat.first_term)
    acting = acts_on(Seat, clock.today()), Seat.deputises_for_id.is_(None)
    return columns.where(or_(*conditions), *acting).order_by(Seat.delegation_id.is_(None), Seat.id)


def _seat_condition(part: AudiencePart) -> ColumnElement[bool] | None:
    if part.kind == ALL:
        return Seat.body_id == part.body_id
    if part.kind == FIRST_TERM:
        return and_(Seat.body_id == part.body_id, Seat.first_term.is_(True))
    if part.kind == DELEGATION:
        return Seat.delegation_id == part.body_id
    if part.kind == GROUP:
        return Seat.id.in_(select(GroupMember.seat_id).where(GroupMember.group_id == part.body_id))
    if part.kind == LEVEL:
        near = or_(Congress.id == part.body_id, Congress.superior_id == part.body_id)
        return Seat.body_id.in_(select(Congress.id).where(Congress.level == part.word, near))
    return Seat.id == part.capacity_id if part.kind == NAMED else None


def _posts(parts: Sequence[AudiencePart]) -> Any:
    roles = [(COMMITTEE_ROLE if part.kind == COMMITTEE else part.word, part) for part in parts]
    conditions = [
        and_(Appointment.role == role, Appointment.body_id == part.body_id)
        for role, part in roles
        if part.kind in (COMMITTEE, ROLE)
    ]
    if not conditions:
        return None
    nothing: Any = select(Seat.delegation_id).where(false()).scalar_subquery()
    columns = select(
        Appointment.id, Appointment.person_id, nothing.label("delegation_id"), false().label("first_term")
    )
    acting = acts_on(Appointment, clock.today()), Appointment.deputises_for_id.is_(None)
    return columns.where(or_(*conditions), *acting).order_by(Appointment.id)
