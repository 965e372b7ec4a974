"""Questions about activities and sign-ups. Every read goes through `visible_to(actor)`, one SQL condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql import false

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.accounts.models import Body, Person
from portal.accounts.statements import numbers, per_role
from portal.activities.kinds import kinds
from portal.activities.models import Activity, ActivityPaper, Quota, SignUp
from portal.activities.rules import TAKING
from portal.congress.audience import WITH_PARTS, reaches
from portal.congress.directory import named
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound

PAGE = 50
AHEAD = ("planned", "approved", "published", "closed")
OPEN = ("published", "closed")
MISSED = ("on_leave", "absent")
MINE = aliased(SignUp, name="mine")
JOINERS = (p.DEPUTY, p.COMMITTEE, p.SC_MEMBER, p.LEADER)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: the activities this actor may read: the office all of its own; others what was published and is addressed
    to them or that they signed up for; leaders and delegation staff what was published."""
    here = Activity.congress_id == actor.congress_id
    if actor.is_a(p.CLERK, p.LEADER):
        return here if actor.is_a(p.CLERK) else or_(here, _addressed(actor))
    if actor.is_a(p.DELEGATION):
        return and_(here, Activity.published_at.is_not(None))
    return _addressed(actor) if actor.is_a(*JOINERS) else false()


def _addressed(actor: Actor) -> ColumnElement[bool]:
    signed = select(MINE.activity_id).where(MINE.capacity_id == actor.capacity_id)
    return and_(Activity.published_at.is_not(None), or_(reaches(Activity.audience_id, actor), Activity.id.in_(signed)))


def get_visible(actor: Actor, public_id: str) -> Activity:
    """The activity with what its page shows; raises NotFound."""
    found = db.session.scalars(_whole(actor), {"id": public_id, **numbers(actor)}).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


@per_role
def _whole(asking: Actor) -> Select[Any]:
    return (
        select(Activity)
        .where(Activity.public_id == bindparam("id"), visible_to(asking))
        .options(
            joinedload(Activity.audience).options(WITH_PARTS),
            joinedload(Activity.quotas).joinedload(Quota.delegation),  # few of each, and a statement saved twice
            joinedload(Activity.papers).joinedload(ActivityPaper.document),
        )
    )


def to_join(actor: Actor, public_id: str) -> Activity:
    """A published activity that is addressed to the actor, alone and in one statement: thousands may ask at once."""
    found = db.session.scalars(_to_join(actor), {"id": public_id, **numbers(actor)}).one_or_none()
    if found is None or not actor.is_a(*JOINERS):
        raise NotFound()
    return found


@per_role
def _to_join(asking: Actor) -> Any:
    addressed = Activity.published_at.is_not(None), reaches(Activity.audience_id, asking)
    return select(Activity).where(Activity.public_id == bindparam("id"), *addressed)


def own_part(actor: Actor, activity: Activity) -> tuple[bool, SignUp | None]:
    """(whether the rule names the actor, their own sign-up, cancelled ones included), in one statement."""
    if not actor.is_a(*JOINERS):
        return False, None
    row = db.session.execute(_own_part(actor), {"activity": activity.id, **numbers(actor)}).one()
    return bool(row[0]), row[1]


@per_role
def _own_part(asking: Actor) -> Any:
    return (
        select(reaches(Activity.audience_id, asking), MINE)
        .select_from(Activity)
        .outerjoin(MINE, and_(MINE.activity_id == Activity.id, MINE.capacity_id == asking.capacity_id))
        .where(Activity.id == bindparam("activity"))
    )


