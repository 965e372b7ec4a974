"""Questions behind the pages of deputies, units and bodies; a congress sees its own and no other's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment, Body, Person
from portal.accounts.permissions import ROLE_LABELS
from portal.accounts.queries import acts_on, holds_on
from portal.congress.models import Committee, Congress, Delegation, Group, GroupMember, Seat, Session, Term, Unit
from portal.congress.pack_models import CalendarYear
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound

PAGE = 50
LETTERS = re.compile(r"[a-z ]+")


def running_term(actor: Actor) -> Term:
    """The term of the actor's congress that runs today; NotFound when there is none."""
    term = db.session.scalar(
        select(Term)
        .where(Term.congress_id == actor.congress_id, Term.starts_on <= clock.today())
        .order_by(Term.number.desc())
        .limit(1)
    )
    if term is None:
        raise NotFound()
    return term


def _seats(actor: Actor, term: Term) -> ColumnElement[bool]:
    return and_(Seat.body_id == actor.congress_id, Seat.term_id == term.id)


def named(words: str) -> ColumnElement[bool]:
    """SQL: the name holds `words`, or its pinyin does: 沈若兰 is found by 若兰, shenruolan and srl."""
    found = [Person.name.contains(words, autoescape=True)]
    letters = words.lower().strip()
    if LETTERS.fullmatch(letters):
        close = letters.replace(" ", "")
        found.append(func.replace(Person.sort_name, " ", "").startswith(close, autoescape=True))
        found.append(Person.sort_name.like("% ".join(close) + "%"))
    return or_(*found)


def deputies(
    actor: Actor, words: str = "", delegation: str = "", standing: str = "", page: int = 1
) -> tuple[list[Seat], int]:
    """One page of the seats of the running term, by delegation and pinyin, and how many fit in all.

    Without `standing` those on the roll today: not ended, suspended and still to be announced included (settled A60).
    """
    wanted = select(Seat).join(Person, Person.id == Seat.person_id).where(_seats(actor, running_term(actor)))
    wanted = wanted.outerjoin(Delegation, Delegation.id == Seat.delegation_id)
    if words:
        wanted = wanted.where(named(words))
    if delegation:
        wanted = wanted.where(Delegation.public_id == delegation)
    wanted = wanted.where(_stands(standing, clock.today()))
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    ordered = wanted.order_by(Delegation.order, Person.sort_name, Seat.id).offset((page - 1) * PAGE).limit(PAGE)
    loaded = ordered.options(joinedload(Seat.person), joinedload(Seat.delegation))
    return list(db.session.scalars(loaded).unique()), total


def _stands(standing: str, day: date) -> ColumnElement[bool]:
    """SQL: rules.standing_on(); whatever else is asked for, the roll."""
    gone = Seat.moved_out_on.is_not(None) & (Seat.moved_out_on <= day)
    noticed = Seat.noticed_on.is_not(None) & (Seat.noticed_on <= day)
    conditions = {
        "active": acts_on(Seat, day) & ~gone,
        "suspended": holds_on(Seat, day) & ~acts_on(Seat, day) & ~gone,
        "leaving": gone & ~noticed,
        "terminated": noticed,
    }
    return conditions.get(standing, holds_on(Seat, day))


def roll(actor: Actor, day: date) -> int:
    """How many deputies the congress has on `day` (settled A60)."""
    here = select(func.count(Seat.id)).where(Seat.body_id == actor.congress_id, holds_on(Seat, day))
    return db.session.scalar(here) or 0


def vacant(actor: Actor) -> list[Seat]:
    """Vacated seats of the running term that no by-election has filled yet, the latest first."""
    waits = _stands("leaving", clock.today()) | _stands("terminated", clock.today())
    filled = select(Seat.follows_id).where(Seat.follows_id.is_not(None))
    wanted = select(Seat).where(_seats(actor, running_term(actor)), waits, Seat.id.not_in(filled))
    return list(db.session.scalars(wanted.options(joinedload(Seat.person)).order_by(Seat.moved_out_on.desc())))


def delegation_counts(actor: Actor) -> list[tuple[Delegation, int]]:
    """Every delegation with how many deputies it has on the roll today."""
    counted = func.count(Seat.id)
    seated = and_(Seat.delegation_id == Delegation.id, _seats(actor, running_term(actor)))
    rows = db.session.execute(
        select(Delegation, counted)
        .outerjoin(Seat, and_(seated, holds_on(Seat, clock.today())))
        .where(Delegation.congress_id == actor.congress_id)
        .group_by(Delegation.id, Body.id)
        .order_by(Delegation.order, Delegation.id)
    ).all()
    return [(delegation, number) for delegation, number in rows]


def seat(actor: Actor, public_id: str) -> Seat:
    """One seat of the actor's congress with person, term and delegation; NotFound otherwise."""
    found = db.session.scalars(
        select(Seat)
        .where(Seat.public_id == public_id, Seat.body_id == actor.congress_id)
        .options(joinedload(Seat.person).joinedload(Person.account), joinedload(Seat.term), joinedload(Seat.delegation))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def groups_of(seat: Seat) -> list[tuple[str, bool]]:
    """(group, whether convener) of a seat."""
    rows = db.session.execute(
        select(Group.name, GroupMember.convener)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.seat_id == seat.id)
        .order_by(Group.order)
    )
    return [(name, convener) for name, convener in rows]


