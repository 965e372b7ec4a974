"""What each step asks for, declared once for page and program."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from portal.congress.pack import Pack
from portal.core.fields import Choice, Field
from portal.suggestions.rules import (
    CONTACT_ANSWERS,
    CONTACT_FORMS,
    CONTACT_WISHES,
    LEVELS,
    PUBLICITY,
    PUBLICITY_WISHES,
    ROLE_WORDS,
)


def draft_fields(pack: Pack) -> tuple[Field, ...]:
    """The one page of writing; its limits come from the pack."""
    body = pack.limit("body_most")
    return (
        Field(
            "title",
            "标题",
            "line",
            required=False,
            most=pack.limit("title_most"),
            hint="写清要解决的事，例如：关于…的建议",
        ),
        Field("situation", "情况", "text", required=False, most=body, hint="发生了什么，在哪里，影响多少人"),
        Field("cause", "原因", "text", required=False, most=body, hint="为什么会这样（可不写）"),
        Field("request", "建议", "text", required=False, most=body, hint="您希望怎么解决，由谁来做"),
        Field(
            "points",
            "诉求点",
            "rows",
            required=False,
            most=9,
            columns=(Field("text", "诉求", "line", required=False, most=300),),
            hint="可不写；一条一条列出来，单位会逐条答复",
        ),
        Field("preferred_unit", "希望由哪家单位办理", "pick", required=False, choices=_units),
        Field("contact_wish", "希望怎样联系您", "choice", required=False, choices=_pairs(CONTACT_WISHES)),
        Field("publicity_wish", "建议是否公开", "choice", required=False, choices=_pairs(PUBLICITY_WISHES)),
        Field(
            "photos",
            "照片和材料",
            "files",
            required=False,
            most=10,
            hint="可拍照；docx、xlsx、pdf、ofd、jpg、png，每个20MB以内",
        ),
    )


HAPPENED_ON = Field("happened_on", "发生日期", "date", required=False, hint="不填就是今天；补记以前的日期，请写明原因")
LATE_REASON = Field("late_reason", "补记原因", "line", required=False, most=200)
REASON = Field("reason", "退回原因", "text", least=5, most=1000, hint="写清要补什么、改什么，代表会看到这段话")


def _grades(_actor: Any, task: Any) -> Sequence[Choice]:
    return task.suggestion.pack.scheme.choices


def _categories(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(code, f"{top.name}／{name}") for top in suggestion.pack.categories for code, name in top.children]


def _dispositions(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(term.code, term.word) for term in suggestion.pack.dispositions]


def _units(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(unit.public_id, unit.name) for unit in suggestion.congress.units if unit.ends_on is None]


def _points(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(str(point.number), f"第{point.number}点") for point in suggestion.points]


def _pairs(words: dict[str, str]) -> Callable[[Any, Any], Sequence[Choice]]:
    return lambda _actor, _item: list(words.items())


CHECK = (Field("note", "核对意见", "text", required=False, most=500),)
SEND_BACK = (REASON,)
NOT_ADMIT = (
    Field("disposition", "怎样处理", "choice", choices=_dispositions),
    Field("explanation", "向代表说明", "text", least=10, most=2000, hint="代表会看到这段说明"),
)
ADMIT = (Field("category", "类别", "choice", choices=_categories),)
ASSIGN = (
    Field(
        "units",
        "承办单位",
        "rows",
        most=12,
        missing="请至少选择一家承办单位。",
        columns=(
            Field("unit", "单位", "pick", choices=_units, required=False),
            Field("role", "分工", "choice", choices=_pairs(ROLE_WORDS), required=False),
            Field("points", "诉求点", "choices", choices=_points, required=False),
        ),
    ),
    Field("long_reply", "涉及面广、处理难度大，按较长期限答复", "yes", required=False),
    HAPPENED_ON,
    LATE_REASON,
)

RECEIVE = (HAPPENED_ON, LATE_REASON)
LOG_CONTACT = (
    Field("happened_on", "联系日期", "date"),
    Field("form", "联系方式", "choice", choices=_pairs(CONTACT_FORMS)),
    Field("who", "谁联系的", "line", most=60, hint="姓名和职务"),
    Field("place", "地点", "line", required=False, most=80),
    Field("summary", "谈了什么", "text", least=5, most=2000),
    LATE_REASON,
)
CONFIRM_CONTACT = (
    Field("contact", "哪一次联系", "hidden"),
    Field("answer", "单位登记的联系属实吗？", "choice", choices=_pairs(CONTACT_ANSWERS)),
    Field("note", "想说的话", "text", required=False, most=500),
)
GIVE_OPINION = (
    Field("text", "会办意见", "text", least=10, most=10000, hint="交给主办单位，不直接答复代表"),
    Field("file", "盖章扫描件", "file", required=False),
    HAPPENED_ON,
    LATE_REASON,
)
DRAFT_REPLY = (
    Field("draft_version", "第几次保存", "hidden", required=False),
    Field("document_number", "发文字号", "line", required=False, most=60, hint="例如 示住建函〔2026〕12号"),
    Field("grade", "办理结果", "choice", choices=_grades),
    Field("body", "答复内容", "text", least=20, most=20000, hint="逐条回应诉求；写明措施和完成日期，办不了的写明原因"),
    Field("contact_person", "联系人", "line", most=60),
    Field("contact_line", "联系电话", "line", most=40),
    Field("publicity", "公开方式", "choice", choices=_pairs(PUBLICITY)),
    Field("publicity_reason", "不全文公开的理由", "line", required=False, most=200),
    Field("file", "盖章扫描件", "file", required=False, hint="PDF或图片，20MB以内；签发以前都可以换"),
)
REPLY_UNFINISHED = tuple(replace(field, required=False, least=None) for field in DRAFT_REPLY)
BOUNCE_REPLY = (Field("reason", "退回修改的意见", "text", least=5, most=1000),)
SIGN_REPLY = (
    Field(
        "missing_opinions_note",
        "会办意见未到的说明",
        "text",
        required=False,
        most=500,
        hint="会办意见逾期未交时，写明是哪家单位",
    ),
    Field("happened_on", "签发日期", "date", required=False, hint="不填就是今天；补记以前的日期，请写明原因"),
    LATE_REASON,
)
RATE = (
    Field("attitude", "办理态度", "choice", choices=_pairs(LEVELS)),
    Field("result", "办理结果", "choice", choices=_pairs(LEVELS)),
    Field("reason", "想说的话", "text", required=False, most=2000, hint="选“不满意”时请写明理由，以便重新办理"),
)
