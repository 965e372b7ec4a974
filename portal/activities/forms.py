"""The form of a plan, and how a plan fills it."""

from typing import Any

from portal.accounts.actor import Actor
from portal.activities.kinds import kinds
from portal.activities.models import BY_TIME, FIRST_TERM, Activity
from portal.congress import audience
from portal.congress.queries import delegations
from portal.core import clock
from portal.core.fields import Field

ORDERS = ((BY_TIME, "先报先得"), (FIRST_TERM, "初任代表优先，截止时统一排定"))


def plan_fields(actor: Actor) -> tuple[Field, ...]:
    """What is asked of somebody who plans an activity for their congress."""
    offered = [(one.public_id, one.called) for one in delegations(actor.congress_id or 0) if one.ends_on is None]
    row = (
        Field("delegation", "代表团", "choice", required=False, choices=[("", "请选择"), *offered]),
        Field("places", "名额", "number", required=False),
    )
    return (
        Field("title", "名称", most=120, missing="请填写活动名称。"),
        Field("kind", "类别", "choice", choices=[(one.code, one.label) for one in kinds().values()]),
        Field("starts_on", "哪一天", "date"),
        Field("begins", "几点开始", hint="例如 9:00", most=8),
        Field("ends_on", "到哪一天", "date", required=False, hint="当天结束的不填"),
        Field("ends", "几点结束", hint="例如 17:00", most=8),
        Field("place", "地点", most=120),
        Field("body", "内容和要求", "text", most=5000, least=5),
        Field("contact", "联系人和电话", most=80),
        Field("until_on", "报名截止日期", "date"),
        Field("until", "截止时间", hint="例如 17:00，到这一分钟为止", most=8),
        Field("places", "总名额", "number", required=False, hint="不填就是不限"),
        Field("quotas", "各代表团名额", "rows", required=False, most=60, columns=row, hint="不分配就不填"),
        Field("releases", "截止时把剩余名额调剂给候补的人", "yes", required=False),
        Field("waiting_list", "名额满了可以候补", "yes", required=False),
        Field("order_key", "名额不够时谁在先", "choice", choices=ORDERS),
        Field("hours", "学时", "number", required=False, hint="到会的人每人记多少学时"),
        Field("requirement", "补课按什么算同一课", required=False, most=80, hint="不填就是这次活动的名称；补课班填原来那一课"),
        *audience.fields(actor, "谁可以报名"),
        Field("papers", "材料", "files", required=False, most=10),
    )


def plan_values(activity: Activity) -> dict[str, Any]:
    """A plan as the form's values."""
    starts, ends = clock.office(activity.starts_at), clock.office(activity.ends_at)
    until = clock.office(activity.sign_up_until)
    return {
        **{name: getattr(activity, name) for name in ("title", "kind", "place", "body", "contact", "places", "hours")},
        **{name: getattr(activity, name) for name in ("releases", "waiting_list", "order_key", "requirement")},
        **{"starts_on": starts.date(), "begins": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"},
        **{"ends_on": ends.date() if ends.date() != starts.date() else None},
        **{"until_on": until.date(), "until": f"{until:%H:%M}"},
        "quotas": [{"delegation": one.delegation.public_id, "places": one.places} for one in activity.quotas],
        **audience.values_of(activity.audience),
    }
