"""What stands in each letter and sheet about a suggestion, worked out once for Word and for the printed page.

Each function gives the kind and its values (letters.kinds): plain texts, lists of paragraphs, rows. The caller has
loaded the suggestion as its reader may see it; `fact_for` knows which facts a reader may have as a letter.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.congress.models import Congress
from portal.core import clock
from portal.core.db import db
from portal.core.errors import NotFound
from portal.letters import kinds
from portal.letters.kinds import Kind, Values
from portal.suggestions import queries, rules, views
from portal.suggestions.fact_models import Fact, Reply
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion

Made = tuple[Kind, Values]
BLANK_DAY = "　年　月　日"
LONG_NAME, LONG_SIGNATURE, LONG_HEADING, SHORT_END = 17, 16, 20, 9
NUMERALS = "一二三四五六七八九"
NAMES: Mapping[str, Kind] = {
    **{"opinion": kinds.OPINION, "reply": kinds.REPLY, "returned": kinds.RETURN_DECISION},
    **{"extended": kinds.EXTENSION_DECISION, "coord": kinds.COORDINATION, "urge": kinds.URGE},
}
# What is between units and the office is no letter to the deputy.
TO_DEPUTIES = ("reply", "extended")


def fact_for(actor: Actor, public_id: str) -> tuple[Suggestion, Any]:
    """A fact that is a letter, with its suggestion; raises NotFound for others and for whoever may not read it."""
    found = db.session.execute(
        select(Fact.id, Fact.kind, Suggestion.public_id)
        .join(Suggestion, Suggestion.id == Fact.suggestion_id)
        .where(Fact.public_id == public_id, Fact.kind.in_(FROM_FACTS), queries.visible_to(actor))
    ).one_or_none()
    if found is None or (actor.is_a(p.DEPUTY) and found.kind not in TO_DEPUTIES):
        raise NotFound()
    suggestion = queries.get_visible(actor, found.public_id)
    return suggestion, next(one for one in suggestion.facts if one.id == found.id)


def offered(actor: Actor, suggestion: Suggestion) -> list[tuple[str, str]]:
    """What this reader may have as a letter besides the replies: its name with the day, and the fact's id."""
    known = [one for one in suggestion.facts if one.kind in FROM_FACTS and one.kind != "reply"]
    if actor.is_a(p.DEPUTY):
        known = [one for one in known if one.kind in TO_DEPUTIES]
    return [
        (f"{NAMES[one.kind].label}（{one.happened_on.month}月{one.happened_on.day}日）", one.public_id) for one in known
    ]


def from_fact(fact: Any) -> Made:
    """The letter that a fact is: an opinion, a reply, a decision, an urge, a coordination."""
    return FROM_FACTS[fact.kind](fact)


def number_of(suggestion: Suggestion) -> str:
    """How file names and headings call it."""
    return suggestion.number_text or "未编号"


# --- to the units -----------------------------------------------------------------------------------------------


def assignment(suggestion: Suggestion) -> Made:
    """交办通知: who handles which points until when."""
    tasks = _parts(suggestion)
    body = (
        f"{_deputies(suggestion)}提出的《{suggestion.title}》（{number_of(suggestion)}）已经立案，现交你们办理，分工和期限如下表。",
        "请认真研究，主动与代表联系沟通，在期限内办结。对分工有不同意见的，请在申请退办的期限内书面说明理由。",
    )
    to = "、".join(dict.fromkeys(task.unit.name for task in tasks))
    return kinds.ASSIGNMENT, {
        **_from_office(suggestion, f"关于交办{number_of(suggestion)}代表建议的通知", to, body, suggestion.assigned_on),
        "copies": _inspectors(suggestion, tasks),
        "assigned_on": full(suggestion.assigned_on),
        "units": [
            {
                "unit": task.unit.name,
                "role": rules.ROLE_WORDS[task.role],
                "points": _points(task),
                "until": f"{full(task.due)}前{'答复代表' if task.answers else '交会办意见'}" if task.due else "",
            }
            for task in tasks
        ],
    }


