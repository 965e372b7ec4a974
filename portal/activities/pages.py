"""Pages of activities: what is coming, one activity, planning, its steps, signing up."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from portal.accounts.permissions import JOIN_ACTIVITIES, READ_ACTIVITIES, RUN_ACTIVITIES
from portal.activities import actions, forms, queries, rules, views
from portal.activities.kinds import kinds
from portal.activities.models import Activity
from portal.activities.workflow import ACTIVITY, SIGN_UP
from portal.audit.queries import history
from portal.congress.audience import words as audience_words
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotFound, OutOfTurn, PortalError
from portal.documents import queries as documents
from portal.web import downloads, ical
from portal.web.access import actor, needs
from portal.web.forms import PortalForm, filled, form_of, fresh
from portal.web.idempotency import keep_work
from portal.web.listing import page_of
from portal.web.pages import page
from portal.web.uploads import takes_files

blueprint = Blueprint("activities", __name__)
WORDS = {
    **{"office": clock.office, "when": views.when, "until": views.until},
    **{"audience_words": audience_words, "STATES": ACTIVITY.states},
}


@blueprint.get("/activities")
@needs(READ_ACTIVITIES)
def index() -> str:
    """What is coming, or what is over."""
    past, after = request.args.get("past") == "1", page_of(request.args) or 0
    lines = queries.listed(actor(), past, after)
    more = after + queries.PAGE if len(lines) > queries.PAGE else None
    year = clock.today().replace(month=1, day=1)
    tally = queries.tally(actor().capacity_id or 0, year, clock.today()) if actor().may(JOIN_ACTIVITIES) else None
    shown = {"lines": lines[: queries.PAGE], "past": past, "more": more, "tally": tally, "runs": _runs()}
    return page("activities/index.html", **shown, SIGNED=SIGN_UP.states, **WORDS)


def _runs() -> bool:
    return actor().may(RUN_ACTIVITIES)


@blueprint.route("/activities/new", methods=["GET", "POST"])
@needs(RUN_ACTIVITIES)
@takes_files
def new() -> Any:
    """Plan an activity; a make-up class may start from the one that was missed."""
    form = filled(form_of(forms.plan_fields(actor()), actor()), _proposed())
    if request.method == "GET":
        return page("activities/edit.html", form=form, activity=None)
    try:
        if not form.validate():
            raise Invalid()
        activity = actions.plan(actor(), form.values())
    except Invalid as refusal:
        form.blame(refusal)
        return page("activities/edit.html", form=form, activity=None), refusal.status
    flash("计划已拟定，请审批。", "good")
    return redirect(activity.address, 303)


def _proposed() -> dict[str, Any]:
    times = {"begins": "09:00", "ends": "17:00", "until": "17:00"}
    plain = {"waiting_list": True, "releases": True, "order_key": "time", **times}
    missed = request.args.get("make_up", "")
    if not missed:
        return {**plain, "kind": next(iter(kinds()))}
    activity = queries.get_visible(actor(), missed)
    people = [{"deputy": one.capacity.public_id} for one, _ in queries.to_make_up(activity)]
    known = {"title": f"{activity.title}（补课）"[:120], "kind": activity.kind, "hours": activity.hours}
    return {**plain, **known, "requirement": activity.requirement, "named": people, "body": activity.body}


@blueprint.route("/activities/<id>/edit", methods=["GET", "POST"])
@needs(RUN_ACTIVITIES, of="activity")
@takes_files
def edit(id: str) -> Any:
    """Change a plan before it is approved."""
    activity = queries.get_visible(actor(), id)
    if activity.state != "planned":
        raise OutOfTurn(f"当前状态为“{ACTIVITY.states[activity.state]}”，不能再改计划。")
    form = filled(form_of(forms.plan_fields(actor()), actor()), forms.plan_values(activity), activity.version)
    if request.method == "GET":
        return page("activities/edit.html", form=form, activity=activity)
    try:
        if not form.validate():
            raise Invalid()
        actions.edit(actor(), activity, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("activities/edit.html", form=form, activity=activity), refusal.status
    flash("计划已保存。", "good")
    return redirect(activity.address, 303)


@blueprint.get("/activities/<id>")
@needs(READ_ACTIVITIES, of="activity")
def show(id: str) -> str:
    """One activity: when and where, whether there is a place, and what this reader may do."""
    return _shown(queries.get_visible(actor(), id))


def _shown(activity: Activity, refusal: str = "") -> str:
    view = views.view(actor(), activity)
    mine = view.mine
    version = mine.version if mine else None
    lines = history(activity.audit_subject) if view.runs else ()
    return page(
        "activities/show.html", view=view, a=activity, refusal=refusal, lines=lines, SIGNED=SIGN_UP.states,
        sign_form=fresh(PortalForm), own_form=fresh(PortalForm, version=version),
        step_form=fresh(PortalForm, version=activity.version), **WORDS,
    )  # fmt: skip


@blueprint.route("/activities/<id>/steps/<name>", methods=["GET", "POST"])
@needs(READ_ACTIVITIES, of="activity")
@takes_files
def step(id: str, name: str) -> Any:
    """Ask for and take a step of an activity's life."""
    activity = queries.get_visible(actor(), id)
    asked = ACTIVITY.steps.get(name)
    if asked is None or asked.by_itself or name == "plan" or not asked.who(actor(), activity):
        raise NotFound()
    form = filled(form_of(asked.fields, actor(), activity), version=activity.version)
    context = {"form": form, "step": asked, "title": activity.title, "back_to": activity.address}
    if request.method == "GET":
        ACTIVITY.checked(actor(), activity, name)
        return page("activities/step.html", **context, here=request.path)
    try:
        if not form.validate():
            raise Invalid()
        actions.take(actor(), activity, name, form.values(), form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return page("activities/step.html", **context, here=request.path), refusal.status
    flash(f"已{asked.button}。", "good")
    return redirect(activity.address, 303)


@blueprint.post("/activities/<id>/sign-ups")
@needs(JOIN_ACTIVITIES, of="activity")
def sign_up(id: str) -> Any:
    """Sign up, or register to wait when that button was pressed; full says so and offers to wait (message 29)."""
    activity = queries.to_join(actor(), id)
    try:
        found = actions.sign_up(actor(), activity, {"wait": request.form.get("wait") == "y"})
    except Conflict as refusal:
        if refusal.code != "full":
            raise
        return _shown(queries.get_visible(actor(), id), refusal.message), refusal.status
    flash("报名成功。" if found.state == "confirmed" else "已登记，名次见本页。", "good")
    return redirect(activity.address, 303)


@blueprint.route("/sign-ups/<id>/steps/<name>", methods=["GET", "POST"])
@needs(JOIN_ACTIVITIES, RUN_ACTIVITIES, of="sign_up")
def sign_up_step(id: str, name: str) -> Any:
    """Ask for and take a step of a sign-up: one's own, or at the organiser's desk."""
    found = queries.get_sign_up(actor(), id)
    asked = SIGN_UP.steps.get(name)
    if asked is None or asked.by_itself or name == "sign_up" or not asked.who(actor(), found):
        raise NotFound()
    own = rules.is_own(actor(), found)
    declared = asked.fields
    if name == "check_in":
        declared = tuple(field for field in declared if (field.name == "code") == own)
    form = filled(form_of(declared, actor(), found), version=found.version)
    title = found.activity.title if own else f"{found.person.name}　{found.activity.title}"
    back_to = found.address if own else url_for("activity_desk.desk", id=found.activity.public_id)
    context = {"form": form, "step": asked, "title": title, "back_to": back_to, "here": request.path}
    if request.method == "GET":
        SIGN_UP.checked(actor(), found, name)
        return page("activities/step.html", **context)
    try:
        if not form.validate():
            raise Invalid()
        actions.take_sign_up(actor(), found, name, form.values(), form.version_seen())
    except PortalError as refusal:
        if not isinstance(refusal, Invalid):
            raise
        keep_work()  # a wrong code is counted
        form.blame(refusal)
        return page("activities/step.html", **context), refusal.status
    flash(f"已{asked.button}。" if own else f"{found.person.name}：已{asked.button}。", "good")
    return redirect(back_to if own or not request.args.get("q") else f"{back_to}?q={request.args['q'][:40]}", 303)


@blueprint.get("/activities/<id>/calendar")
@needs(READ_ACTIVITIES, of="activity")
def calendar(id: str) -> Response:
    """The activity as a calendar file."""
    activity = queries.get_visible(actor(), id)
    event = ical.Event(
        uid=f"activity-{activity.public_id}@portal",
        starts=activity.starts_at,
        ends=activity.ends_at,
        title=activity.title,
        place=activity.place,
        text=activity.body,
        url=url_for("activities.show", id=id, _external=True),
        cancelled=activity.state == "called_off",
    )
    answer = Response(ical.calendar([event], clock.real()), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = downloads.disposition(f"{activity.title}.ics")
    return answer


@blueprint.get("/activities/<id>/papers/<document>")
@needs(READ_ACTIVITIES, of="activity")
def paper(id: str, document: str) -> Any:
    """A file of an activity that the reader may read."""
    activity = queries.get_visible(actor(), id)
    wanted = documents.get(document)
    if wanted.id not in [one.document_id for one in activity.papers]:
        raise NotFound()
    return downloads.send(wanted, inline=request.args.get("inline") == "1")
