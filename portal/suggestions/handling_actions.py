"""What is done with a suggestion once it is admitted: assigning, receiving, contacting, replying, rating."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Appointment, Body
from portal.audit import actions as audit
from portal.congress import deadlines
from portal.congress.rulepacks import calendar
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, OutOfTurn, PortalError, StaleText
from portal.documents.actions import store
from portal.suggestions import guards, rules
from portal.suggestions.actions import EFFECTS as SCREENING_EFFECTS
from portal.suggestions.actions import WITNESSES
from portal.suggestions.handling_models import (
    ContactAnswer,
    ContactEvent,
    DueDate,
    Handling,
    Opinion,
    Rating,
    Reply,
    ReplyDraft,
    UnitTask,
)
from portal.suggestions.meanwhile import telling
from portal.suggestions.models import Suggestion
from portal.suggestions.workflow import DRIVEN, SUGGESTION, UNIT_TASK

STALE_REPLY = "这份答复刚有人改过，您的保存没有执行。您填写的内容已保留，请核对后再试。"
FUTURE = "日期不能晚于今天（{today}）。"
LETTER = ("grade", "document_number", "contact_person", "contact_line", "publicity")
DRAFT_TEXTS = (*LETTER, "body", "publicity_reason")


def happened(data: Mapping[str, Any]) -> date:
    """The day an act happened: today, or an earlier one with its reason (settled A02); raises Invalid."""
    today = clock.today()
    day = data.get("happened_on") or today
    if day > today:
        raise Invalid(fields={"happened_on": FUTURE.format(today=f"{today.month}月{today.day}日")})
    if day < today and "late_reason" in data and not data.get("late_reason"):
        raise Invalid(fields={"late_reason": "补记以前的日期，请写明原因。"})
    return day


def _assign(_actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = [row for row in data["units"] if row.get("unit")]
    _check_division(rows, suggestion)
    units = _units_of(rows)
    day, long_reply = happened(data), bool(data.get("long_reply"))
    if suggestion.submitted_at and day < clock.office(suggestion.submitted_at).date():
        raise Invalid(fields={"happened_on": "交办日期不能早于代表提交的日期。"})
    handling = Handling(suggestion=suggestion, round=1, assigned_on=day, long_reply=long_reply)
    db.session.add(handling)
    numbers = [str(point.number) for point in suggestion.points]
    for order, row in enumerate(sorted(rows, key=lambda row: row["role"] == "assist")):
        task = UnitTask(suggestion=suggestion, unit=units[row["unit"]], role=row["role"], order=order)
        task.points = [int(one) for one in row.get("points") or [] if one in numbers]
        handling.tasks.append(task)
        rule = "assist" if row["role"] == "assist" else "long_reply" if long_reply else "reply"
        set_due(suggestion, task, rule, day)
    suggestion.assigned_on = day
    db.session.flush()
    return {"units_words": units_words(handling.tasks), "round": 1, "happened_on": day}


def units_words(tasks: Sequence[UnitTask]) -> str:
    """区住建局主办（6月2日前答复）、区水务局会办."""
    return "、".join(
        f"{t.unit.called}{rules.ROLE_WORDS[t.role]}（{t.due.month}月{t.due.day}日前）" for t in tasks if t.due
    )


def _units_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Body]:
    chosen = [row["unit"] for row in rows]
    units = db.session.scalars(select(Body).where(Body.public_id.in_(chosen), Body.kind == "unit")).all()
    found = {unit.public_id: unit for unit in units}
    if set(chosen) - set(found):
        raise Invalid(fields={"units": "有的单位已经不在名单上，请重新选择。"})
    return found


def _check_division(rows: Sequence[Mapping[str, Any]], suggestion: Suggestion) -> None:
    roles = [row.get("role") for row in rows]
    chosen = [row["unit"] for row in rows]
    if not rows:
        raise Invalid(fields={"units": "请至少选择一家承办单位。"})
    if any(role not in rules.ROLE_WORDS for role in roles):
        raise Invalid(fields={"units": "请给每家单位选好分工。"})
    if len(set(chosen)) != len(chosen):
        raise Invalid(fields={"units": "主办单位和协办单位不能相同。"})
    if not _sound_division(roles):
        raise Invalid(fields={"units": "分工要么是一家独办，要么是一家主办加会办，要么是两家以上分办。"})
    if "separate" in roles and suggestion.points:
        divided = {one for row in rows for one in row.get("points") or []}
        left = [str(point.number) for point in suggestion.points if str(point.number) not in divided]
        if left:
            raise Invalid(fields={"units": f"诉求点{'、'.join(left)}还没有分给单位。"})


def _sound_division(roles: Sequence[Any]) -> bool:
    if roles.count("sole") == 1:
        return len(roles) == 1
    if roles.count("lead") == 1:
        return roles.count("assist") == len(roles) - 1 >= 1
    separate = roles.count("separate")
    return separate >= 2 and separate + roles.count("assist") == len(roles)


def set_due(suggestion: Suggestion, task: UnitTask, rule: str, start: date, reason: str = "") -> DueDate:
    """Record a due date with its explanation and make it the task's latest one."""
    deadline = deadlines.deadline(suggestion.pack, rule, start, calendar())
    row = DueDate(
        task=task,
        rule=rule,
        happened_on=start,
        due=deadline.due,
        record=deadline.record(),
        why=reason,
    )
    if rule == "feedback":
        task.feedback_due = deadline.due
    else:
        task.due, task.due_provisional = deadline.due, deadline.provisional
    db.session.add(row)
    return row