def receipts(suggestion: Suggestion) -> Made:
    """签收表: each unit signs for what it got."""
    return kinds.RECEIPTS, {
        "heading": "代表建议交办签收表",
        **_item(suggestion),
        "assigned_on": full(suggestion.assigned_on),
        "units": [
            {
                "unit": task.unit.name,
                "role": rules.ROLE_WORDS[task.role],
                "received": full(task.received_on) or BLANK_DAY,
            }
            for task in _parts(suggestion)
        ],
    }


def deadline(task: UnitTask, view: views.TaskView) -> Made:
    """期限说明单: why the date is the date."""
    rows = [
        ("承办单位", f"{task.unit.name}（{rules.ROLE_WORDS[task.role]}）"),
        ("这是什么期限", _what_for(task)),
        *view.reasons,
    ]
    if view.feedback:
        rows += [("这是什么期限", "代表评价"), *view.feedback]
    return kinds.DEADLINE, {**_sheet(task.suggestion, "期限说明单", rows), "on": full(clock.today())}


def _return_decision(fact: Any) -> Made:
    asked, granted = _about(fact), fact.verdict == "granted"
    unit = fact.unit
    wish = f"建议改由{asked.unit.name}办理。" if asked.unit else ""
    body = [f"你单位{full(asked.happened_on)}提出的退办申请收悉。理由是：{_ended(asked.text)}{wish}"]
    body.append(
        f"经研究，同意退办{f'，改由{unit.name}办理' if unit else ''}。"
        if granted
        else "经研究，不同意退办，请继续办理。"
    )
    body += [_ended(fact.text)] if fact.text else []
    body += [f"领导意见：{_ended(fact.leader_decision)}"] if fact.leader_decision else []
    return kinds.RETURN_DECISION, _decided(fact, "退办申请的决定", body)


def _extension_decision(fact: Any) -> Made:
    asked, granted = _about(fact), fact.verdict == "granted"
    before = [one for one in fact.task.due_dates if one.id < fact.id and one.rule != "feedback"]
    old = full(before[-1].due if before else fact.task.due)
    new = full(fact.asked) if granted else old
    body = [f"你单位{full(asked.happened_on)}提出的延期申请收悉。理由是：{_ended(asked.text)}"]
    body.append(f"经研究，同意延期，期限由{old}延长到{new}。" if granted else f"经研究，不同意延期，请在{old}前办结。")
    body += [_ended(fact.text)] if fact.text else []
    values = _decided(fact, "延期办理申请的决定", body)
    return kinds.EXTENSION_DECISION, {**values, "due_before": old, "due_after": new}


def _urge(fact: Any) -> Made:
    suggestion, task = fact.task.suggestion, fact.task
    due = f"，期限是{full(task.due)}" if task.due else ""
    body = [
        f"《{suggestion.title}》（{number_of(suggestion)}）已于{full(task.handling.assigned_on)}交办{due}，现在还没有办结。",
        *_lines(fact.text),
        "请抓紧办理，主动与代表联系沟通，并及时报告进展。",
    ]
    heading = f"关于{number_of(suggestion)}代表建议的催办函"
    values = _from_office(suggestion, heading, task.unit.name, body, fact.happened_on, fact.by)
    return kinds.URGE, {**values, "due": full(task.due)}


def _coordination(fact: Any) -> Made:
    suggestion, decided = fact.suggestion, fact.followed_by("decided")
    reason = fact.text or ("同一件建议第二次申请退办" if fact.why == "return" else "")
    parts = "、".join(f"{one.unit.name}（{rules.ROLE_WORDS[one.role]}）" for one in _parts(suggestion))
    rows = [("承办单位", parts), ("提出日期", full(fact.happened_on)), ("协调事由", reason)]
    rows += [("会议记录", decided.text if decided else "\n\n\n"), ("协调结论", decided.why if decided else "\n\n\n")]
    rows += [("决定日期", full(decided.happened_on) if decided else BLANK_DAY)]
    rows += [] if decided else [("参会人员签字", "\n\n")]
    return kinds.COORDINATION, _sheet(suggestion, "代表建议办理协调会议单", rows)


# --- from the units ---------------------------------------------------------------------------------------------


