"""Who handles a suggestion: dividing the work, clocks and windows of each part, changes of units on record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Body
from portal.congress import deadlines
from portal.congress.deadlines import Deadline
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.backdating import happened
from portal.core.db import db
from portal.core.errors import Invalid
from portal.suggestions import rules
from portal.suggestions.fact_models import DueDate
from portal.suggestions.handling_models import Handling, UnitTask
from portal.suggestions.models import Suggestion


def live_tasks(suggestion: Suggestion) -> list[UnitTask]:
    """The parts that units have now, of whatever round."""
    return [task for task in suggestion.tasks if task.live]  # type: ignore[attr-defined]


def answering(suggestion: Suggestion) -> list[UnitTask]:
    """The live parts that owe the deputy a reply."""
    return [task for task in live_tasks(suggestion) if task.answers]


def assign(_actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The effect of 交办: the first round with a part and a clock for every unit; merged items go along (A31)."""
    rows = [row for row in data["units"] if row.get("unit")]
    check_division(rows, suggestion)
    units = units_of(row["unit"] for row in rows)
    day, long_reply = happened(data), bool(data.get("long_reply"))
    if suggestion.submitted_at and day < clock.office(suggestion.submitted_at).date():
        raise Invalid(fields={"happened_on": "交办日期不能早于代表提交的日期。"})
    handling = Handling(suggestion=suggestion, round=1, assigned_on=day, long_reply=long_reply)
    db.session.add(handling)
    numbers = [str(point.number) for point in rules.kept_points(suggestion)]
    for order, row in enumerate(sorted(rows, key=lambda row: row["role"] == "assist")):
        points = [int(one) for one in row.get("points") or [] if one in numbers]
        begin_part(handling, units[row["unit"]], row["role"], day, points=points, order=order)
    suggestion.assigned_on = day
    db.session.flush()
    return {"units_words": units_words(handling.tasks), "round": 1, "happened_on": day}


def begin_part(
    handling: Handling,
    unit: Body,
    role: str,
    day: date,
    *,
    due: Deadline | None = None,
    points: Sequence[int] = (),
    order: int = 0,
    follows: UnitTask | None = None,
) -> UnitTask:
    """Give `unit` a part from `day` on. Its clock is `due`, else that of its role; the window for returning it opens
    now where the pack counts from assignment (settled A11)."""
    suggestion = handling.suggestion
    task = UnitTask(
        handling=handling, suggestion=suggestion, unit=unit, role=role, order=order, assigned_on=day,
        points=list(points), follows_id=follows.id if follows else None,
    )  # fmt: skip
    db.session.add(task)
    answer_rule = "long_reply" if handling.long_reply else "reply"
    rule = "assist" if role == "assist" else answer_rule
    record_due(task, due or deadlines.deadline(suggestion.pack, rule, day, calendar()))
    if suggestion.pack.flag("return_from") == "assign":
        task.return_due = deadlines.deadline(suggestion.pack, "return_window", day, calendar()).due
    return task


def set_due(task: UnitTask, rule: str, start: date, reason: str = "") -> DueDate:
    """Compute a due date by the item's own pack and record it with its explanation as the task's latest one."""
    return record_due(task, deadlines.deadline(task.suggestion.pack, rule, start, calendar()), reason)


def record_due(task: UnitTask, deadline: Deadline, reason: str = "") -> DueDate:
    """Make a computed date the task's latest one; the earlier ones stay on record."""
    row = DueDate(
        task=task,
        rule=deadline.rule,
        happened_on=deadline.start,
        due=deadline.due,
        record=deadline.record(),
        why=reason or deadline.note,
    )
    if deadline.rule == "feedback":
        task.feedback_due = deadline.due
    else:
        task.due, task.due_provisional = deadline.due, deadline.provisional
    db.session.add(row)
    return row


def deadline_of(task: UnitTask) -> Deadline:
    """The clock the unit has now, with everything that made it."""
    last = next(row for row in reversed(task.due_dates) if row.rule != "feedback")
    return deadlines.recorded(last.record or {})


def end_part(task: UnitTask, how: str) -> None:
    """The part is no longer the unit's (ENDED_AS); what is on record stays."""
    task.ended_as = how


def units_words(tasks: Sequence[UnitTask]) -> str:
    """区住建局主办（6月2日前答复）、区水务局会办."""
    return "、".join(
        f"{t.unit.called}{rules.ROLE_WORDS[t.role]}（{t.due.month}月{t.due.day}日前）" for t in tasks if t.due
    )


def day_words(day: date | None) -> str:
    """6月2日."""
    return f"{day.month}月{day.day}日" if day else ""


