"""Questions about people, their capacities and their way in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Account, Appointment, Body, Person, Slip, WebSession
from portal.accounts.permissions import DEPUTY, GRANTS, HANDLER, SECTION, SIGNER
from portal.core import clock, personal
from portal.core.db import db
from portal.core.errors import NotFound

PAGE = 50
UNIT_ROLES = (HANDLER, SIGNER, SECTION)
ORDER_OF_ROLES = tuple(GRANTS)

Owner = aliased(Appointment, name="owner")
OwnerPerson = aliased(Person, name="owner_person")


@dataclass(frozen=True)
class Capacity:
    """One way in which a person may act today; `id` is the public one, for forms."""

    key: int
    id: str
    label: str
    actor: Actor

    @property
    def lent(self) -> bool:
        """Whether it is somebody else's, lent for a period (AB 角)."""
        return bool(self.actor.on_behalf_of)


@dataclass(frozen=True)
class Standing:
    """What every request must know about the person signed in, read in one statement."""

    person_id: int
    person_public_id: str
    name: str
    username: str
    theme: str
    large_type: bool
    must_change: bool
    demo: bool
    password_changed_at: datetime | None
    capacities: tuple[Capacity, ...]

    def capacity(self, key: int | None) -> Capacity | None:
        """The capacity of this number if it is still held, else the first one; None when nothing is held."""
        for one in self.capacities:
            if one.key == key:
                return one
        return self.capacities[0] if self.capacities else None


def holds_on(appointment: type[Appointment], day: date) -> ColumnElement[bool]:
    """SQL: the appointment runs on `day`, its first and last day included."""
    return and_(appointment.starts_on <= day, or_(appointment.ends_on.is_(None), appointment.ends_on >= day))


def standing(person_id: int, day: date) -> Standing | None:
    """Who the person is and in which capacities they may act on `day`; None when the account is disabled or gone."""
    rows = db.session.execute(_standing(day).where(Account.person_id == person_id)).all()
    if not rows or rows[0].disabled:
        return None
    first = rows[0]
    return Standing(
        person_id=first.person_id,
        person_public_id=first.person_public_id,
        name=first.person_name,
        username=first.username,
        theme=first.theme,
        large_type=first.large_type,
        must_change=first.must_change,
        demo=first.demo,
        password_changed_at=first.password_changed_at,
        capacities=_in_order(row for row in rows if row.id is not None),
    )


def capacities(person_id: int, day: date) -> tuple[Capacity, ...]:
    """The capacities a person may act in on `day`, own ones before lent ones; none when the account is disabled."""
    known = standing(person_id, day)
    return known.capacities if known else ()


def _standing(day: date) -> Select[tuple]:
    running = and_(Appointment.person_id == Person.id, holds_on(Appointment, day))
    still_lendable = or_(Appointment.deputises_for_id.is_(None), and_(Owner.id.is_not(None), holds_on(Owner, day)))
    return (
        select(
            Person.id.label("person_id"),
            Person.public_id.label("person_public_id"),
            Person.name.label("person_name"),
            Person.theme,
            Person.large_type,
            Account.username,
            Account.disabled,
            Account.must_change,
            Account.demo,
            Account.password_changed_at,
            Appointment.id,
            Appointment.public_id,
            Appointment.role,
            Appointment.active,
            Body.id.label("body_id"),
            Body.kind.label("body_kind"),
            Body.name.label("body_name"),
            Body.short_name,
            Body.congress_id,
            Body.superior_id,
            OwnerPerson.name.label("owner_name"),
            still_lendable.label("still_lendable"),
        )
        .select_from(Account)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Appointment, running)
        .outerjoin(Body, Body.id == Appointment.body_id)
        .outerjoin(Owner, Owner.id == Appointment.deputises_for_id)
        .outerjoin(OwnerPerson, OwnerPerson.id == Owner.person_id)
    )


def _in_order(rows: Iterable[Row]) -> tuple[Capacity, ...]:
    held = [_capacity(row) for row in rows if row.still_lendable and row.role in GRANTS]
    return tuple(sorted(held, key=lambda one: (one.lent, ORDER_OF_ROLES.index(one.actor.role), one.key)))


def _capacity(row: Row) -> Capacity:
    who = Actor(
        person_id=row.person_id,
        name=row.person_name,
        role=row.role,
        capacity_id=row.id,
        body_id=row.body_id,
        body_kind=row.body_kind,
        body_name=row.short_name or row.body_name,
        congress_id=row.body_id if row.body_kind == "congress" else row.congress_id,
        unit_id=(row.superior_id or row.body_id) if row.role in UNIT_ROLES else None,
        seat_active=row.active,
        on_behalf_of=row.owner_name or "",
    )
    label = f"{who.label}（代{row.owner_name}）" if row.owner_name else who.label
    return Capacity(key=row.id, id=row.public_id, label=label, actor=who)