def _opinion(fact: Any) -> Made:
    task = fact.task
    leads = [one.unit.name for one in task.siblings if one.answers]
    heading = f"关于{number_of(task.suggestion)}代表建议的会办意见"
    return kinds.OPINION, {
        **_letter(task.suggestion, task.unit.name, heading, "、".join(leads), _lines(fact.text), fact.happened_on),
        "contact": _liaison(task.unit),
    }


def reply(letter: Reply) -> Made:
    """答复函 as it was signed."""
    return kinds.REPLY, _reply(letter.task, letter, letter.text, letter.happened_on, letter.id)


def reply_draft(task: UnitTask) -> Made:
    """答复函 to be written: what is known is filled in, the rest waits for the unit."""
    draft, suggestion = task.draft, task.suggestion
    you = "你们" if len(_names(suggestion)) > 1 else "您"
    points = [one for one in suggestion.points if not task.points or one.number in task.points]
    ready = [f"{you}提出的《{suggestion.title}》收悉。经认真研究，现答复如下："]
    ready += [f"{NUMERALS[at]}、关于{one.text.rstrip('。；')}。" for at, one in enumerate(points[: len(NUMERALS)])]
    ready += ["", f"感谢{you}对我们工作的关心和支持。"]
    text = (draft.body if draft else "") or "\n".join(ready)
    return kinds.REPLY, _reply(task, draft, text, None, None)


def _reply(task: UnitTask, written: Any, text: str, on: date | None, before: int | None) -> Values:
    """`written` is the signed reply, its draft or None; opinions count that came `before` it."""
    suggestion = task.suggestion
    congress = suggestion.congress
    letter, word = views.grade_words(suggestion, written.grade if written else None)
    heading = f"关于{number_of(suggestion)}代表建议的答复"
    copies = [_office(congress), _inspectors(suggestion, [task])]
    return {
        **_letter(suggestion, task.unit.name, heading, _deputies(suggestion), _lines(text), on),
        "number": (written.document_number if written else "") or _open_number(),
        "contact": _line(written.contact_person, written.contact_line) if written else _liaison(task.unit),
        "copies": "，".join(filter(None, copies)),
        "grade": letter,
        "grade_word": word,
        "publicity": rules.PUBLICITY.get(written.publicity or "", "") if written else "",
        "assists": [
            {"unit": one.unit.name, "state": _opinion_state(one, before)} for one in task.siblings if not one.answers
        ],
        "missing": getattr(written, "missing_opinions_note", None) or "",
    }


def _opinion_state(task: UnitTask, before: int | None) -> str:
    given = [one for one in task.opinions if before is None or one.id < before]
    return f"{full(given[-1].happened_on)}提出会办意见" if given else "会办意见未到"


def survey(letter: Reply) -> Made:
    """征询意见表 that goes with a reply."""
    task = letter.task
    suggestion = task.suggestion
    grade = "　".join(filter(None, views.grade_words(suggestion, letter.grade)))
    return kinds.SURVEY, {
        "heading": "代表建议办理情况征询意见表",
        **_item(suggestion),
        "unit": task.unit.name,
        "number": letter.document_number or "",
        "on": full(letter.happened_on),
        "grade": grade,
        "until": full(task.feedback_due),
        "office": _office(suggestion.congress),
        "levels": [{"word": word} for word in rules.LEVELS.values()],
    }


FROM_FACTS: Mapping[str, Callable[[Any], Made]] = {
    "opinion": _opinion,
    "reply": reply,
    "returned": _return_decision,
    "extended": _extension_decision,
    "coord": _coordination,
    "urge": _urge,
}


# --- parts of every letter --------------------------------------------------------------------------------------


def full(day: date | None) -> str:
    """2026年5月8日, or nothing."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _letter(
    suggestion: Suggestion, organ: str, heading: str, to: str, body: Iterable[str], on: date | None
) -> dict[str, Any]:
    return {
        "organ": _balanced(organ, LONG_NAME),
        "number": _open_number(),
        "heading": _balanced(heading, LONG_HEADING),
        "to": to,
        "body": list(body),
        "signed": _balanced(organ, LONG_SIGNATURE),
        "on": full(on) or BLANK_DAY,
        "contact": "",
        "copies": "",
        **_item(suggestion),
    }


def _from_office(
    suggestion: Suggestion, heading: str, to: str, body: Iterable[str], on: date | None, by: Any = None
) -> dict[str, Any]:
    """From the commission; from the government's inspectors where one of them (`by`) acted."""
    congress, line = suggestion.congress, suggestion.congress.help_line
    inspectors = by is not None and by.role == p.GOV_OFFICE
    values = _letter(suggestion, _inspection(congress) if inspectors else _office(congress), heading, to, body, on)
    return {**values, "contact": f"联系电话：{line}" if line and not inspectors else ""}


