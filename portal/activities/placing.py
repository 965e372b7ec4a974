"""Places: the one file that counts them and gives them.

Whoever changes a sign-up holds the activity's lock first (`lock`), so a count is true until the transaction ends: on
PostgreSQL by the activity's row, on SQLite because there is one writer.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from portal.activities.models import FIRST_TERM, Activity, SignUp
from portal.activities.rules import TAKING
from portal.core import clock
from portal.core.db import db

ENDLESS = 10**9


def lock(activity_id: int) -> Activity:
    """The activity as it stands now; nobody else counts or gives its places until this transaction ends."""
    statement = select(Activity).where(Activity.id == activity_id).with_for_update(of=Activity)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


@dataclass
class Room:
    """How many places are taken, by delegation, and how many are left."""

    activity: Activity
    taken: Counter[int | None]

    @property
    def total(self) -> int:
        return sum(self.taken.values())

    @property
    def left(self) -> int:
        """Places left in the whole; ENDLESS without a limit."""
        return ENDLESS if self.activity.places is None else self.activity.places - self.total

    def left_for(self, delegation_id: int | None) -> int:
        """Places left for somebody of this delegation."""
        if not self.activity.divided:
            return self.left
        return min(self.left, self.quota(delegation_id) - self.taken[delegation_id])

    def quota(self, delegation_id: int | None) -> int:
        """The delegation's share; none where the clerk gave it none."""
        return next((one.places for one in self.activity.quotas if one.delegation_id == delegation_id), 0)

    def limit_for(self, delegation_id: int | None) -> int:
        """What the places of this delegation are counted against."""
        return self.quota(delegation_id) if self.activity.divided else self.activity.places or 0

    def taken_for(self, delegation_id: int | None) -> int:
        """How many of those are taken."""
        return self.taken[delegation_id] if self.activity.divided else self.total


def room(activity: Activity, states: tuple[str, ...] = TAKING) -> Room:
    """The places as they are taken now."""
    rows = db.session.execute(
        select(SignUp.delegation_id, func.count())
        .where(SignUp.activity_id == activity.id, SignUp.state.in_(states))
        .group_by(SignUp.delegation_id)
    ).all()
    taken: Counter[int | None] = Counter()
    for delegation_id, number in rows:
        taken[delegation_id] += number
    return Room(activity, taken)


def next_order(activity: Activity) -> int:
    """The next place in the order of asking."""
    last = db.session.scalar(select(func.max(SignUp.order)).where(SignUp.activity_id == activity.id))
    return (last or 0) + 1


def waits_for_deadline(activity: Activity) -> bool:
    """First-term deputies before others: places are allocated at the deadline, nobody has one before (settled A62)."""
    return activity.order_key == FIRST_TERM and activity.state == "published"


def fill(activity: Activity, give: Callable[[SignUp], object]) -> int:
    """Give every free place to whoever is next in order; how many were given.

    Each delegation's list by itself until unused quota is released, then the whole list (settled A62, A63).
    """
    if waits_for_deadline(activity) or activity.state not in ("published", "closed"):
        return 0
    if clock.now() >= activity.starts_at:
        return 0
    here, given = room(activity), 0
    while here.left > 0:
        following = _next(activity, here)
        if following is None:
            break
        give(following)
        db.session.flush()
        here.taken[following.delegation_id] += 1
        given += 1
    return given


def _next(activity: Activity, here: Room) -> SignUp | None:
    waiting = SignUp.activity_id == activity.id, SignUp.state == "waiting", *_with_room(activity, here)
    first = [SignUp.first_term.desc()] if activity.order_key == FIRST_TERM else []
    return db.session.scalars(select(SignUp).where(*waiting).order_by(*first, SignUp.order).limit(1)).one_or_none()


def _with_room(activity: Activity, here: Room) -> list[ColumnElement[bool]]:
    if not activity.divided:
        return []
    open_ones = [one.delegation_id for one in activity.quotas if here.left_for(one.delegation_id) > 0]
    return [SignUp.delegation_id.in_(open_ones)]


def place_in_list(sign_up: SignUp) -> int:
    """How many wait before this one in the list that counts for it now, itself included."""
    activity = sign_up.activity
    waiting = [SignUp.activity_id == sign_up.activity_id, SignUp.state == "waiting"]
    if activity.divided:
        waiting.append(SignUp.delegation_id == sign_up.delegation_id)
    before = SignUp.order <= sign_up.order
    if activity.order_key == FIRST_TERM:
        same = SignUp.first_term.is_(sign_up.first_term) & before
        before = same if sign_up.first_term else (SignUp.first_term.is_(True) | same)
    return db.session.scalar(select(func.count()).select_from(SignUp).where(*waiting, before)) or 0
