"""Who is told of a duty slot's steps, as ids of persons."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Appointment
from portal.accounts.permissions import CLERK, STATION
from portal.accounts.queries import holds_on
from portal.core import clock
from portal.core.db import db
from portal.stations.models import DutySlot, Station


def staff_of(station: Station) -> list[int]:
    """The station's own staff; the office that keeps it where it has none."""
    running = holds_on(Appointment, clock.today())
    rows = db.session.execute(
        select(Appointment.person_id, Appointment.role)
        .where(Appointment.body_id.in_([station.id, station.congress_id]), Appointment.role.in_([STATION, CLERK]))
        .where(running)
    ).all()
    own = [person for person, role in rows if role == STATION]
    return own or [person for person, role in rows if role == CLERK]


def _other(slot: DutySlot) -> list[int]:
    return [slot.offered_for.person_id] if slot.offered_for else []


AUDIENCES: Mapping[str, Callable[[Any], list[int]]] = {
    "deputy": lambda slot: [slot.person_id],
    "other": _other,
    "staff": lambda slot: staff_of(slot.reception.station),
}
