"""The deputies' groups as their members read them: who is in, who convenes, what is planned for the year."""

from typing import Any

from flask import flash, redirect, url_for

from portal.accounts.permissions import READ_GROUPS
from portal.congress import directory, group_actions
from portal.congress.blueprint import blueprint
from portal.congress.models import Group
from portal.core import clock
from portal.core.errors import Invalid, NotFound
from portal.core.fields import Field
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

PLAN = (Field("text", "今年打算开展的活动", "text", least=10, most=3000, hint="什么时候、做什么、请谁参加"),)


@blueprint.get("/deputy-groups")
@needs(READ_GROUPS)
def deputy_groups() -> Any:
    """All groups of the congress; the reader's own first."""
    rows = [one for one in directory.groups(actor()) if one.group.ends_on is None]
    own = {one.group.id for one in rows if group_actions.is_member(one, actor())}
    rows.sort(key=lambda one: one.group.id not in own)
    return page("congress/deputy_groups.html", rows=rows, own=own)


@blueprint.get("/deputy-groups/<id>")
@needs(READ_GROUPS, of="group")
def deputy_group(id: str) -> Any:
    """One group."""
    return _shown(directory.group(actor(), id))


def _shown(group: Group, form: Any = None) -> str:
    row = next(one for one in directory.groups(actor()) if one.group.id == group.id)
    plans = group_actions.plans(group)
    may_plan = group_actions.convenes(row, actor())
    this_year = next((one for one in plans if one.year == clock.today().year), None)
    if may_plan and form is None:
        known = {"text": this_year.text} if this_year else {}
        form = filled(form_of(PLAN, name="PlanForm"), known, this_year.version if this_year else 0)
    return page("congress/deputy_group.html", row=row, group=group, plans=plans, form=form, may_plan=may_plan)


@blueprint.post("/deputy-groups/<id>/plan")
@needs(READ_GROUPS, of="group")
def plan_group(id: str) -> Any:
    """The convener writes the year's plan."""
    group = directory.group(actor(), id)
    row = next(one for one in directory.groups(actor()) if one.group.id == group.id)
    if not group_actions.convenes(row, actor()):
        raise NotFound()
    form = filled(form_of(PLAN, name="PlanForm"))
    try:
        if not form.validate():
            raise Invalid()
        group_actions.plan(actor(), group, form.values()["text"], form.version_seen())
    except Invalid as refusal:
        form.blame(refusal)
        return _shown(group, form), refusal.status
    flash("今年的计划已保存，组里的代表都看得到。", "good")
    return redirect(url_for("congress.deputy_group", id=id), 303)
