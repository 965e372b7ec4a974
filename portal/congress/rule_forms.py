"""What the pages of the rule editor ask for, entry by entry, and how an entry becomes a form's values and back."""

import re
from collections.abc import Mapping
from typing import Any

from portal.congress import rule_parts
from portal.congress.pack import EVENTS, PERIODS, POLICIES, UNITS
from portal.congress.rule_parts import ABOUT, AFTER_WORDS, CALLED, COLOUR_WORDS, FLAGS
from portal.core.errors import Invalid
from portal.core.fields import Field

Row = Mapping[str, Any]
DAYS = re.compile(r"\d{1,3}")
SEPARATORS = re.compile(r"[\s、，,；;/]+")
NOT_DAYS = "请写天数，从大到小，用顿号隔开，如15、7、3、0。"
TWICE = "小类的名称不能重复。"

BASIS = Field("basis", "依据", required=False, most=200, hint="文件名称和条款；办法没有规定的，空着")
COLOUR = Field("colour", "颜色", "choice", choices=tuple(COLOUR_WORDS.items()))
PATTERN = "可以用：" + "、".join(rule_parts.BLANKS.values())
START = (
    Field("effective_from", "从哪天起用", "date", hint="这一天零点起，新提交的建议按新规则；已经提交的不变"),
    Field("reason", "为什么改", "text", least=4, most=400, hint="写明依据的文件或者会议决定"),
)
NEW_DRAFT = (
    Field("base", "从哪一版改起", "choice", hint="要整套换用别的规则，选那一套，一处不改也可以"),
    Field("name", "自立一套的名称", required=False, most=40, hint="只是改现行的规则，名称和代号都空着"),
    Field("code", "自立一套的代号", required=False, most=10, hint="大写字母和数字，如AB"),
)
_LISTS: Mapping[str, tuple[Field, ...]] = {
    "grades": (
        Field("letter", "字母", required=False, most=2, hint="只用文字的，空着"),
        Field("short", "简称", most=12),
        Field("word", "说明", most=60),
        COLOUR,
        *(Field(name, said, "yes", required=False) for name, said in FLAGS.items()),
    ),
    "ratings": (Field("word", "用语", most=40), COLOUR),
    "grounds": (Field("word", "情形", most=40),),
    "dispositions": (Field("word", "怎样处理", most=40), Field("hint", "说明", required=False, most=200)),
    "categories": (
        Field("name", "大类", most=30),
        Field("children", "小类", "text", required=False, most=2000, hint="一行一个；去掉一行就是取消这个小类"),
    ),
    "limits": (Field("value", "字数", "number"),),
    "numbers": (Field("full", "全称样式", most=60, hint=PATTERN), Field("short", "简称样式", most=30, hint=PATTERN)),
    "ladder": (
        Field("before", "期满前几天提醒", most=40, hint="从大到小，用顿号隔开；0是当天"),
        Field("after", "逾期以后", "choice", choices=tuple(AFTER_WORDS.items())),
        Field("mail_hour", "几点发邮件和短信", "number", hint="7到20点"),
        BASIS,
    ),
    ABOUT: (
        Field("name", "规则的名称", most=40),
        Field("legal_note", "说明", "text", most=400, hint="参照哪些文件，使用时注意什么"),
        *(Field(f"word_{name}", f"“{said}”怎么叫" if name != "suggestion" else said, most=20)
          for name, said in CALLED.items()),
    ),
}  # fmt: skip


def fields_of(part: str, key: str) -> tuple[Field, ...]:
    """What is asked for one entry."""
    if part == "periods":
        events = tuple((event, f"{EVENTS[event]}之日") for event in PERIODS[key])
        event = (Field("event", "从什么时候起算", "choice", choices=events),) if len(events) > 1 else ()
        amount = Field("amount", "多长", "number", hint="当天不算")
        return amount, Field("unit", "单位", "choice", choices=tuple(UNITS.items())), *event, BASIS
    if part == "policies":
        choices = tuple((str(value), said) for value, said in POLICIES[key].items())
        return Field("value", "怎样做", "choice", choices=choices), BASIS
    return _LISTS[part]


def given(part: str, row: Row) -> dict[str, Any]:
    """An entry as the form's first values."""
    if part == "periods":
        return {**row, "event": row["from"]}
    if part == "policies":
        return {**row, "value": str(row["value"])}
    if part == "ladder":
        return {**row, "before": "、".join(map(str, row["before"]))}
    if part == "numbers":
        return {name: rule_parts.shown_pattern(row[name]) for name in ("full", "short")}
    if part == "categories":
        return {"name": row["name"], "children": "\n".join(name for _, name in sorted(row["children"].items()))}
    return dict(row)


def row_of(part: str, key: str, old: Row, values: Row) -> dict[str, Any]:
    """The entry that the form's values make of `old` (with its code, for a new one). Raises Invalid by field."""
    if part == "periods":
        return _period(key, old, values)
    if part == "policies":
        chosen = next(value for value in POLICIES[key] if str(value) == values["value"])
        return {**old, "value": chosen, "basis": values["basis"] or ""}
    if part == "ladder":
        return {**old, **values, "basis": values["basis"] or "", "before": _days(values["before"])}
    if part == "numbers":
        return {name: rule_parts.read_pattern(values[name]) for name in ("full", "short")}
    if part == "categories":
        return {**old, "name": values["name"], "children": _children(old, values["children"] or "")}
    flags = {name: bool(values[name]) for name in FLAGS if name in values}
    return {**old, **{name: value if value is not None else "" for name, value in values.items()}, **flags}


def _period(key: str, old: Row, values: Row) -> dict[str, Any]:
    event = values.get("event") or PERIODS[key][0]
    made = {**old, "amount": values["amount"], "unit": values["unit"], "from": event, "basis": values["basis"] or ""}
    if event != old["from"]:
        made.pop("starts", None)  # the words belonged to the event that it no longer starts from
    return made


def _days(typed: str) -> list[int]:
    parts = [part for part in SEPARATORS.split(typed) if part]
    if not parts or not all(DAYS.fullmatch(part) for part in parts):
        raise Invalid(fields={"before": NOT_DAYS})
    return [int(part) for part in parts]


def _children(old: Row, typed: str) -> dict[str, str]:
    """Names keep their codes; new names take the next ones, after the highest ever used here."""
    names = [name.strip() for name in typed.splitlines() if name.strip()]
    if len(set(names)) < len(names):
        raise Invalid(fields={"children": TWICE})
    known = {name: code for code, name in old.get("children", {}).items()}
    highest = max((int(code[2:]) for code in known.values() if code[2:].isdecimal()), default=0)
    made = {}
    for name in names:
        if name not in known:
            highest += 1
        made[known.get(name) or f"{old['code']}{highest:02d}"] = name
    return made
