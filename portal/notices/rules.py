"""Pure rules of notices: kinds, who keeps one, whose receipt it is."""

from typing import Any

from portal.accounts import permissions as p

NOTICE, LETTER, MEETING = "notice", "letter", "meeting"
KINDS = {NOTICE: "通知公告", LETTER: "致代表的信", MEETING: "会议通知"}
ANSWERED = ("attending", "on_leave")


def keeps(actor: Any, notice: Any) -> bool:
    """Staff of the deputies commission (township: of the presidium) of the notice's own congress."""
    return actor.role == p.CLERK and actor.congress_id == notice.congress_id


def is_own(actor: Any, receipt: Any) -> bool:
    """Who it was sent to, in that capacity."""
    return actor.capacity_id is not None and actor.capacity_id == receipt.capacity_id


def answers(actor: Any, receipt: Any) -> bool:
    """Who it was sent to, while that capacity is active (settled A42)."""
    return is_own(actor, receipt) and actor.seat_active
