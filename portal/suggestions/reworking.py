"""After 不满意: a new round with a clock of its own, an explanation instead, or both sides convened. And time to rate
that went by."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.congress import deadlines
from portal.congress.pack import POLICIES
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.backdating import happened
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.documents.actions import store
from portal.notifications.actions import Outside, tell
from portal.suggestions import guards, rules
from portal.suggestions.assigning import (
    answering,
    begin_part,
    day_words,
    end_part,
    live_tasks,
    set_due,
    units_of,
)
from portal.suggestions.audiences import AUDIENCES
from portal.suggestions.fact_models import Conclusion, Convening, Explanation, Rework
from portal.suggestions.handling_models import Handling, UnitTask
from portal.suggestions.models import Suggestion

NOT_LAPSED = "评价期限还没有届满，不用重新开放。"


def _chosen(suggestion: Suggestion, data: Mapping[str, Any]) -> UnitTask:
    """The reply that is meant."""
    waiting = guards.to_review(suggestion)
    task = next((one for one in waiting if one.public_id == data.get("task")), None)
    if task is None:
        raise Invalid(fields={"task": "请选择是哪一家的答复。"})
    return task


def _rehandle(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Only the unit concerned works again (S10); its old reply and rating stay as they are."""
    task, today = _chosen(suggestion, data), clock.today()
    rating = task.ratings[-1]
    unit = units_of([data["unit"]])[data["unit"]] if data.get("unit") else task.unit
    if any(one.unit_id == unit.id and one is not task for one in live_tasks(suggestion)):
        raise Invalid(fields={"unit": f"{unit.called}已经在办这件建议，请选别的单位。"})
    db.session.add(
        Rework(task=task, about_id=rating.id, text=data["text"], happened_on=today, by_id=actor.capacity_id)
    )
    end_part(task, "redone")
    db.session.flush()
    due = deadlines.deadline(suggestion.pack, "redo", today, calendar(), assigned=suggestion.assigned_on)
    fresh = begin_part(
        _next_round(suggestion, task), unit, "sole" if task.role == "lead" else task.role, today,
        due=due, points=task.points, order=task.order, follows=task,
    )  # fmt: skip
    suggestion.closed_as = suggestion.closed_on = None
    db.session.flush()
    return {"unit": unit.called, "due_words": day_words(fresh.due), "handed_to": fresh.public_id, "round": fresh.round}


def _next_round(suggestion: Suggestion, task: UnitTask) -> Handling:
    number = task.round + 1
    for one in suggestion.handlings:  # type: ignore[attr-defined]
        if one.round == number:
            return one  # type: ignore[no-any-return]
    handling = Handling(suggestion=suggestion, round=number, assigned_on=clock.today())
    db.session.add(handling)
    return handling


def _explain(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> None:
    task = _chosen(suggestion, data)
    rating = task.ratings[-1]
    db.session.add(
        Explanation(
            task=task, about_id=rating.id, text=data["text"], happened_on=clock.today(), by_id=actor.capacity_id
        )
    )
    _end(suggestion, "explained")


def _convene(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.add(
        Convening(
            suggestion=suggestion,
            happened_on=happened(data),
            who=data["who"],
            place=data.get("place") or "",
            text=data["text"],
            document=store(actor, data["file"]) if data.get("file") else None,
            by_id=actor.capacity_id,
        )
    )
    return {"path_words": POLICIES["second_dissatisfied_path"][suggestion.pack.flag("second_dissatisfied_path")]}


def _close(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> None:
    reported = data.get("reported_on")
    if reported is not None and reported > clock.today():
        raise Invalid(fields={"reported_on": "日期不能晚于今天。"})
    if suggestion.pack.flag("second_dissatisfied_report") and reported is None:
        raise Invalid(fields={"reported_on": "按本地规定要报主任会议，请填写报告日期。"})
    db.session.add(
        Conclusion(
            suggestion=suggestion,
            text=data["text"],
            asked=reported,
            happened_on=clock.today(),
            by_id=actor.capacity_id,
        )
    )
    _end(suggestion, "opinion")


def _lapse(_actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> None:
    _end(suggestion, "lapsed")


def _end(suggestion: Suggestion, how: str) -> None:
    suggestion.closed_as, suggestion.closed_on = how, clock.today()


def reopen_rating(actor: Actor, task: UnitTask, reason: str) -> None:
    """Let the deputy rate after all: a new window from today, with its reason (settled A19), of which the deputy is
    told. The clerk only; raises NotAllowed, Conflict while the window is open, Invalid without a reason."""
    if not (rules.is_clerk(actor, task.suggestion) and task in answering(task.suggestion)):
        raise NotAllowed()
    if not guards.lapsed(task):
        raise Conflict(NOT_LAPSED)
    if not reason.strip():
        raise Invalid(fields={"reason": "请写明为什么重新开放评价。"})
    row = set_due(task, "feedback", clock.today(), reason.strip())
    said = f"重新开放对{task.unit.called}的评价，到{day_words(row.due)}：{reason.strip()}"
    audit.record(actor, task.audit_subject, "unit_task.reopen_rating", {"task": task.public_id}, said)
    db.session.flush()
    outside = Outside(f"{task.reference}有新情况，请登录查看。")
    told = [*AUDIENCES["lead"](task), *AUDIENCES["unit"](task)]
    tell(told, "unit_task.reopen_rating", f"{task.called}{said}", task.address, f"reopened:{row.id}", outside=outside)


def may_reopen(actor: Actor, task: UnitTask) -> bool:
    """The clerk, where the time to rate went by."""
    return rules.is_clerk(actor, task.suggestion) and task.live and task.answers and guards.lapsed(task)


EFFECTS = {
    **{"rehandle": _rehandle, "explain": _explain, "convene": _convene, "close": _close},
    **{"feedback_lapsed": _lapse},
}
