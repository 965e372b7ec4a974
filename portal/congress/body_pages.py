"""Pages of units and sections, delegations, committees and groups, terms and sessions."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts.permissions import KEEP_ROSTER
from portal.audit.queries import history
from portal.congress import actions, directory
from portal.congress.blueprint import blueprint
from portal.congress.forms import JOIN, SECTION_FIELDS, SESSION_FIELDS, UNIT_FIELDS
from portal.congress.importing_units import ORGANS
from portal.congress.models import Committee, Group, Unit
from portal.congress.queries import sections
from portal.congress.rules import numeral, session_words, term_words
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.pages import page

Answer = Any


@blueprint.get("/units")
@needs(KEEP_ROSTER)
def units() -> Answer:
    """The handling units with their sections, committee and liaison officer."""
    words, gone = request.args.get("q", "").strip()[:40], request.args.get("gone") == "1"
    rows = directory.units(actor(), words, gone)
    return page("congress/units.html", rows=rows, words=words, gone=gone, organs=ORGANS)


@blueprint.route("/units/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def new_unit() -> Answer:
    """A unit that is new."""
    return _unit_form(None)


@blueprint.route("/units/<id>/edit", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="unit")
def edit_unit(id: str) -> Answer:
    """Correct a unit or a section."""
    return _unit_form(directory.unit(actor(), id))


def _unit_form(unit: Unit | None, superior: Unit | None = None) -> Answer:
    inside = superior is not None or (unit is not None and unit.superior_id is not None)
    declared = SECTION_FIELDS if inside else UNIT_FIELDS
    form = filled(form_of(declared, actor(), unit, "UnitForm"), _facts(unit))
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        try:
            saved = actions.save_unit(actor(), unit, form.values(), superior)
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"{saved.name}已保存。", "good")
            shown = superior.public_id if superior else _home(saved)
            return redirect(url_for("congress.unit", id=shown), 303)
    status = refusal.status if refusal else 200
    return page("congress/unit_form.html", form=form, unit=unit, superior=superior), status


def _home(unit: Unit) -> str:
    """Where a unit is read: a section on its unit's page."""
    return unit.superior.public_id if unit.superior is not None else unit.public_id


def _facts(unit: Unit | None) -> dict[str, Any]:
    if unit is None:
        return {"organ": "government"}
    committee = db.session.get(Committee, unit.committee_id) if unit.committee_id else None
    facts = {name: getattr(unit, name) for name in actions.UNIT_FACTS}
    return {**facts, "committee": committee.public_id if committee else ""}


@blueprint.get("/units/<id>")
@needs(KEEP_ROSTER, of="unit")
def unit(id: str) -> Answer:
    """One unit: what it is, its sections, who acts for it."""
    found = directory.unit(actor(), id)
    committee = db.session.get(Committee, found.committee_id) if found.committee_id else None
    return page(
        "congress/unit.html",
        unit=found,
        committee=committee,
        sections=sections(found.id),
        staff=directory.staff(found),
        organs=ORGANS,
        lines=history(f"unit:{found.id}"),
    )


@blueprint.route("/units/<id>/sections/new", methods=["GET", "POST"])
@needs(KEEP_ROSTER, of="unit")
def new_section(id: str) -> Answer:
    """A section inside a unit."""
    return _unit_form(None, directory.unit(actor(), id))


@blueprint.get("/bodies")
@needs(KEEP_ROSTER)
def bodies() -> Answer:
    """Delegations, committees and groups of the congress."""
    return page(
        "congress/bodies.html",
        delegations=directory.delegation_counts(actor()),
        committees=directory.committees(actor()),
        groups=directory.groups(actor()),
    )


@blueprint.get("/groups/<id>")
@needs(KEEP_ROSTER, of="group")
def group(id: str) -> Answer:
    """One group with its members."""
    found = directory.group(actor(), id)
    return _group_page(found, filled(form_of(JOIN, actor(), found, "JoinForm")))


@blueprint.post("/groups/<id>/join")
@needs(KEEP_ROSTER, of="group")
def join(id: str) -> Answer:
    """A deputy joins."""
    found = directory.group(actor(), id)
    form = filled(form_of(JOIN, actor(), found, "JoinForm"))
    if not form.checked():
        return _group_page(found, form), 422
    try:
        seat = directory.seat(actor(), form.values()["deputy"])
        actions.join_group(actor(), found, seat)
    except Conflict as refusal:
        form.form_errors.append(refusal.message)
        return _group_page(found, form), refusal.status
    flash(f"{seat.person.name}已加入。", "good")
    return redirect(url_for("congress.group", id=id), 303)


def _group_page(found: Group, form: Any) -> str:
    row = next(one for one in directory.groups(actor()) if one.group.id == found.id)
    return page("congress/group.html", row=row, group=found, form=form, lines=history(f"group:{found.id}"))


@blueprint.post("/groups/<id>/members")
@needs(KEEP_ROSTER, of="group")
def change_member(id: str) -> Answer:
    """A member leaves, convenes, or convenes no longer."""
    found = directory.group(actor(), id)
    seat, act = directory.seat(actor(), request.form.get("seat", "")), request.form.get("act", "")
    if act == "leave":
        actions.leave_group(actor(), found, seat)
    else:
        actions.set_convener(actor(), found, seat, act == "convene")
    flash("已保存。", "good")
    return redirect(url_for("congress.group", id=id), 303)


@blueprint.route("/terms", methods=["GET", "POST"])
@needs(KEEP_ROSTER)
def terms() -> Answer:
    """Terms and sessions; a session joins the running term by the form."""
    known = directory.terms(actor())
    running = directory.running_term(actor())
    following = max((one.number for term, rows in known if term.id == running.id for one in rows), default=0) + 1
    form = filled(form_of(SESSION_FIELDS, name="SessionForm"), {"number": following})
    refusal = Invalid() if request.method == "POST" else None
    if form.checked():
        values = form.values()
        try:
            made = actions.add_session(actor(), running, values["number"], values["opens"], values["closes"])
        except Invalid as error:
            form.blame(error)
            refusal = error
        else:
            flash(f"{session_words(made)}会议已登记。", "good")
            return redirect(url_for("congress.terms"), 303)
    context = {"terms": known, "running": running, "form": form, "term_words": term_words, "numeral": numeral}
    return page("congress/terms.html", **context), refusal.status if refusal else 200
