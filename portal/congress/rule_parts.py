"""The parts of a rule pack as the office edits them: sections, entries with a key, their words, and how a form's values
become an entry. Pure: works on a pack's content (see pack_schema), which is never changed in place."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.congress.pack import EVENTS, POLICIES, UNITS

Content = Mapping[str, Any]
COLOUR_WORDS = {"green": "绿", "blue": "蓝", "yellow": "黄", "red": "红", "grey": "灰"}
AFTER_WORDS = {"each_working_day": "逾期后每个工作日提醒", "none": "逾期后不再提醒"}
SERIES = {"session": "会议期间的编号", "inter_session": "闭会期间的编号"}
CALLED = {"suggestion": "建议的名称", "sole": "独办", "lead": "主办", "assist": "会办", "separate": "分办"}
FLAGS = {"counts_as_solved": "计入办成", "needs_follow_up": "需要跟踪落实", "is_reference": "留作参考"}
# What stands in braces in a number pattern, as the office writes it.
BLANKS = {"{session}": "〔届次〕", "{term}": "〔届〕", "{year}": "〔年〕", "{n:02d}": "〔两位序号〕", "{n}": "〔序号〕"}
EXAMPLE = {"session": "十八届二次", "term": "十八届", "year": 2026, "n": 8}
ABOUT = "about"


@dataclass(frozen=True)
class Section:
    """A page of the editor: its name and the parts that stand on it. `grows` names parts that entries join or leave."""

    key: str
    label: str
    said: str
    parts: tuple[str, ...]
    grows: tuple[str, ...] = ()


SECTIONS = (
    Section("about", "名称和说明", "规则的名称、说明，建议和分工怎么称呼", (ABOUT,)),
    Section("periods", "期限", "每一步多长、从什么时候起算", ("periods",)),
    Section("policies", "办理规则", "延期、退办、评价、撤回、公开怎样做", ("policies",)),
    Section("ladder", "提醒", "期满前几天提醒，几点发出", ("ladder",)),
    Section("numbers", "编号和字数", "建议的编号样式，标题和正文的字数", ("numbers", "limits")),
    Section("grades", "类别等级", "答复的办理类别", ("grades",), ("grades",)),
    Section("ratings", "评价用语", "代表评价用的词", ("ratings",)),
    Section("refusals", "不予立案", "不予立案的情形和处理", ("grounds", "dispositions"), ("grounds", "dispositions")),
    Section("categories", "建议分类", "大类和小类", ("categories",), ("categories",)),
)
PART_LABELS = {
    **{ABOUT: "名称和说明", "periods": "期限", "policies": "办理规则", "ladder": "提醒", "numbers": "编号"},
    **{"limits": "字数", "grades": "类别等级", "ratings": "评价用语", "grounds": "不予立案的情形"},
    **{"dispositions": "不予立案的处理", "categories": "建议分类"},
}
KEYED = ("periods", "policies", "limits", "numbers")
LISTED = ("grades", "ratings", "grounds", "dispositions", "categories")
SINGLE = (ABOUT, "ladder")
BACKWARDS = ("feedback_due",)
NUMBER = re.compile(r"\d+")


def section(key: str) -> Section | None:
    """The section with this key."""
    return next((one for one in SECTIONS if one.key == key), None)


def section_of(part: str) -> Section:
    """The section on which a part stands; raises StopIteration for an unknown one."""
    return next(one for one in SECTIONS if part in one.parts)


def keys(content: Content, part: str) -> list[str]:
    """The keys of a part's entries, in the order of the pack."""
    if part in SINGLE:
        return [part]
    return list(content[part]) if part in KEYED else [row["code"] for row in content[part]]


def entry(content: Content, part: str, key: str) -> dict[str, Any] | None:
    """One entry; None when there is none of this key."""
    if part == ABOUT:
        words = {f"word_{name}": word for name, word in content["words"].items()}
        return {"name": content["name"], "legal_note": content["legal_note"], **words}
    if part == "ladder":
        return dict(content["ladder"])
    rows = content[part] if part in KEYED else {row["code"]: row for row in content[part]}
    return dict(rows[key]) if key in rows else None


