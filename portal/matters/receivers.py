"""Whom a matter can be passed on to: units and streets, township congresses, deputies of its congress."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from portal.accounts.models import Body, Person
from portal.congress.models import Congress, Delegation, Seat, Unit
from portal.core import clock
from portal.core.db import db

SEAT, BODY = "seat", "body"
AT_MOST = 2000


def choices(_actor: Any, matter: Any) -> Sequence[tuple[str, str]]:
    """(value, label) pairs in the office's order: organs and streets first, then townships, then deputies."""
    return [*_bodies(matter.congress_id), *_deputies(matter.congress_id)]


def chosen(matter: Any, value: str) -> Body | Seat | None:
    """What a value of `choices` stands for; None for anything that may not be chosen."""
    kind, _, public_id = value.partition(":")
    if value not in dict(choices(None, matter)):
        return None
    table: Any = {SEAT: Seat, BODY: Body}[kind]
    return db.session.scalars(select(table).where(table.public_id == public_id)).one_or_none()


def _bodies(congress_id: int) -> list[tuple[str, str]]:
    today = clock.today()
    running = or_(Body.ends_on.is_(None), Body.ends_on >= today)
    whole = Unit.congress_id == congress_id, Unit.superior_id.is_(None)
    units = select(Unit.public_id, Unit.name).where(*whole, running)
    towns = select(Congress.public_id, Congress.name).where(Congress.superior_id == congress_id, running)
    found = [
        *db.session.execute(units.order_by(Unit.order, Unit.id).limit(AT_MOST)),
        *db.session.execute(towns.order_by(Congress.order, Congress.id).limit(AT_MOST)),
    ]
    return [(f"{BODY}:{public_id}", name) for public_id, name in found]


def _deputies(congress_id: int) -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(Seat.public_id, Person.name, Delegation.name)
        .join(Person, Person.id == Seat.person_id)
        .join(Delegation, Delegation.id == Seat.delegation_id, isouter=True)
        .where(Seat.body_id == congress_id, *_sitting())
        .order_by(Person.sort_name, Seat.id)
        .limit(AT_MOST)
    )
    return [(f"{SEAT}:{one}", f"{name}代表" + (f"　{team}" if team else "")) for one, name, team in rows]


def _sitting() -> tuple[Any, ...]:
    today = clock.today()
    ends = or_(Seat.ends_on.is_(None), Seat.ends_on >= today)
    rests = or_(Seat.rests_from.is_(None), Seat.rests_from > today, Seat.back_on <= today)
    return Seat.starts_on <= today, ends, rests, Seat.ended_at.is_(None), Seat.moved_out_on.is_(None)
