"""The own account: data, wishes, capacities, sessions."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts import appointments, people, queries, rules, signing_in
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import WISHES
from portal.accounts.permissions import DEPUTY
from portal.audit.actions import record
from portal.core import clock
from portal.core.errors import NotFound
from portal.web import access, sessions
from portal.web.access import actor, signed_in
from portal.web.forms import filled
from portal.web.pages import page

Answer = Any


@blueprint.get("/me")
@signed_in
def me() -> Answer:
    known = access.standing()
    if known is None:
        raise NotFound()
    form = filled(WISHES, {"theme": known.theme, "large_type": known.large_type})
    return _me_page(form)


def _me_page(form: Any) -> str:
    person_id = actor().person_id or 0
    lendable = [
        one for one in access.capacities() if not one.lent and rules.may_lend(actor(), one.actor.role, person_id)
    ]
    return page(
        "accounts/me.html",
        form=form,
        known=access.standing(),
        here=actor().capacity_id,
        person=queries.own_person(person_id),
        lendable=lendable,
        lendings=appointments.lendings_of(person_id, clock.today()),
    )


@blueprint.post("/me/wishes")
@signed_in
def wishes() -> Answer:
    form = filled(WISHES)
    if not form.checked():
        return _me_page(form), 422
    people.set_wishes(actor(), form.theme.data, bool(form.large_type.data))
    flash("已按您的习惯显示。", "good")
    return redirect(url_for("accounts.me"), 303)


@blueprint.post("/me/large")
@signed_in
def large() -> Answer:
    known = access.standing()
    people.set_wishes(actor(), known.theme if known else "auto", bool(request.form.get("large")))
    return redirect(access.safe_next(request.form.get("next")), 303)


@blueprint.post("/me/capacity")
@signed_in
def switch() -> Answer:
    wanted = request.form.get("capacity", "")
    chosen = next((one for one in access.capacities() if one.id == wanted), None)
    if chosen is None:
        raise NotFound()
    sessions.switch(chosen.key, desk=chosen.actor.role != DEPUTY)
    said = f"换成以{chosen.label}的身份办事。"
    record(chosen.actor, signing_in.subject(chosen.actor.person_id), "account.switched", {}, said)
    return redirect("/", 303)


@blueprint.get("/me/sessions")
@signed_in
def own_sessions() -> Answer:
    rows = queries.own_sessions(actor().person_id or 0, sessions.alive(clock.real()))
    return page("accounts/sessions.html", rows=rows, here=sessions.current().row_id)


@blueprint.post("/me/sessions/<id>/end")
@signed_in
def end_session(id: str) -> Answer:
    signing_in.end_session(actor(), id)
    flash("那台设备已经退出。", "good")
    return redirect(url_for("accounts.own_sessions"), 303)


@blueprint.post("/me/sessions/end-others")
@signed_in
def end_other_sessions() -> Answer:
    count = signing_in.end_sessions(actor().person_id or 0, sessions.current().row_id)
    said = f"退出了自己在其他{count}处的登录。"
    record(actor(), signing_in.subject(actor().person_id), "account.session_ended", {}, said)
    flash(f"其他{count}处登录都已退出。", "good")
    return redirect(url_for("accounts.own_sessions"), 303)
