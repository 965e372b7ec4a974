"""Who is told of a step: each audience that a step names, as the ids of persons."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Appointment
from portal.accounts.permissions import CLERK
from portal.accounts.queries import holds_on
from portal.activities.models import Activity, SignUp
from portal.congress.audience import members
from portal.core import clock
from portal.core.db import db


def _clerks(item: Any) -> list[int]:
    activity = item if isinstance(item, Activity) else item.activity
    here = Appointment.role == CLERK, Appointment.body_id == activity.congress_id, holds_on(Appointment, clock.today())
    return list(db.session.scalars(select(Appointment.person_id).where(*here)))


def _signed(activity: Activity) -> list[int]:
    gone = ("cancelled", "absent")
    here = SignUp.activity_id == activity.id, SignUp.state.not_in(gone)
    return list(db.session.scalars(select(SignUp.person_id).where(*here)))


AUDIENCES: Mapping[str, Callable[[Any], list[int]]] = {
    "audience": lambda activity: [one.person_id for one in members(activity.audience)],
    "clerks": _clerks,
    "self": lambda sign_up: [sign_up.person_id],
    "signed": _signed,
}
