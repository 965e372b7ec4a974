"""The yearly plan of a deputies' group, written by its convener."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import Actor
from portal.accounts.models import Appointment
from portal.audit.actions import record
from portal.congress.directory import GroupRow
from portal.congress.models import Group, GroupPlan
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Stale

PLANS_SHOWN = 3


def is_member(row: GroupRow, actor: Actor) -> bool:
    """Whether the actor's seat is in the group."""
    return any(seat.id == actor.capacity_id for seat, _ in row.members)


def convenes(row: GroupRow, actor: Actor) -> bool:
    """Whether the actor convenes the running group, with an active seat."""
    mine = any(seat.id == actor.capacity_id and convener for seat, convener in row.members)
    return mine and actor.seat_active and row.group.ends_on is None


def plans(group: Group) -> Sequence[GroupPlan]:
    """The plans of the last years, the newest first."""
    wanted = select(GroupPlan).where(GroupPlan.group_id == group.id).order_by(GroupPlan.year.desc()).limit(PLANS_SHOWN)
    return db.session.scalars(wanted.options(joinedload(GroupPlan.written_by).joinedload(Appointment.person))).all()


def plan(actor: Actor, group: Group, text: str, seen: int | None) -> GroupPlan:
    """This year's plan, new or changed; the log keeps what it was. Raises Stale when another convener was faster."""
    year = clock.today().year
    known = db.session.scalar(select(GroupPlan).where(GroupPlan.group_id == group.id, GroupPlan.year == year))
    if seen is not None and seen != (known.version if known else 0):
        raise Stale()
    saved = known or GroupPlan(group_id=group.id, year=year)
    saved.text, saved.written_by_id = text, actor.capacity_id or 0
    db.session.add(saved)
    db.session.flush()
    record(actor, f"group:{group.id}", "group.planned", {"year": year, "text": text}, f"写下{year}年活动计划")
    return saved