def units_of(chosen: Iterable[str]) -> dict[str, Body]:
    """The units by public id; raises Invalid when one is not on the list any more."""
    wanted = set(chosen)
    units = db.session.scalars(select(Body).where(Body.public_id.in_(wanted), Body.kind == "unit")).all()
    found = {unit.public_id: unit for unit in units}
    if wanted - set(found):
        raise Invalid(fields={"units": "有的单位已经不在名单上，请重新选择。"})
    return found


def check_division(rows: Sequence[Mapping[str, Any]], suggestion: Suggestion) -> None:
    """Raise Invalid for a division that is none: no unit, one twice (message 26), roles that do not fit together,
    points that nobody answers."""
    roles = [row.get("role") for row in rows]
    chosen = [row["unit"] for row in rows]
    if not rows:
        raise Invalid(fields={"units": "请至少选择一家承办单位。"})
    if any(role not in rules.ROLE_WORDS for role in roles):
        raise Invalid(fields={"units": "请给每家单位选好分工。"})
    if len(set(chosen)) != len(chosen):
        raise Invalid(fields={"units": "主办单位和协办单位不能相同。"})
    if not rules.sound_division(roles):
        raise Invalid(fields={"units": rules.UNSOUND_DIVISION})
    if "separate" in roles:
        divided = {one for row in rows for one in row.get("points") or []}
        left = [str(point.number) for point in rules.kept_points(suggestion) if str(point.number) not in divided]
        if left:
            raise Invalid(fields={"units": f"诉求点{'、'.join(left)}还没有分给单位。"})


def adjust(_actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The effect of 调整单位: a unit joins, gives way to another, or leaves, on record and with its reason.

    Who takes over inherits the clock or starts it again by the pack; an assist that joins later has its own period,
    at most to the lead's date (settled A23).
    """
    old = next((one for one in live_tasks(suggestion) if one.public_id == data.get("replaces")), None)
    unit = units_of([data["unit"]])[data["unit"]] if data.get("unit") else None
    role = old.role if old and unit else data.get("role")
    _check_adjusting(suggestion, old, unit, role)
    numbers = [int(one) for one in data.get("points") or []]
    handling, day = (old or live_tasks(suggestion)[-1]).handling, clock.today()
    if old is not None:
        end_part(old, "replaced")
        db.session.flush()
    if unit is not None and role is not None:
        due = taken_over(old, day) if old else _joining(suggestion, handling, role, day)
        points = numbers or (old.points if old else [])
        begin_part(handling, unit, role, day, due=due, points=points, order=old.order if old else len(handling.tasks))
    live = live_tasks(suggestion)
    for one, fitting in zip(live, rules.fitting_roles([each.role for each in live]), strict=True):
        one.role = fitting
    db.session.flush()
    words = f"{old.unit.called}改为{unit.called}" if old and unit else f"{old.unit.called}不再承办" if old else ""
    return {"change_words": words or f"增加{unit.called if unit else ''}{rules.ROLE_WORDS[role or 'sole']}"}


def taken_over(old: UnitTask, day: date) -> Deadline:
    """The clock of whoever takes over a part on `day`: kept or restarted by the pack, never silently (A10)."""
    if old.role == "assist":
        return _joining(old.suggestion, old.handling, "assist", day)
    return deadlines.reassigned(old.suggestion.pack, deadline_of(old), day, calendar())


def _joining(suggestion: Suggestion, handling: Handling, role: str, day: date) -> Deadline:
    pack = suggestion.pack
    lead = next((deadline_of(one) for one in answering(suggestion)), None)
    if role != "assist":
        rule = "long_reply" if handling.long_reply else "reply"
        fresh = deadlines.deadline(pack, rule, day, calendar(), assigned=lead.assigned if lead else day)
        limit = deadlines.deadline(pack, "cap", fresh.assigned, calendar())
        return deadlines.bounded(fresh, limit, "不超过最长办理期限")
    own = deadlines.deadline(pack, "assist", day, calendar())
    return deadlines.bounded(own, lead, "不晚于主办单位的答复期限") if lead else own


def _check_adjusting(suggestion: Suggestion, old: UnitTask | None, unit: Body | None, role: str | None) -> None:
    if unit is None and old is None:
        raise Invalid(fields={"unit": "请选择要增加的单位，或者要调整的单位。"})
    if unit is not None and any(one.unit_id == unit.id for one in live_tasks(suggestion)):
        raise Invalid(fields={"unit": f"{unit.called}已经在办这件建议。"})
    if old is not None and old.answered_on is not None:
        raise Invalid(fields={"replaces": f"{old.unit.called}已经答复，不能再调整。"})
    if unit is not None and role not in rules.ROLE_WORDS:
        raise Invalid(fields={"role": "请选择分工。"})
    after: list[Any] = [one.role for one in live_tasks(suggestion) if one is not old]
    if not rules.sound_division(rules.fitting_roles(after + ([role] if unit else []))):
        raise Invalid(fields={"role": rules.UNSOUND_DIVISION})
