"""Who is told about a matter: each audience that a step names, as the ids of persons."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import or_, select

from portal.accounts import permissions as p
from portal.accounts.models import Appointment, Body
from portal.accounts.queries import holds_on
from portal.core import clock
from portal.core.db import db
from portal.matters.models import Matter


def appointed(roles: Iterable[str], body_id: int | None) -> list[int]:
    """Persons holding one of the roles today for the body or for a section inside."""
    if body_id is None:
        return []
    here = select(Appointment.person_id).join(Body, Body.id == Appointment.body_id)
    wanted = Appointment.role.in_(list(roles)), or_(Body.id == body_id, Body.superior_id == body_id)
    return list(db.session.scalars(here.where(*wanted, holds_on(Appointment, clock.today()))))


def _keepers(matter: Matter) -> list[int]:
    return appointed([p.STATION, p.CLERK], matter.keeper_id)


def _holder(matter: Matter) -> list[int]:
    if matter.with_seat is not None:
        return [matter.with_seat.person_id] if matter.with_seat.standing != "terminated" else []
    return appointed([p.HANDLER, p.CLERK, p.STATION], matter.with_body_id)


def _raiser(matter: Matter) -> list[int]:
    """Whoever wrote it down and is not its keeper: they owe their voter a word."""
    return [matter.raised_by.person_id] if matter.raised_by else []


AUDIENCES: Mapping[str, Callable[[Matter], list[int]]] = {
    "keepers": _keepers,
    "holder": _holder,
    "former": _holder,
    "raiser": _raiser,
}
