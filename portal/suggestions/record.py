"""处理记录: what was asked and decided about a suggestion besides its letters, in the order of recording."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.congress.pack import POLICIES
from portal.suggestions.models import Suggestion
from portal.suggestions.rules import LEVELS, level


@dataclass(frozen=True)
class Entry:
    """One thing that was asked or decided: `title` in a line, `text` in full, and what was answered to it.

    `awaits` says whose answer is awaited, if any; `file_id` is the public id of the fact whose paper can be opened.
    """

    key: int
    title: str
    day: date
    text: str
    awaits: str = ""
    more: tuple["Entry", ...] = ()
    file_id: str | None = None
    other: tuple[str, str] | None = None


def _day(day: date | None) -> str:
    return f"{day.month}月{day.day}日" if day else ""


def _unit(fact: Any) -> str:
    return str(fact.task.unit.called)


def _named(fact: Any) -> str:
    return str((fact.record or {}).get("unit", ""))


def _granted(fact: Any) -> str:
    return "同意" if fact.verdict == "granted" else "不同意"


TITLES: Mapping[str, Callable[[Any], str]] = {
    "return": lambda f: f"{_unit(f)}申请退办，建议改由{_named(f)}办理",
    "returned": lambda f: f"同意退办，改由{_named(f)}办理" if f.verdict == "granted" else "不同意退办，请继续办理",
    "extension": lambda f: f"{_unit(f)}申请延期到{_day(f.asked)}",
    "extended": lambda f: f"{_granted(f)}延期" + (f"，延到{_day(f.asked)}" if f.verdict == "granted" else ""),
    "urge": lambda f: f"催办{_unit(f)}",
    "scan": lambda f: f"{_unit(f)}补上答复的盖章扫描件",
    "rework": lambda f: f"对{_unit(f)}的答复不满意，决定重新办理",
    "explained": lambda f: f"对{_unit(f)}的答复不再重新办理，向代表说明",
    "convened": lambda f: f"{POLICIES['second_dissatisfied_path'][f.suggestion.pack.flag('second_dissatisfied_path')]}",
    "concluded": lambda f: "处理意见" + (f"，{_day(f.asked)}报主任会议" if f.asked else ""),
    "coord": lambda f: "第二次退办，提请协调" if f.why == "return" else "提请协调",
    "decided": lambda f: f"协调决定：{f.why}",
    "withdrawal": lambda f: "领衔代表提出撤回",
    "consent": lambda f: f"{f.by.person.name}代表{'同意撤回' if f.verdict == 'agreed' else '不同意撤回'}",
    "merger": lambda f: f"并入{f.record['number']}一并办理" if f.record["how"] == "into" else f"{f.record['number']}并入这一件",
    "unmerger": lambda f: "取消并案",
    "division": lambda f: f"分出{f.record['number']}" if f.record["how"] == "from" else f"从{f.record['number']}分出",
}
AWAITS = {"return": "returned", "extension": "extended", "coord": "decided"}
ANSWERS = ("returned", "extended", "decided", "consent", "unmerger")


def rating_words(rating: Any) -> str:
    """满意（态度满意，结果基本满意）."""
    worse = LEVELS[level(rating.attitude, rating.result)]
    return f"{worse}（态度{LEVELS[rating.attitude]}，结果{LEVELS[rating.result]}）"


def record_of(suggestion: Suggestion) -> tuple[Entry, ...]:
    """Every request with its answer, newest first."""
    return tuple(reversed(list(_entries(suggestion))))


def _entries(suggestion: Suggestion) -> Iterator[Entry]:
    for fact in suggestion.facts:
        if fact.kind in TITLES and fact.kind not in ANSWERS:
            replies = tuple(_entry(one) for one in _answers_to(fact, suggestion))
            awaits = "等待决定" if fact.kind in AWAITS and not replies else ""
            if fact.kind == "withdrawal" and fact is suggestion.asked_to_withdraw:
                awaits = "等联名代表答复"
            yield _entry(fact, replies, awaits)


def _answers_to(fact: Any, suggestion: Suggestion) -> list[Any]:
    if fact.kind != "withdrawal":
        return [one for one in suggestion.facts if one.about_id == fact.id and one.kind in ANSWERS]
    later = [one for one in suggestion.facts_of("withdrawal") if one.id > fact.id]
    end = later[0].id if later else None
    consents = suggestion.facts_of("consent")
    return [one for one in consents if one.id > fact.id and (end is None or one.id < end)]


def _entry(fact: Any, more: tuple[Entry, ...] = (), awaits: str = "") -> Entry:
    words = [fact.text, f"领导决定：{fact.leader_decision}" if getattr(fact, "leader_decision", "") else ""]
    if fact.kind == "convened":
        words.insert(0, "，".join(filter(None, [fact.who, fact.place])))
    if fact.kind == "rework":
        rating = next(one for one in fact.suggestion.facts if one.id == fact.about_id)
        words.insert(0, f"首次评价：{rating_words(rating)}")
    return Entry(
        key=fact.id,
        title=TITLES[fact.kind](fact),
        day=fact.happened_on,
        text="\n".join(filter(None, words)),
        awaits=awaits,
        more=more,
        file_id=fact.public_id if fact.document_id else None,
        other=(fact.record["other"], fact.record["number"]) if fact.kind in ("merger", "division") else None,
    )