def _decided(fact: Any, what: str, body: Iterable[str]) -> dict[str, Any]:
    suggestion = fact.task.suggestion
    heading = f"关于{number_of(suggestion)}代表建议{what}"
    return _from_office(suggestion, heading, fact.task.unit.name, body, fact.happened_on, fact.by)


def _sheet(suggestion: Suggestion, heading: str, rows: Iterable[tuple[str, str]]) -> dict[str, Any]:
    listed = [{"label": label, "words": words} for label, words in rows]
    return {"heading": heading, **_item(suggestion), "rows": listed}


def _item(suggestion: Suggestion) -> dict[str, str]:
    return {
        "item_number": number_of(suggestion),
        "item_title": suggestion.title,
        "deputies": "、".join(_names(suggestion)),
    }


def _names(suggestion: Suggestion) -> list[str]:
    """The lead deputy and all co-signers; of a delegation's item the delegation."""
    lead = [suggestion.lead_seat.person.name] if suggestion.lead_seat else []
    joined = [one.seat.person.name for one in suggestion.signatures if one.state == "confirmed"]
    named = lead + joined
    return named or ([suggestion.delegation.name] if suggestion.delegation else [])


def _deputies(suggestion: Suggestion) -> str:
    """张建国、李秀英代表: everybody who signed is addressed."""
    return f"{'、'.join(_names(suggestion))}代表"


def _office(congress: Congress) -> str:
    """The body that assigns and collects: 代表工作委员会, in a township 主席团."""
    place = congress.name.removesuffix("人民代表大会")
    return f"{place}人大主席团" if congress.level == "township" else f"{place}人大常委会代表工作委员会"


def _inspectors(suggestion: Suggestion, tasks: Iterable[UnitTask]) -> str:
    """政府督查室 is copied on what concerns government units."""
    congress = suggestion.congress
    if congress.level == "township" or all(getattr(task.unit, "organ", "") != "government" for task in tasks):
        return ""
    return _inspection(congress)


def _inspection(congress: Congress) -> str:
    return f"{congress.name.removesuffix('人民代表大会')}政府督查室"


def _parts(suggestion: Suggestion) -> list[UnitTask]:
    """The parts of the latest round that units still have."""
    latest = max((task.handling.round for task in suggestion.tasks), default=0)
    return [one for one in suggestion.tasks if one.handling.round == latest and one.live]


def _points(task: UnitTask) -> str:
    return f"诉求点{'、'.join(map(str, task.points))}" if task.points else ""


def _what_for(task: UnitTask) -> str:
    return "答复代表" if task.answers else "交会办意见"


def _about(fact: Any) -> Any:
    return next(one for one in fact.suggestion.facts if one.id == fact.about_id)


def _liaison(unit: Any) -> str:
    return _line(getattr(unit, "liaison_name", ""), getattr(unit, "liaison_line", ""))


def _line(person: str | None, line: str | None) -> str:
    parts = (f"联系人：{person}" if person else "", f"电话：{line}" if line else "")
    return "　".join(filter(None, parts))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _ended(text: str | None) -> str:
    """A sentence with its stop."""
    said = (text or "").strip()
    return said if not said or said[-1] in "。！？；）" else f"{said}。"


def _open_number() -> str:
    return f"〔{clock.today().year}〕　　号"


def _balanced(text: str, most: int) -> str:
    """A long name or heading in two lines, broken where its sense breaks: at its bracket, around 代表建议."""
    if len(text) <= most:
        return text
    bracket, item = text.find("（"), text.find("代表建议")
    if bracket > 0:
        at = bracket
    elif item > 0:
        at = item + 4 if len(text) - item > SHORT_END else item
    else:
        at = (len(text) + 1) // 2
    return f"{text[:at]}\n{text[at:]}"
