"""The form of a notice, and how a notice fills it."""

from typing import Any

from portal.accounts.actor import Actor
from portal.congress import audience
from portal.core import clock
from portal.core.fields import Field
from portal.notices.models import Notice
from portal.notices.rules import KINDS


def notice_fields(actor: Actor) -> tuple[Field, ...]:
    """What is asked of somebody who writes a notice for their congress."""
    return (
        Field("kind", "类别", "choice", choices=tuple(KINDS.items())),
        Field("title", "标题", most=120),
        Field("body", "正文", "text", least=5, most=20000),
        Field("sender", "落款", required=False, most=60, hint="不填就不署"),
        Field("papers", "附件", "files", required=False, most=10),
        Field("answers", "请收到的人回执参加还是请假", "yes", required=False, hint="会议通知总要回执"),
        Field("starts_on", "哪一天开会", "date", required=False),
        Field("begins", "几点", required=False, most=8),
        Field("place", "地点", required=False, most=120),
        Field("until_on", "回执截止日期", "date", required=False, hint="不填就到开会为止"),
        Field("until", "截止时间", required=False, most=8),
        *audience.fields(actor),
    )


def notice_values(notice: Notice) -> dict[str, Any]:
    """A draft as the form's values."""
    plain = {name: getattr(notice, name) for name in ("kind", "title", "body", "sender", "place", "answers")}
    for name, day, time in (("starts_at", "starts_on", "begins"), ("answer_until", "until_on", "until")):
        moment = getattr(notice, name)
        at = clock.office(moment) if moment else None
        plain |= {day: at.date() if at else None, time: f"{at:%H:%M}" if at else ""}
    return {**plain, **audience.values_of(notice.audience)}
