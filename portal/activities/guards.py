"""What must be so before a step may be taken, each with the sentence that stands in the way."""

from datetime import datetime
from typing import Any

from portal.core import clock


def _said(moment: datetime) -> str:
    at = clock.office(moment)
    return f"{at.month}月{at.day}日{at:%H:%M}"


def not_the_planner(actor: Any, activity: Any) -> str | None:
    """Two pairs of eyes: who planned does not approve."""
    if actor.capacity_id is not None and actor.capacity_id == activity.planned_by_id:
        return "计划是您拟定的，请另一位同事或者常委会领导审批。"
    return None


def still_ahead(_actor: Any, activity: Any) -> str | None:
    """Nobody is invited to what is over."""
    return "活动时间已过，请先改时间。" if clock.now() > activity.starts_at else None


def unreleased(_actor: Any, activity: Any) -> str | None:
    """Unused quota is given on once."""
    if not activity.quotas:
        return "这次活动没有分配名额，不用调剂。"
    return "剩余名额已经调剂过了。" if activity.released_at else None


def has_begun(_actor: Any, activity: Any) -> str | None:
    """Who came is known only once it has begun."""
    if clock.now() < activity.starts_at:
        return f"活动{_said(activity.starts_at)}开始，开始后才能登记举行。"
    return None


def open_to_sign_up(_actor: Any, sign_up: Any) -> str | None:
    """Published, and not later than the given minute's start (settled A66; message 30)."""
    activity = sign_up.activity
    if activity.state == "called_off":
        return "这次活动已经取消。"
    if activity.state not in ("published", "closed"):
        return "这次活动还没有开放报名。"
    if clock.now() > activity.sign_up_until or activity.state == "closed":
        return f"报名已于{_said(min(activity.sign_up_until, clock.now()))}截止。"
    return None


def not_begun(_actor: Any, sign_up: Any) -> str | None:
    """A place is given back before the start only (settled A64)."""
    if sign_up.activity.state not in ("published", "closed"):
        return "活动已经结束，不能再取消。"
    if clock.now() >= sign_up.activity.starts_at:
        return "活动已经开始，不能再取消。确实来不了，请向工作人员说明。"
    return None


def not_over(_actor: Any, sign_up: Any) -> str | None:
    """Leave is asked for before the end."""
    if sign_up.activity.state not in ("published", "closed") or clock.now() > sign_up.activity.ends_at:
        return "活动已经结束，不能再请假。"
    return None


def on_the_day(actor: Any, sign_up: Any) -> str | None:
    """Checking in by the code is for the days of the activity; the office may note it from the start on."""
    activity = sign_up.activity
    if activity.state in ("called_off", "planned", "approved"):
        return "这次活动没有举行。"
    today, first = clock.today(), clock.office(activity.starts_at).date()
    if today < first:
        return f"活动当天（{first.month}月{first.day}日）才能签到。"
    own = actor.capacity_id == sign_up.capacity_id
    if own and (today > clock.office(activity.ends_at).date() or activity.state not in ("published", "closed")):
        return "签到已经结束。确实到会的，请告诉工作人员补记。"
    return None


def known_by_now(actor: Any, sign_up: Any) -> str | None:
    """Nobody is absent from what has not begun."""
    return has_begun(actor, sign_up.activity)