def _named(task: UnitTask, **facts: Any) -> Mapping[str, Any]:
    return {"unit": task.unit.called, "task": task.public_id, **facts}


def _receive(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    if task.handling.assigned_on > day:
        raise Invalid(fields={"happened_on": "签收日期不能早于交办日期。"})
    task.received_on = day
    task.handler_id = task.handler_id or actor.capacity_id
    return _named(task, happened_on=day)


def _log_contact(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    if day < task.handling.assigned_on:
        raise Invalid(fields={"happened_on": "联系日期不能早于交办日期。"})
    event = ContactEvent(
        task=task,
        happened_on=day,
        form=data["form"],
        place=data.get("place") or "",
        who=data["who"],
        text=data["summary"],
        why=data.get("late_reason") or "",
        by_id=actor.capacity_id,
    )
    db.session.add(event)
    db.session.flush()
    words = rules.CONTACT_FORMS[data["form"]]
    return _named(task, day=f"{day.month}月{day.day}日", form_words=words, contact=event.public_id)


def _confirm_contact(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    event = next((one for one in task.contacts if one.public_id == data["contact"]), None)
    if event is None:
        raise NotAllowed()
    if event.answer is not None:
        raise Invalid("这一次联系您已经核实过了。")
    if data["answer"] != "true" and not data.get("note"):
        raise Invalid(fields={"note": "请写一句实际情况，方便工委核对。"})
    db.session.add(
        ContactAnswer(
            task=task,
            about_id=event.id,
            happened_on=clock.today(),
            answer=data["answer"],
            text=data.get("note") or "",
            by_id=actor.capacity_id,
        )
    )
    return _named(task, answer_words=rules.CONTACT_ANSWERS[data["answer"]])


def _give_opinion(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    document = store(actor, data["file"]) if data.get("file") else None
    db.session.add(Opinion(task=task, text=data["text"], happened_on=day, document=document, by_id=actor.capacity_id))
    task.answered_on = day
    return _named(task, happened_on=day)


def save_reply_draft(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> ReplyDraft:
    """Keep the reply as it stands; an answering unit's handler only, until it goes to the signer.

    Raises StaleText when `draft_version` is not the saved draft's any more: a colleague was faster.
    """
    if not rules.answers(actor, task):
        raise NotAllowed()
    if task.state != "handling":
        raise OutOfTurn(f"当前状态为“{UNIT_TASK.states[task.state]}”，不能修改答复草稿。")
    draft = _draft_for_writing(task, data.get("draft_version") or "")
    for name in DRAFT_TEXTS:
        setattr(draft, name, data.get(name) or (None if name == "grade" else ""))
    if data.get("file"):
        draft.document = store(actor, data["file"])
    draft.saved_at, draft.saved_by_id = clock.now(), actor.capacity_id
    db.session.flush()
    return draft


def _draft_for_writing(task: UnitTask, seen: str) -> ReplyDraft:
    """The draft, when it is still the one that was `seen` (its version; 0 for none, empty: not asked)."""
    db.session.execute(select(UnitTask.id).where(UnitTask.id == task.id).with_for_update())  # the second editor waits
    draft = db.session.scalar(
        select(ReplyDraft).where(ReplyDraft.task_id == task.id).execution_options(populate_existing=True)
    )
    if seen and seen != str(draft.version if draft else 0):
        raise StaleText(STALE_REPLY)
    if draft is None:
        draft = ReplyDraft(task=task)
        db.session.add(draft)
    return draft


def _draft_reply(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if data["publicity"] != "full" and not data.get("publicity_reason"):
        raise Invalid(fields={"publicity_reason": "不全文公开的，请写明理由。"})
    save_reply_draft(actor, task, data)
    return _named(task)


def _bounce_reply(_actor: Actor, task: UnitTask, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    return _named(task)


def _sign_reply(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day, note, draft = happened(data), data.get("missing_opinions_note") or "", task.draft
    if draft is None:
        raise NotAllowed()
    missing = [t.unit.called for t in guards.opinions_missing(task)]
    if missing and not note:
        raise Invalid(fields={"missing_opinions_note": f"{'、'.join(missing)}的会办意见逾期未交，请写明。"})
    if task.received_on and day < task.received_on:
        raise Invalid(fields={"happened_on": "签发日期不能早于签收日期。"})
    reply = Reply(
        task=task,
        number=len(task.replies) + 1,
        round=task.handling.round,
        missing_opinions_note=note,
        document=draft.document,
        happened_on=day,
        by_id=actor.capacity_id,
        late_reason=data.get("late_reason") or "",
        text=draft.body,
        why=draft.publicity_reason,
        **{name: getattr(draft, name) for name in LETTER},
    )
    db.session.add(reply)
    task.answered_on = day
    set_due(task.suggestion, task, "feedback", day)
    db.session.flush()
    shown = task.suggestion.pack.scheme[draft.grade or ""].shown
    return _named(task, grade=reply.grade, grade_shown=shown, reply=reply.public_id, happened_on=day)


def _rate(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    pair = (data["attitude"], data["result"])
    if rules.DISSATISFIED in pair and not data.get("reason"):
        raise Invalid(fields={"reason": "评价为“不满意”时，请写明理由，以便重新办理。"})
    rating = Rating(
        task=task,
        about_id=task.replies[-1].id,
        round=task.handling.round,
        happened_on=clock.today(),
        attitude=pair[0],
        result=pair[1],
        text=data.get("reason") or "",
        by_id=actor.capacity_id,
    )
    db.session.add(rating)
    return _named(task, attitude_words=rules.LEVELS[pair[0]], result_words=rules.LEVELS[pair[1]])


def _all_replied(_actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    tasks = answering(suggestion)
    scheme, rule = suggestion.pack.scheme, suggestion.pack.flag("suggestion_grade_rule")
    grades = [task.replies[-1].grade or "" for task in tasks if task.replies]
    lead = next((task.replies[-1].grade for task in tasks if task.role in ("lead", "sole")), None)
    suggestion.grade = rules.derived_grade(grades, [grade.code for grade in scheme], rule, lead)
    suggestion.replied_on = max(task.answered_on for task in tasks if task.answered_on)
    mixed = suggestion.grade == "mixed"
    return {"grade": suggestion.grade, "grade_shown": "各单位不一" if mixed else scheme[suggestion.grade or ""].shown}


def _all_rated(_actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> None:
    suggestion.closed_as = "rated"
    suggestion.closed_on = clock.today()


def answering(suggestion: Suggestion) -> list[UnitTask]:
    """The tasks of the live round that owe the deputy a reply."""
    live = max((task.handling_id for task in suggestion.tasks), default=None)
    return [task for task in suggestion.tasks if task.answers and task.handling_id == live]


def _drive(taken: Any) -> None:
    suggestion = taken.item.suggestion
    db.session.flush()
    for row in DRIVEN:
        tasks = answering(suggestion)
        if suggestion.state == row.start and tasks and row.holds(tasks):
            take(SYSTEM, suggestion, row.step, {})


def submit_or_say(actor: Actor, suggestion: Suggestion) -> PortalError | None:
    """Submit a draft; what stands in the way is given back, and the draft stays as it was saved."""
    try:
        with db.session.begin_nested():
            take(actor, suggestion, "submit", {})
    except (Invalid, Conflict) as refusal:
        return refusal
    return None


def hand_to(actor: Actor, task: UnitTask, section: Body | None) -> None:
    """Give a task to a section inside the unit, or take it back (None)."""
    if not rules.handles(actor, task):
        raise NotAllowed()
    task.section = section
    words = f"交{section.name}办理" if section else "收回由经办人办理"
    audit.record(actor, task.audit_subject, "unit_task.hand_to", {"task": task.public_id}, f"{task.unit.called}{words}")


def hand_over(actor: Actor, giver: Appointment, taker: Appointment) -> int:
    """Give every open task one person holds to another in the same unit, in one act; returns how many."""
    if giver.body_id != taker.body_id:
        raise Invalid("只能移交给同一单位的人。")
    open_states = [state for state in UNIT_TASK.states if state not in ("done", "opinion_given")]
    mine = UnitTask.handler_id == giver.id, UnitTask.state.in_(open_states)
    tasks = db.session.scalars(select(UnitTask).where(*mine)).all()
    for task in tasks:
        task.handler_id = taker.id
        said = f"{giver.person.name}移交给{taker.person.name}"
        audit.record(actor, task.audit_subject, "unit_task.hand_over", {"task": task.public_id}, said)
    return len(tasks)


TASK_EFFECTS = {
    **{"receive": _receive, "log_contact": _log_contact, "confirm_contact": _confirm_contact},
    **{"give_opinion": _give_opinion, "draft_reply": _draft_reply, "bounce_reply": _bounce_reply},
    **{"sign_reply": _sign_reply, "rate": _rate},
}
take = telling(
    SUGGESTION.taker(
        {**SCREENING_EFFECTS, "assign": _assign, "all_replied": _all_replied, "all_rated": _all_rated}, WITNESSES
    )
)
take_task = telling(UNIT_TASK.taker(TASK_EFFECTS, (*WITNESSES, _drive)))
