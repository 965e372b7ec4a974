"""What each step of the matter asks for, declared once for page and program."""

from collections.abc import Callable, Sequence
from typing import Any

from portal.core.fields import Choice, Field
from portal.matters import receivers, seams
from portal.matters.rules import BY_HAND, GROUNDS, HOWS, OUTCOMES, SOURCES

HAPPENED_ON = Field("happened_on", "发生日期", "date", required=False, hint="不填就是今天；补记以前的日期，请写明原因")
LATE_REASON = Field("late_reason", "补记原因", "line", required=False, most=200)
NEW_ONE = "new"


def _pairs(words: dict[str, str]) -> Callable[[Any, Any], Sequence[Choice]]:
    return lambda _actor, _item: list(words.items())


def _categories(_actor: Any, matter: Any) -> Sequence[Choice]:
    return [(code, f"{top.name}／{name}") for top in matter.pack.categories for code, name in top.children]


def _own_suggestions(actor: Any, matter: Any) -> Sequence[Choice]:
    return [(NEW_ONE, "新写一件，把这件意见带进去"), *seams.SUGGESTIONS.own(actor, matter)]


def by_hand(most: int, longest: int) -> tuple[Field, ...]:
    """A voice that was heard at the station or on a visit, written down by staff."""
    sources = [(one, SOURCES[one]) for one in BY_HAND]
    return (
        Field("source", "在哪里听到的", "choice", choices=sources),
        Field("title", "说的是什么事", "line", most=most, hint="一句话，不写姓名和电话"),
        Field("text", "具体情况", "text", least=5, most=longest, hint="时间、地点、希望怎么办；不写姓名、电话、身份证号"),
        HAPPENED_ON,
        LATE_REASON,
        Field("photos", "照片和材料", "files", required=False, most=10, hint="可拍照；每个20MB以内"),
    )


OUTCOME = Field("outcome", "办得怎么样", "choice", choices=_pairs(OUTCOMES))
PUBLIC = Field(
    *("public_result", "公开显示的结果", "line"),
    required=False,
    most=120,
    hint="联络站页面上给大家看的一句话，不写姓名、电话、门牌号；不填就不显示",
)
TRIAGE = (
    Field("title", "标题", "line", most=60, hint="一句话说清是什么事"),
    Field("category", "类别", "choice", required=False, choices=_categories),
    Field(
        *("public_title", "公开显示的标题", "line"),
        required=False,
        most=60,
        hint="填了，联络站页面上就显示这件意见办到哪一步；不填就不显示",
    ),
)
ANSWER = (Field("text", "怎样答复的", "text", least=5, most=2000, hint="群众会看到这段话"), OUTCOME)
FORWARD = (
    Field("to", "转给谁", "pick", choices=receivers.choices, hint="单位、街道、乡镇人大或代表；输入几个字再从列表里选"),
    Field("text", "交代几句", "text", required=False, most=1000),
)
REPLY = (Field("text", "办理结果", "text", least=10, most=5000, hint="站里会把这段话回告群众"), OUTCOME)
CONVERT = (Field("suggestion", "写成哪一件建议", "choice", choices=_own_suggestions),)
DECLINE = (
    Field("ground", "为什么不受理", "choice", choices=_pairs(GROUNDS)),
    Field("text", "告诉群众到哪里去办", "text", least=10, most=1000, hint="写清部门、地址或电话，群众会看到"),
)
FEED_BACK = (
    Field("how", "怎样回告的", "choice", choices=_pairs(HOWS)),
    Field("text", "说了什么", "text", least=5, most=2000, hint="群众凭查询码也看得到这段话"),
    PUBLIC,
    HAPPENED_ON,
    LATE_REASON,
)
REOPEN = (Field("reason", "为什么重新办理", "text", least=5, most=1000),)
