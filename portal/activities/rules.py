"""Pure rules of activities: who is who to one, when a code is right, how times are written."""

import hmac
from datetime import datetime
from typing import Any

from portal.accounts import permissions as p
from portal.core import personal

TAKING = ("confirmed", "leave_requested", "on_leave", "attended", "absent")
"""Whoever stands so has a place; leave does not give it on (settled A64)."""

CODE_SECONDS = 30
CODE_DIGITS = 6


def runs(actor: Any, activity: Any) -> bool:
    """Staff of the deputies commission (township: of the presidium) of the activity's own congress."""
    return actor.role == p.CLERK and actor.congress_id == activity.congress_id


def approves(actor: Any, activity: Any) -> bool:
    """A leader of the standing committee, or a colleague of whoever planned it."""
    return runs(actor, activity) or (actor.role == p.LEADER and actor.congress_id == activity.congress_id)


def is_system(actor: Any, _item: Any) -> bool:
    """Time, or a place that has become free."""
    return actor.role == "system"


def closes(actor: Any, activity: Any) -> bool:
    """The commission; or time, at the deadline."""
    return runs(actor, activity) or is_system(actor, activity)


def is_own(actor: Any, sign_up: Any) -> bool:
    """Who signed up, in that capacity, while it is active (settled A42)."""
    return actor.capacity_id is not None and actor.capacity_id == sign_up.capacity_id and actor.seat_active


def organises(actor: Any, sign_up: Any) -> bool:
    """The commission, over a sign-up for an activity of its own."""
    return runs(actor, sign_up.activity)


def gives_places(actor: Any, sign_up: Any) -> bool:
    """The commission by hand; or a place that has become free."""
    return organises(actor, sign_up) or is_system(actor, sign_up)


def notes_presence(actor: Any, sign_up: Any) -> bool:
    """Who came, by the code on the wall; or the commission at the door."""
    return is_own(actor, sign_up) or organises(actor, sign_up)


def notes_absence(actor: Any, sign_up: Any) -> bool:
    """The commission; by itself when the activity is over."""
    return organises(actor, sign_up) or is_system(actor, sign_up)


def window(moment: datetime) -> int:
    """The number of the code's time window at a moment of the machine's time."""
    return int(moment.timestamp()) // CODE_SECONDS


def code(public_id: str, number: int) -> str:
    """The check-in code of an activity in one time window: six digits, from the deployment's own key."""
    keyed = personal.blind_index(f"check-in:{public_id}:{number}") or "0"
    return f"{int(keyed, 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_code(public_id: str, typed: str, moment: datetime) -> bool:
    """Whether `typed` is the code of this window or, for slow fingers, of the one before."""
    now = window(moment)
    return any(hmac.compare_digest(code(public_id, number), typed) for number in (now, now - 1))
