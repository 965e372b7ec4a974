"""Pages on which delegations, committees and groups are added, corrected and ended."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_ROSTER
from portal.audit.queries import history
from portal.congress import bodies_actions
from portal.congress.blueprint import blueprint
from portal.core.errors import Invalid
from portal.core.fields import Field
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any
_NAMES = (Field("name", "全称", most=120), Field("short_name", "简称", required=False, most=60))
_ORDER = Field("order", "排在第几", "number", required=False, hint="名单上的次序，从1起")
_END = Field("ends_on", "停用日期", "date", required=False, hint="撤销或者合并的才填；以前的件不受影响")
_COMMISSION = Field("commission", "常委会的工作委员会", "yes", required=False, hint="专门委员会不勾")
_PROFESSIONAL = Field("professional", "专业小组", "yes", required=False, hint="按区域编的不勾")
FIELDS = {
    "delegations": (*_NAMES, _ORDER, _END),
    "committees": (*_NAMES, _COMMISSION, _ORDER, _END),
    "groups": (*_NAMES, _PROFESSIONAL, _ORDER, _END),
}
LOWEST, HIGHEST = 0, 999


@blueprint.route("/bodies/delegations/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_delegation() -> Answer:
    """A delegation that is new."""
    return _form("delegations", None)


@blueprint.route("/bodies/delegations/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="delegation")
def edit_delegation(id: str) -> Answer:
    """Correct or end a delegation."""
    return _form("delegations", bodies_actions.found(actor(), "delegations", id))


@blueprint.route("/bodies/committees/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_committee() -> Answer:
    """A committee that is new."""
    return _form("committees", None)


@blueprint.route("/bodies/committees/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="committee")
def edit_committee(id: str) -> Answer:
    """Correct or end a committee."""
    return _form("committees", bodies_actions.found(actor(), "committees", id))


@blueprint.route("/bodies/groups/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_group() -> Answer:
    """A deputies' group that is new (代表法 27)."""
    return _form("groups", None)


@blueprint.route("/bodies/groups/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="group")
def edit_group(id: str) -> Answer:
    """Correct or end a deputies' group."""
    return _form("groups", bodies_actions.found(actor(), "groups", id))


def _form(kind: str, body: Any) -> Answer:
    declared = FIELDS[kind] if body else tuple(field for field in FIELDS[kind] if field is not _END)
    known = {field.name: getattr(body, field.name) for field in declared} if body else {}
    form = filled(form_of(declared, name="BodyForm"), known)
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        values = form.values()
        try:
            if values["order"] is not None and not LOWEST <= values["order"] <= HIGHEST:
                raise Invalid(fields={"order": f"应为{LOWEST}到{HIGHEST}之间的整数。"})
            saved = bodies_actions.save(actor(), kind, body, values)
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"{saved.name}已保存。", "good")
            return redirect(url_for("congress.bodies"), 303)
    lines = history(f"body:{body.id}") if body else []
    called = bodies_actions.CALLED[kind]
    context = {"form": form, "body": body, "called": called, "lines": lines}
    return page("congress/body_form.html", **context), refusal.status if refusal else 200
