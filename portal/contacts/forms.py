"""What the pages of contacts ask for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.accounts import permissions as p
from portal.contacts import queries
from portal.contacts.rules import FORMS, ORGAN_FORMS, ORGANS
from portal.core.fields import Choice, Field


def _pairs(words: Mapping[str, str]) -> Callable[[Any, Any], Sequence[Choice]]:
    return lambda _actor, _item: list(words.items())


def _deputies(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.deputies_to_pick(actor)


def _places(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.places_to_pick(actor)


def _groups(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.groups_to_pick(actor)


def _campaigns(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.campaigns_to_pick(actor)


def _members(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.members_to_pick(actor)


def _organs(actor: Any, _item: Any) -> Sequence[Choice]:
    return queries.organs_to_pick(actor)


DEPUTY = Field("deputy", "联系了哪位代表", "pick", required=False, choices=_deputies, hint="输入姓名，从列表里选")
WHOM = replace(DEPUTY, required=True, missing="请选择联系了哪位代表。")
PLACE = Field("place", "或者联系了哪个乡镇街道", "pick", required=False, choices=_places)
TOPIC = Field("topic", "谈了什么", "line", most=60, hint="一句话，例如：老旧小区加装电梯")
DAY = Field("happened_on", "哪一天", "date", required=False, hint="不填就是今天")
LATE = Field("late_reason", "补记原因", "line", required=False, most=200)
VENUE = Field("venue", "在哪里", "line", required=False, most=60)
OPINIONS = Field("opinions", "听到的意见", "text", required=False, most=3000)
ANSWER = Field("answer", "当场怎样答复", "text", required=False, most=1000)
PHOTOS = Field("photos", "照片", "files", required=False, most=6)
PERSONS = Field("persons", "见了多少人", "number", missing="请填写见了多少人。")
GROUP = Field("group", "联系的选民小组", "choice", required=False, choices=_groups)
CAMPAIGN = Field("campaign", "属于哪次走访", "choice", required=False, choices=_campaigns)
PROXY = Field("deputy", "替哪位代表记", "pick", choices=_deputies, hint="记下后由代表本人核实", missing="请选择代表。")
FORM = Field("form", "怎样联系的", "choice", choices=_pairs(FORMS))
ORGAN_FORM = Field("form", "怎样联系的", "choice", choices=_pairs(ORGAN_FORMS))
SAID = Field("said", "问题", "line", required=False, most=300)
ANSWERED = Field("answered", "当场怎样答复", "line", required=False, most=200)
PROBLEMS = Field("problems", "反映的问题", "rows", required=False, most=9, columns=(SAID,))
ANSWERED_PROBLEMS = Field("problems", "反映的问题", "rows", required=False, most=9, columns=(SAID, ANSWERED))
VOTERS_PROBLEMS = Field(
    "problems",
    "反映的问题",
    "rows",
    required=False,
    most=9,
    columns=(
        SAID,
        ANSWERED,
        Field("voter_name", "谁反映的", "line", required=False, most=30),
        Field("voter_phone", "他的电话", "line", required=False, most=20),
    ),
)


def record_fields(actor: Any) -> tuple[Field, ...]:
    """The one page of a contact, by who writes it: a deputy of voters, a member or leader, an organ, or the clerk."""
    if actor.role == p.DEPUTY:
        return (FORM, TOPIC, PERSONS, VOTERS_PROBLEMS, DAY, LATE, VENUE, GROUP, CAMPAIGN, PHOTOS)
    if actor.role == p.CLERK:
        return (PROXY, FORM, TOPIC, PERSONS, ANSWERED_PROBLEMS, DAY, LATE, VENUE, CAMPAIGN, PHOTOS)
    if actor.role in ORGANS:
        return (WHOM, ORGAN_FORM, TOPIC, PROBLEMS, OPINIONS, ANSWER, DAY, LATE, VENUE, PHOTOS)
    who = (DEPUTY, PLACE) if actor.role == p.LEADER else (WHOM,)
    return (*who, FORM, TOPIC, PROBLEMS, OPINIONS, ANSWER, DAY, LATE, VENUE, PHOTOS)


TIMES = Field("times", "每年几次", "number")
PAIR = {
    "member_deputy": (
        Field("member", "组成人员", "pick", choices=_members),
        Field("deputy", "联系哪位代表", "pick", choices=_deputies),
        TIMES,
    ),
    "leader_place": (
        Field("member", "领导", "pick", choices=_members),
        Field("place", "联系哪个乡镇街道", "pick", choices=_places),
        TIMES,
    ),
    "organ_deputy": (
        Field("organ", "机关", "pick", choices=_organs),
        Field("deputy", "联系哪位代表", "pick", choices=_deputies),
        TIMES,
    ),
}
CHANGE = (
    Field("times", "每年几次", "number"),
    Field("member", "改由谁联系", "pick", required=False, choices=_members, hint="不换人就空着"),
)
END = (Field("reason", "为什么不再联系", "line", most=100),)
NUMBERS = (
    Field("leader_least", "每位领导至少联系", "number"),
    Field("leader_most", "每位领导至多联系", "number"),
    Field("member_least", "其他组成人员至少联系", "number"),
    Field("member_most", "其他组成人员至多联系", "number"),
    Field("times", "每年几次", "number"),
)
VOTER_GROUP = (
    Field("name", "叫什么", "line", most=30, hint="例如：清河社区三号楼"),
    Field("place", "在哪里", "line", required=False, most=60),
    Field("households", "共有多少户", "number"),
    Field("times", "打算每年联系几次", "number"),
)
VOTER = (
    Field("name", "姓名", "line", most=30),
    Field("phone", "电话", "line", required=False, most=20),
    Field("address", "住址", "line", required=False, most=60),
)
CAMPAIGN_FIELDS = (
    Field("name", "叫什么", "line", most=40, hint="例如：2026年代表走访选民月"),
    Field("starts_on", "从哪天", "date"),
    Field("ends_on", "到哪天", "date"),
    Field("theme", "主题和要求", "text", required=False, most=2000),
)
