"""What each step asks for, declared once for page and program."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from portal.accounts.permissions import GOV_OFFICE
from portal.congress.pack import Pack
from portal.core.fields import Choice, Field
from portal.suggestions.guards import to_review
from portal.suggestions.rules import (
    CONSENTS,
    CONTACT_ANSWERS,
    CONTACT_FORMS,
    CONTACT_WISHES,
    LEVELS,
    PUBLICITY,
    PUBLICITY_WISHES,
    ROLE_WORDS,
    kept_points,
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


# Message 27, for either half that is missing.
RETURN_MISSING = "请填写退回理由（不少于10字），并选择建议改办的单位。"
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
    return [(str(point.number), f"第{point.number}点") for point in kept_points(suggestion)]


def _parts(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(t.public_id, t.unit.name) for t in suggestion.tasks if t.live and t.answered_on is None]


def _reviewed(_actor: Any, suggestion: Any) -> Sequence[Choice]:
    return [(task.public_id, f"{task.unit.name}的答复") for task in to_review(suggestion)]


def _units_of_task(actor: Any, task: Any) -> Sequence[Choice]:
    taken = {one.unit_id for one in task.suggestion.tasks if one.live}
    units = [unit for unit in task.suggestion.congress.units if unit.ends_on is None and unit.id not in taken]
    if actor.role == GOV_OFFICE:
        units = [unit for unit in units if unit.organ == "government"]
    return [(unit.public_id, unit.name) for unit in units]


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
MERGE = (
    Field("into", "并入哪一件", "line", most=80, hint="写主件的编号，例如 第37号"),
    Field("reason", "并案理由", "text", least=5, most=500, hint="两件的代表都会看到"),
)
UNMERGE = (Field("reason", "取消并案的理由", "text", least=5, most=500),)
SPLIT = (
    Field("title", "分出来的一件叫什么", "line", most=60),
    Field("request", "分出来的内容", "text", least=10, most=5000, hint="照代表的原文摘出来，不改意思"),
    Field("points", "移过去的诉求点", "choices", choices=_points, required=False),
    Field("reason", "拆分理由", "text", least=5, most=500, hint="代表会看到"),
)
ADJUST = (
    Field("replaces", "调整哪一家", "choice", choices=_parts, required=False, hint="只增加单位时不选"),
    Field("unit", "换成或者增加哪家单位", "pick", choices=_units, required=False, hint="只减少单位时不填"),
    Field("role", "分工", "choice", choices=_pairs(ROLE_WORDS), required=False, hint="换单位时照旧，可不选"),
    Field("points", "诉求点", "choices", choices=_points, required=False),
    Field("reason", "调整原因", "text", least=5, most=500),
)
OPEN_COORDINATION = (Field("reason", "分歧在哪里", "text", least=10, most=2000, hint="写明各单位的意见"),)
DECIDE_COORDINATION = (
    Field("minutes", "协调情况", "text", least=10, most=5000, hint="时间、参加单位、各方意见"),
    Field("decision", "协调决定", "text", least=5, most=2000),
    Field("file", "会议纪要", "file", required=False),
)
REQUEST_WITHDRAWAL = (Field("reason", "撤回原因", "text", least=5, most=500),)
CONSENT_WITHDRAWAL = (
    Field("answer", "您的意见", "choice", choices=_pairs(CONSENTS)),
    Field("note", "想说的话", "text", required=False, most=500),
)
REHANDLE = (
    Field("task", "哪一家重新办理", "choice", choices=_reviewed),
    Field("text", "重新办理的要求", "text", least=5, most=2000, hint="单位和代表都会看到"),
    Field("unit", "改由哪家单位办理", "pick", choices=_units, required=False, hint="不填就由原单位办"),
)
EXPLAIN = (
    Field("task", "对哪一家的评价", "choice", choices=_reviewed),
    Field("text", "向代表说明", "text", least=10, most=2000, hint="写明为什么不再重新办理"),
)
CONVENE = (
    Field("happened_on", "召集日期", "date"),
    Field("who", "参加的人", "line", most=80),
    Field("place", "地点", "line", required=False, most=80),
    Field("text", "沟通情况", "text", least=10, most=5000),
    Field("file", "会议记录", "file", required=False),
)
CLOSE = (
    Field("text", "处理意见", "text", least=10, most=5000, hint="代表和单位都会看到"),
    Field("reported_on", "报主任会议的日期", "date", required=False),
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
REQUEST_RETURN = (
    Field("unit", "建议改由哪家单位办理", "pick", choices=_units_of_task, missing=RETURN_MISSING),
    Field("reason", "退办理由", "text", least=10, most=2000, missing=RETURN_MISSING, hint="写明为什么不属于本单位职责"),
)
APPROVE_RETURN = (
    Field("unit", "改由哪家单位办理", "pick", choices=_units_of_task),
    Field("leader_decision", "领导决定", "text", required=False, most=1000, hint="本件第二次退办时必填：哪位领导、何时、怎样决定"),
    Field("note", "说明", "text", required=False, most=1000),
)
REFUSE_RETURN = (Field("reason", "不同意退办的理由", "text", least=5, most=1000, hint="单位会看到，并继续办理"),)
REQUEST_EXTENSION = (
    Field("asked", "延到哪一天", "date"),
    Field("reason", "延期理由", "text", least=5, most=1000, hint="代表会看到"),
)
GRANT_EXTENSION = (Field("note", "说明", "text", required=False, most=500),)
REFUSE_EXTENSION = (Field("reason", "不同意延期的理由", "text", least=5, most=1000),)
BOUNCE_OPINION = (Field("reason", "意见缺什么", "text", least=5, most=1000, hint="写清要会办单位补什么"),)
CHECK_REPLY = (Field("note", "核对意见", "text", required=False, most=500),)
URGE = (Field("text", "催办的话", "text", least=5, most=1000, hint="单位经办人和签发人会马上看到"),)
CONFIRM_CONTACT = (
    Field("contact", "哪一次联系", "hidden"),
    Field(
        *("answer", "单位登记的联系属实吗？", "choice"),
        choices=_pairs(CONTACT_ANSWERS), missing="请选择单位登记的联系是否属实。",
    ),  # fmt: skip
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
SCAN = (
    Field("file", "盖章扫描件", "file", missing="请选择扫描件。", hint="PDF或图片，20MB以内"),
    Field("note", "说明", "line", required=False, most=200),
)
REOPEN = (Field("reason", "为什么重新开放评价", "text", least=5, most=500, missing="请写明为什么重新开放评价。"),)
CUT = (
    Field(
        "points",
        "诉求点",
        "rows",
        most=9,
        missing="请至少写一个诉求点。",
        columns=(Field("text", "诉求", "line", required=False, most=300),),
    ),
    Field("seen", "上一次归纳", "hidden", required=False),
)
RATE = (
    Field("attitude", "办理态度", "choice", choices=_pairs(LEVELS)),
    Field("result", "办理结果", "choice", choices=_pairs(LEVELS)),
    Field("reason", "想说的话", "text", required=False, most=2000, hint="选“不满意”时请写明理由，以便重新办理"),
)
SPEAK = (*RATE[:2], replace(RATE[2], hint="领衔代表和单位都会看到"))