@dataclass(frozen=True)
class UnitRow:
    """One line of the list of units."""

    unit: Unit
    committee: str
    sections: tuple[str, ...]


def units(actor: Actor, words: str = "", gone: bool = False) -> list[UnitRow]:
    """The handling units of the congress with their sections; `gone` shows those that ended."""
    today = clock.today()
    here = select(Unit).where(Unit.congress_id == actor.congress_id).order_by(Unit.order, Unit.id)
    known = list(db.session.scalars(here))
    rows = db.session.execute(select(Committee.id, Committee.short_name, Committee.name))
    called = {key: short or name for key, short, name in rows}
    inside: dict[int, list[str]] = {}
    for one in known:
        if one.superior_id is not None:
            inside.setdefault(one.superior_id, []).append(one.name)
    tops = [one for one in known if one.superior_id is None and words in f"{one.name}{one.short_name or ''}"]
    shown = [one for one in tops if gone == (one.ends_on is not None and one.ends_on < today)]
    return [UnitRow(one, called.get(one.committee_id or 0, ""), tuple(inside.get(one.id, ()))) for one in shown]


def unit(actor: Actor, public_id: str) -> Unit:
    """One unit or section of the actor's congress; NotFound otherwise."""
    found = db.session.scalars(
        select(Unit).where(Unit.public_id == public_id, Unit.congress_id == actor.congress_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Staff:
    """Who acts for a unit or a section inside."""

    appointment: str
    name: str
    role: str
    where: str
    until: date | None
    lent: bool


def staff(unit: Unit) -> list[Staff]:
    """Everybody who holds a role in the unit or in one of its sections today."""
    rows = db.session.execute(
        select(Appointment, Person.name, Body.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Body, Body.id == Appointment.body_id)
        .where(or_(Body.id == unit.id, Body.superior_id == unit.id), holds_on(Appointment, clock.today()))
        .order_by(Appointment.id)
    )
    return [
        Staff(one.public_id, name, ROLE_LABELS.get(one.role, ""), body, one.ends_on, one.deputises_for_id is not None)
        for one, name, body in rows
    ]


def committees(actor: Actor) -> Sequence[Committee]:
    """The committees of the congress, in the office's order."""
    here = select(Committee).where(Committee.congress_id == actor.congress_id)
    return db.session.scalars(here.order_by(Committee.order, Committee.id)).all()


@dataclass(frozen=True)
class GroupRow:
    """One deputies' group with its members, conveners first."""

    group: Group
    members: tuple[tuple[Seat, bool], ...]

    @property
    def conveners(self) -> str:
        """The names of those who convene it; a vacated seat convenes nothing."""
        return "、".join(seat.person.name for seat, convener in self.members if convener and not seat.vacated)


def groups(actor: Actor) -> list[GroupRow]:
    """The deputies' groups of the congress with their members."""
    here = select(Group).where(Group.congress_id == actor.congress_id).order_by(Group.order, Group.id)
    found = list(db.session.scalars(here))
    rows = db.session.execute(
        select(GroupMember.group_id, Seat, GroupMember.convener)
        .join(Seat, Seat.id == GroupMember.seat_id)
        .join(Person, Person.id == Seat.person_id)
        .where(GroupMember.group_id.in_([one.id for one in found]))
        .options(joinedload(Seat.person))
        .order_by(GroupMember.convener.desc(), Person.sort_name)
    )
    members: dict[int, list[tuple[Seat, bool]]] = {}
    for group_id, one, convener in rows:
        members.setdefault(group_id, []).append((one, convener))
    return [GroupRow(one, tuple(members.get(one.id, ()))) for one in found]


def group(actor: Actor, public_id: str) -> Group:
    """One deputies' group of the actor's congress; NotFound otherwise."""
    found = db.session.scalars(
        select(Group).where(Group.public_id == public_id, Group.congress_id == actor.congress_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def terms(actor: Actor) -> list[tuple[Term, list[Session]]]:
    """The terms of the congress, newest first, each with its sessions, newest first."""
    here = select(Term).where(Term.congress_id == actor.congress_id).order_by(Term.number.desc())
    found = list(db.session.scalars(here))
    rows = db.session.scalars(
        select(Session).where(Session.term_id.in_([one.id for one in found])).order_by(Session.number.desc())
    ).all()
    return [(one, [row for row in rows if row.term_id == one.id]) for one in found]


def congress(actor: Actor) -> Congress:
    """The congress the actor works in; NotFound when there is none."""
    found = db.session.get(Congress, actor.congress_id)
    if found is None:
        raise NotFound()
    return found


def calendar_years() -> list[tuple[int, bool, int]]:
    """(year, confirmed, number of days entered), newest first."""
    years = select(CalendarYear).order_by(CalendarYear.year.desc()).options(selectinload(CalendarYear.days))
    return [(one.year, one.confirmed, len(one.days)) for one in db.session.scalars(years)]


def calendar_year(year: int) -> CalendarYear | None:
    """A year of the calendar with its days; None while nothing is entered."""
    return db.session.scalar(
        select(CalendarYear).where(CalendarYear.year == year).options(selectinload(CalendarYear.days))
    )
