"""What is done with a suggestion once it is admitted: receiving, contacting, replying, rating; and the two functions
through which every step of a suggestion and of a unit's task is taken."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Appointment, Body
from portal.audit import actions as audit
from portal.core import clock
from portal.core.backdating import happened
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, OutOfTurn, PortalError, StaleText
from portal.documents.actions import store
from portal.suggestions import disputes, guards, merging, reworking, rules, withdrawing
from portal.suggestions.actions import EFFECTS as SCREENING_EFFECTS
from portal.suggestions.actions import WITNESSES
from portal.suggestions.assigning import adjust, answering, assign, set_due
from portal.suggestions.disputes import named
from portal.suggestions.fact_models import ContactAnswer, ContactEvent, Opinion, Rating, Reply
from portal.suggestions.handling_models import ReplyDraft, UnitTask
from portal.suggestions.meanwhile import telling
from portal.suggestions.models import Suggestion
from portal.suggestions.workflow import DRIVEN, SUGGESTION, UNIT_TASK

STALE_REPLY = "这份答复刚有人改过，您的保存没有执行。您填写的内容已保留，请核对后再试。"
LETTER = ("grade", "document_number", "contact_person", "contact_line", "publicity")
DRAFT_TEXTS = (*LETTER, "body", "publicity_reason")


def _receive(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    if task.assigned_on > day:
        raise Invalid(fields={"happened_on": "签收日期不能早于交办日期。"})
    disputes.received(task, day)
    task.handler_id = task.handler_id or actor.capacity_id
    return named(task, happened_on=day, how="" if actor.person_id else "到期视为")


def _log_contact(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    if day < task.assigned_on:
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
    return named(task, day=f"{day.month}月{day.day}日", form_words=words, contact=event.public_id)


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
    return named(task, answer_words=rules.CONTACT_ANSWERS[data["answer"]])


def _give_opinion(actor: Actor, task: UnitTask, data: Mapping[str, Any]) -> Mapping[str, Any]:
    day = happened(data)
    document = store(actor, data["file"]) if data.get("file") else None
    db.session.add(Opinion(task=task, text=data["text"], happened_on=day, document=document, by_id=actor.capacity_id))
    task.answered_on = day
    return named(task, happened_on=day)


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
    return named(task)


def _bounce_reply(_actor: Actor, task: UnitTask, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    task.checked_at = None
    return named(task)


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
        number=task.versions + 1,
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
    set_due(task, "feedback", day)
    db.session.flush()
    shown = task.suggestion.pack.scheme[draft.grade or ""].shown
    return named(task, grade=reply.grade, grade_shown=shown, reply=reply.public_id, happened_on=day)


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
    return named(task, attitude_words=rules.LEVELS[pair[0]], result_words=rules.LEVELS[pair[1]])


def _assign(actor: Actor, suggestion: Suggestion, data: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = assign(actor, suggestion, data)
    for member in merging.waiting_members(suggestion):
        merging.go_along(member, facts["happened_on"])
    return facts


def _fall_out(taken: Any) -> None:
    """A withdrawal falls out of the last consent it needs (settled A33); the unit that left may have been the last
    that owed a reply."""
    if taken.step.name == "adjust":
        db.session.flush()
        follow(taken.item)
    if taken.step.name in ("request_withdrawal", "consent_withdrawal"):
        db.session.flush()
        if withdrawing.agreed(taken.item):
            take(SYSTEM, taken.item, "withdraw", {})


def _all_replied(_actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    tasks = answering(suggestion)
    scheme, rule = suggestion.pack.scheme, suggestion.pack.flag("suggestion_grade_rule")
    grades = [task.replies[-1].grade or "" for task in tasks if task.replies]
    lead = next((task.replies[-1].grade for task in tasks if task.role in ("lead", "sole")), None)
    suggestion.grade = rules.derived_grade(grades, [grade.code for grade in scheme], rule, lead)
    suggestion.replied_on = max(task.answered_on for task in tasks if task.answered_on)
    mixed = suggestion.grade == "mixed"
    return {"grade": suggestion.grade, "grade_shown": "各单位不一" if mixed else scheme[suggestion.grade or ""].shown}


def _dispatch(_actor: Actor, task: UnitTask, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    task.dispatched_on = clock.today()
    return named(task)


def _check_reply(_actor: Actor, task: UnitTask, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    task.checked_at = clock.now()
    return named(task)


def _all_rated(_actor: Actor, suggestion: Suggestion, _data: Mapping[str, Any]) -> None:
    suggestion.closed_as = "rated"
    suggestion.closed_on = clock.today()


def _drive(taken: Any) -> None:
    """What the parts' new standing makes of the whole; by itself only, so that nobody can forget it."""
    suggestion = taken.item.suggestion
    db.session.flush()
    follow(suggestion)


def follow(suggestion: Suggestion) -> None:
    """Let the suggestion take the step its parts call for, if any (also once a night: time makes a part lapse)."""
    reworks = suggestion.state in SUGGESTION.steps["rehandle"].start
    if reworks and suggestion.pack.flag("redo_trigger") == "automatic":
        for task in guards.to_review(suggestion):
            take(SYSTEM, suggestion, "rehandle", {"task": task.public_id, "text": task.ratings[-1].text})
    if suggestion.closed_as == "lapsed" and guards.all_over(answering(suggestion)):
        suggestion.closed_as = "rated"
    for row in DRIVEN:
        tasks = answering(suggestion)
        if suggestion.state in row.start and tasks and row.holds(tasks):
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
    **{"dispatch": _dispatch, "receive": _receive, "log_contact": _log_contact, "confirm_contact": _confirm_contact},
    **{"give_opinion": _give_opinion, "draft_reply": _draft_reply, "bounce_reply": _bounce_reply},
    **{"check_reply": _check_reply, "sign_reply": _sign_reply, "rate": _rate},
    **disputes.TASK_EFFECTS,
}
EFFECTS = {
    **{**SCREENING_EFFECTS, "assign": _assign, "adjust": adjust, "all_replied": _all_replied, "all_rated": _all_rated},
    **{**disputes.EFFECTS, **reworking.EFFECTS, **withdrawing.EFFECTS, **merging.EFFECTS},
}
take = telling(SUGGESTION.taker(EFFECTS, (*WITNESSES, _fall_out)))
take_task = telling(UNIT_TASK.taker(TASK_EFFECTS, (*WITNESSES, _drive)))