def get_sign_up(actor: Actor, public_id: str) -> SignUp:
    """A sign-up to act on: one's own, or any of the office's own activities; raises NotFound."""
    own = SignUp.capacity_id == actor.capacity_id
    office = Activity.congress_id == actor.congress_id if actor.is_a(p.CLERK) else false()
    found = db.session.scalars(
        select(SignUp)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(SignUp.public_id == public_id, or_(own, office))
        .options(joinedload(SignUp.activity), joinedload(SignUp.person))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Line:
    """One row of a list; `mine` is the state of the reader's own sign-up, `taken` how many have a place."""

    activity: Activity
    mine: str | None
    taken: int
    waiting: int


def listed(actor: Actor, past: bool = False, after: int | None = None, most: int = PAGE + 1) -> list[Line]:
    """Activities from today on, the nearest first; or past ones, the latest first."""
    rows = db.session.execute(_listed(actor, past, after or 0, most), {**numbers(actor)}).all()
    ids = [activity.id for activity, _ in rows]
    counts = _counts(ids)
    return [Line(a, mine, *counts.get(a.id, (0, 0))) for a, mine in rows]


@per_role
def _listed(asking: Actor, past: bool, after: int, most: int) -> Any:
    morning = _morning(clock.today())
    when = Activity.ends_at < morning if past else Activity.ends_at >= morning
    order = (Activity.starts_at.desc(), Activity.id) if past else (Activity.starts_at, Activity.id)
    return (
        select(Activity, MINE.state)
        .outerjoin(MINE, and_(MINE.activity_id == Activity.id, MINE.capacity_id == asking.capacity_id))
        .where(visible_to(asking), when)
        .order_by(*order)
        .offset(after)
        .limit(most)
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.OFFICE_ZONE)


def _counts(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    if not ids:
        return {}
    rows = db.session.execute(
        select(SignUp.activity_id, SignUp.state, func.count())
        .where(SignUp.activity_id.in_(ids))
        .group_by(SignUp.activity_id, SignUp.state)
    ).all()
    found: dict[int, tuple[int, int]] = {}
    for activity_id, state, number in rows:
        taken, waiting = found.get(activity_id, (0, 0))
        found[activity_id] = taken + number * (state in TAKING), waiting + number * (state == "waiting")
    return found


@per_role
def _coming(asking: Actor) -> Any:
    morning = _morning(clock.today())
    return (
        select(Activity, MINE.state)
        .outerjoin(MINE, and_(MINE.activity_id == Activity.id, MINE.capacity_id == asking.capacity_id))
        .where(_addressed(asking), Activity.ends_at >= morning, Activity.state.in_(OPEN))
        .order_by(Activity.starts_at, Activity.id)
        .limit(4)
    )


def coming(actor: Actor) -> list[tuple[Activity, str | None]]:
    """What is coming up for this reader, for the start page, in one statement: (activity, own sign-up's state)."""
    return [(row[0], row[1]) for row in db.session.execute(_coming(actor), numbers(actor))]


@dataclass(frozen=True)
class Count:
    """How one delegation stands in an activity; `places` is its quota or None."""

    delegation: str
    places: int | None
    by_state: dict[str, int]

    @property
    def taken(self) -> int:
        return sum(number for state, number in self.by_state.items() if state in TAKING)

    def of(self, state: str) -> int:
        return self.by_state.get(state, 0)


def by_delegation(activity: Activity) -> list[Count]:
    """Sign-ups counted by delegation, in the office's order; those without one come last."""
    rows = db.session.execute(
        select(SignUp.delegation_id, Body.name, Body.short_name, SignUp.state, func.count())
        .outerjoin(Body, Body.id == SignUp.delegation_id)
        .where(SignUp.activity_id == activity.id)
        .group_by(SignUp.delegation_id, Body.name, Body.short_name, SignUp.state, Body.order)
        .order_by(Body.order, SignUp.delegation_id)
    ).all()
    quotas = {one.delegation_id: one for one in activity.quotas}
    found: dict[int | None, Count] = {}
    for one in quotas.values():
        found[one.delegation_id] = Count(one.delegation.called, one.places, {})
    for key, name, short, state, number in rows:
        count = found.setdefault(key, Count(short or name or "其他", None, {}))
        count.by_state[state] = number
    return list(found.values())


def sign_ups(
    activity: Activity, words: str = "", states: Sequence[str] = (), after: int = 0, most: int | None = PAGE + 1
) -> Sequence[SignUp]:
    """Sign-ups with their persons: by delegation and pinyin; `words` is a name or its pinyin. `most` None is all."""
    wanted = select(SignUp).join(Person, Person.id == SignUp.person_id).where(SignUp.activity_id == activity.id)
    wanted = wanted.outerjoin(Body, Body.id == SignUp.delegation_id)
    if words:
        wanted = wanted.where(named(words))
    if states:
        wanted = wanted.where(SignUp.state.in_(states))
    order = (SignUp.order,) if tuple(states) == ("waiting",) else (Body.order, Person.sort_name, SignUp.id)
    loaded = wanted.options(joinedload(SignUp.person), joinedload(SignUp.delegation), joinedload(SignUp.activity))
    return db.session.scalars(loaded.order_by(*order).offset(after).limit(most)).all()


def to_make_up(activity: Activity) -> list[tuple[SignUp, Activity]]:
    """补课名单: who had a place in an activity of the same requirement, did not come, and has come to none since."""
    other = aliased(Activity, name="other")
    same = other.requirement == activity.requirement, other.congress_id == activity.congress_id
    came = select(SignUp.person_id).join(other, other.id == SignUp.activity_id).where(*same, SignUp.state == "attended")
    held = Activity.state.in_(("held", "summarised"))
    rows = db.session.execute(
        select(SignUp, Activity)
        .join(Activity, Activity.id == SignUp.activity_id)
        .join(Person, Person.id == SignUp.person_id)
        .where(Activity.requirement == activity.requirement, Activity.congress_id == activity.congress_id, held)
        .where(SignUp.state.in_(MISSED), SignUp.person_id.not_in(came))
        .options(joinedload(SignUp.person), joinedload(SignUp.delegation), joinedload(SignUp.capacity))
        .order_by(Person.sort_name, Activity.starts_at.desc())
    ).all()
    found: dict[int, tuple[SignUp, Activity]] = {}
    for sign_up, missed in rows:
        found.setdefault(sign_up.person_id, (sign_up, missed))
    return list(found.values())


@dataclass(frozen=True)
class Tally:
    """One capacity's year: how often they came, with how many hours, on leave, absent."""

    came: int
    hours: int
    leave: int
    absent: int


def tally(capacity_id: int, since: date, until: date) -> Tally:
    """Attendance between two days, both included; hours are those of trainings."""
    start, end = _morning(since), _morning(until + timedelta(days=1))
    rows = db.session.execute(
        select(SignUp.state, Activity.kind, func.count(), func.sum(Activity.hours))
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(SignUp.capacity_id == capacity_id, Activity.starts_at >= start, Activity.starts_at < end)
        .where(Activity.state.in_(("held", "summarised")))
        .group_by(SignUp.state, Activity.kind)
    ).all()
    training = {code for code, kind in kinds().items() if kind.training}
    came = sum(row[2] for row in rows if row[0] == "attended")
    hours = sum(row[3] or 0 for row in rows if row[0] == "attended" and row[1] in training)
    missed = {state: sum(row[2] for row in rows if row[0] == state) for state in MISSED}
    return Tally(came, hours, missed["on_leave"], missed["absent"])


def waiting(actor: Actor) -> list[tuple[str, Activity]]:
    """What waits for a leader or the office: (act, activity), the nearest first."""
    if not actor.is_a(p.CLERK, p.LEADER):
        return []
    here = Activity.congress_id == actor.congress_id
    asked = select(SignUp.activity_id).where(SignUp.state == "leave_requested")
    planned = Activity.state == "planned"
    wanted = or_(planned, Activity.id.in_(asked)) if actor.is_a(p.CLERK) else planned
    rows = db.session.scalars(select(Activity).where(here, wanted).order_by(Activity.starts_at).limit(20))
    return [("活动计划，请审批" if one.state == "planned" else "有人请假，请答复", one) for one in rows]