def put(content: Content, part: str, key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The content with this entry changed, or added at the end."""
    made = copy.deepcopy(dict(content))
    if part == ABOUT:
        made.update(name=row["name"], legal_note=row["legal_note"])
        made["words"] = {name: row[f"word_{name}"] for name in content["words"]}
    elif part == "ladder":
        made["ladder"] = dict(row)
    elif part in KEYED:
        made[part][key] = dict(row)
    elif key in keys(content, part):
        made[part] = [dict(row) if one["code"] == key else one for one in made[part]]
    else:
        made[part].append(dict(row))
    return made


def without(content: Content, part: str, key: str) -> dict[str, Any]:
    """The content without one entry of a list."""
    made = copy.deepcopy(dict(content))
    made[part] = [one for one in made[part] if one["code"] != key]
    return made


def raised(content: Content, part: str, key: str) -> dict[str, Any]:
    """The content with one entry of a list a place further up."""
    made = copy.deepcopy(dict(content))
    rows, place = made[part], keys(content, part).index(key)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return made


def new_code(part: str, *contents: Content) -> str:
    """A code that no entry of the part has borne: codes are never used again with another meaning."""
    known = {code for content in contents for code in keys(content, part)}
    if part == "categories":
        return f"{_highest(known) + 1:02d}"
    front = {"grades": "G", "dispositions": "own"}.get(part, "ground")
    own = {code for code in known if NUMBER.sub("", code) == front}
    return f"{front}{_highest(own) + 1}"


def _highest(codes: Sequence[str] | set[str]) -> int:
    return max((int(found.group()) for code in codes if (found := NUMBER.search(code))), default=0)


def label(content: Content, part: str, key: str) -> str:
    """What an entry is called."""
    row = entry(content, part, key) or {}
    if part in SINGLE:
        return PART_LABELS[part]
    if part == "numbers":
        return SERIES[key]
    if part == "grades":
        return f"{row['letter']}类" if row["letter"] else str(row["short"])
    return str(row.get("label") or row.get("word") or row.get("name") or key)


def words(content: Content, part: str, key: str) -> tuple[str, str]:
    """(what an entry says, its legal basis) as people read it; empty where there is no such entry."""
    row = entry(content, part, key)
    if row is None:
        return "", ""
    said = POLICIES[key][row["value"]] if part == "policies" else _WORDS[part](row)
    return said, str(row.get("basis", ""))


def starts(row: Mapping[str, Any]) -> str:
    """From which day a period runs: 从交办之日起; what is counted back says so."""
    if row["from"] in BACKWARDS:
        return f"在{EVENTS[row['from']]}之前"
    return f"从{row.get('starts') or EVENTS[row['from']]}之日起"


def _about(row: Mapping[str, Any]) -> str:
    called = "、".join(str(row[f"word_{name}"]) for name in CALLED)
    return f"{row['name']}；{row['legal_note']}；称呼：{called}"


def _ladder(row: Mapping[str, Any]) -> str:
    return f"期满前{'、'.join(map(str, row['before']))}天提醒，{AFTER_WORDS[row['after']]}，{row['mail_hour']}点发出"


def _number(row: Mapping[str, Any]) -> str:
    return f"{shown_pattern(row['full'])}，简称{shown_pattern(row['short'])}"


def example(row: Mapping[str, Any]) -> str:
    """What a number looks like under the patterns: 十八届二次第8号; empty while a pattern is not sound."""
    try:
        return "，简称".join(str(row[name]).format(**EXAMPLE) for name in ("full", "short"))
    except (KeyError, ValueError, IndexError):
        return ""


def _grade(row: Mapping[str, Any]) -> str:
    flags = [said for name, said in FLAGS.items() if row[name]]
    return f"{row['word']}（{'；'.join([row['short'], COLOUR_WORDS[row['colour']], *flags])}）"


def _term(row: Mapping[str, Any]) -> str:
    more = [row["hint"]] if row.get("hint") else []
    more += ["要写理由"] if row.get("asks_reason") else []
    return f"{row['word']}（{'；'.join(more)}）" if more else str(row["word"])


def _category(row: Mapping[str, Any]) -> str:
    return f"{row['name']}：{'、'.join(name for _, name in sorted(row['children'].items())) or '不再细分'}"


_WORDS: Mapping[str, Any] = {
    ABOUT: _about,
    "periods": lambda row: f"{row['amount']}{UNITS[row['unit']]}，{starts(row)}",
    "limits": lambda row: f"{row['value']}字",
    "ladder": _ladder,
    "numbers": _number,
    "grades": _grade,
    "ratings": lambda row: f"{row['word']}（{COLOUR_WORDS[row.get('colour', 'grey')]}）",
    "grounds": _term,
    "dispositions": _term,
    "categories": _category,
}


def shown_pattern(pattern: str) -> str:
    """A number pattern as the office reads it: 〔届次〕第〔序号〕号."""
    for inside, outside in BLANKS.items():
        pattern = pattern.replace(inside, outside)
    return pattern


def read_pattern(typed: str) -> str:
    """A number pattern as the pack keeps it; braces that somebody typed stay and are refused by the schema."""
    for inside, outside in BLANKS.items():
        typed = typed.replace(outside, inside)
    return typed
