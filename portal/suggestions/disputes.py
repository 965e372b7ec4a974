"""When a unit says "not ours" or "not yet", and when units disagree: returns, extensions, opinions sent back, urging,
coordination. A unit never hands a part to another unit; the office does."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.accounts.actor import Actor
from portal.congress import deadlines
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.documents.actions import store
from portal.suggestions.assigning import (
    begin_part,
    day_words,
    deadline_of,
    end_part,
    live_tasks,
    record_due,
    set_due,
    taken_over,
    units_of,
)
from portal.suggestions.fact_models import (
    Coordination,
    CoordinationDecision,
    ExtensionDecision,
    ExtensionRequest,
    OpinionBounce,
    ReturnDecision,
    ReturnRequest,
    Urge,
)
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion

GRANTED, REFUSED = "granted", "refused"
LEADER_WANTED = "本件已经退办过一次，再次退办须由领导决定：请写明哪位领导、何时、怎样决定。"


def named(task: UnitTask, **facts: Any) -> Mapping[str, Any]:
    """The facts that every step of a task tells: which unit, which task."""
    return {"unit": task.unit.called, "task": task.public_id, **facts}


def received(task: UnitTask, day: date) -> None:
    """The unit has it from `day`; the window for a return opens where the pack counts from receipt."""
    task.received_on = day
    pack = task.suggestion.pack
    if pack.flag("return_from") == "receive":
        task.return_due = deadlines.deadline(pack, "return_window", day, calendar()).due


def _request_return(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    unit = units_of([data["unit"]])[data["unit"]]
    least = task.suggestion.pack.limit("reason_least")
    if sum(ch.isalnum() for ch in data["reason"]) < least:
        raise Invalid(fields={"reason": f"请填写退回理由（不少于{least}字），并选择建议改办的单位。"})
    db.session.add(
        ReturnRequest(
            task=task, text=data["reason"], unit_id=unit.id, record={"unit": unit.called},
            happened_on=clock.today(), by_id=actor.capacity_id,
        )
    )  # fmt: skip
    return named(task, proposed=unit.called)


def returns_granted(suggestion: Suggestion) -> int:
    """How often the item went back already, from whatever unit (settled A11)."""
    return sum(one.verdict == GRANTED for one in suggestion.facts_of("returned"))


def _approve_return(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    suggestion, today = task.suggestion, clock.today()
    unit = units_of([data["unit"]])[data["unit"]]
    if any(one.unit_id == unit.id for one in live_tasks(suggestion)):
        raise Invalid(fields={"unit": f"{unit.called}已经在办这件建议，请选别的单位。"})
    second = returns_granted(suggestion) > 0
    if second and suggestion.pack.flag("second_return_approver") == "leader" and not data.get("leader_decision"):
        raise Invalid(fields={"leader_decision": LEADER_WANTED})
    decision = ReturnDecision(
        task=task,
        about_id=task.asked_to_return.id,
        verdict=GRANTED,
        unit_id=unit.id,
        record={"unit": unit.called},
        text=data.get("note") or "",
        leader_decision=data.get("leader_decision") or "",
        happened_on=today,
        by_id=actor.capacity_id,
    )
    db.session.add(decision)
    before, due = task.due, taken_over(task, today)
    end_part(task, "returned")
    db.session.flush()
    fresh = begin_part(task.handling, unit, task.role, today, due=due, points=task.points, order=task.order)
    if second and suggestion.open_coordination is None:
        decided = f"领导决定：{decision.leader_decision}" if decision.leader_decision else ""
        said = f"{task.unit.called}退办，这是本件第二次退办。{decided}"
        db.session.add(
            Coordination(suggestion=suggestion, text=said, why="return", happened_on=today, by_id=actor.capacity_id)
        )
    db.session.flush()
    return named(task, new_unit=unit.called, clock_words=_clock_words(before, fresh.due), handed_to=fresh.public_id)


def _clock_words(before: date | None, after: date | None) -> str:
    """Keeping and restarting are both said aloud (settled A10)."""
    if before == after:
        return f"期限不变，仍在{day_words(after)}前答复"
    return f"期限重新计算，由{day_words(before)}改为{day_words(after)}"


def _refuse_return(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    decision = ReturnDecision(
        task=task,
        about_id=task.asked_to_return.id,
        verdict=REFUSED,
        text=data["reason"],
        happened_on=clock.today(),
        by_id=actor.capacity_id,
    )
    db.session.add(decision)
    if task.received_on is None:
        received(task, clock.today())
    return named(task)


def _request_extension(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    pack = task.suggestion.pack
    deadlines.extended(pack, deadline_of(task), data["asked"], calendar())
    request = ExtensionRequest(
        task=task, asked=data["asked"], text=data["reason"], happened_on=clock.today(), by_id=actor.capacity_id
    )
    db.session.add(request)
    return named(task)


def _grant_extension(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    request, before = task.asked_to_extend, task.due
    deadline = deadlines.extended(task.suggestion.pack, deadline_of(task), request.asked, calendar())
    decision = ExtensionDecision(
        task=task,
        about_id=request.id,
        verdict=GRANTED,
        asked=request.asked,
        text=data.get("note") or "",
        happened_on=clock.today(),
        by_id=actor.capacity_id,
    )
    db.session.add(decision)
    record_due(task, deadline, f"同意延期：{request.text}")
    return named(task, old_due=day_words(before), new_due=day_words(deadline.due))


def _refuse_extension(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    decision = ExtensionDecision(
        task=task,
        about_id=task.asked_to_extend.id,
        verdict=REFUSED,
        text=data["reason"],
        happened_on=clock.today(),
        by_id=actor.capacity_id,
    )
    db.session.add(decision)
    return named(task, old_due=day_words(task.due))


def _bounce_opinion(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.add(
        OpinionBounce(
            task=task,
            about_id=task.opinions[-1].id,
            text=data["reason"],
            happened_on=clock.today(),
            by_id=actor.capacity_id,
        )
    )
    row = set_due(task, "assist_redo", clock.today(), data["reason"])
    task.answered_on = None
    return named(task, due_words=day_words(row.due))


def _urge(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    db.session.add(Urge(task=task, text=data["text"], happened_on=clock.today(), by_id=actor.capacity_id))
    return named(task)


def _open_coordination(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> None:
    db.session.add(
        Coordination(
            suggestion=suggestion,
            text=data["reason"],
            why="dispute",
            happened_on=clock.today(),
            by_id=actor.capacity_id,
        )
    )


def _decide_coordination(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> None:
    db.session.add(
        CoordinationDecision(
            suggestion=suggestion,
            about_id=suggestion.open_coordination.id,
            text=data["minutes"],
            why=data["decision"],
            document=store(actor, data["file"]) if data.get("file") else None,
            happened_on=clock.today(),
            by_id=actor.capacity_id,
        )
    )


TASK_EFFECTS = {
    **{"request_return": _request_return, "approve_return": _approve_return, "refuse_return": _refuse_return},
    **{"request_extension": _request_extension, "grant_extension": _grant_extension},
    **{"refuse_extension": _refuse_extension, "bounce_opinion": _bounce_opinion, "urge": _urge},
}
EFFECTS = {"open_coordination": _open_coordination, "decide_coordination": _decide_coordination}
