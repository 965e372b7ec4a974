"""Pages of a unit's task: its steps, the reply being written, hand-over inside the unit."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from portal.accounts.permissions import HANDLE_TASKS, READ_SUGGESTIONS
from portal.congress.queries import sections
from portal.core.db import db
from portal.core.errors import Invalid, NotFound, OutOfTurn, StaleText
from portal.suggestions import handling_actions, queries, rules, views
from portal.suggestions.fields import REPLY_UNFINISHED
from portal.suggestions.handling_models import ENDED_AS, UnitTask
from portal.suggestions.meanwhile import ended_meanwhile, still_in_turn
from portal.suggestions.record import TITLES as PAPERS
from portal.suggestions.workflow import UNIT_TASK
from portal.web import downloads
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of, fresh
from portal.web.idempotency import repeatable
from portal.web.pages import page
from portal.web.sides import both_said
from portal.web.text import moment_cn
from portal.web.uploads import takes_files

TOO_LATE = "这家单位的部分已经结束（{how}），不能再办“{step}”。"

blueprint = Blueprint("tasks", __name__)


@blueprint.get("/tasks/<id>/steps/<name>")
@needs(READ_SUGGESTIONS, of="unit_task")
def ask(id: str, name: str) -> Any:
    """The page that asks for a step's input."""
    task = queries.get_task(actor(), id)
    if ended_meanwhile(actor(), task, name):
        raise OutOfTurn(TOO_LATE.format(how=ENDED_AS[task.ended_as or ""], step=UNIT_TASK.steps[name].button))
    step = UNIT_TASK.checked(actor(), task, name)
    values = _draft_values(task) if name == "draft_reply" else _given(task, name)
    form = filled(form_of(step.fields, actor(), task), values, version=task.version)
    return _sheet(task, step, form)


@blueprint.post("/tasks/<id>/steps/<name>")
@needs(READ_SUGGESTIONS, of="unit_task")
@takes_files
def step(id: str, name: str) -> Any:
    """Take a step of the task's life."""
    task = queries.get_task(actor(), id)
    asked = UNIT_TASK.steps.get(name)
    if asked is None or asked.by_itself:
        raise NotFound()
    if not (asked.who(actor(), task) or ended_meanwhile(actor(), task, name)):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), task))
    try:
        if not form.validate():
            still_in_turn(actor(), task, name, form.version_seen())
            raise Invalid()
        handling_actions.take_task(actor(), task, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _sheet(task, asked, form), refusal.status
    except StaleText as stale:
        _both_replies(stale, task, form)
        raise
    flash(f"已{asked.button}。", "good")
    return redirect(url_for("suggestions.show", id=task.suggestion.public_id), 303)


def _sheet(task: UnitTask, step: Any, form: Any) -> str:
    suggestion = queries.get_visible(actor(), task.suggestion.public_id)
    template = "suggestions/reply_draft.html" if step.name == "draft_reply" else "suggestions/step.html"
    return page(template, step=step, form=form, suggestion=suggestion, task=task, view=_view(task))


def _view(task: UnitTask) -> views.TaskView:
    shown = views.track(actor(), task.suggestion).tasks
    return next(one for one in shown if one.task.id == task.id)


@blueprint.post("/tasks/<id>/reply")
@needs(HANDLE_TASKS, of="unit_task")
@takes_files
def save_reply(id: str) -> Any:
    """Keep the reply as it stands, without sending it to the signer."""
    task = queries.get_task(actor(), id)
    form = filled(form_of(REPLY_UNFINISHED, actor(), task))
    try:
        if not form.validate():
            raise Invalid()
        handling_actions.save_reply_draft(actor(), task, form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return _sheet(task, UNIT_TASK.steps["draft_reply"], form), refusal.status
    except StaleText as stale:
        if _both_replies(stale, task, form):
            raise
        unseen = {**form.values(), "draft_version": ""}
        handling_actions.save_reply_draft(actor(), task, unseen)
    flash("已保存，还没有送签。", "good")
    return redirect(url_for("tasks.ask", id=id, name="draft_reply"), 303)


@blueprint.post("/tasks/<id>/reply/autosave")
@needs(HANDLE_TASKS, of="unit_task")
@repeatable
def autosave_reply(id: str) -> Any:
    """Keep the reply without leaving the page."""
    task = queries.get_task(actor(), id)
    form = filled(form_of(REPLY_UNFINISHED, actor(), task))
    if not form.validate():
        return jsonify(code=Invalid.code, message=next(sentence for _, sentence in form.mistakes())), Invalid.status
    draft = handling_actions.save_reply_draft(actor(), task, {**form.values(), "file": None})
    return jsonify(version=task.version, fields={"draft_version": str(draft.version)})


@blueprint.get("/suggestions/<id>/record/<fact>/file")
@needs(READ_SUGGESTIONS, of="suggestion")
def record_file(id: str, fact: str) -> Any:
    """The paper that belongs to a decision on record (minutes, sheets); opinions are the units' own."""
    suggestion = queries.get_visible(actor(), id)
    found = next((one for one in suggestion.facts if one.public_id == fact), None)
    if found is None or found.document is None or found.kind not in PAPERS:
        raise NotFound()
    return downloads.send(found.document, inline=request.args.get("inline") == "1")


@blueprint.get("/tasks/<id>/section")
@needs(HANDLE_TASKS, of="unit_task")
def ask_section(id: str) -> str:
    """Which section inside the unit has it on the desk."""
    task = queries.get_task(actor(), id)
    if not rules.handles(actor(), task):
        raise NotFound()
    return page("suggestions/section.html", task=task, sections=sections(task.unit_id), form=filled(form_of(())))


@blueprint.post("/tasks/<id>/section")
@needs(HANDLE_TASKS, of="unit_task")
def hand_to(id: str) -> Any:
    """Give the task to a section, or take it back."""
    task = queries.get_task(actor(), id)
    wanted = request.form.get("section", "")
    section = next((one for one in sections(task.unit_id) if one.public_id == wanted), None)
    if wanted and section is None:
        raise NotFound()
    handling_actions.hand_to(actor(), task, section)
    flash(f"已交{section.name}办理。" if section else "已收回。", "good")
    return redirect(url_for("suggestions.show", id=task.suggestion.public_id), 303)


def _given(task: UnitTask, name: str) -> dict[str, Any]:
    if name == "approve_return" and task.asked_to_return and task.asked_to_return.unit:
        return {"unit": task.asked_to_return.unit.public_id}
    return {"contact": request.args.get("contact", "")} if name == "confirm_contact" else {}


def _draft_values(task: UnitTask) -> dict[str, Any]:
    draft = task.draft
    if draft is None:
        return {"publicity": task.suggestion.pack.flag("publicity_default"), "draft_version": "0"}
    texts = {name: getattr(draft, name) for name in handling_actions.DRAFT_TEXTS}
    return {**texts, "draft_version": str(draft.version)}


def _both_replies(stale: StaleText, task: UnitTask, form: PortalForm) -> bool:
    db.session.refresh(task, ["draft"])
    saved = fresh(form_of(REPLY_UNFINISHED, actor(), task), _draft_values(task), task.version)
    save = url_for("tasks.save_reply", id=task.public_id)
    leave = url_for("tasks.ask", id=task.public_id, name="draft_reply")
    draft = task.draft
    who = draft.saved_by.person.name if draft and draft.saved_by else ""
    return both_said(stale, form, saved, save, leave, who=who, when=moment_cn(draft.saved_at) if draft else "")
