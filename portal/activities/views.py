"""What an activity's page shows to one reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.accounts.actor import Actor
from portal.activities import guards, placing, queries, rules
from portal.activities.models import Activity, SignUp
from portal.activities.workflow import ACTIVITY, SIGN_UP
from portal.core import clock
from portal.core.workflow import Step

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Act:
    """A button: the step, and what stands in the way of it now."""

    step: Step
    obstacle: str


@dataclass(frozen=True)
class View:
    """One activity for one reader. `place` is the reader's place on the waiting list, 0 when not on it."""

    activity: Activity
    runs: bool
    acts: tuple[Act, ...]
    addressed: bool
    mine: SignUp | None
    my_steps: tuple[str, ...]
    obstacle: str
    taken: int
    limit: int | None
    left: int | None
    place: int
    counts: Sequence[queries.Count]
    leaves: Sequence[SignUp]

    @property
    def signed(self) -> bool:
        """Whether the reader is signed up, waiting included."""
        return self.mine is not None and self.mine.state != "cancelled"

    def total(self, *states: str) -> int:
        """How many stand so, over all delegations."""
        return sum(one.of(state) for one in self.counts for state in states)


def view(actor: Actor, activity: Activity) -> View:
    """The page's view; the caller has loaded the activity with get_visible()."""
    addressed, mine = queries.own_part(actor, activity)
    runs = rules.runs(actor, activity)
    counts = queries.by_delegation(activity) if runs else ()
    asked_leave = any(one.of("leave_requested") for one in counts)
    here = placing.room(activity) if addressed and not runs else None
    delegation = mine.delegation_id if mine else None
    limit = (here.limit_for(delegation) if activity.divided and mine else activity.places) if here else activity.places
    asking = mine or SignUp(activity=activity, capacity_id=actor.capacity_id)
    return View(
        activity=activity,
        runs=runs,
        acts=tuple(Act(step, _obstacle(step, actor, activity)) for step in ACTIVITY.open_to(actor, activity)),
        addressed=addressed,
        mine=mine,
        my_steps=tuple(s.name for s in SIGN_UP.open_to(actor, mine) if not _obstacle(s, actor, mine)) if mine else (),
        obstacle=guards.open_to_sign_up(actor, asking) or "" if addressed else "",
        taken=sum(one.taken for one in counts) if runs else here.total if here else 0,
        limit=limit,
        left=None if here is None or here.left >= placing.ENDLESS else max(here.left, 0),
        place=placing.place_in_list(mine) if mine and mine.state == "waiting" else 0,
        counts=counts,
        leaves=queries.sign_ups(activity, states=("leave_requested",)) if asked_leave else (),
    )


def _obstacle(step: Step, actor: Actor, item: object) -> str:
    return (step.guard(actor, item) if step.guard else None) or ""


def when(activity: Activity) -> str:
    """5月8日（周五）9:00—17:00, or with the last day where it is another."""
    starts, ends = clock.office(activity.starts_at), clock.office(activity.ends_at)
    last = "" if starts.date() == ends.date() else f"{_day(ends)}"
    return f"{_day(starts)}{starts:%H:%M}—{last}{ends:%H:%M}"


def _day(moment: datetime) -> str:
    year = "" if moment.year == clock.today().year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日（周{WEEKDAYS[moment.weekday()]}）"


def until(moment: datetime) -> str:
    """9月18日（周五）17:00."""
    at = clock.office(moment)
    return f"{_day(at)}{at:%H:%M}"
